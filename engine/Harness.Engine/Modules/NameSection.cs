namespace Harness.Engine.Modules;

/// <summary>
/// The names that a module's <c>name</c> section gives, for people only (specification, appendix "Custom Sections").
/// </summary>
public sealed class NameSection
{
    private readonly Dictionary<int, string> _functions;
    private readonly Dictionary<(int Function, int Local), string> _locals;

    internal NameSection(
        string? moduleName, Dictionary<int, string> functions, Dictionary<(int Function, int Local), string> locals)
    {
        ModuleName = moduleName;
        _functions = functions;
        _locals = locals;
    }

    /// <summary>The module's own name, or null.</summary>
    public string? ModuleName { get; }

    /// <summary>A function's name, or null.</summary>
    public string? GetFunctionName(int functionIndex) => _functions.GetValueOrDefault(functionIndex);

    /// <summary>The name of a parameter or local of a function, or null.</summary>
    public string? GetLocalName(int functionIndex, int localIndex) =>
        _locals.GetValueOrDefault((functionIndex, localIndex));
}
