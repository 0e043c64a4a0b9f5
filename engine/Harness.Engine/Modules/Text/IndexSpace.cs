namespace Harness.Engine.Modules.Text;

/// <summary>
/// The indices of one kind of thing (functions, locals, fields, …) and the names bound to them (specification section
/// 6.1.1).
/// </summary>
/// <param name="kind">What the indices stand for, as error messages call it.</param>
internal sealed class IndexSpace(string kind)
{
    private Dictionary<string, int>? _indices;

    /// <summary>The number of indices given out.</summary>
    public int Count { get; private set; }

    /// <summary>The names in the order of their indices.</summary>
    public IEnumerable<KeyValuePair<string, int>> Names => (_indices ?? []).OrderBy(pair => pair.Value);

    /// <summary>The number of names.</summary>
    public int NameCount => _indices?.Count ?? 0;

    /// <summary>Whether any index has a name.</summary>
    public bool HasNames => NameCount > 0;

    /// <summary>Gives out an index without a name.</summary>
    public int Add() => Count++;

    /// <summary>Gives out several indices without names.</summary>
    public void Add(int count) => Count += count;

    /// <summary>Takes an identifier, if there is one, and gives out an index with that name.</summary>
    /// <exception cref="WatException">The name is bound already.</exception>
    public int Define(TokenCursor cursor)
    {
        var token = cursor.Current;
        if (cursor.TryIdentifier() is not { } name)
        {
            return Add();
        }

        _indices ??= [];
        if (!_indices.TryAdd(name, Count))
        {
            throw cursor.Error($"duplicate {kind} ${name}", token);
        }

        return Add();
    }

    /// <summary>Takes an index: a number, which may be too large, or a bound name.</summary>
    /// <exception cref="WatException">The name is not bound, or there is no index.</exception>
    public uint Resolve(TokenCursor cursor)
    {
        if (cursor.Kind == TokenKind.Natural)
        {
            return cursor.ExpectU32();
        }

        var token = cursor.Expect(TokenKind.Identifier);
        var name = cursor.NameOf(token);
        return _indices is not null && _indices.TryGetValue(name, out var index)
            ? (uint)index
            : throw cursor.Error($"unknown {kind} ${name}", token);
    }
}
