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

    /// <summary><c>try_table</c> with clauses.</summary>
    TryTable,

    /// <summary>Legacy <c>try</c>, before its first clause.</summary>
    Try,

    /// <summary>Legacy <c>try</c>, in a clause.</summary>
    Catch,
}

/// <summary>A construct of structured control that is being built.</summary>
internal sealed class ControlFrame
{
    private Merge? _handler;
    private Merge? _end;

    /// <summary>What opened it.</summary>
    public required ControlKind Kind { get; set; }

    /// <summary>Its type.</summary>
    public BlockSignature Signature { get; init; }

    /// <summary>Height of the operand stack below its parameters.</summary>
    public int StackHeight { get; init; }

    /// <summary>Execution frequency at its start.</summary>
    public double Frequency { get; init; }

    /// <summary>Whether what is thrown here comes to <see cref="Handler"/>, unless a clause is known to catch it.</summary>
    public bool Catches { get; set; }

    /// <summary>The clauses of a <c>try_table</c>.</summary>
    public CatchClause[] Clauses { get; init; } = [];

    /// <summary>Index among the open constructs of the innermost one around this that catches; -1 if there is none in its function.</summary>
    public required int OuterCatcher { get; init; }

    /// <summary>Edges to where exceptions are caught, each with the exception and the locals.</summary>
    public Merge Handler => _handler ??= new Merge(operandsFirst: true);

    /// <summary>Edges to its end; a loop has none.</summary>
    public Merge End => _end ??= new Merge();

    /// <summary>A loop's header.</summary>
    public Block? Header { get; init; }

    /// <summary>
    /// Operands below those of a loop's label that are parameters of its header, too, before all others: all of them where the graph
    /// begins at the loop, else none.
    /// </summary>
    public int CarriedCount { get; init; }

    /// <summary>A loop's assigned locals: the header's parameters after those of the signature.</summary>
    public int[] AssignedLocals { get; init; } = [];

    /// <summary>
    /// The block of an <c>if</c>'s other arm, or where exceptions come that no clause of a legacy <c>try</c> has caught so far; null if
    /// control cannot come there.
    /// </summary>
    public Block? ElseBlock { get; set; }

    /// <summary>The locals, then the parameters, at an <c>if</c>; the exception, then the locals, in the clauses of a legacy <c>try</c>.</summary>
    public PathValues ElseState { get; set; }
}
