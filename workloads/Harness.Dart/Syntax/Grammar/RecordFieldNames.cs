namespace Harness.Dart.Syntax.Grammar;

/// <summary>The names of a record's fields while it is read: each once, none private, none that every object or a positional field has.</summary>
/// <param name="error">Makes an error at a position of the file.</param>
internal sealed class RecordFieldNames(Func<int, string, DartErrorException> error)
{
    private static readonly HashSet<string> OfObjects = ["hashCode", "runtimeType", "noSuchMethod", "toString"];

    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly List<(int Position, int Number)> _numbered = [];

    /// <summary>The name that a type gives a positional field, which says nothing but must be a possible one; <c>_</c> may stand at several, and <c>$1</c> at the first.</summary>
    public void AddPositional(int position, int index, string name)
    {
        if (name is ['_', _, ..])
        {
            throw error(position, "The name of a record's field can't be private.");
        }

        if (name != "_")
        {
            Add(position, name);
        }

        _numbered.RemoveAll(numbered => numbered.Position == position && numbered.Number == index + 1);
    }

    /// <summary>The name of a named field.</summary>
    public void AddNamed(int position, string name)
    {
        if (name.StartsWith('_'))
        {
            throw error(position, "The name of a record's field can't be private.");
        }

        Add(position, name);
    }

    /// <summary>Finds names that positional fields have anyway, <c>$1</c> and on, when it is known how many these are.</summary>
    public void Check(int positional)
    {
        foreach (var (position, number) in _numbered)
        {
            if (number <= positional)
            {
                throw error(position, $"The name '${number}' is that of a positional field of the record.");
            }
        }
    }

    private void Add(int position, string name)
    {
        if (!_seen.Add(name))
        {
            throw error(position, $"The name '{name}' of a record's field can't be given twice.");
        }

        if (OfObjects.Contains(name))
        {
            throw error(position, $"A record's field can't have the name '{name}', which every object has a member of.");
        }

        if (name is ['$', not '0', ..] && int.TryParse(name.AsSpan(1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number))
        {
            _numbered.Add((position, number));
        }
    }
}
