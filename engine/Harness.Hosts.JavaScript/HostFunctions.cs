using Microsoft.ClearScript.V8.FastProxy;

namespace Harness.Hosts.JavaScript;

/// <summary>
/// Functions of the host as scripts have them. They take what scripts hand over as it is. Delegates ClearScript would bind by C#'s rules for dynamic calls, whose machinery each process would
/// have to compile as it starts; those of an object of the host it would look for by reflection.
/// </summary>
internal static class HostFunctions
{
    /// <summary>What a script calls.</summary>
    /// <param name="arguments">What it hands over.</param>
    /// <param name="result">What it gets; <c>undefined</c> unless it is set.</param>
    public delegate void Callback(in V8FastArgs arguments, in V8FastResult result);

    /// <summary>Functions by name.</summary>
    public static Dictionary<string, object> Of(params (string Name, Callback Callback)[] functions)
    {
        var made = new Dictionary<string, object>(functions.Length);
        foreach (var (name, callback) in functions)
        {
            made.Add(name, Make(name, callback));
        }

        return made;
    }

    /// <summary>One function.</summary>
    public static V8FastHostFunction Make(string name, Callback callback) =>
        new(name, 0, (bool _, in V8FastArgs arguments, in V8FastResult result) => callback(in arguments, in result));
}
