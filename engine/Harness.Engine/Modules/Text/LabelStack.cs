namespace Harness.Engine.Modules.Text;

/// <summary>The labels of the blocks that are open. A name finds the innermost one that has it without a search, however many there are.</summary>
internal sealed class LabelStack
{
    private readonly List<string?> _labels = [];

    /// <summary>By name, the places of the labels that have it, the innermost on top.</summary>
    private readonly Dictionary<string, Stack<int>> _places = [];

    /// <summary>The name of the innermost label; null if it has none.</summary>
    public string? Innermost => _labels[^1];

    /// <summary>Opens a label inside the others.</summary>
    /// <param name="name">Its name; null if it has none.</param>
    public void Push(string? name)
    {
        if (name is not null)
        {
            if (!_places.TryGetValue(name, out var places))
            {
                _places.Add(name, places = new Stack<int>());
            }

            places.Push(_labels.Count);
        }

        _labels.Add(name);
    }

    /// <summary>Closes the innermost label.</summary>
    public void Pop()
    {
        if (_labels[^1] is { } name)
        {
            _places[name].Pop();
        }

        _labels.RemoveAt(_labels.Count - 1);
    }

    /// <summary>Closes all labels.</summary>
    public void Clear()
    {
        while (_labels.Count > 0)
        {
            Pop();
        }
    }

    /// <summary>How many labels are inside the innermost one of a name; null if none has it.</summary>
    public uint? DepthOf(string name) =>
        _places.TryGetValue(name, out var places) && places.TryPeek(out var place) ? (uint)(_labels.Count - 1 - place) : null;
}
