using System.Diagnostics;
using Harness.Engine.Modules;
using static Harness.Engine.Tests.Modules.ModuleBuilder;

namespace Harness.Engine.Tests.Modules;

public class ModuleDecoderTests
{
    private const byte I32 = BinaryFormat.TypeI32;

    [Fact]
    public void EverySectionIsDecoded()
    {
        var module = WasmModule.Decode(SampleModule.Bytes);
        Assert.Equal(["f", "t", "m", "g", "e"], module.Imports.Select(import => import.Name));
        Assert.Equal(SampleModule.FunctionCount, module.Functions.Length);
        Assert.Equal(1, module.ImportedFunctionCount);
        Assert.Equal("[i32] -> [i32]", module.Functions[2].Type.ToString());
        Assert.Equal(module.Functions[0].CanonicalTypeId, module.Functions[2].CanonicalTypeId);
        Assert.Equal([0, 0x20, 0, 0x41, 1, 0x6A, 0x0B],
            module.Bytes[module.Functions[2].BodyStart..module.Functions[2].BodyEnd].ToArray());
        Assert.Equal([false, true, false], module.Tables.Select(table => table.Type.Is64));
        Assert.Equal(new Limits(2, 8), module.Tables[0].Type.Limits);
        Assert.Equal(Opcode.RefFunc, module.Tables[2].Initializer!.Operations[0].Opcode);
        Assert.Equal(new MemoryType(new Limits(1, 128), true), module.Memories[1].Type);
        Assert.Equal(new GlobalType(ValueType.I32, true), module.Globals[1].Type);
        Assert.Equal(
            [new ConstOperation(Opcode.GlobalGet, 0), new ConstOperation(Opcode.I32Const, 5),
                new ConstOperation(Opcode.I32Add, 0)],
            module.Globals[1].Initializer!.Operations.ToArray());
        Assert.Equal(2, module.Globals[2].Initializer!.Operations[^1].Count);
        Assert.Equal(new Export("über", ExternalKind.Tag, 1), module.FindExport("über"));
        Assert.Null(module.FindExport("absent"));
        Assert.Equal(1, module.StartFunction);
        Assert.Equal(
            [SegmentMode.Active, SegmentMode.Passive, SegmentMode.Declarative, SegmentMode.Active],
            module.Elements.Select(segment => segment.Mode));
        Assert.Equal([-1, 1], module.Elements[3].FunctionIndices.ToArray());
        Assert.Equal([0xAB, 0xCD], module.Bytes.Slice(module.Data[1].Start, module.Data[1].Length).ToArray());
        Assert.Equal("[i64] -> []", module.Tags[0].Type.Type.ToString());
    }

    [Fact]
    public void ExportsAreFoundByTheTextsOfTheirNames()
    {
        string[] names = ["", "a", "A", "\0", "\uFFFD", "Ω≈ç√", "😀", new('n', 128), new('n', 129), new('é', 5000)];
        string[] absent = ["b", "aa", "\uD800", "n", new('n', 127), new('é', 4999)];
        var module = WithExports(names).Decode();

        // Before and after they are listed.
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(names, names.Select(name => module.FindExport(name)?.Name));
            Assert.All(absent, name => Assert.Null(module.FindExport(name)));
            Assert.Equal(names, module.Exports.Select(export => export.Name));
        }

        foreach (var name in names)
        {
            var fault = Assert.Throws<InvalidModuleException>(() => WithExports([.. names, name]).Decode());
            Assert.Contains($"duplicate export name \"{(name == "\0" ? @"\00" : name)}\"", fault.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>So many exports that they are put into their table part by part.</summary>
    [Fact]
    public void VeryManyExportsAreFound()
    {
        string[] names = [.. Enumerable.Range(0, 20_000).Select(static i => $"name {i * 7919}")];
        var module = WithExports(names).Decode();
        Assert.All(names, name => Assert.Equal(name, module.FindExport(name)?.Name));
        Assert.All(names, name => Assert.Null(module.FindExport(name + "'")));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(20_000)]
    public void TheFirstNameThatIsThereTwiceIsReported(int count)
    {
        string[] names = [.. Enumerable.Range(0, count).Select(static i => $"name {i}")];
        string[] repeated = [.. names, names[count - 1], names[1], names[0], names[1]];
        var fault = Assert.Throws<InvalidModuleException>(() => WithExports(repeated).Decode());
        Assert.Contains($"duplicate export name \"{names[count - 1]}\"", fault.Message, StringComparison.Ordinal);

        // What is wrong behind it comes later, what is wrong before it sooner.
        Assert.Equal(fault.Message, Assert.Throws<InvalidModuleException>(() => WithExports(repeated, wrong: count + 1).Decode()).Message);
        Assert.Contains("unknown memory", Assert.Throws<InvalidModuleException>(() => WithExports(repeated, wrong: count - 1).Decode()).Message, StringComparison.Ordinal);
    }

    /// <summary>A module whose memory has some names.</summary>
    /// <param name="names">The names.</param>
    /// <param name="wrong">The export that is of a memory which does not exist; -1 for none.</param>
    private static ModuleBuilder WithExports(string[] names, int wrong = -1) =>
        new ModuleBuilder().Section(SectionId.Memory, 1, w => w.Bytes([0, 1])).Section(SectionId.Export, names.Length, w =>
        {
            for (var i = 0; i < names.Length; i++)
            {
                w.Name(names[i]);
                w.Byte((byte)ExternalKind.Memory);
                w.U32(i == wrong ? 1 : 0);
            }
        });

    [Fact]
    public void AComponentIsNamedAsOne()
    {
        var fault = Assert.Throws<MalformedModuleException>(() => WasmModule.Decode([0, 0x61, 0x73, 0x6D, 0x0D, 0, 1, 0]));
        Assert.StartsWith("unknown binary version: this is a component, not a module", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NamesComeFromTheNameSection()
    {
        var module = WasmModule.Decode(SampleModule.Bytes);
        Assert.Equal("sample", module.Names.ModuleName);
        Assert.Equal("imported", module.Functions[0].Name);
        Assert.Null(module.Functions[1].Name);
        Assert.Equal("func[1]", module.Functions[1].ToString());
        Assert.Equal("number", module.Names.GetLocalName(2, 0));
        Assert.Null(module.Names.GetLocalName(2, 1));
    }

    [Fact]
    public void AMalformedNameSectionKeepsTheModule()
    {
        var module = new ModuleBuilder().Raw(0, 8, 4, (byte)'n', (byte)'a', (byte)'m', (byte)'e', 1, 0xFF,
            0xFF).Decode();
        Assert.Null(module.Names.GetFunctionName(0));
    }

    [Fact]
    public void EveryTruncationIsRefused()
    {
        // Types and imports alone are a module, and everything but the name section at the end.
        var bytes = SampleModule.Bytes;
        var accepted = new List<int>();
        for (var length = 0; length < bytes.Length; length++)
        {
            var prefix = bytes.AsSpan(0, length).ToArray();
            switch (Record.Exception(() => WasmModule.Decode(prefix)))
            {
                case null:
                    accepted.Add(length);
                    break;
                case var fault:
                    Assert.InRange(Assert.IsAssignableFrom<ModuleException>(fault).Offset, 0, length);
                    break;
            }
        }

        var ends = SectionEnds(bytes);
        Assert.Equal([8, ends[0], ends[1], ends[^2]], accepted);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void MutationsAreAcceptedOrRefused(int seed)
    {
        var random = new Random(seed);
        var accepted = 0;
        for (var run = 0; run < 5_000; run++)
        {
            var bytes = Mutate(SampleModule.Bytes, random);
            var watch = Stopwatch.StartNew();
            try
            {
                var module = WasmModule.Decode(bytes);
                _ = module.Names.ModuleName;
                accepted++;
            }
            catch (ModuleException fault)
            {
                Assert.InRange(fault.Offset, 0, bytes.Length);
            }

            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(2), $"seed {seed}, run {run}: {watch.Elapsed}");
        }

        Assert.InRange(accepted, 100, 4_900);
    }

    [Fact]
    public void HugeCountsCostNothing()
    {
        // Each section claims 2^32 - 1 items, or as many as its limit allows, and has none.
        foreach (var id in Enum.GetValues<SectionId>().Where(id => id is not (SectionId.Custom or SectionId.Start)))
        {
            foreach (var count in new[] { uint.MaxValue, 1_000_000u, 100_000u })
            {
                var writer = new WasmWriter();
                writer.Header();
                writer.Section(id, w => w.U32(count));
                var bytes = writer.ToArray();
                var before = GC.GetAllocatedBytesForCurrentThread();
                Assert.ThrowsAny<ModuleException>(() => WasmModule.Decode(bytes));
                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
            }
        }
    }

    /// <summary>What a segment's references take is in proportion to its elements, of which a module may have very many.</summary>
    [Fact]
    public void ASegmentHasOnlySoManyElements()
    {
        const int count = ImplementationLimits.SegmentElements + 1;
        byte[] section = [1, 1, 0, .. Number(count), .. new byte[count]];
        byte[] bytes = [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 9, .. Number(section.Length), .. section, 10, 4, 1, 2, 0, 11];
        Assert.Contains("too many elements", Assert.Throws<InvalidModuleException>(() => WasmModule.Decode(bytes)).Message, StringComparison.Ordinal);

        // Of four bytes of LEB128.
        static byte[] Number(int value) => [(byte)((value & 0x7F) | 0x80), (byte)(((value >> 7) & 0x7F) | 0x80), (byte)(((value >> 14) & 0x7F) | 0x80), (byte)(value >> 21)];
    }

    [Fact]
    public void ManyLocalsInManySmallFunctionsAreCheap()
    {
        const int count = 20_000;
        var module = new ModuleBuilder()
            .Types(Function([], []))
            .Section(SectionId.Function, count, w => w.Bytes(new byte[count]))
            .Section(SectionId.Code, count, w =>
            {
                for (var i = 0; i < count; i++)
                {
                    w.Bytes([9, 1, 0xD0, 0x86, 0x03, I32, 0x20, 5, 0x1A, 0x0B]);
                }
            });
        var watch = Stopwatch.StartNew();
        Assert.Equal(count, module.Decode().Functions.Length);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(2), $"{watch.Elapsed}");
    }

    /// <summary>What it costs to validate an instruction that takes no operands does not grow with the structure that it makes.</summary>
    [Fact]
    public void ManyStructuresOfManyFieldsAreCheap()
    {
        const int count = 500_000;
        byte[] field = [I32, 1];
        var fields = new byte[ImplementationLimits.StructFields][];
        Array.Fill(fields, field);
        var module = new ModuleBuilder()
            .Types(Struct(fields), Function([], []))
            .Section(SectionId.Function, 1, w => w.U32(1))
            .Code(w =>
            {
                for (var i = 0; i < count; i++)
                {
                    w.Opcode(Opcode.StructNewDefault);
                    w.U32(0);
                    w.Opcode(Opcode.Drop);
                }
            });
        var watch = Stopwatch.StartNew();
        Assert.Equal(count * 4, module.Decode().Functions[0].BodySize - 2);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(2), $"{watch.Elapsed}");
    }

    [Fact]
    public void LocalsBeyondTheExpandedOnesHaveTheirTypes()
    {
        // 40000 i32, 5000 i64: the body is too short to pay for a table of them.
        byte[] body = [2, 0xC0, 0xB8, 0x02, I32, 0x88, 0x27, BinaryFormat.TypeI64, 0x20, 0xC0, 0xB8, 0x02, 0x0B];
        var module = new ModuleBuilder()
            .Types(Function([], [BinaryFormat.TypeI64]))
            .Section(SectionId.Function, 1, w => w.U32(0))
            .Section(SectionId.Code, 1, w => w.Sized(body));
        Assert.NotNull(module.Decode());
    }

    [Fact]
    public void WhatIsMalformedIsReportedBeforeWhatIsInvalid()
    {
        // The first body is invalid, the second one lacks its end.
        var module = new ModuleBuilder()
            .Types(Function([], []))
            .Section(SectionId.Function, 2, w => w.Bytes([0, 0]))
            .Section(SectionId.Code, 2, w => w.Bytes([3, 0, 0x6A, 0x0B, 2, 0, 0x01]));
        Assert.Throws<MalformedModuleException>(module.Decode);
    }

    private static List<int> SectionEnds(byte[] bytes)
    {
        var ends = new List<int>();
        for (var position = 8; position < bytes.Length; ends.Add(position))
        {
            var size = 0;
            var shift = 0;
            do
            {
                position++;
                size |= (bytes[position] & 0x7F) << shift;
                shift += 7;
            }
            while (bytes[position] >= 0x80);
            position += 1 + size;
        }

        return ends;
    }

    private static byte[] Mutate(byte[] bytes, Random random)
    {
        var mutated = bytes.ToList();
        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            var position = random.Next(8, mutated.Count);
            switch (random.Next(5))
            {
                case 0:
                    mutated[position] = (byte)random.Next(256);
                    break;
                case 1:
                    mutated[position] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    mutated[position] = mutated[random.Next(8, mutated.Count)];
                    break;
                case 3:
                    mutated.Insert(position, (byte)random.Next(256));
                    break;
                default:
                    mutated.RemoveAt(position);
                    break;
            }
        }

        return [.. mutated];
    }
}
