namespace Harness.Engine.Optimizer.Passes.Escape;

/// <summary>
/// What is known of <see cref="TrackedObject"/>s at a point of a graph: each has no memory yet, only values of its fields, or has memory
/// and a pointer to it. Values are node ids, or complements of objects that are referred to.
/// </summary>
internal sealed class ObjectStates
{
    /// <summary>How many objects are followed to find out whether one refers to another.</summary>
    private const int MostReached = 200;

    private readonly Dictionary<int, State> _objects;

    /// <summary>No objects.</summary>
    /// <param name="room">How many objects there is room for at first.</param>
    public ObjectStates(int room = 0) => _objects = new Dictionary<int, State>(room);

    private ObjectStates(Dictionary<int, State> objects) => _objects = objects;

    /// <summary>An object's state.</summary>
    /// <param name="Fields">The values of its fields; null when it has memory.</param>
    /// <param name="Pointer">The reference to it when it has memory.</param>
    public readonly record struct State(int[]? Fields, int Pointer);

    /// <summary>The objects.</summary>
    public Dictionary<int, State>.KeyCollection Objects => _objects.Keys;

    /// <summary>A copy.</summary>
    /// <param name="room">How many objects there is room for at least.</param>
    public ObjectStates Copy(int room = 0)
    {
        var copy = new Dictionary<int, State>(_objects);
        copy.EnsureCapacity(room);
        return new ObjectStates(copy);
    }

    /// <summary>Whether an object is known here.</summary>
    public bool Knows(int tracked) => _objects.ContainsKey(tracked);

    /// <summary>Whether an object is known and has no memory.</summary>
    public bool IsVirtual(int tracked) => _objects.TryGetValue(tracked, out var state) && state.Fields is not null;

    /// <summary>The values of the fields of an object without memory.</summary>
    public int[] FieldsOf(int tracked) => _objects[tracked].Fields!;

    /// <summary>The pointer to an object with memory.</summary>
    public int PointerTo(int tracked) => _objects[tracked].Pointer;

    /// <summary>Begins an object without memory, or all of its fields anew.</summary>
    public void SetFields(int tracked, int[] fields) => _objects[tracked] = new State(fields, -1);

    /// <summary>Changes a field of an object without memory.</summary>
    public void SetField(int tracked, int field, int value)
    {
        int[] fields = [.. FieldsOf(tracked)];
        fields[field] = value;
        SetFields(tracked, fields);
    }

    /// <summary>Gives an object memory.</summary>
    public void SetPointer(int tracked, int pointer) => _objects[tracked] = new State(null, pointer);

    /// <summary>A value as it is now: an object that has got memory is its pointer.</summary>
    public int Current(int value) => value < 0 && !IsVirtual(~value) ? PointerTo(~value) : value;

    /// <summary>
    /// Whether an object without memory refers to another, through others perhaps; said as well where there are so many others that it is
    /// not worth knowing.
    /// </summary>
    public bool MayReach(int from, int to)
    {
        if (from == to || !RefersToObjects(from))
        {
            return from == to;
        }

        var reached = new HashSet<int> { from };
        var work = new Stack<int>();
        work.Push(from);
        while (work.TryPop(out var tracked))
        {
            foreach (var value in FieldsOf(tracked))
            {
                if (value < 0 && ~value == to)
                {
                    return true;
                }

                if (value < 0 && IsVirtual(~value) && reached.Add(~value))
                {
                    work.Push(~value);
                }
            }

            if (reached.Count > MostReached)
            {
                return true;
            }
        }

        return false;
    }

    private bool RefersToObjects(int tracked) => IsVirtual(tracked) && Array.Exists(FieldsOf(tracked), static value => value < 0);

    /// <summary>Whether the same objects have memory, and the others refer to the same objects.</summary>
    public bool HasShapeOf(ObjectStates other)
    {
        if (_objects.Count != other._objects.Count)
        {
            return false;
        }

        foreach (var (tracked, state) in _objects)
        {
            if (!other._objects.TryGetValue(tracked, out var others) || state.Fields is null != others.Fields is null)
            {
                return false;
            }

            for (var i = 0; i < (state.Fields?.Length ?? 0); i++)
            {
                if (Math.Min(state.Fields![i], 0) != Math.Min(others.Fields![i], 0))
                {
                    return false;
                }
            }
        }

        return true;
    }
}
