using Harness.Engine.Modules;
using static Harness.Engine.Tests.Modules.ModuleBuilder;

namespace Harness.Engine.Tests.Modules;

public class TypeRegistryTests
{
    private const byte I32 = BinaryFormat.TypeI32;
    private const byte I64 = BinaryFormat.TypeI64;
    private const byte RefNull = BinaryFormat.TypeRefNull;

    [Fact]
    public void EqualTypesOfTwoModulesShareTheirId()
    {
        var first = new ModuleBuilder().Types(Function([], [I64]), Function([I32], [I32])).Decode();
        var second = new ModuleBuilder().Types(Function([I32], [I32])).Decode();
        Assert.Equal(first.CanonicalTypeIds[1], second.CanonicalTypeIds[0]);
        Assert.NotEqual(first.CanonicalTypeIds[0], first.CanonicalTypeIds[1]);
        Assert.Equal(TypeRegistry.CanonicalId(FunctionType.Of([ValueType.I32], [ValueType.I32])),
            second.CanonicalTypeIds[0]);
    }

    [Fact]
    public void EqualRecursionGroupsShareTheirIds()
    {
        // Both refer to each other; in the second module the group starts at another index.
        var first = new ModuleBuilder().Types(Group(Struct([RefNull, 1, 0]), Struct([RefNull, 0, 1]))).Decode();
        var second = new ModuleBuilder()
            .Types(Function([], []), Group(Struct([RefNull, 2, 0]), Struct([RefNull, 1, 1]))).Decode();
        Assert.Equal(first.CanonicalTypeIds[0], second.CanonicalTypeIds[1]);
        Assert.Equal(first.CanonicalTypeIds[1], second.CanonicalTypeIds[2]);
        var field = first.GetType(0).Struct!.Fields[0];
        Assert.Equal(first.CanonicalTypeIds[1], field.Type.HeapType.CanonicalId);
    }

    [Fact]
    public void TheGroupIsPartOfATypesIdentity()
    {
        var alone = new ModuleBuilder().Types(Struct([I32, 0])).Decode();
        var inGroup = new ModuleBuilder().Types(Group(Struct([I32, 0]), Struct([I64, 0]))).Decode();
        Assert.NotEqual(alone.CanonicalTypeIds[0], inGroup.CanonicalTypeIds[0]);
    }

    [Fact]
    public void AReferenceOutOfTheGroupIsNotOneIntoIt()
    {
        var into = new ModuleBuilder().Types(Struct([RefNull, 0, 0])).Decode();
        var outOf = new ModuleBuilder().Types(Struct([RefNull, 0, 0]), Struct([RefNull, 0, 0])).Decode();
        Assert.Equal(into.CanonicalTypeIds[0], outOf.CanonicalTypeIds[0]);
        Assert.NotEqual(outOf.CanonicalTypeIds[0], outOf.CanonicalTypeIds[1]);
    }

    /// <summary>What goes wrong while a group is added, such as that memory runs out, is nothing to the group that comes next.</summary>
    [Fact]
    public void AGroupThatCouldNotBeAddedTakesNoTypesOfOthersWithIt()
    {
        // The last type defines nothing, which is found when the others are there.
        var type = new SubType(new StructType([new FieldType(ValueType.I64, Packing.None, IsMutable: true)]), null, IsFinal: false);
        Assert.ThrowsAny<Exception>(() => TypeRegistry.AddGroup([type, type, new SubType(null!, null, IsFinal: true)]));
        var next = TypeRegistry.AddGroup([type, type, type, type, type]);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        for (var id = next.First; id < next.First + next.Count; id++)
        {
            Assert.Equal(id, TypeRegistry.Get(id).CanonicalId);
        }

        GC.KeepAlive(next);
    }

    /// <summary>Ids are not given again, so that a process may run out of them; it says so, and what to do.</summary>
    [Fact]
    public void AProcessWithoutIdsOfTypesSaysSo()
    {
        TypeRegistry.RequireIds(HeapType.MaxTypes - 2, 2);
        var fault = Assert.Throws<InsufficientMemoryException>(() => TypeRegistry.RequireIds(HeapType.MaxTypes - 2, 3));
        Assert.StartsWith("3 more types do not fit into this process, which has had 67108838 of at most 67108840,", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DeclaredSubtypesAreSubtypes()
    {
        var module = new ModuleBuilder().Types(
            Sub(null, Struct([I32, 0])),
            Sub(0, Struct([I32, 0], [I64, 1])),
            Sub(1, Struct([I32, 0], [I64, 1], [I64, 0])),
            Sub(0, Struct([I32, 0], [I32, 0]))).Decode();
        var ids = module.CanonicalTypeIds;
        Assert.True(TypeRegistry.IsSubtype(ids[2], ids[0]));
        Assert.True(TypeRegistry.IsSubtype(ids[2], ids[1]));
        Assert.True(TypeRegistry.IsSubtype(ids[1], ids[1]));
        Assert.False(TypeRegistry.IsSubtype(ids[0], ids[2]));
        Assert.False(TypeRegistry.IsSubtype(ids[3], ids[1]));
        Assert.False(TypeRegistry.IsSubtype(ids[2], ids[3]));
        Assert.Equal(2, module.GetType(2).Depth);
        Assert.Equal([ids[0], ids[1], ids[2]], module.GetType(2).Display.ToArray());
    }

    [Fact]
    public void SubtypesMustMatchTheirSupertypes()
    {
        AssertInvalid("sub type", Sub(null, Struct([I32, 0])), Sub(0, Struct([I64, 0])));
        AssertInvalid("sub type", Sub(null, Struct([I32, 0])), Sub(0, Struct([I32, 1])));
        AssertInvalid("sub type", Sub(null, Struct([I32, 0], [I32, 0])), Sub(0, Struct([I32, 0])));
        AssertInvalid("sub type", Struct([I32, 0]), Sub(0, Struct([I32, 0])));
        AssertInvalid("sub type", Sub(null, Function([], [])), Sub(0, Struct()));
        AssertInvalid("unknown type", Sub(0, Struct()));
        AssertInvalid("unknown type", Group(Sub(1, Struct()), Sub(null, Struct())));
    }

    [Theory]
    [InlineData(AbstractHeapType.None, AbstractHeapType.I31, true)]
    [InlineData(AbstractHeapType.I31, AbstractHeapType.Eq, true)]
    [InlineData(AbstractHeapType.Eq, AbstractHeapType.Any, true)]
    [InlineData(AbstractHeapType.Any, AbstractHeapType.Eq, false)]
    [InlineData(AbstractHeapType.Struct, AbstractHeapType.Array, false)]
    [InlineData(AbstractHeapType.NoFunc, AbstractHeapType.Func, true)]
    [InlineData(AbstractHeapType.NoFunc, AbstractHeapType.Any, false)]
    [InlineData(AbstractHeapType.NoExtern, AbstractHeapType.Extern, true)]
    [InlineData(AbstractHeapType.NoExn, AbstractHeapType.Exn, true)]
    [InlineData(AbstractHeapType.Func, AbstractHeapType.Any, false)]
    public void AbstractHeapTypesFormFourHierarchies(AbstractHeapType type, AbstractHeapType other, bool isSubtype) =>
        Assert.Equal(isSubtype, HeapType.Abstract(type).IsSubtypeOf(HeapType.Abstract(other)));

    [Fact]
    public void DefinedTypesLieBetweenAbstractOnes()
    {
        var module = new ModuleBuilder().Types(Function([], []), Struct()).Decode();
        var function = HeapType.Defined(module.CanonicalTypeIds[0]);
        var structure = HeapType.Defined(module.CanonicalTypeIds[1]);
        Assert.True(function.IsSubtypeOf(HeapType.Abstract(AbstractHeapType.Func)));
        Assert.False(function.IsSubtypeOf(HeapType.Abstract(AbstractHeapType.Any)));
        Assert.True(HeapType.Abstract(AbstractHeapType.NoFunc).IsSubtypeOf(function));
        Assert.False(HeapType.Abstract(AbstractHeapType.None).IsSubtypeOf(function));
        Assert.True(structure.IsSubtypeOf(HeapType.Abstract(AbstractHeapType.Eq)));
        Assert.False(structure.IsSubtypeOf(HeapType.Abstract(AbstractHeapType.Array)));
        Assert.True(HeapType.Abstract(AbstractHeapType.None).IsSubtypeOf(structure));
        Assert.True(ValueType.Reference(function, false).IsSubtypeOf(ValueType.FuncRef));
        Assert.False(ValueType.Reference(function, true).IsSubtypeOf(ValueType.Reference(function, false)));
    }

    [Fact]
    public void ThreadsThatAddTheSameTypesGetTheSameIds()
    {
        var modules = Enumerable.Range(0, 64).Select(i =>
            new ModuleBuilder().Types([.. Enumerable.Range(0,
                i + 1).Select(n => Function(new byte[n + 1].Select(_ => I64).ToArray(), [I32]))])
                .ToArray()).ToArray();
        // Types last as long as the modules.
        var decoded = new WasmModule[modules.Length];
        Parallel.For(0, modules.Length, i => decoded[i] = WasmModule.Decode(modules[i]));
        foreach (var some in decoded)
        {
            Assert.Equal(decoded[^1].CanonicalTypeIds[..some.CanonicalTypeIds.Length], some.CanonicalTypeIds);
        }
    }

    private static void AssertInvalid(string message, params Action<WasmWriter>[] types)
    {
        var fault = Assert.Throws<InvalidModuleException>(() => new ModuleBuilder().Types(types).Decode());
        Assert.StartsWith(message, fault.Message, StringComparison.Ordinal);
    }
}
