using Harness.Engine.Modules;

namespace Harness.Experiments.Fuzzing.Programs;

/// <summary>An instruction of a random program together with those that compute its operands.</summary>
internal class ProgramNode(Opcode opcode, ProgramType[] results, params ProgramNode[] operands)
{
    public Opcode Opcode { get; } = opcode;

    /// <summary>What it leaves on the operand stack.</summary>
    public ProgramType[] Results { get; } = results;

    public ProgramNode[] Operands { get; } = operands;

    /// <summary>Indices and constants in the order in which they are written; floats as their bits.</summary>
    public long[] Immediates { get; init; } = [];

    /// <summary>For branches, their labels; for <c>br_table</c> the default one comes last.</summary>
    public BlockNode[] Targets { get; init; } = [];

    public Reducibility Reducibility { get; init; }

    /// <summary>The nodes inside this one, as lists in which nodes can be replaced.</summary>
    public virtual IEnumerable<IList<ProgramNode>> Children => [Operands];

    public static ProgramNode I32Const(int value, Reducibility reducibility = Reducibility.Free) =>
        new(Opcode.I32Const, [ProgramType.I32]) { Immediates = [value], Reducibility = reducibility };

    public static ProgramNode I64Const(long value, Reducibility reducibility = Reducibility.Free) =>
        new(Opcode.I64Const, [ProgramType.I64]) { Immediates = [value], Reducibility = reducibility };

    /// <summary>The zero of a number type, or null.</summary>
    public static ProgramNode Zero(ProgramType type) => type.Kind switch
    {
        ValueKind.I32 => I32Const(0),
        ValueKind.I64 => I64Const(0),
        ValueKind.F32 => new ProgramNode(Opcode.F32Const, [type]) { Immediates = [0] },
        ValueKind.F64 => new ProgramNode(Opcode.F64Const, [type]) { Immediates = [0] },
        ValueKind.V128 => new ProgramNode(Opcode.V128Const, [type]) { Immediates = [0, 0] },
        _ => new ProgramNode(Opcode.RefNull, [type]) { Immediates = [type.Heap] },
    };

    /// <summary>Writes the operands and then the instruction.</summary>
    public virtual void Write(WasmWriter writer, Stack<BlockNode> labels)
    {
        foreach (var operand in Operands)
        {
            operand.Write(writer, labels);
        }

        writer.Opcode(Opcode);
        WriteImmediates(writer, labels);
    }

    private void WriteImmediates(WasmWriter writer, Stack<BlockNode> labels)
    {
        switch (OpcodeTable.GetImmediates(Opcode))
        {
            case ImmediateKind.None:
                break;
            case ImmediateKind.Label:
                writer.U32(Depth(labels, Targets[0]));
                break;
            case ImmediateKind.BranchTable:
                writer.U32(Targets.Length - 1);
                foreach (var target in Targets)
                {
                    writer.U32(Depth(labels, target));
                }

                break;
            case ImmediateKind.I32 or ImmediateKind.I64:
                writer.I64(Immediates[0]);
                break;
            case ImmediateKind.F32:
                writer.F32Bits((uint)Immediates[0]);
                break;
            case ImmediateKind.F64:
                writer.F64Bits((ulong)Immediates[0]);
                break;
            case ImmediateKind.MemoryArgument:
                WriteMemoryArgument(writer, alignment: (uint)Immediates[0], offset: (ulong)Immediates[1], memory: (uint)Immediates[2]);
                break;
            case ImmediateKind.MemoryLane:
                WriteMemoryArgument(writer, alignment: (uint)Immediates[0], offset: (ulong)Immediates[1], memory: (uint)Immediates[2]);
                writer.Byte((byte)Immediates[3]);
                break;
            case ImmediateKind.V128 or ImmediateKind.Shuffle:
                writer.F64Bits((ulong)Immediates[0]);
                writer.F64Bits((ulong)Immediates[1]);
                break;
            case ImmediateKind.HeapType:
                new ProgramType(ValueKind.Ref, (int)Immediates[0]).WriteHeapType(writer);
                break;
            case ImmediateKind.SelectTypes:
                writer.U32(Results.Length);
                Results[0].Write(writer);
                break;
            case ImmediateKind.BranchOnCast:
                writer.Byte((byte)Immediates[0]);
                writer.U32(Depth(labels, Targets[0]));
                new ProgramType(ValueKind.Ref, (int)Immediates[1]).WriteHeapType(writer);
                new ProgramType(ValueKind.Ref, (int)Immediates[2]).WriteHeapType(writer);
                break;
            default:
                foreach (var index in Immediates)
                {
                    writer.U32((uint)index);
                }

                break;
        }
    }

    private static void WriteMemoryArgument(WasmWriter writer, uint alignment, ulong offset, uint memory)
    {
        writer.U32(memory == 0 ? alignment : alignment | BinaryFormat.MemoryIndexFlag);
        if (memory != 0)
        {
            writer.U32(memory);
        }

        writer.U64(offset);
    }

    /// <summary>The number of a label, counted from the innermost.</summary>
    protected static int Depth(Stack<BlockNode> labels, BlockNode target)
    {
        var depth = 0;
        foreach (var label in labels)
        {
            if (ReferenceEquals(label, target))
            {
                return depth;
            }

            depth++;
        }

        throw new InvalidOperationException("a branch has left the block that it targets");
    }
}
