namespace Harness.Engine.Optimizer.Passes;

/// <summary>
/// What is known of <see cref="TrackedObject"/>s at a point of a graph: each has no memory yet, only values of its fields, or has memory
/// and a pointer to it. Values are node ids, or complements of objects that are referred to.
/// </summary>
internal sealed class ObjectStates
{
    private readonly Dictionary<int, State> objects;

    /// <summary>No objects.</summary>
    public ObjectStates() => objects = [];

    private ObjectStates(Dictionary<int, State> objects) => this.objects = objects;

    /// <summary>An object's state.</summary>
    /// <param name="Fields">The values of its fields; null when it has memory.</param>
    /// <param name="Pointer">The reference to it when it has memory.</param>
    public readonly record struct State(int[]? Fields, int Pointer);

    /// <summary>The objects.</summary>
    public Dictionary<int, State>.KeyCollection Objects => objects.Keys;

    /// <summary>A copy.</summary>
    public ObjectStates Copy() => new(new Dictionary<int, State>(objects));

    /// <summary>Whether an object is known here.</summary>
    public bool Knows(int tracked) => objects.ContainsKey(tracked);

    /// <summary>Whether an object is known and has no memory.</summary>
    public bool IsVirtual(int tracked) => objects.TryGetValue(tracked, out State state) && state.Fields is not null;

    /// <summary>The values of the fields of an object without memory.</summary>
    public int[] FieldsOf(int tracked) => objects[tracked].Fields!;

    /// <summary>The pointer to an object with memory.</summary>
    public int PointerTo(int tracked) => objects[tracked].Pointer;

    /// <summary>Begins an object without memory, or all of its fields anew.</summary>
    public void SetFields(int tracked, int[] fields) => objects[tracked] = new State(fields, -1);

    /// <summary>Changes a field of an object without memory.</summary>
    public void SetField(int tracked, int field, int value)
    {
        int[] fields = [.. FieldsOf(tracked)];
        fields[field] = value;
        SetFields(tracked, fields);
    }

    /// <summary>Gives an object memory.</summary>
    public void SetPointer(int tracked, int pointer) => objects[tracked] = new State(null, pointer);

    /// <summary>A value as it is now: an object that has got memory is its pointer.</summary>
    public int Current(int value) => value < 0 && !IsVirtual(~value) ? PointerTo(~value) : value;

    /// <summary>Whether an object without memory refers to another, through others perhaps.</summary>
    public bool Reaches(int from, int to) =>
        from == to
        || (IsVirtual(from) && Array.Exists(FieldsOf(from), value => value < 0 && Reaches(~value, to)));

    /// <summary>Whether the same objects have memory, and the others refer to the same objects.</summary>
    public bool HasShapeOf(ObjectStates other)
    {
        if (objects.Count != other.objects.Count)
        {
            return false;
        }

        foreach ((int tracked, State state) in objects)
        {
            if (!other.objects.TryGetValue(tracked, out State others) || state.Fields is null != others.Fields is null)
            {
                return false;
            }

            for (int i = 0; i < (state.Fields?.Length ?? 0); i++)
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
