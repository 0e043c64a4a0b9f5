using Harness.Engine.Modules;

namespace Harness.Engine.Optimizer.Ir;

/// <summary>A set of operators, WebAssembly's and the optimizer's own.</summary>
internal sealed class OperatorSet
{
    private const int WordBits = 64;

    /// <summary>A bit for each.</summary>
    private readonly ulong[] _words = new ulong[(ushort.MaxValue + 1) / WordBits];

    /// <summary>Adds an operator.</summary>
    public void Add(Opcode op) => _words[(int)op / WordBits] |= 1UL << ((int)op % WordBits);

    /// <summary>Whether an operator is in the set.</summary>
    public bool Contains(Opcode op) => (_words[(int)op / WordBits] & (1UL << ((int)op % WordBits))) != 0;

    /// <summary>Whether any of some operators is in the set.</summary>
    public bool ContainsAny(params ReadOnlySpan<Opcode> operators)
    {
        foreach (var op in operators)
        {
            if (Contains(op))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Removes all operators.</summary>
    public void Clear() => Array.Clear(_words);
}
