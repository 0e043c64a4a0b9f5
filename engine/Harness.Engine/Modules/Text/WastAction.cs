namespace Harness.Engine.Modules.Text;

/// <summary>Something that a script does with an instance.</summary>
/// <param name="Instance">The instance's name, or null for the one made last.</param>
/// <param name="Export">The name of the export that it concerns.</param>
internal abstract record WastAction(string? Instance, string Export)
{
    /// <summary>Calls an exported function.</summary>
    public sealed record Invoke(string? Instance, string Export, IReadOnlyList<WastValue> Arguments)
        : WastAction(Instance, Export);

    /// <summary>Reads an exported global.</summary>
    public sealed record Get(string? Instance, string Export) : WastAction(Instance, Export);
}
