namespace Harness.Engine.Modules;

/// <summary>
/// The names that a module's <c>name</c> section gives, for people only (specification, appendix "Custom Sections"). They are told so that they fit in a line:
/// line ends and other controls are escaped as in the text format, and of very long ones the start is told.
/// </summary>
public sealed class NameSection
{
    // As the module has them; escaped once somebody asks, since that may need several times the memory.
    private readonly Dictionary<(NamedItem Kind, int Index), string> _names;
    private readonly Dictionary<(NamedItem Kind, int Owner, int Index), string> _innerNames;

    internal NameSection(
        string? moduleName,
        Dictionary<(NamedItem Kind, int Index), string> names,
        Dictionary<(NamedItem Kind, int Owner, int Index), string> innerNames)
    {
        ModuleName = Shown(moduleName);
        _names = names;
        _innerNames = innerNames;
    }

    /// <summary>The module's own name, or null.</summary>
    public string? ModuleName { get; }

    /// <summary>The name of what has an index in the module, or null.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="index">Its index.</param>
    public string? GetName(NamedItem kind, int index) => Shown(_names.GetValueOrDefault((kind, index)));

    /// <summary>The name of what has an index in something else, or null.</summary>
    /// <param name="kind">What it is: a local or label of a function, or a field of a type.</param>
    /// <param name="owner">The index of the function or type.</param>
    /// <param name="index">Its index there.</param>
    public string? GetName(NamedItem kind, int owner, int index) => Shown(_innerNames.GetValueOrDefault((kind, owner, index)));

    /// <summary>A function's name, or null.</summary>
    public string? GetFunctionName(int functionIndex) => GetName(NamedItem.Function, functionIndex);

    /// <summary>The name of a parameter or local of a function, or null.</summary>
    public string? GetLocalName(int functionIndex, int localIndex) => GetName(NamedItem.Local, functionIndex, localIndex);

    private static string? Shown(string? name) => name is null ? null : NameText.Of(name);
}
