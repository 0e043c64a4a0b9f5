using Harness.Engine.Modules.Decoding;

namespace Harness.Engine.Modules.Validation;

/// <summary>
/// Decodes function bodies without validating them. A body that is both malformed and invalid, or follows an invalid
/// one, makes the module malformed, and this finds out.
/// </summary>
internal static class BodyScanner
{
    /// <summary>Decodes a body.</summary>
    /// <exception cref="MalformedModuleException">It is malformed.</exception>
    public static void Scan(ModuleEnvironment environment, ModuleReader body)
    {
        SkipLocals(ref body);
        for (var depth = 1; depth > 0;)
        {
            var at = body.Offset;
            var opcode = body.ReadOpcode();
            if (!OpcodeTable.TryGet(opcode, out var info))
            {
                throw IllegalOpcode(opcode, at);
            }

            if (environment.DataCount is null && UsesData(info.Immediates))
            {
                throw new MalformedModuleException("data count section required", at);
            }

            SkipImmediates(info.Immediates, ref body);
            if (opcode is Opcode.End or Opcode.Delegate)
            {
                depth--;
            }
            else if (info.Immediates is ImmediateKind.BlockType or ImmediateKind.TryTable)
            {
                depth++;
            }
        }

        body.ExpectEnd();
    }

    /// <summary>Goes through the instructions of a body that nobody has checked, as far as it is well-formed and no further than its end.</summary>
    /// <param name="body">A reader that stands on the vector of locals.</param>
    /// <param name="visit">Told each opcode, with a reader that stands on its immediates.</param>
    public static void Walk(ModuleReader body, Action<Opcode, ModuleReader> visit)
    {
        try
        {
            var reader = body.Confined();
            SkipLocals(ref reader);
            while (reader.Remaining > 0)
            {
                var opcode = reader.ReadOpcode();
                if (!OpcodeTable.TryGet(opcode, out var info))
                {
                    return;
                }

                var immediates = reader;
                SkipImmediates(info.Immediates, ref reader);
                visit(opcode, immediates);
            }
        }
        catch (ModuleException)
        {
            // What is behind it is never run.
        }
    }

    /// <summary>Takes a body apart.</summary>
    /// <param name="body">The body from the vector of locals to the last <c>end</c>.</param>
    /// <returns>Where each instruction begins, and its opcode; null if the body is malformed.</returns>
    public static unsafe IReadOnlyList<(int Offset, Opcode Opcode)>? TrySplit(ReadOnlySpan<byte> body)
    {
        var instructions = new List<(int, Opcode)>();
        fixed (byte* bytes = body)
        {
            var reader = new ModuleReader(bytes, body.Length);
            try
            {
                SkipLocals(ref reader);
                for (var depth = 1; depth > 0;)
                {
                    var at = reader.Offset;
                    var opcode = reader.ReadOpcode();
                    if (!OpcodeTable.TryGet(opcode, out var info))
                    {
                        return null;
                    }

                    SkipImmediates(info.Immediates, ref reader);
                    instructions.Add((at, opcode));
                    if (opcode is Opcode.End or Opcode.Delegate)
                    {
                        depth--;
                    }
                    else if (info.Immediates is ImmediateKind.BlockType or ImmediateKind.TryTable)
                    {
                        depth++;
                    }
                }

                return reader.Remaining == 0 ? instructions : null;
            }
            catch (ModuleException)
            {
                return null;
            }
        }
    }

    /// <summary>The error for an opcode that does not exist here.</summary>
    public static MalformedModuleException IllegalOpcode(Opcode opcode, int offset)
    {
        var code = (int)opcode;
        if (code <= 0xFF)
        {
            return new MalformedModuleException($"illegal opcode {code:x2}", offset);
        }

        var prefix = OpcodeTable.PrefixOf(opcode);
        return new MalformedModuleException($"illegal opcode {prefix:x2} {code - OpcodeTable.FirstOpcode(prefix):x2}", offset);
    }

    /// <summary>Checks the byte that follows the opcode of a fence: there is one ordering.</summary>
    public static void CheckFence(byte ordering, int offset)
    {
        if (ordering != 0)
        {
            throw new MalformedModuleException("zero byte expected", offset);
        }
    }

    private static bool UsesData(ImmediateKind immediates) =>
        immediates is ImmediateKind.Data or ImmediateKind.DataMemory or ImmediateKind.TypeData;

    private static void SkipLocals(ref ModuleReader body)
    {
        var at = body.Offset;
        var locals = 0UL;
        for (var runs = body.ReadVarU32(); runs > 0; runs--)
        {
            locals += body.ReadVarU32();
            if (locals > uint.MaxValue)
            {
                throw new MalformedModuleException("too many locals", at);
            }

            SkipTypeCode(ref body);
        }
    }

    private static void SkipImmediates(ImmediateKind immediates, ref ModuleReader body)
    {
        switch (immediates)
        {
            case ImmediateKind.None:
                break;
            case ImmediateKind.I32:
                body.ReadVarI32();
                break;
            case ImmediateKind.I64:
                body.ReadVarI64();
                break;
            case ImmediateKind.F32:
                body.Skip(sizeof(uint));
                break;
            case ImmediateKind.F64:
                body.Skip(sizeof(ulong));
                break;
            case ImmediateKind.BlockType:
            case ImmediateKind.HeapType:
                SkipTypeCode(ref body);
                break;
            case ImmediateKind.MemoryArgument:
                SkipMemoryArgument(ref body);
                break;
            case ImmediateKind.MemoryLane:
                SkipMemoryArgument(ref body);
                body.ReadByte();
                break;
            case ImmediateKind.Lane:
                body.ReadByte();
                break;
            case ImmediateKind.Fence:
                CheckFence(body.ReadByte(), body.Offset - 1);
                break;
            case ImmediateKind.Shuffle or ImmediateKind.V128:
                body.Skip(BinaryFormat.VectorBytes);
                break;
            case ImmediateKind.BranchTable:
                for (var labels = body.ReadVarU32(); labels > 0; labels--)
                {
                    body.ReadVarU32();
                }

                body.ReadVarU32();
                break;
            case ImmediateKind.SelectTypes:
                for (var types = body.ReadVarU32(); types > 0; types--)
                {
                    SkipTypeCode(ref body);
                }

                break;
            case ImmediateKind.TryTable:
                SkipTypeCode(ref body);
                for (var clauses = body.ReadVarU32(); clauses > 0; clauses--)
                {
                    SkipCatch(ref body);
                }

                break;
            case ImmediateKind.BranchOnCast:
                body.ReadByte();
                body.ReadVarU32();
                SkipTypeCode(ref body);
                SkipTypeCode(ref body);
                break;
            case ImmediateKind.CallIndirect:
            case ImmediateKind.TableTable:
            case ImmediateKind.MemoryMemory:
            case ImmediateKind.DataMemory:
            case ImmediateKind.ElementTable:
            case ImmediateKind.TypeField:
            case ImmediateKind.TypeCount:
            case ImmediateKind.TypeData:
            case ImmediateKind.TypeElement:
            case ImmediateKind.TypeType:
                body.ReadVarU32();
                body.ReadVarU32();
                break;
            default:
                body.ReadVarU32();
                break;
        }
    }

    private static void SkipMemoryArgument(ref ModuleReader body)
    {
        var at = body.Offset;
        var flags = body.ReadVarU32();
        if (flags >= 2 * BinaryFormat.MemoryIndexFlag)
        {
            throw new MalformedModuleException("malformed memop flags", at);
        }

        if (flags >= BinaryFormat.MemoryIndexFlag)
        {
            body.ReadVarU32();
        }

        body.ReadVarU64();
    }

    private static void SkipCatch(ref ModuleReader body)
    {
        var at = body.Offset;
        var kind = (CatchKind)body.ReadByte();
        if (kind > CatchKind.CatchAllRef)
        {
            throw new MalformedModuleException("malformed catch clause", at);
        }

        if (kind is CatchKind.Catch or CatchKind.CatchRef)
        {
            body.ReadVarU32();
        }

        body.ReadVarU32();
    }

    private static void SkipTypeCode(ref ModuleReader body)
    {
        if (body.PeekByte() is BinaryFormat.TypeRef or BinaryFormat.TypeRefNull)
        {
            body.ReadByte();
        }

        if (body.PeekByte() == BinaryFormat.ExactHeapType)
        {
            body.ReadByte();
            body.ReadVarU32();
            return;
        }

        body.ReadVarI33();
    }
}
