using Harness.Engine.Modules;

namespace Harness.Experiments.Fuzzing.Programs;

/// <summary>
/// The size of a memory with pages of one byte, or what it is made larger by: whole usual pages, counted in bytes. An engine that knows usual pages alone
/// is given a memory of as many of those, and counts them in bytes as well.
/// </summary>
/// <param name="program">The program, which knows for whom it is encoded.</param>
/// <param name="opcode"><c>memory.size</c> or <c>memory.grow</c>.</param>
/// <param name="type">The type of the memory's addresses.</param>
/// <param name="operands">For <c>memory.grow</c>, a number of usual pages.</param>
internal sealed class BytePagesNode(RandomProgram program, Opcode opcode, ProgramType type, params ProgramNode[] operands)
    : ProgramNode(opcode, [type], operands)
{
    /// <summary>The size of a memory in its pages.</summary>
    public static ProgramNode SizeOf(RandomProgram program, int memory) => Node(program, memory, Opcode.MemorySize);

    /// <summary>Makes a memory larger by a number of usual pages; the result, as ever, is its size before, in its pages, or -1.</summary>
    public static ProgramNode Grow(RandomProgram program, int memory, ProgramNode pages) => Node(program, memory, Opcode.MemoryGrow, pages);

    public override void Write(WasmWriter writer, Stack<BlockNode> labels)
    {
        foreach (var operand in Operands)
        {
            operand.Write(writer, labels);
            if (!program.IsForReference)
            {
                WriteShift(writer, Opcode.I32Shl, Opcode.I64Shl);
            }
        }

        writer.Opcode(Opcode);
        writer.U32((uint)Immediates[0]);

        // Where growing fails, the result is -1, which rotation leaves alone.
        if (program.IsForReference)
        {
            WriteShift(writer, Opcode.I32Rotl, Opcode.I64Rotl);
        }
    }

    private static ProgramNode Node(RandomProgram program, int memory, Opcode opcode, params ProgramNode[] operands)
    {
        var declared = program.Memories[memory];
        var type = declared.Is64 ? ProgramType.I64 : ProgramType.I32;
        return declared.HasBytePages
            ? new BytePagesNode(program, opcode, type, operands) { Immediates = [memory], Reducibility = Reducibility.Whole }
            : new ProgramNode(opcode, [type], operands) { Immediates = [memory] };
    }

    /// <summary>Makes usual pages bytes.</summary>
    private void WriteShift(WasmWriter writer, Opcode narrow, Opcode wide)
    {
        var is64 = Results[0] == ProgramType.I64;
        writer.Opcode(is64 ? Opcode.I64Const : Opcode.I32Const);
        writer.I64(MemoryType.UsualPageSizeLog2);
        writer.Opcode(is64 ? wide : narrow);
    }
}
