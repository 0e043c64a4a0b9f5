using Harness.Engine.Modules;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Model;

/// <summary>
/// The moves of the last branch, and of the last clause of a block that catches, that took very many values along. One that would make the same moves goes there instead, so that the code of
/// a thousand such branches is in proportion to their bytes, and not to those times a thousand.
/// </summary>
/// <param name="stack">The values.</param>
internal sealed class SharedMoves(ValueStack stack)
{
    /// <summary>Values that a branch takes along at least for its moves to be looked for: fewer are moved at once.</summary>
    public const int LeastValues = 32;

    private readonly ValueStack _stack = stack;
    private StackValue[] _values = [];
    private Moves _branch;
    private Moves _clause;
    private CatchKind _clauseKind;
    private int _clauseTag;

    /// <summary>Forgets all moves.</summary>
    public void Clear()
    {
        _branch = default;
        _clause = default;
    }

    /// <summary>The moves that a branch would make whose values below those that it takes along are where its label expects them.</summary>
    /// <param name="target">The label that it goes to.</param>
    /// <param name="moves">Where the moves are.</param>
    /// <returns>Whether there are any.</returns>
    public bool TryFind(in ControlFrame target, out Label moves)
    {
        moves = _branch.Entry;
        return _branch.Fit(target, _stack.Height)
            && StateChunks.NextDifference(Taken(target.BranchArity), _values, 0) == target.BranchArity;
    }

    /// <summary>Notes where the moves of a branch begin, which is such a one.</summary>
    public void Note(in ControlFrame target, Label moves)
    {
        _branch = new Moves(moves, target.Label, _stack.Height);
        if (_values.Length < target.BranchArity)
        {
            _values = new StackValue[Math.Max(target.BranchArity, 2 * _values.Length)];
        }

        Taken(target.BranchArity).CopyTo(_values);
    }

    /// <summary>The moves that a clause would make whose values below those of the exception are where its label expects them.</summary>
    /// <param name="clause">The clause; the exception has its tag.</param>
    /// <param name="target">The label that it goes to.</param>
    /// <param name="moves">Where the moves are.</param>
    /// <returns>Whether there are any.</returns>
    public bool TryFind(in CatchClause clause, in ControlFrame target, out Label moves)
    {
        moves = _clause.Entry;
        return _clause.Fit(target, _stack.Height) && clause.Kind == _clauseKind && clause.TagIndex == _clauseTag;
    }

    /// <summary>Notes where the moves of a clause begin, which is such a one.</summary>
    /// <param name="clause">The clause.</param>
    /// <param name="target">The label that it goes to.</param>
    /// <param name="height">The height of the stack at its landing pad.</param>
    /// <param name="moves">Where the moves are.</param>
    public void Note(in CatchClause clause, in ControlFrame target, int height, Label moves)
    {
        _clause = new Moves(moves, target.Label, height);
        _clauseKind = clause.Kind;
        _clauseTag = clause.TagIndex;
    }

    private ReadOnlySpan<StackValue> Taken(int count) => _stack.Values[^count..];

    /// <summary>Moves that were emitted.</summary>
    /// <param name="Entry">Where they begin; no label for none.</param>
    /// <param name="Target">Where they lead to; no label for a return.</param>
    /// <param name="Height">The height of the stack before them.</param>
    private readonly record struct Moves(Label Entry, Label Target, int Height)
    {
        /// <summary>Whether they lead to a label from a stack of a height.</summary>
        public bool Fit(in ControlFrame target, int height) => Entry.IsValid && Target == target.Label && Height == height;
    }
}
