using Harness.Engine.Configuration;

namespace Harness.Dart;

/// <summary>How a virtual call finds its target.</summary>
internal enum DispatchKind
{
    /// <summary>One table for all selectors, rows packed by offset, <c>call_indirect</c>.</summary>
    DispatchTable,

    /// <summary>A class table in an immutable global, found by the class id in an immutable array, <c>call_ref</c>.</summary>
    VtableGlobals,

    /// <summary>A class table in the first field of each object, <c>call_ref</c>.</summary>
    VtableFields,

    /// <summary>Tests of class ids with direct calls, up to some number of targets; the dispatch table beyond.</summary>
    ClassSwitch,
}

/// <summary>How a virtual call finds its target where the classes that have one share no superclass but Object.</summary>
internal enum InterfaceDispatchKind
{
    /// <summary>As other calls do.</summary>
    AsClasses,

    /// <summary>By the dispatch table.</summary>
    DispatchRows,

    /// <summary>By a table for each interface and class, which is searched for at each call.</summary>
    Itables,
}

/// <summary>What becomes of direct calls of the implicit accessors of fields.</summary>
internal enum AccessorKind
{
    /// <summary>Reads and writes of the fields.</summary>
    Direct,

    /// <summary>They stay calls.</summary>
    Called,
}

/// <summary>Which virtual calls become direct.</summary>
internal enum DevirtualizeKind
{
    /// <summary>None.</summary>
    Off,

    /// <summary>Those for which the classes of the program have one target: Dean, Grove and Chambers, ECOOP 1995.</summary>
    ClassHierarchy,

    /// <summary>Those for which the classes that are instantiated have one target: Bacon and Sweeney, OOPSLA 1996.</summary>
    RapidTypeAnalysis,
}

/// <summary>How values are held whose type is a type parameter.</summary>
internal enum GenericsKind
{
    /// <summary>As references to any object, numbers in boxes.</summary>
    Boxed,

    /// <summary>In copies of generic classes and functions for type arguments that are int, double or a final class, as these are held.</summary>
    Specialised,
}

/// <summary>Whether what the language checks at run time is checked.</summary>
internal enum CheckKind
{
    /// <summary>As the language has it.</summary>
    Checked,

    /// <summary>No: the program is known to pass.</summary>
    Trusted,
}

/// <summary>How strings hold their units.</summary>
internal enum StringKind
{
    /// <summary>An array of 16 bits for each.</summary>
    TwoByte,

    /// <summary>An array of bytes where all units of a string fit, and otherwise of 16 bits.</summary>
    OneByte,
}

/// <summary>
/// The choices of the lowering, each a knob of <see cref="DartKnobs"/>. None of them changes what a program computes, except that what is trusted is
/// not checked.
/// </summary>
internal sealed record DartOptions
{
    /// <summary>Every choice as dart2wasm makes it.</summary>
    public static DartOptions Default { get; } = new();

    /// <summary>How a virtual call finds its target.</summary>
    public DispatchKind Dispatch { get; init; } = DispatchKind.DispatchTable;

    /// <summary>Most targets of a call that are told apart by their class ids; 1..64.</summary>
    public int SwitchTargets { get; init; } = 4;

    /// <summary>How a virtual call on an interface finds its target.</summary>
    public InterfaceDispatchKind Interfaces { get; init; } = InterfaceDispatchKind.AsClasses;

    /// <summary>Which virtual calls become direct.</summary>
    public DevirtualizeKind Devirtualize { get; init; } = DevirtualizeKind.RapidTypeAnalysis;

    /// <summary>What becomes of calls whose only target is the implicit accessor of a field.</summary>
    public AccessorKind Accessors { get; init; }

    /// <summary>How values are held whose type is a type parameter.</summary>
    public GenericsKind Generics { get; init; }

    /// <summary>Whether casts, parameters that are covariant, and values of type dynamic are checked.</summary>
    public CheckKind Casts { get; init; }

    /// <summary>Whether indices of lists are checked by the core library.</summary>
    public CheckKind Bounds { get; init; }

    /// <summary>Whether fields that nothing sets are immutable in the module.</summary>
    public bool Immutable { get; init; } = true;

    /// <summary>Whether structs of classes without subclasses are final in the module.</summary>
    public bool ExactTypes { get; init; } = true;

    /// <summary>Largest body that the compiler inlines, in operations; 0 for none.</summary>
    public int InlineLimit { get; init; }

    /// <summary>How strings hold their units.</summary>
    public StringKind Strings { get; init; }

    /// <summary>Whether the module says of its branches which way is unlikely, since it only throws or traps.</summary>
    public bool BranchHints { get; init; }

    /// <summary>Flags of <c>wasm-opt</c>, separated by spaces, by which whoever builds a module has it optimized; empty for none. The compiler itself does not run it.</summary>
    public string WasmOpt { get; init; } = "";

    /// <summary>Reads values of knobs; those that are not the compiler's are passed over.</summary>
    /// <exception cref="KnobException">A knob does not take its value.</exception>
    public static DartOptions FromKnobs(IEnumerable<KeyValuePair<string, string>> knobs)
    {
        var options = Default;
        foreach (var (name, text) in knobs)
        {
            if (DartKnobs.TryFind(name) is { } knob)
            {
                options = knob.Apply(options, text);
            }
        }

        return options;
    }
}
