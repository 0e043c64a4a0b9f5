using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Analysis;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Passes.Ranges;

/// <summary>
/// Proves inequalities between 32-bit integers at points of a graph. What holds of a block parameter is proven for the arguments of all
/// edges; around a loop, from the assumption that it held before.
/// </summary>
internal sealed class BoundsProver(Graph graph, ControlFlow flow)
{
    private const int MaxDepth = 8;
    private const int MaxSteps = 300;

    private readonly KnownFacts _facts = new(graph, flow);
    private readonly IncomingEdges _incoming = graph.Analyses.Incoming;
    private readonly HashSet<(Claim Claim, int Value, int Bound)> _assumed = [];
    private readonly Dictionary<int, uint> _largest = [];
    private readonly Stack<int> _work = new();
    private ConstantSums? _sums;
    private int _steps;

    private enum Claim : byte
    {
        Below,
        AtMost,
        NotNegative,
    }

    /// <summary>Whether a value is less than a bound, as unsigned numbers.</summary>
    public bool IsBelow(int value, int bound, KnownFacts.Point point)
    {
        _steps = MaxSteps;
        return IsBelow(value, bound, point, MaxDepth);
    }

    private bool IsBelow(int value, int bound, KnownFacts.Point point, int depth)
    {
        if (depth == 0 || _steps-- <= 0)
        {
            return false;
        }

        if (TryConstant(bound, out var limit) && LargestOf(value) < (uint)limit)
        {
            return true;
        }

        var isConstant = TryConstant(value, out var constant);
        foreach (var fact in FactsFor(value, bound, point))
        {
            // The left side of a fact about a constant may be a larger one.
            var isLeft = fact.Left == value
                || (isConstant && constant >= 0 && TryConstant(fact.Left, out var left) && left >= constant);
            var isRight = fact.Right == bound;
            var holds = fact.Relation switch
            {
                Relation.Less => isLeft && (isRight || IsNotAbove(fact.Right, bound)),
                Relation.AtMost => isLeft && IsLess(fact.Right, bound),
                Relation.LessSigned => isLeft && isRight && (isConstant ? constant >= 0 : IsNotNegative(value, point, depth - 1)),
                Relation.NotEqual =>
                    ((fact.Left == value && isRight) || (fact.Left == bound && Is(fact.Right, value)))
                    && IsAtMost(value, bound, point, depth - 1),
                _ => false,
            };
            if (holds)
            {
                return true;
            }
        }

        var follows = graph[value].Op switch
        {
            Opcode.I32And =>
                IsBelow(graph.Input(value, 0), bound, point, depth - 1) || IsBelow(graph.Input(value, 1), bound, point, depth - 1),
            Opcode.I32ShrU or Opcode.I32DivU => IsBelow(graph.Input(value, 0), bound, point, depth - 1),
            Opcode.I32RemU => IsAtMost(graph.Input(value, 1), bound, point, depth - 1),
            Opcode.I32Add => TryConstant(graph.Input(value, 1), out var step) && step == -1
                && IsNotZero(graph.Input(value, 0), point) && IsAtMost(graph.Input(value, 0), bound, point, depth - 1),
            IrOp.BlockParameter => HoldsOnAllEdges(Claim.Below, value, bound, depth),
            _ => false,
        };
        return follows || IsBelowByLargerSum(value, bound, point, depth);
    }

    /// <summary>
    /// Whether the sum of the same number and a larger constant was found to be below the bound. The number is not negative, so that no sum
    /// with a constant that is not negative either goes beyond 32 bits.
    /// </summary>
    private bool IsBelowByLargerSum(int value, int bound, KnownFacts.Point point, int depth)
    {
        _sums ??= new ConstantSums(graph, flow);
        var (number, constant) = _sums.PartsOf(value);
        foreach (var (sum, larger) in _sums.With(number))
        {
            if (_steps-- <= 0)
            {
                return false;
            }

            if (larger <= constant)
            {
                continue;
            }

            foreach (var fact in _facts.At(point, sum))
            {
                if (fact.Relation == Relation.Less && fact.Left == sum && fact.Right == bound)
                {
                    return IsNotNegative(number, point, depth - 1);
                }
            }
        }

        return false;
    }

    /// <summary>What is known of a value; that a bound is not 0 is known of the bound.</summary>
    private IEnumerable<Fact> FactsFor(int value, int bound, KnownFacts.Point point)
    {
        var known = _facts.At(point, value);
        return IsZero(value) ? known.Concat(_facts.At(point, bound)) : known;
    }

    private bool IsAtMost(int value, int bound, KnownFacts.Point point, int depth)
    {
        if (depth == 0 || _steps-- <= 0)
        {
            return false;
        }

        if (value == bound || (TryConstant(bound, out var limit) && LargestOf(value) <= (uint)limit) || LargestOf(value) == 0)
        {
            return true;
        }

        foreach (var fact in _facts.At(point, value))
        {
            var holds = fact.Left == value && fact.Relation switch
            {
                Relation.Less or Relation.AtMost => fact.Right == bound || IsNotAbove(fact.Right, bound),
                Relation.Equal => fact.Right == bound,
                Relation.LessSigned or Relation.AtMostSigned => fact.Right == bound && IsNotNegative(value, point, depth - 1),
                _ => false,
            };
            if (holds)
            {
                return true;
            }
        }

        return graph[value].Op switch
        {
            Opcode.I32Add when TryConstant(graph.Input(value, 1), out var step) =>
                step == 1 ? IsBelow(graph.Input(value, 0), bound, point, depth - 1)
                : step == -1 && IsNotZero(graph.Input(value, 0), point) && IsAtMost(graph.Input(value, 0), bound, point, depth - 1),
            IrOp.BlockParameter => HoldsOnAllEdges(Claim.AtMost, value, bound, depth),
            _ => false,
        };
    }

    private bool IsNotNegative(int value, KnownFacts.Point point, int depth)
    {
        if (depth == 0 || _steps-- <= 0)
        {
            return false;
        }

        if (LargestOf(value) <= int.MaxValue)
        {
            return true;
        }

        foreach (var fact in _facts.At(point, value))
        {
            var holds = fact.Relation switch
            {
                Relation.LessSigned => fact.Right == value && TryConstant(fact.Left, out var below) && below >= -1,
                Relation.AtMostSigned => fact.Right == value && TryConstant(fact.Left, out var least) && least >= 0,
                Relation.Less or Relation.AtMost => fact.Left == value && IsAlwaysNotNegative(fact.Right),
                _ => false,
            };
            if (holds)
            {
                return true;
            }
        }

        return graph[value].Op switch
        {
            // What is less than something can be one more.
            Opcode.I32Add => TryConstant(graph.Input(value, 1), out var step) && step == 1
                && IsNotNegative(graph.Input(value, 0), point, depth - 1) && IsLessThanSomething(graph.Input(value, 0), point),
            IrOp.BlockParameter => HoldsOnAllEdges(Claim.NotNegative, value, -1, depth),
            _ => false,
        };
    }

    private bool HoldsOnAllEdges(Claim claim, int parameter, int bound, int depth)
    {
        var block = graph.Blocks[graph[parameter].Block];
        if (flow.LoopOf(block.Id) is { } loop && loop.Header == block && bound >= 0 && !IsInvariant(bound, loop))
        {
            return false;
        }

        if (!_assumed.Add((claim, parameter, bound)))
        {
            return true;
        }

        var position = block.Parameters.IndexOf(parameter);
        var holds = position >= 0;
        foreach (var edge in _incoming.Of(block))
        {
            var argument = graph.Resolve(_incoming.ArgumentsOf(edge)[position]);
            var point = new KnownFacts.Point(edge.Source, int.MaxValue, edge.Index);
            holds = holds && (argument == parameter || claim switch
            {
                Claim.Below => IsBelow(argument, bound, point, depth - 1),
                Claim.AtMost => IsAtMost(argument, bound, point, depth - 1),
                _ => IsNotNegative(argument, point, depth - 1),
            });
            if (!holds)
            {
                break;
            }
        }

        _assumed.Remove((claim, parameter, bound));
        return holds;
    }

    /// <summary>Whether a bound is the same number in all iterations of a loop.</summary>
    private bool IsInvariant(int bound, Loop loop) =>
        OperatorTable.IsConstant(graph[bound].Op)
        || !loop.Contains(graph[bound].Block)
        || (graph[bound].Op == Opcode.ArrayLen && !loop.Contains(graph[graph.Input(bound, 0)].Block));

    private bool IsNotZero(int value, KnownFacts.Point point)
    {
        foreach (var fact in _facts.At(point, value))
        {
            var holds = fact.Relation switch
            {
                Relation.NotEqual => fact.Left == value && IsZero(fact.Right),
                Relation.Less => fact.Right == value,
                Relation.LessSigned => fact.Right == value && TryConstant(fact.Left, out var below) && below >= 0,
                Relation.AtMostSigned => fact.Right == value && TryConstant(fact.Left, out var least) && least > 0,
                Relation.AtMost => fact.Right == value && TryConstant(fact.Left, out var most) && most != 0,
                _ => false,
            };
            if (holds)
            {
                return true;
            }
        }

        return false;
    }

    private bool IsLessThanSomething(int value, KnownFacts.Point point)
    {
        foreach (var fact in _facts.At(point, value))
        {
            if (fact.Left == value
                && (fact.Relation == Relation.LessSigned
                    || (fact.Relation == Relation.Less && IsAlwaysNotNegative(fact.Right))))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsAlwaysNotNegative(int right) => right < 0 || LargestOf(right) <= int.MaxValue;

    private bool Is(int right, int value) => right == value || (right < 0 && IsZero(value));

    private bool IsZero(int value) => value < 0 || (TryConstant(value, out var constant) && constant == 0);

    /// <summary>Whether a constant is at most another one, as unsigned numbers.</summary>
    private bool IsNotAbove(int value, int bound) =>
        TryConstant(value, out var a) && TryConstant(bound, out var b) && (uint)a <= (uint)b;

    private bool IsLess(int value, int bound) =>
        TryConstant(value, out var a) && TryConstant(bound, out var b) && (uint)a < (uint)b;

    private bool TryConstant(int id, out int value)
    {
        value = id < 0 ? 0 : (int)graph[id].Immediate;
        return id < 0 || graph[id].Op == Opcode.I32Const;
    }

    /// <summary>The largest unsigned number that a value can be, by its operator alone.</summary>
    private uint LargestOf(int id)
    {
        uint result = 0;
        _work.Push(id);
        while (_work.TryPop(out var next))
        {
            result = LargestIfKnown(next, out var first);
            if (first >= 0)
            {
                _work.Push(next);
                _work.Push(first);
            }
            else if (graph[next].Op is Opcode.I32And or Opcode.I32ShrU)
            {
                _largest[next] = result;
            }
        }

        return result;
    }

    /// <summary>The largest number that a value can be.</summary>
    /// <param name="id">The value.</param>
    /// <param name="first">Another value that must be known first; -1 for none.</param>
    private uint LargestIfKnown(int id, out int first)
    {
        first = -1;
        if (TryConstant(id, out var constant))
        {
            return (uint)constant;
        }

        if (_largest.TryGetValue(id, out var known))
        {
            return known;
        }

        switch (graph[id].Op)
        {
            case Opcode.I32And:
                return Math.Min(LargestOfInput(id, 0, ref first), LargestOfInput(id, 1, ref first));
            case Opcode.I32ShrU when TryConstant(graph.Input(id, 1), out var shift):
                return LargestOfInput(id, 0, ref first) >> (shift & 31);
            case Opcode.I32RemU when TryConstant(graph.Input(id, 1), out var divisor) && divisor != 0:
                return (uint)divisor - 1;
            case var op when graph[id].Type == IrType.I32 && OpcodeTable.GetAccess(op).Extension == AccessExtension.Zero:
                return Access.Of(graph, id).SizeLog2 == 0 ? byte.MaxValue : ushort.MaxValue;
            case Opcode.I31GetU:
                return int.MaxValue;
            case Opcode.ArrayLen:
                // An object has fewer bytes (ObjectHeap.MaxObjectSize).
                return int.MaxValue;
            default:
                return Comparisons.IsComparison(graph[id].Op) ? 1u : uint.MaxValue;
        }
    }

    private uint LargestOfInput(int id, int index, ref int first)
    {
        var input = graph.Input(id, index);
        if (graph[input].Op is Opcode.I32And or Opcode.I32ShrU && !_largest.ContainsKey(input))
        {
            first = input;
            return 0;
        }

        return LargestIfKnown(input, out _);
    }
}
