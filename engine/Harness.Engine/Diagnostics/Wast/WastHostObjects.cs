namespace Harness.Engine.Diagnostics.Wast;

/// <summary>The objects of the host that scripts name by numbers: one for each number.</summary>
internal sealed class WastHostObjects
{
    private readonly Dictionary<ulong, HostObject> _objects = [];

    /// <summary>The object of a number, always the same one.</summary>
    public object Get(ulong number)
    {
        if (!_objects.TryGetValue(number, out var found))
        {
            found = new HostObject(number);
            _objects.Add(number, found);
        }

        return found;
    }

    private sealed class HostObject(ulong number)
    {
        public override string ToString() => $"host object {number}";
    }
}
