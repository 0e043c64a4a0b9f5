namespace Harness.Engine.Optimizer.Passes;

/// <summary>
/// Which conditions hold, and which do not, at a place in the walk over the dominator tree. What is learned is forgotten in the reverse order.
/// </summary>
internal sealed class KnownConditions
{
    private readonly Stack<int> _learned = new();

    /// <summary>By node, what is known of it; nodes that are not there have been made since, and nothing is known of them.</summary>
    private State[] _states = new State[256];

    /// <summary>What is known of a condition.</summary>
    private enum State : byte
    {
        Unknown,
        False,
        True,
    }

    /// <summary>How much has been learned, for <see cref="Forget"/>.</summary>
    public int Count => _learned.Count;

    /// <summary>Whether a condition is known, and then whether it holds.</summary>
    public bool IsKnown(int condition, out bool isTrue)
    {
        var state = condition < _states.Length ? _states[condition] : State.Unknown;
        isTrue = state == State.True;
        return state != State.Unknown;
    }

    /// <summary>From here on a condition holds, or does not.</summary>
    /// <returns>Whether nothing was known of it before.</returns>
    public bool TryLearn(int condition, bool isTrue)
    {
        if (condition >= _states.Length)
        {
            Array.Resize(ref _states, Math.Max(2 * _states.Length, condition + 1));
        }

        if (_states[condition] != State.Unknown)
        {
            return false;
        }

        _states[condition] = isTrue ? State.True : State.False;
        _learned.Push(condition);
        return true;
    }

    /// <summary>Forgets the latest until so much is left.</summary>
    public void Forget(int count)
    {
        while (_learned.Count > count)
        {
            _states[_learned.Pop()] = State.Unknown;
        }
    }
}
