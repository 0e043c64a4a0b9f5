using Harness.Dart.Ir;

namespace Harness.Dart.Lowering.Model;

/// <summary>What a jump is.</summary>
internal enum JumpKind : byte
{
    /// <summary>Out of a statement.</summary>
    Break,

    /// <summary>On with the next iteration of a loop.</summary>
    Continue,

    /// <summary>Out of the function.</summary>
    Return,

    /// <summary>On with another case of a switch.</summary>
    ContinueCase,
}

/// <summary>Where a jump can go: out of a statement, on in a loop, or through a finally block.</summary>
internal sealed class JumpTarget
{
    /// <summary>Its labels in the source.</summary>
    public List<string> Labels { get; init; } = [];

    /// <summary>Where a break goes.</summary>
    public IrLabel? Break { get; init; }

    /// <summary>Where a continue goes; null for what is no loop.</summary>
    public IrLabel? Continue { get; init; }

    /// <summary>Whether a break without a label leaves it.</summary>
    public bool IsUnlabeledBreak { get; init; }

    /// <summary>Numbers of the cases of a switch by their labels.</summary>
    public Dictionary<string, int>? Cases { get; init; }

    /// <summary>The loop around the cases of a switch, by which one case goes on with another.</summary>
    public IrLabel? CaseLoop { get; init; }

    /// <summary>Holds the number of the case that is gone on with.</summary>
    public IrLocal? CaseTarget { get; init; }

    /// <summary>What is known at all breaks so far.</summary>
    public Flow? BreakFlow { get; set; }

    /// <summary>What is known at all continues so far.</summary>
    public Flow? ContinueFlow { get; set; }

    /// <summary>A finally block: what leaves the try says where it wants to go.</summary>
    public IrLabel? Finally { get; init; }

    /// <summary>Holds which of the exits is taken.</summary>
    public IrLocal? Kind { get; init; }

    /// <summary>The jumps that go through a finally block.</summary>
    public List<(JumpKind Kind, JumpTarget? Target, int Case)> Exits { get; } = [];
}
