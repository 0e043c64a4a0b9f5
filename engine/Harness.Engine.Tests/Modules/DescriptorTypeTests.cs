using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;

namespace Harness.Engine.Tests.Modules;

/// <summary>Types of structures with descriptors, and exact types: identity, subtyping, where the descriptor stands, and what is said of wrong ones.</summary>
public class DescriptorTypeTests
{
    private const string Pair = "(rec (type (sub (descriptor 1) (struct (field i32)))) (type (sub (describes 0) (struct (field i32)))))";

    [Fact]
    public void TheClausesArePartOfATypesIdentity()
    {
        var first = Decode(Pair);
        var second = Decode(Pair);
        var without = Decode("(rec (type (sub (struct (field i32)))) (type (sub (struct (field i32)))))");
        Assert.Equal(first.CanonicalTypeIds, second.CanonicalTypeIds);
        Assert.NotEqual(first.CanonicalTypeIds[0], without.CanonicalTypeIds[0]);
        Assert.NotEqual(first.CanonicalTypeIds[1], without.CanonicalTypeIds[1]);
        Assert.Equal(first.CanonicalTypeIds[1], first.GetType(0).Definition.Descriptor!.Value.CanonicalId);
        Assert.Equal(first.CanonicalTypeIds[0], first.GetType(1).Definition.Describes!.Value.CanonicalId);
        Assert.Null(first.GetType(1).Definition.Descriptor);
    }

    /// <summary>A type that mentions an exact type is another than one that mentions the type.</summary>
    [Fact]
    public void ExactnessIsPartOfATypesIdentity()
    {
        var module = Decode("(type (struct)) (type (struct (field (ref 0)))) (type (struct (field (ref (exact 0))))) (type (struct (field (ref (exact 0)))))");
        Assert.NotEqual(module.CanonicalTypeIds[1], module.CanonicalTypeIds[2]);
        Assert.Equal(module.CanonicalTypeIds[2], module.CanonicalTypeIds[3]);
        Assert.True(module.GetType(2).Struct!.Fields[0].Type.HeapType.IsExact);
        Assert.Equal(module.CanonicalTypeIds[0], module.GetType(2).Struct!.Fields[0].Type.HeapType.CanonicalId);
    }

    /// <summary>In a recursion group exact types of its members are resolved as the types themselves are.</summary>
    [Fact]
    public void MembersOfAGroupMayBeExact()
    {
        var module = Decode("(rec (type (struct (field (ref null (exact 1))))) (type (struct (field (ref null 0)))))");
        var field = module.GetType(0).Struct!.Fields[0].Type.HeapType;
        Assert.Equal(HeapType.Defined(module.CanonicalTypeIds[1]).Exact, field);
    }

    [Fact]
    public void AnExactTypeIsBelowItsTypeAndAboveNoSubtype()
    {
        var module = Decode("(type (sub (struct))) (type (sub 0 (struct)))");
        var super = HeapType.Defined(module.CanonicalTypeIds[0]);
        var sub = HeapType.Defined(module.CanonicalTypeIds[1]);
        var none = HeapType.Abstract(AbstractHeapType.None);
        Assert.True(super.Exact.IsSubtypeOf(super.Exact));
        Assert.True(super.Exact.IsSubtypeOf(super));
        Assert.True(sub.Exact.IsSubtypeOf(super));
        Assert.True(sub.Exact.IsSubtypeOf(HeapType.Abstract(AbstractHeapType.Struct)));
        Assert.True(none.IsSubtypeOf(super.Exact));
        Assert.False(HeapType.Abstract(AbstractHeapType.NoFunc).IsSubtypeOf(super.Exact));
        Assert.False(super.IsSubtypeOf(super.Exact));
        Assert.False(sub.IsSubtypeOf(super.Exact));
        Assert.False(sub.Exact.IsSubtypeOf(super.Exact));
        Assert.False(super.Exact.IsSubtypeOf(sub));
        Assert.Equal(super, super.Exact.Inexact);
        Assert.Equal(super.CanonicalId, super.Exact.CanonicalId);
        Assert.NotEqual(super, super.Exact);
        Assert.Equal($"(ref null (exact type{super.CanonicalId}))", ValueType.Reference(super.Exact, nullable: true).ToString());
    }

    /// <summary>The descriptor stands behind what supertypes without one hold, and before what its type adds: the slots of a supertype come first in all subtypes.</summary>
    [Fact]
    public void TheDescriptorStandsWhereItsTypeBegins()
    {
        var module = Decode(
            """
            (type $plain (sub (struct (field i32) (field i8))))
            (rec
              (type $late (sub $plain (descriptor $late.d) (struct (field i32) (field i8) (field i64))))
              (type $late.d (sub (describes $late) (struct)))
              (type $later (sub $late (descriptor $later.d) (struct (field i32) (field i8) (field i64) (field anyref))))
              (type $later.d (sub $late.d (describes $later) (descriptor $meta) (struct (field f32))))
              (type $meta (describes $later.d) (struct)))
            """);
        DefinedType[] types = [.. Enumerable.Range(0, 6).Select(index => module.GetType(index))];
        Assert.Equal([-1, 2, -1, 2, 0, -1], types.Select(type => type.DescriptorSlot));
        Assert.Equal([2, 4, 0, 5, 2, 0], types.Select(type => type.Slots.Length));
        Assert.Equal([0, 1, 3, 4], Enumerable.Range(0, 4).Select(field => types[3].SlotOf(field)));
        ObjectLayout[] layouts = [.. types.Select(type => ObjectLayout.Of(type.CanonicalId))];
        Assert.Equal([8, 12], layouts[0].SlotOffsets.AsEnumerable());
        Assert.Equal([8, 12, 16, 24], layouts[1].SlotOffsets.AsEnumerable());
        Assert.Equal([8, 12, 16, 24, 32], layouts[3].SlotOffsets.AsEnumerable());
        Assert.Equal([8, 16], layouts[4].SlotOffsets.AsEnumerable());
        Assert.Equal([16], layouts[1].ReferenceOffsets.AsEnumerable());
        Assert.Equal([16, 32], layouts[3].ReferenceOffsets.AsEnumerable());
        var descriptor = types[3].Slots[2];
        Assert.False(descriptor.IsMutable);
        Assert.Equal(ValueType.Reference(HeapType.Defined(types[4].CanonicalId), nullable: false), descriptor.Type);
    }

    [Theory]
    [InlineData("(rec (type (descriptor 1) (struct)) (type (struct)))", "type is not described by its descriptor")]
    [InlineData("(rec (type (struct)) (type (describes 0) (struct)))", "described type is not described by descriptor")]
    [InlineData("(rec (type (describes 1) (struct)) (type (descriptor 0) (struct)))", "forward use of described type")]
    [InlineData("(type (struct)) (type (descriptor 0) (struct))", "descriptor type is outside rec group")]
    [InlineData("(type (struct)) (type (describes 0) (struct))", "described type is outside rec group")]
    [InlineData("(rec (type (descriptor 1) (array i8)) (type (describes 0) (struct)))", "described type must be a struct")]
    [InlineData("(rec (type (descriptor 1) (struct)) (type (describes 0) (func)))", "descriptor type must be a struct")]
    [InlineData(Pair + "(type (sub 0 (struct (field i32))))", "sub type does not match")]
    [InlineData(Pair + "(func (drop (struct.new 0 (i32.const 1))))", "type with descriptor requires descriptor allocation")]
    [InlineData("(type (struct)) (func (drop (struct.new_desc 0 (ref.null none))))", "type without descriptor requires non-descriptor allocation")]
    [InlineData(Pair + "(func (param anyref) (drop (ref.cast_desc_eq (ref eq) (local.get 0) (ref.null none))))", "type eq does not have a descriptor")]
    [InlineData(Pair + "(func (param (ref 1)) (drop (struct.new_default_desc 0 (local.get 0))))", "type mismatch")]
    public void WhatIsWrongIsSaid(string fields, string message) =>
        Assert.StartsWith(message, Assert.Throws<InvalidModuleException>(() => Decode(fields)).Message, StringComparison.Ordinal);

    /// <summary>Behind the code of an exact type stands an index and no code; a clause stands before a composite type, descriptors last.</summary>
    [Theory]
    [InlineData(new byte[] { 1, 0x5F, 1, 0x64, 0x62, 0x6E, 0 })]
    [InlineData(new byte[] { 1, 0x5F, 1, 0x62, 0, 0 })]
    [InlineData(new byte[] { 1, 0x4D, 0, 0x4C, 0, 0x5F, 0 })]
    [InlineData(new byte[] { 1, 0x4C, 0, 0x50, 0, 0x5F, 0 })]
    public void OtherEncodingsAreRefused(byte[] section)
    {
        byte[] bytes = [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 1, (byte)section.Length, .. section];
        Assert.ThrowsAny<ModuleException>(() => WasmModule.Decode(bytes));
    }

    [Fact]
    public void AnExportIsNoExactFunction()
    {
        byte[] bytes = [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, (byte)'f', 0x20, 0, 10, 4, 1, 2, 0, 0x0B];
        Assert.StartsWith("malformed export kind", Assert.Throws<MalformedModuleException>(() => WasmModule.Decode(bytes)).Message, StringComparison.Ordinal);
    }

    /// <summary>A group of imports of one type may be of functions that have it exactly.</summary>
    [Fact]
    public void GroupsOfImportsMayBeExact()
    {
        var module = Decode("(type (func)) (import \"a\" (item \"f\") (item \"g\") (func (exact (type 0)))) (import \"a\" \"h\" (func (type 0))) (func)");
        Assert.Equal([true, true, false, true], module.Functions.Select(function => function.HasExactType));
    }

    private static WasmModule Decode(string fields) => WasmModule.Decode(WatAssembler.Assemble($"(module {fields})"));
}
