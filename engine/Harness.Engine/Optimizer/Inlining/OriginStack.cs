namespace Harness.Engine.Optimizer.Inlining;

/// <summary>
/// The operand stack of a function whose bytes are looked through: where each operand comes from, and the blocks that are open. What a block
/// finds below it is out of its reach, so that operands that are not there are unknown.
/// </summary>
internal sealed class OriginStack
{
    /// <summary>The origin of an operand of which nothing is known.</summary>
    public static readonly ValueOrigin Unknown = new(ValueOriginKind.Unknown);

    private readonly List<ValueOrigin> _operands = [];
    private readonly List<Scope> _scopes = [];

    /// <summary>Blocks that are open, the function's own body among them.</summary>
    public int Depth => _scopes.Count;

    /// <summary>Opens a block, or the function.</summary>
    /// <param name="parameterCount">Operands that it takes over.</param>
    /// <param name="resultCount">Operands that it leaves.</param>
    public void Open(int parameterCount, int resultCount) => _scopes.Add(new Scope(_operands.Count - parameterCount, resultCount));

    /// <summary>Closes the innermost block: its results are unknown.</summary>
    public void Close()
    {
        Clear();
        var resultCount = _scopes[^1].ResultCount;
        _scopes.RemoveAt(_scopes.Count - 1);
        PushUnknown(resultCount);
    }

    /// <summary>Forgets the operands of the innermost block.</summary>
    public void Clear()
    {
        var height = _scopes[^1].Height;
        if (_operands.Count > height)
        {
            _operands.RemoveRange(height, _operands.Count - height);
        }
    }

    /// <summary>Puts an operand on top.</summary>
    public void Push(ValueOrigin value) => _operands.Add(value);

    /// <summary>Puts operands of which nothing is known on top.</summary>
    public void PushUnknown(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _operands.Add(Unknown);
        }
    }

    /// <summary>The operand on top.</summary>
    public ValueOrigin Peek() => _operands.Count > _scopes[^1].Height ? _operands[^1] : Unknown;

    /// <summary>Takes the operand on top.</summary>
    public ValueOrigin Pop()
    {
        var top = Peek();
        if (_operands.Count > _scopes[^1].Height)
        {
            _operands.RemoveAt(_operands.Count - 1);
        }

        return top;
    }

    /// <summary>Takes operands, and leaves others of which nothing is known.</summary>
    public void Replace(int popped, int pushed)
    {
        for (var i = 0; i < popped; i++)
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
