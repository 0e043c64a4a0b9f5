using System.Collections.Frozen;

namespace Harness.Engine.Modules.Text;

/// <summary>Parses types and type uses (specification section 6.4).</summary>
internal sealed class TypeAssembler(TokenCursor cursor, ModuleScope scope)
{
    private static readonly FrozenDictionary<string, EncodedType> ValueTypes = new Dictionary<string, EncodedType>
    {
        ["i32"] = new(BinaryFormat.TypeI32),
        ["i64"] = new(BinaryFormat.TypeI64),
        ["f32"] = new(BinaryFormat.TypeF32),
        ["f64"] = new(BinaryFormat.TypeF64),
        ["v128"] = new(BinaryFormat.TypeV128),
        ["anyref"] = EncodedType.NullableReference(AbstractHeapType.Any),
        ["eqref"] = EncodedType.NullableReference(AbstractHeapType.Eq),
        ["i31ref"] = EncodedType.NullableReference(AbstractHeapType.I31),
        ["structref"] = EncodedType.NullableReference(AbstractHeapType.Struct),
        ["arrayref"] = EncodedType.NullableReference(AbstractHeapType.Array),
        ["nullref"] = EncodedType.NullableReference(AbstractHeapType.None),
        ["funcref"] = EncodedType.NullableReference(AbstractHeapType.Func),
        ["nullfuncref"] = EncodedType.NullableReference(AbstractHeapType.NoFunc),
        ["externref"] = EncodedType.NullableReference(AbstractHeapType.Extern),
        ["nullexternref"] = EncodedType.NullableReference(AbstractHeapType.NoExtern),
        ["exnref"] = EncodedType.NullableReference(AbstractHeapType.Exn),
        ["nullexnref"] = EncodedType.NullableReference(AbstractHeapType.NoExn),
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, AbstractHeapType> HeapTypes =
        Enum.GetValues<AbstractHeapType>().ToFrozenDictionary(type => type.ToString().ToLowerInvariant());

    /// <summary>Whether a value type begins here.</summary>
    public bool AtValueType =>
        cursor.AtOpen("ref")
        || (cursor.Kind == TokenKind.Keyword
            && ValueTypes.GetAlternateLookup<ReadOnlySpan<char>>().ContainsKey(cursor.Text));

    /// <summary>Parses a value type.</summary>
    public EncodedType ValueType()
    {
        if (cursor.TryOpen("ref"))
        {
            var code = cursor.TryKeyword("null") ? BinaryFormat.TypeRefNull : BinaryFormat.TypeRef;
            var reference = new EncodedType(code, HeapType());
            cursor.Close();
            return reference;
        }

        if (!AtValueType)
        {
            throw cursor.Unexpected();
        }

        var type = ValueTypes.GetAlternateLookup<ReadOnlySpan<char>>()[cursor.Text];
        cursor.Advance();
        return type;
    }

    /// <summary>Parses a reference type.</summary>
    public EncodedType ReferenceType()
    {
        var start = cursor.Position;
        var type = ValueType();
        if (type.IsReference)
        {
            return type;
        }

        cursor.Position = start;
        throw cursor.Unexpected();
    }

    /// <summary>Parses a heap type: an abstract one as a negative number, else a type index, with <see cref="EncodedType.ExactFlag"/> if it is exact.</summary>
    public long HeapType()
    {
        if (cursor.AtIndex)
        {
            return scope.Types.Resolve(cursor);
        }

        if (cursor.TryOpen("exact"))
        {
            var exact = scope.Types.Resolve(cursor) + EncodedType.ExactFlag;
            cursor.Close();
            return exact;
        }

        if (cursor.Kind != TokenKind.Keyword
            || !HeapTypes.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(cursor.Text, out var type))
        {
            throw cursor.Unexpected();
        }

        cursor.Advance();
        return EncodedType.Encode(type);
    }

    /// <summary>Parses a type that may be mutable, and writes it.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="canBePacked">Whether the packed types i8 and i16 are allowed, as in fields.</param>
    public void MutableType(WasmWriter writer, bool canBePacked)
    {
        var isMutable = cursor.TryOpen("mut");
        if (canBePacked && cursor.TryKeyword("i8"))
        {
            writer.Byte(BinaryFormat.PackedI8);
        }
        else if (canBePacked && cursor.TryKeyword("i16"))
        {
            writer.Byte(BinaryFormat.PackedI16);
        }
        else
        {
            ValueType().Write(writer);
        }

        if (isMutable)
        {
            cursor.Close();
        }

        writer.Byte(isMutable ? (byte)1 : (byte)0);
    }

    /// <summary>Parses a type use.</summary>
    /// <param name="parameters">Takes the names of parameters; without it, names are not allowed.</param>
    public TypeUse TypeUse(IndexSpace? parameters)
    {
        if (!cursor.TryOpen("type"))
        {
            return new TypeUse(null, Signature(parameters));
        }

        var typeToken = cursor.Current;
        var index = scope.Types.Resolve(cursor);
        cursor.Close();
        var start = cursor.Current;
        var given = Signature(parameters);
        var known = scope.SignatureOf(index);
        if (given.IsEmpty)
        {
            parameters?.Add(known?.Parameters.Length ?? 0);
            return new TypeUse(index, known ?? given);
        }

        if (cursor.AtOpen("param"))
        {
            throw cursor.Unexpected();
        }

        if (!scope.HasType(index))
        {
            throw cursor.Error($"unknown type {index}", typeToken);
        }

        if (!given.Equals(known))
        {
            throw cursor.Error($"inline function type does not match type {index}", start);
        }

        return new TypeUse(index, given);
    }

    /// <summary>Parses parameters and results.</summary>
    /// <param name="parameters">Takes the names of parameters; without it, names are not allowed.</param>
    public Signature Signature(IndexSpace? parameters)
    {
        var parameterTypes = new List<EncodedType>();
        while (cursor.TryOpen("param"))
        {
            Declarations(parameterTypes, parameters);
        }

        return new Signature([.. parameterTypes], Results());
    }

    /// <summary>Parses any number of <c>(result …)</c>.</summary>
    public EncodedType[] Results()
    {
        if (!cursor.AtOpen("result"))
        {
            return [];
        }

        var types = new List<EncodedType>();
        while (cursor.TryOpen("result"))
        {
            Declarations(types, null);
        }

        return [.. types];
    }

    /// <summary>
    /// Parses the types, or the name and the type, in a <c>(param …)</c>, <c>(result …)</c> or <c>(local …)</c> whose
    /// beginning has been passed.
    /// </summary>
    public void Declarations(List<EncodedType> types, IndexSpace? names)
    {
        if (names is not null && cursor.Kind == TokenKind.Identifier)
        {
            names.Define(cursor);
            types.Add(ValueType());
            cursor.Close();
            return;
        }

        while (cursor.Kind != TokenKind.RightParenthesis)
        {
            types.Add(ValueType());
            names?.Add();
        }

        cursor.Close();
    }

    /// <summary>Parses the definition in a <c>(type …)</c> whose name has been passed, with its <c>)</c>, and writes it.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="isAlone">Whether the type is the only one of its group.</param>
    public void Definition(WasmWriter writer, bool isAlone)
    {
        var isSub = cursor.TryOpen("sub");
        var isFinal = !isSub || cursor.TryKeyword("final");
        var supertypes = new List<uint>();
        while (isSub && cursor.AtIndex)
        {
            supertypes.Add(scope.Types.Resolve(cursor));
        }

        if (!isFinal || supertypes.Count > 0)
        {
            writer.Byte(isFinal ? BinaryFormat.SubFinalForm : BinaryFormat.SubForm);
            writer.U32(supertypes.Count);
            foreach (var supertype in supertypes)
            {
                writer.U32(supertype);
            }
        }

        var describes = TryClause("describes", BinaryFormat.DescribesForm, writer);
        var hasDescriptor = TryClause("descriptor", BinaryFormat.DescriptorForm, writer);
        CompositeType(writer, isAlone && isFinal && supertypes.Count == 0 && !describes && !hasDescriptor);
        if (isSub)
        {
            cursor.Close();
        }

        cursor.Close();
    }

    /// <summary>Parses what a definition says of descriptors, if it does, and writes it.</summary>
    private bool TryClause(string keyword, byte form, WasmWriter writer)
    {
        if (!cursor.TryOpen(keyword))
        {
            return false;
        }

        writer.Byte(form);
        writer.U32(scope.Types.Resolve(cursor));
        cursor.Close();
        return true;
    }

    private void CompositeType(WasmWriter writer, bool isPlain)
    {
        if (cursor.TryOpen("func"))
        {
            var signature = Signature(new IndexSpace("local"));
            signature.Write(writer);
            scope.AddType(signature, null, isPlain);
        }
        else if (cursor.TryOpen("struct"))
        {
            scope.AddType(null, StructFields(writer), isPlain);
        }
        else
        {
            cursor.Open("array");
            writer.Byte(BinaryFormat.ArrayForm);
            MutableType(writer, canBePacked: true);
            scope.AddType(null, null, isPlain);
        }

        cursor.Close();
    }

    private IndexSpace StructFields(WasmWriter writer)
    {
        var fields = new IndexSpace("field");
        var content = new WasmWriter();
        while (cursor.TryOpen("field"))
        {
            if (cursor.Kind == TokenKind.Identifier)
            {
                fields.Define(cursor);
                MutableType(content, canBePacked: true);
            }
            else
            {
                for (; cursor.Kind != TokenKind.RightParenthesis; fields.Add())
                {
                    MutableType(content, canBePacked: true);
                }
            }

            cursor.Close();
        }

        writer.Byte(BinaryFormat.StructForm);
        writer.U32(fields.Count);
        writer.Bytes(content.Written);
        return fields;
    }
}
