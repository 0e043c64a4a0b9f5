using Harness.Dart.Syntax;

namespace Harness.Dart.Ir;

/// <summary>
/// Numbers the places of a program's texts, so that a node says in one number where it comes from: each file has a range of numbers, in the order in which files are asked for. 0 is no place.
/// </summary>
internal sealed class SourcePositions
{
    private readonly Dictionary<SourceFile, int> _starts = [];
    private readonly List<(int Start, SourceFile File)> _files = [];
    private int _next = 1;

    /// <summary>The number of a file's first place; those of its other places follow by their offsets.</summary>
    public int StartOf(SourceFile file)
    {
        if (_starts.TryGetValue(file, out var start))
        {
            return start;
        }

        _starts[file] = start = _next;
        _files.Add((start, file));
        _next += file.Text.Length + 1;
        return start;
    }

    /// <summary>The number of a place.</summary>
    public int Of(SourceFile file, int offset) => StartOf(file) + offset;

    /// <summary>The file that a place is in, and its offset there.</summary>
    /// <param name="place">Its number, which is not 0.</param>
    public (SourceFile File, int Offset) Find(int place)
    {
        var (low, high) = (0, _files.Count);
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            if (_files[middle].Start <= place)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return (_files[low].File, place - _files[low].Start);
    }
}
