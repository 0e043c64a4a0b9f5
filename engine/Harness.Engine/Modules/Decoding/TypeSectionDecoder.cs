using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Harness.Engine.Modules.Decoding;

/// <summary>Decodes, checks and canonicalizes the type section (specification, sections 3.2 and 5.5).</summary>
internal ref struct TypeSectionDecoder
{
    private readonly ModuleEnvironment _environment;
    private readonly List<int> _depths = [];
    private ModuleReader _reader;

    public TypeSectionDecoder(ModuleEnvironment environment, ModuleReader reader)
    {
        _environment = environment;
        _reader = reader;
    }

    /// <summary>Decodes the whole section.</summary>
    public void Decode()
    {
        for (var groups = _reader.ReadCount(ImplementationLimits.Types, "types"); groups > 0; groups--)
        {
            var size = 1;
            var at = _reader.Offset;
            if (_reader.PeekByte() == BinaryFormat.RecursionGroupForm)
            {
                _reader.ReadByte();
                size = _reader.ReadCount(ImplementationLimits.RecursionGroupSize, "types in a recursion group");
            }

            if (_environment.Types.Count > ImplementationLimits.Types - size)
            {
                throw InvalidModuleException.TooMany("types", ImplementationLimits.Types, at);
            }

            DecodeGroup(size);
        }

        _reader.ExpectEnd();
    }

    private void DecodeGroup(int size)
    {
        var first = _environment.Types.Count;
        var offsets = new int[size];
        var group = new SubType[size];
        _environment.OpenGroup(size);
        for (var i = 0; i < size; i++)
        {
            offsets[i] = _reader.Offset;
            group[i] = DecodeSubType();
        }

        CheckDescriptors(group, offsets);
        _environment.CloseGroup(size > 0 ? TypeRegistry.AddGroup(group, _environment.TypeRealm) : null);
        for (var i = 0; i < size; i++)
        {
            CheckSupertype(_environment.Types[first + i], offsets[i]);
        }
    }

    /// <summary>Checks that the types of objects and those of their descriptors name each other, and belong to the group: descriptors come later.</summary>
    private static void CheckDescriptors(SubType[] group, int[] offsets)
    {
        for (var i = 0; i < group.Length; i++)
        {
            if (group[i].Describes is { } described)
            {
                CheckDescribed(group, i, described, offsets[i]);
            }

            if (group[i].Descriptor is not { } descriptor)
            {
                continue;
            }

            if (!IsMember(descriptor))
            {
                throw new InvalidModuleException("descriptor type is outside rec group", offsets[i]);
            }

            if (group[i].Composite is not StructType)
            {
                throw new InvalidModuleException("described type must be a struct", offsets[i]);
            }

            if (group[MemberOf(descriptor)].Describes is not { } back || !IsMember(back) || MemberOf(back) != i)
            {
                throw new InvalidModuleException("type is not described by its descriptor", offsets[i]);
            }
        }
    }

    private static void CheckDescribed(SubType[] group, int index, HeapType described, int offset)
    {
        if (!IsMember(described))
        {
            throw new InvalidModuleException("described type is outside rec group", offset);
        }

        if (group[index].Composite is not StructType)
        {
            throw new InvalidModuleException("descriptor type must be a struct", offset);
        }

        if (group[MemberOf(described)].Descriptor is not { } back || !IsMember(back) || MemberOf(back) != index)
        {
            throw new InvalidModuleException("described type is not described by descriptor", offset);
        }

        if (MemberOf(described) >= index)
        {
            throw new InvalidModuleException("forward use of described type", offset);
        }
    }

    private static bool IsMember(HeapType type) => (type.Code & HeapType.GroupMember) != 0;

    private static int MemberOf(HeapType type) => (int)(type.Code & ~HeapType.GroupMember);

    private SubType DecodeSubType()
    {
        var form = _reader.PeekByte();
        if (form is not (BinaryFormat.SubForm or BinaryFormat.SubFinalForm))
        {
            _depths.Add(0);
            return DecodeDescribed(null, isFinal: true);
        }

        _reader.ReadByte();
        var at = _reader.Offset;
        var supertypes = _reader.ReadCount(1, "supertypes");
        HeapType? supertype = null;
        var depth = 0;
        if (supertypes == 1)
        {
            var index = _reader.ReadVarU32();
            if (index >= (uint)_depths.Count)
            {
                throw new InvalidModuleException($"unknown type {index}", at);
            }

            supertype = _environment.ResolveType(index, at);
            depth = _depths[(int)index] + 1;
            if (depth > ImplementationLimits.SubtypingDepth)
            {
                throw InvalidModuleException.TooMany("supertypes", ImplementationLimits.SubtypingDepth, at);
            }
        }

        _depths.Add(depth);
        return DecodeDescribed(supertype, form == BinaryFormat.SubFinalForm);
    }

    /// <summary>Decodes a composite type, with what stands before it of descriptors.</summary>
    private SubType DecodeDescribed(HeapType? supertype, bool isFinal)
    {
        var described = TryDecodeClause(BinaryFormat.DescribesForm);
        var descriptor = TryDecodeClause(BinaryFormat.DescriptorForm);
        return new SubType(DecodeComposite(), supertype, isFinal, described, descriptor);
    }

    private HeapType? TryDecodeClause(byte form)
    {
        if (_reader.PeekByte() != form)
        {
            return null;
        }

        _reader.ReadByte();
        var at = _reader.Offset;
        return _environment.ResolveType(_reader.ReadVarU32(), at);
    }

    private CompositeType DecodeComposite()
    {
        var at = _reader.Offset;
        switch (_reader.ReadByte())
        {
            case >= 0x80:
                throw new MalformedModuleException("integer representation too long", at);
            case BinaryFormat.FunctionForm:
                var parameters = DecodeValueTypes(ImplementationLimits.Parameters, "parameters");
                return new FunctionType(parameters, DecodeValueTypes(ImplementationLimits.Results, "results"));
            case BinaryFormat.StructForm:
                var fields = new FieldType[_reader.ReadCount(ImplementationLimits.StructFields, "fields")];
                for (var i = 0; i < fields.Length; i++)
                {
                    fields[i] = DecodeField();
                }

                return new StructType(ImmutableCollectionsMarshal.AsImmutableArray(fields));
            case BinaryFormat.ArrayForm:
                return new ArrayType(DecodeField());
            default:
                throw new MalformedModuleException("malformed definition type", at);
        }
    }

    private ImmutableArray<ValueType> DecodeValueTypes(int limit, string items)
    {
        var types = new ValueType[_reader.ReadCount(limit, items)];
        for (var i = 0; i < types.Length; i++)
        {
            types[i] = _environment.ReadValueType(ref _reader);
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(types);
    }

    private FieldType DecodeField()
    {
        var packing = _reader.PeekByte() switch
        {
            BinaryFormat.PackedI8 => Packing.I8,
            BinaryFormat.PackedI16 => Packing.I16,
            _ => Packing.None,
        };
        if (packing != Packing.None)
        {
            _reader.ReadByte();
        }

        var type = packing == Packing.None ? _environment.ReadValueType(ref _reader) : ValueType.I32;
        return new FieldType(type, packing, ExternalTypeDecoder.DecodeMutability(ref _reader));
    }

    private static void CheckSupertype(DefinedType type, int offset)
    {
        if (type.Supertype is not { } supertype)
        {
            return;
        }

        if (supertype.Definition.IsFinal)
        {
            throw new InvalidModuleException("sub type: the supertype is final", offset);
        }

        if (!Matches(type.Definition.Composite, supertype.Definition.Composite))
        {
            throw new InvalidModuleException("sub type does not match its supertype", offset);
        }

        CheckClauses(type.Definition, supertype.Definition, offset);
    }

    /// <summary>
    /// Checks that objects have descriptors where those of the supertype have, of a subtype, and that descriptors are a family of their own: their objects may
    /// be laid out otherwise.
    /// </summary>
    private static void CheckClauses(SubType type, SubType supertype, int offset)
    {
        if (type.Describes is null != supertype.Describes is null || (type.Descriptor is null && supertype.Descriptor is not null))
        {
            throw new InvalidModuleException("sub type does not match its supertype", offset);
        }

        if (type.Describes is { } described && supertype.Describes is { } above && !described.IsSubtypeOf(above))
        {
            throw new InvalidModuleException($"described type {described} does not match {above}", offset);
        }

        if (type.Descriptor is { } descriptor && supertype.Descriptor is { } inherited && !descriptor.IsSubtypeOf(inherited))
        {
            throw new InvalidModuleException($"descriptor type {descriptor} does not match {inherited}", offset);
        }
    }

    private static bool Matches(CompositeType type, CompositeType supertype) => (type, supertype) switch
    {
        (FunctionType function, FunctionType super) =>
            Matches(super.Parameters, function.Parameters) && Matches(function.Results, super.Results),
        (StructType structure, StructType super) => Matches(structure.Fields, super.Fields),
        (ArrayType array, ArrayType super) => array.Element.Matches(super.Element),
        _ => false,
    };

    private static bool Matches(ImmutableArray<ValueType> types, ImmutableArray<ValueType> supertypes)
    {
        if (types.Length != supertypes.Length)
        {
            return false;
        }

        for (var i = 0; i < types.Length; i++)
        {
            if (!types[i].IsSubtypeOf(supertypes[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Matches(ImmutableArray<FieldType> fields, ImmutableArray<FieldType> superfields)
    {
        if (fields.Length < superfields.Length)
        {
            return false;
        }

        for (var i = 0; i < superfields.Length; i++)
        {
            if (!fields[i].Matches(superfields[i]))
            {
                return false;
            }
        }

        return true;
    }
}
