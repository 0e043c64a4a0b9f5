using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Emission;

/// <summary>What a piece of code behind the function does.</summary>
internal enum ColdPathKind : byte
{
    /// <summary>Traps.</summary>
    Trap,

    /// <summary>Deoptimizes.</summary>
    Deoptimize,

    /// <summary>Calls the stack guard, be it about the stack, fuel or the deadline, and goes on.</summary>
    StackGuard,

    /// <summary>The quotient is the negated dividend, or overflows.</summary>
    DivideByMinusOne,

    /// <summary>The remainder is 0.</summary>
    RemainderByMinusOne,

    /// <summary>The smaller of equal or unordered floats.</summary>
    EqualMinimum,

    /// <summary>The larger of equal or unordered floats.</summary>
    EqualMaximum,

    /// <summary>Converts an unsigned integer from 2^63 on.</summary>
    ConvertLargeUnsigned,

    /// <summary>Tells why a truncation failed, or that it did not.</summary>
    FailedTruncation,

    /// <summary>Gives the result of a truncation that is out of range.</summary>
    Saturation,

    /// <summary>Makes room for an object, and tries again.</summary>
    CollectGarbage,

    /// <summary>Makes room for an array, whose size comes from the scratch result, and tries again.</summary>
    CollectForArray,

    /// <summary>Lets the runtime make a large array.</summary>
    LargeArray,

    /// <summary>Puts an object into the remembered set.</summary>
    Remember,

    /// <summary>Tail-calls a function of another instance or of the host.</summary>
    TailCallToAnyInstance,
}

/// <summary>A piece of code behind the function, for what is seldom reached.</summary>
internal struct ColdPath
{
    /// <summary>What it does.</summary>
    public ColdPathKind Kind;

    /// <summary>Why it traps.</summary>
    public TrapKind Trap;

    /// <summary>Width of the operands.</summary>
    public OpSize Size;

    /// <summary>The integer operand or result.</summary>
    public Gpr Integer;

    /// <summary>The float operand or result.</summary>
    public Xmm Float;

    /// <summary>A second float operand.</summary>
    public Xmm OtherFloat;

    /// <summary>The number of the instruction it belongs to.</summary>
    public int Instruction;

    /// <summary>The number of the deopt point.</summary>
    public int DeoptPoint;

    /// <summary>Where it begins.</summary>
    public Label Entry;

    /// <summary>Where the function goes on.</summary>
    public Label Resume;
}
