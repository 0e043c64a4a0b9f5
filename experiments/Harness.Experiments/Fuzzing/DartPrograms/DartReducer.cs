using System.Diagnostics;
using Harness.Experiments.Fuzzing.DartPrograms.Model;

namespace Harness.Experiments.Fuzzing.DartPrograms;

/// <summary>
/// Makes a program smaller while it keeps a property: leaves out declarations, members, statements and elements, puts what is in a statement in its place, and replaces expressions by the simplest
/// of their type or by their own operands, until nothing more can go or the time is up.
/// </summary>
/// <param name="root">The program, which is changed in place.</param>
/// <param name="isInteresting">Whether a text still has the property.</param>
/// <param name="time">The longest that it may take.</param>
internal sealed class DartReducer(Block root, Predicate<string> isInteresting, TimeSpan time)
{
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private bool _changed;

    /// <summary>How many programs were tried.</summary>
    public int Trials { get; private set; }

    /// <summary>Reduces the program as far as possible.</summary>
    public void Reduce()
    {
        bool isSmaller;
        do
        {
            // Expressions are many: they come when no statement can go any more.
            do
            {
                _changed = false;
                ReduceBlocks(root);
            }
            while (_changed);
            ReduceExpressions(root);
            isSmaller = _changed;
        }
        while (isSmaller && _watch.Elapsed < time);
    }

    private void ReduceBlocks(Piece piece)
    {
        if (piece is Block block)
        {
            // The first function is main: what it does not call any more can go.
            if (block.Layout == BlockLayout.Declarations && block.Items.Find(item => item.Parts.OfType<Block>().Any()) is { } main)
            {
                ReduceBlocks(main);
            }

            RemoveRanges(block.Items);
            for (var i = 0; i < block.Items.Count; i++)
            {
                if (block.Layout == BlockLayout.Braces)
                {
                    Unwrap(block.Items, i);
                }
            }

            foreach (var item in block.Items)
            {
                ReduceBlocks(item);
            }
        }

        foreach (var inner in piece.Parts.OfType<Piece>())
        {
            ReduceBlocks(inner);
        }
    }

    /// <summary>Removes runs of items that may go: long ones first, then shorter ones.</summary>
    private void RemoveRanges(List<Item> items)
    {
        for (var length = items.Count; length > 0; length /= 2)
        {
            for (var start = 0; start + length <= items.Count;)
            {
                var index = start;
                var range = items.GetRange(index, length);
                if (range.Exists(item => item.IsFixed) || !Try(() => items.RemoveRange(index, range.Count), () => items.InsertRange(index, range)))
                {
                    start += length;
                }
            }
        }
    }

    /// <summary>Puts the statements of one of a statement's blocks in its place, but for those that only belong there.</summary>
    private void Unwrap(List<Item> items, int index)
    {
        var item = items[index];
        if (item.IsFixed)
        {
            return;
        }

        foreach (var inner in item.Parts.OfType<Block>().Where(inner => inner.Layout == BlockLayout.Braces))
        {
            var others = inner.Items.FindAll(candidate => !candidate.IsFixed);
            if (others.Count > 0 && Try(() => Replace(items, index, 1, others), () => Replace(items, index, others.Count, [item])))
            {
                return;
            }
        }
    }

    private static void Replace(List<Item> items, int index, int count, List<Item> others)
    {
        items.RemoveRange(index, count);
        items.InsertRange(index, others);
    }

    private void ReduceExpressions(Piece piece)
    {
        for (var i = 0; i < piece.Parts.Count; i++)
        {
            if (piece.Parts[i] is Expression)
            {
                Simplify(piece.Parts, i);
            }

            if (piece.Parts[i] is Piece inner)
            {
                ReduceExpressions(inner);
            }
        }

        if (piece is Block block)
        {
            foreach (var item in block.Items)
            {
                ReduceExpressions(item);
            }
        }
    }

    private void Simplify(List<object> parts, int index)
    {
        var before = (Expression)parts[index];
        foreach (var simpler in Simpler(before))
        {
            if (Try(() => parts[index] = simpler, () => parts[index] = before))
            {
                return;
            }
        }
    }

    /// <summary>Expressions that could stand in one's place, the simplest first.</summary>
    private static IEnumerable<Expression> Simpler(Expression expression)
    {
        if (expression.Type.Simplest is { } simplest && !(expression.Parts is [string text] && text == simplest))
        {
            yield return Expression.Of(expression.Type, simplest);
        }

        foreach (var operand in expression.Parts.OfType<Expression>().Where(operand => operand.Type.IsSubtypeOf(expression.Type)))
        {
            yield return operand;
        }
    }

    private bool Try(Action change, Action undo)
    {
        if (_watch.Elapsed >= time)
        {
            return false;
        }

        change();
        Trials++;
        if (isInteresting(DartPrinter.Print(root)))
        {
            return _changed = true;
        }

        undo();
        return false;
    }
}
