using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Runtime;

namespace Harness.Engine.Optimizer.Build.Builders;

/// <summary>Calls of the runtime, and operands as it takes them.</summary>
internal sealed class RuntimeCalls(GraphAssembler assembler)
{
    /// <summary>Calls a runtime function that writes an array of a type, and may fail with a trap.</summary>
    public void CallWithStatus(Builtin builtin, int type, int[] arguments)
    {
        var status = assembler.Append(IrOp.CallBuiltin, IrType.I32, arguments, (long)builtin, type);
        assembler.TrapIf(status, TrapKind.Pending);
    }

    /// <summary>A value as the runtime takes it: an integer or reference of its bits.</summary>
    public int BitsOf(int value) => assembler.Graph[value].Type switch
    {
        IrType.F32 => assembler.Append(Opcode.I32ReinterpretF32, IrType.I32, [value]),
        IrType.F64 => assembler.Append(Opcode.I64ReinterpretF64, IrType.I64, [value]),
        _ => value,
    };

    /// <summary>An address, index or length as 64 bits.</summary>
    public int Widen(int value, bool is64)
    {
        var isInteger32 = assembler.Graph[value].Type == IrType.I32;
        return is64 || !isInteger32 ? value : assembler.Append(Opcode.I64ExtendI32U, IrType.I64, [value]);
    }

    /// <summary>An address, index or length of 64 bits as it is.</summary>
    public int Narrow(int value, bool is64) =>
        is64 ? value : assembler.Append(Opcode.I32WrapI64, IrType.I32, [value]);

    /// <summary>Two indices as one operand.</summary>
    public static long Pair(int high, int low) => ((long)high << 32) | (uint)low;

    /// <summary>Whether a memory has addresses of 64 bits.</summary>
    public bool Memory64(int memory) => assembler.Module.Memories[memory].Type.Is64;

    /// <summary>Whether a table has indices of 64 bits.</summary>
    public bool Table64(int table) => assembler.Module.Tables[table].Type.Is64;
}
