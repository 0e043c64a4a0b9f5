namespace Harness.Engine.Modules;

/// <summary>
/// The names that a module's <c>name</c> section gives, for people only (specification, appendix "Custom Sections").
/// </summary>
public sealed class NameSection
{
    private readonly Dictionary<(NamedItem Kind, int Index), string> _names;
    private readonly Dictionary<(NamedItem Kind, int Owner, int Index), string> _innerNames;

    internal NameSection(
        string? moduleName,
        Dictionary<(NamedItem Kind, int Index), string> names,
        Dictionary<(NamedItem Kind, int Owner, int Index), string> innerNames)
    {
        ModuleName = moduleName;
        _names = names;
        _innerNames = innerNames;
    }

    /// <summary>The module's own name, or null.</summary>
    public string? ModuleName { get; }

    /// <summary>The name of what has an index in the module, or null.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="index">Its index.</param>
    public string? GetName(NamedItem kind, int index) => _names.GetValueOrDefault((kind, index));

    /// <summary>The name of what has an index in something else, or null.</summary>
    /// <param name="kind">What it is: a local or label of a function, or a field of a type.</param>
    /// <param name="owner">The index of the function or type.</param>
    /// <param name="index">Its index there.</param>
    public string? GetName(NamedItem kind, int owner, int index) => _innerNames.GetValueOrDefault((kind, owner, index));

    /// <summary>A function's name, or null.</summary>
    public string? GetFunctionName(int functionIndex) => GetName(NamedItem.Function, functionIndex);

    /// <summary>The name of a parameter or local of a function, or null.</summary>
    public string? GetLocalName(int functionIndex, int localIndex) => GetName(NamedItem.Local, functionIndex, localIndex);
}
