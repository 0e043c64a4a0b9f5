namespace Harness.Engine.Optimizer.Inlining;

/// <summary>
/// The operand stack of a function whose bytes are looked through: where each operand comes from, and the blocks that are open. What a block
/// finds below it is out of its reach, so that operands that are not there are unknown.
/// </summary>
internal sealed class OriginStack
{
    /// <summary>The origin of an operand of which nothing is known.</summary>
    public static readonly ValueOrigin Unknown = new(ValueOriginKind.Unknown);

    private readonly List<ValueOrigin> operands = [];
    private readonly List<Scope> scopes = [];

    /// <summary>Blocks that are open, the function's own body among them.</summary>
    public int Depth => scopes.Count;

    /// <summary>Opens a block, or the function.</summary>
    /// <param name="parameterCount">Operands that it takes over.</param>
    /// <param name="resultCount">Operands that it leaves.</param>
    public void Open(int parameterCount, int resultCount) => scopes.Add(new Scope(operands.Count - parameterCount, resultCount));

    /// <summary>Closes the innermost block: its results are unknown.</summary>
    public void Close()
    {
        Clear();
        int resultCount = scopes[^1].ResultCount;
        scopes.RemoveAt(scopes.Count - 1);
        PushUnknown(resultCount);
    }

    /// <summary>Forgets the operands of the innermost block.</summary>
    public void Clear()
    {
        int height = scopes[^1].Height;
        if (operands.Count > height)
        {
            operands.RemoveRange(height, operands.Count - height);
        }
    }

    /// <summary>Puts an operand on top.</summary>
    public void Push(ValueOrigin value) => operands.Add(value);

    /// <summary>Puts operands of which nothing is known on top.</summary>
    public void PushUnknown(int count)
    {
        for (int i = 0; i < count; i++)
        {
            operands.Add(Unknown);
        }
    }

    /// <summary>The operand on top.</summary>
    public ValueOrigin Peek() => operands.Count > scopes[^1].Height ? operands[^1] : Unknown;

    /// <summary>Takes the operand on top.</summary>
    public ValueOrigin Pop()
    {
        ValueOrigin top = Peek();
        if (operands.Count > scopes[^1].Height)
        {
            operands.RemoveAt(operands.Count - 1);
        }

        return top;
    }

    /// <summary>Takes operands, and leaves others of which nothing is known.</summary>
    public void Replace(int popped, int pushed)
    {
        for (int i = 0; i < popped; i++)
        {
            Pop();
        }

        PushUnknown(pushed);
    }

    /// <summary>A block, or the function itself.</summary>
    /// <param name="Height">Operands below it.</param>
    /// <param name="ResultCount">Operands that it leaves.</param>
    private readonly record struct Scope(int Height, int ResultCount);
}
