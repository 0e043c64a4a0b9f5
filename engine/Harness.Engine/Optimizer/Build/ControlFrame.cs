using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Build;

/// <summary>What opened a control frame.</summary>
internal enum ControlKind : byte
{
    /// <summary>The function body.</summary>
    Function,

    /// <summary><c>block</c>.</summary>
    Block,

    /// <summary><c>loop</c>.</summary>
    Loop,

    /// <summary><c>if</c>, before its <c>else</c>.</summary>
    If,

    /// <summary><c>if</c>, after its <c>else</c>.</summary>
    Else,
}

/// <summary>A construct of structured control that is being built.</summary>
internal sealed class ControlFrame
{
    /// <summary>What opened it.</summary>
    public required ControlKind Kind { get; set; }

    /// <summary>Its type.</summary>
    public BlockSignature Signature { get; init; }

    /// <summary>Height of the operand stack below its parameters.</summary>
    public int StackHeight { get; init; }

    /// <summary>Execution frequency at its start.</summary>
    public double Frequency { get; init; }

    /// <summary>Whether it may catch exceptions.</summary>
    public bool Catches { get; set; }

    /// <summary>Edges to its end.</summary>
    public Merge End { get; } = new();

    /// <summary>A loop's header.</summary>
    public Block? Header { get; init; }

    /// <summary>A loop's assigned locals: the header's parameters after those of the signature.</summary>
    public int[] AssignedLocals { get; init; } = [];

    /// <summary>The block of an <c>if</c>'s other arm.</summary>
    public Block? ElseBlock { get; init; }

    /// <summary>The locals, then the parameters, at an <c>if</c>.</summary>
    public int[] ElseState { get; init; } = [];
}
