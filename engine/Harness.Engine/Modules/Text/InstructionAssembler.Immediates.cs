using System.Numerics;

namespace Harness.Engine.Modules.Text;

/// <content>Plain instructions and their immediates, by the kinds of the opcode table.</content>
internal sealed partial class InstructionAssembler
{
    private readonly List<uint> _branchTargets = [];

    /// <summary>Assembles the instruction whose keyword has been passed, without its folded operands.</summary>
    private void PlainInstruction(OpcodeInfo instruction, WasmWriter writer)
    {
        var opcode = instruction.Opcode;
        switch (opcode)
        {
            case Opcode.Select when cursor.AtOpen("result"):
                writer.Opcode(Opcode.SelectTyped);
                Signature.WriteTypes(writer, types.Results());
                return;
            case Opcode.RefTest or Opcode.RefCast or Opcode.RefCastDescEq:
                ReferenceTest(opcode, writer);
                return;
        }

        writer.Opcode(opcode);
        Immediates(instruction, writer);
    }

    private void Immediates(OpcodeInfo instruction, WasmWriter writer)
    {
        switch (instruction.Immediates)
        {
            case ImmediateKind.None:
                break;
            case ImmediateKind.Label:
                writer.U32(Label());
                break;
            case ImmediateKind.BranchTable:
                BranchTable(writer);
                break;
            case ImmediateKind.Function:
                writer.U32(scope.Functions.Resolve(cursor));
                break;
            case ImmediateKind.CallIndirect:
                var calledTable = OptionalIndex(scope.Tables);
                writer.U32(types.TypeUse(null).Resolve(scope));
                writer.U32(calledTable);
                break;
            case ImmediateKind.Type:
                writer.U32(scope.Types.Resolve(cursor));
                break;
            case ImmediateKind.Tag:
                writer.U32(scope.Tags.Resolve(cursor));
                break;
            case ImmediateKind.Local:
                writer.U32(_locals.Resolve(cursor));
                break;
            case ImmediateKind.Global:
                writer.U32(scope.Globals.Resolve(cursor));
                break;
            case ImmediateKind.Table:
                writer.U32(OptionalIndex(scope.Tables));
                break;
            case ImmediateKind.TableTable:
                OptionalPair(scope.Tables, writer);
                break;
            case ImmediateKind.Memory:
                writer.U32(OptionalIndex(scope.Memories));
                break;
            case ImmediateKind.MemoryMemory:
                OptionalPair(scope.Memories, writer);
                break;
            case ImmediateKind.MemoryArgument:
                MemoryArgument(instruction, writer);
                break;
            case ImmediateKind.MemoryLane:
                MemoryArgument(instruction, writer);
                writer.Byte(VectorLiteral.TakeLaneIndex(cursor));
                break;
            case ImmediateKind.Lane:
                writer.Byte(VectorLiteral.TakeLaneIndex(cursor));
                break;
            case ImmediateKind.Shuffle:
                for (var i = 0; i < BinaryFormat.VectorBytes; i++)
                {
                    writer.Byte(VectorLiteral.TakeLaneIndex(cursor));
                }

                break;
            case ImmediateKind.V128:
                var (low, high) = VectorLiteral.Take(cursor);
                writer.F64Bits(low);
                writer.F64Bits(high);
                break;
            case ImmediateKind.I32:
                writer.I32((int)NumberParser.Integer(cursor, 32));
                break;
            case ImmediateKind.I64:
                writer.I64((long)NumberParser.Integer(cursor, 64));
                break;
            case ImmediateKind.F32:
                writer.F32Bits(NumberParser.F32(cursor));
                break;
            case ImmediateKind.F64:
                writer.F64Bits(NumberParser.F64(cursor));
                break;
            case ImmediateKind.HeapType:
                EncodedType.WriteHeapType(types.HeapType(), writer);
                break;
            case ImmediateKind.Data:
                DataIndex(writer);
                break;
            case ImmediateKind.DataMemory:
                var initializedMemory = LeadingIndex(scope.Memories);
                DataIndex(writer);
                writer.U32(initializedMemory);
                break;
            case ImmediateKind.Element:
                writer.U32(scope.Elements.Resolve(cursor));
                break;
            case ImmediateKind.ElementTable:
                var initializedTable = LeadingIndex(scope.Tables);
                writer.U32(scope.Elements.Resolve(cursor));
                writer.U32(initializedTable);
                break;
            case ImmediateKind.TypeField:
                var structType = scope.Types.Resolve(cursor);
                writer.U32(structType);
                writer.U32(scope.FieldsOf(structType).Resolve(cursor));
                break;
            case ImmediateKind.TypeCount:
                writer.U32(scope.Types.Resolve(cursor));
                writer.U32(cursor.ExpectU32());
                break;
            case ImmediateKind.TypeData:
                writer.U32(scope.Types.Resolve(cursor));
                DataIndex(writer);
                break;
            case ImmediateKind.TypeElement:
                writer.U32(scope.Types.Resolve(cursor));
                writer.U32(scope.Elements.Resolve(cursor));
                break;
            case ImmediateKind.TypeType:
                writer.U32(scope.Types.Resolve(cursor));
                writer.U32(scope.Types.Resolve(cursor));
                break;
            case ImmediateKind.BranchOnCast:
                BranchOnCast(writer);
                break;
            case ImmediateKind.Fence:
                writer.Byte(0);
                break;
            default:
                throw new InvalidOperationException($"{instruction.Name} is not a plain instruction.");
        }
    }

    /// <summary>Takes a label: a number of blocks to go out, or the name of an open block.</summary>
    private uint Label()
    {
        if (cursor.Kind == TokenKind.Natural)
        {
            return cursor.ExpectU32();
        }

        var token = cursor.Expect(TokenKind.Identifier);
        return _labels.DepthOf(cursor.NameOf(token)) ?? throw cursor.Error($"unknown label {cursor.TextOf(token)}", token);
    }

    private void BranchTable(WasmWriter writer)
    {
        _branchTargets.Clear();
        do
        {
            _branchTargets.Add(Label());
        }
        while (cursor.AtIndex);

        writer.U32(_branchTargets.Count - 1);
        foreach (var target in _branchTargets)
        {
            writer.U32(target);
        }
    }

    private uint OptionalIndex(IndexSpace space) => cursor.AtIndex ? space.Resolve(cursor) : 0;

    /// <summary>Takes an index if another one follows it, which the instruction requires.</summary>
    private uint LeadingIndex(IndexSpace space) =>
        cursor.AtIndex && cursor.NextKind is TokenKind.Natural or TokenKind.Identifier ? space.Resolve(cursor) : 0;

    private void OptionalPair(IndexSpace space, WasmWriter writer)
    {
        var isGiven = cursor.AtIndex;
        writer.U32(isGiven ? space.Resolve(cursor) : 0);
        writer.U32(isGiven ? space.Resolve(cursor) : 0);
    }

    private void DataIndex(WasmWriter writer)
    {
        scope.NeedsDataCount = true;
        writer.U32(scope.Data.Resolve(cursor));
    }

    private void MemoryArgument(OpcodeInfo instruction, WasmWriter writer)
    {
        var hasIndex = cursor.AtIndex && (instruction.Immediates != ImmediateKind.MemoryLane || !AtLaneIndex());
        var memory = hasIndex ? scope.Memories.Resolve(cursor) : 0;
        var offset = MemoryArgumentPart("offset=") ?? 0;
        var alignmentToken = cursor.Current;
        var alignment = MemoryArgumentPart("align=");
        if (alignment is { } given && !BitOperations.IsPow2(given))
        {
            throw cursor.Error("alignment must be a power of two", alignmentToken);
        }

        var exponent = alignment is null ? (uint)instruction.NaturalAlignment : (uint)BitOperations.Log2(alignment.Value);
        writer.U32(memory == 0 ? exponent : exponent | BinaryFormat.MemoryIndexFlag);
        if (memory != 0)
        {
            writer.U32(memory);
        }

        writer.U64(offset);
    }

    /// <summary>Whether the number here is that of a lane, which comes last, and no index of a memory.</summary>
    private bool AtLaneIndex()
    {
        if (cursor.Kind == TokenKind.Identifier)
        {
            return false;
        }

        var start = cursor.Position;
        cursor.Advance();
        var goesOn = cursor.Kind == TokenKind.Natural
            || (cursor.Kind == TokenKind.Keyword && (cursor.Text.StartsWith("offset=") || cursor.Text.StartsWith("align=")));
        cursor.Position = start;
        return !goesOn;
    }

    private ulong? MemoryArgumentPart(string name)
    {
        if (cursor.Kind != TokenKind.Keyword || !cursor.Text.StartsWith(name))
        {
            return null;
        }

        var token = cursor.Current;
        var number = cursor.Text[name.Length..];
        if (NumberSyntax.Classify(number) != TokenKind.Natural)
        {
            throw cursor.Unexpected();
        }

        cursor.Advance();
        return IntegerLiteral.TryParse(number, 64, out var value)
            ? value
            : throw cursor.Error("i64 constant out of range", token);
    }

    private void ReferenceTest(Opcode opcode, WasmWriter writer)
    {
        var type = types.ReferenceType();
        var withNull = opcode switch
        {
            Opcode.RefTest => Opcode.RefTestNull,
            Opcode.RefCast => Opcode.RefCastNull,
            _ => Opcode.RefCastDescEqNull,
        };
        writer.Opcode(type.IsNullable ? withNull : opcode);
        EncodedType.WriteHeapType(type.HeapType, writer);
    }

    private void BranchOnCast(WasmWriter writer)
    {
        var label = Label();
        var source = types.ReferenceType();
        var target = types.ReferenceType();
        writer.Byte((byte)((source.IsNullable ? 1 : 0) | (target.IsNullable ? 2 : 0)));
        writer.U32(label);
        EncodedType.WriteHeapType(source.HeapType, writer);
        EncodedType.WriteHeapType(target.HeapType, writer);
    }

    private void CatchClauses(WasmWriter writer)
    {
        var clauses = new WasmWriter();
        var count = 0;
        while (TryCatchClause(clauses))
        {
            count++;
        }

        writer.U32(count);
        writer.Bytes(clauses.Written);
    }

    private bool TryCatchClause(WasmWriter writer)
    {
        ReadOnlySpan<string> kinds = ["catch", "catch_ref", "catch_all", "catch_all_ref"];
        for (var code = 0; code < kinds.Length; code++)
        {
            if (!cursor.TryOpen(kinds[code]))
            {
                continue;
            }

            writer.Byte((byte)code);
            if (code < 2)
            {
                writer.U32(scope.Tags.Resolve(cursor));
            }

            writer.U32(Label());
            cursor.Close();
            return true;
        }

        return false;
    }
}
