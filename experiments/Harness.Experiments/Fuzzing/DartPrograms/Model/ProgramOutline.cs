using System.Globalization;

namespace Harness.Experiments.Fuzzing.DartPrograms.Model;

/// <summary>What a program has, before there is any code: classes and functions by their signatures, and global variables.</summary>
internal sealed class ProgramOutline
{
    private readonly Dictionary<string, int> _names = [];

    /// <summary>The classes, mixins and enums, in the order in which they are declared.</summary>
    public List<ClassOutline> Classes { get; } = [];

    /// <summary>The functions outside of classes.</summary>
    public List<FunctionOutline> Functions { get; } = [];

    /// <summary>The extensions: each of a type, with members.</summary>
    public List<(string Name, DartType Type, IReadOnlyList<FunctionOutline> Members)> Extensions { get; } = [];

    /// <summary>The global variables.</summary>
    public List<Variable> Globals { get; } = [];

    /// <summary>Global variables, and the static ones of classes.</summary>
    public IEnumerable<Variable> AllGlobals =>
        Globals.Concat(Classes.SelectMany(type => type.StaticFields.Select(variable => new Variable($"{type.Name}.{variable.Name}", variable.Type, !variable.IsFinal))));

    /// <summary>Functions outside of classes, and the static ones of classes, each by the name by which it is called.</summary>
    public IEnumerable<FunctionOutline> AllFunctions =>
        Functions.Concat(Classes.SelectMany(type => type.StaticMethods.Select(method => method with { Name = $"{type.Name}.{method.Name}" })));

    /// <summary>The enums.</summary>
    public IEnumerable<ClassOutline> Enums => Classes.Where(type => type.Sort == ClassSort.Enum);

    /// <summary>The exceptions.</summary>
    public IEnumerable<ClassOutline> Failures => Classes.Where(type => type.Sort == ClassSort.Failure);

    /// <summary>What can be the type of a variable: the classes with objects, and those that others extend or implement.</summary>
    public List<ClassOutline> ObjectClasses => [.. Classes.Where(type => type.HasObjects || type.Example is not null)];

    /// <summary>A name that the program did not have: a prefix and a number.</summary>
    public string NewName(string prefix)
    {
        var number = _names[prefix] = _names.GetValueOrDefault(prefix) + 1;
        return prefix + number.ToString(CultureInfo.InvariantCulture);
    }
}
