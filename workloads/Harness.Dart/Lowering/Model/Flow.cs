using Harness.Dart.Semantics;

namespace Harness.Dart.Lowering.Model;

/// <summary>What is known at a place of a function: whether it is reached, and the types that variables were promoted to.</summary>
internal sealed class Flow
{
    public Dictionary<object, DartType> Promoted { get; private set; } = [];
    public bool IsReachable { get; set; } = true;

    public Flow Copy() => new() { Promoted = new Dictionary<object, DartType>(Promoted), IsReachable = IsReachable };

    /// <summary>What holds behind either of two ways.</summary>
    public static Flow Join(Flow a, Flow b)
    {
        if (!a.IsReachable) return b;
        if (!b.IsReachable) return a;
        var joined = new Flow();
        foreach (var (key, type) in a.Promoted)
        {
            if (b.Promoted.TryGetValue(key, out var other) && other.Equals(type)) joined.Promoted[key] = type;
        }

        return joined;
    }
}
