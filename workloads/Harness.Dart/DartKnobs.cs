namespace Harness.Dart;

/// <summary>
/// The knobs of the compiler: how it lowers what engines can make fast by speculation. Defaults are the choices of dart2wasm at -O2, whose dispatch table, class ids
/// and checks the compiler's are made after; its own limit for inlining is 0, and it specialises neither calls by class nor generic code by type arguments.
/// </summary>
internal static class DartKnobs
{
    /// <summary>What the names of all knobs of the compiler begin with.</summary>
    public const string Prefix = "dart.";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<DartKnob> All { get; } =
    [
        DartKnob.Choice("dispatch", "how a virtual call of a Dart program finds its target", o => o.Dispatch, (o, v) => o with { Dispatch = v },
            ("dispatch-table", "one table for all selectors, and call_indirect at class id plus the selector's offset", DispatchKind.DispatchTable),
            ("vtable-globals", "a struct of functions for each class in an immutable global, found by the class id in an immutable array, and call_ref", DispatchKind.VtableGlobals),
            ("vtable-fields", "a struct of functions for each class, which the first field of each object refers to, and call_ref", DispatchKind.VtableFields),
            ("class-switch", "tests of the class id with direct calls, up to dart.switch-targets targets; the dispatch table beyond", DispatchKind.ClassSwitch)),
        DartKnob.Number("switch-targets", "most targets of a call that dart.dispatch=class-switch tells apart by class ids", "targets", 1, 64, o => o.SwitchTargets, (o, v) => o with { SwitchTargets = v }),
        DartKnob.Choice("interfaces", "how a virtual call finds its target where the classes that have one share no superclass but Object", o => o.Interfaces, (o, v) => o with { Interfaces = v },
            ("as-classes", "as dart.dispatch says", InterfaceDispatchKind.AsClasses),
            ("dispatch-rows", "by the dispatch table", InterfaceDispatchKind.DispatchRows),
            ("itables", "by a struct of functions for each interface and class, which a call searches for among those of the class", InterfaceDispatchKind.Itables)),
        DartKnob.Choice("devirtualize", "which virtual calls are compiled to direct calls", o => o.Devirtualize, (o, v) => o with { Devirtualize = v },
            ("rapid-type-analysis", "those for which the instantiated subtypes of the receiver's static type have one target", DevirtualizeKind.RapidTypeAnalysis),
            ("class-hierarchy", "those for which all subtypes of the receiver's static type in the program have one target", DevirtualizeKind.ClassHierarchy),
            ("off", "none", DevirtualizeKind.Off)),
        DartKnob.Choice("accessors", "what becomes of calls whose only target is the implicit accessor of a field", o => o.Accessors, (o, v) => o with { Accessors = v },
            ("direct", "reads and writes of the field", AccessorKind.Direct),
            ("called", "they stay calls", AccessorKind.Called)),
        DartKnob.Choice("generics", "how values are held whose type is a type parameter", o => o.Generics, (o, v) => o with { Generics = v },
            ("boxed", "as references to any object, numbers in boxes", GenericsKind.Boxed),
            ("specialised", "as values, in copies of the program's generic classes, functions and factories for type arguments that are int, double or final classes, and in lists of int and double; calls of function objects, generic methods, what a generic superclass declares and other collections of the core library stay boxed", GenericsKind.Specialised)),
        DartKnob.Choice("casts", "whether casts, covariant parameters and assignments from dynamic are checked", o => o.Casts, (o, v) => o with { Casts = v },
            ("checked", "as the language has it", CheckKind.Checked),
            ("trusted", "only as far as WebAssembly demands; a program that relies on a cast to fail goes wrong", CheckKind.Trusted)),
        DartKnob.Choice("bounds", "whether lists check indices", o => o.Bounds, (o, v) => o with { Bounds = v },
            ("checked", "as the language has it", CheckKind.Checked),
            ("trusted", "not at all; an array of WebAssembly still traps beyond its capacity", CheckKind.Trusted)),
        DartKnob.Switch("immutable", "declare fields immutable that nothing sets", o => o.Immutable, (o, v) => o with { Immutable = v }),
        DartKnob.Switch("exact-types", "declare structs final whose class has no subclasses", o => o.ExactTypes, (o, v) => o with { ExactTypes = v }),
        DartKnob.Choice("strings", "how strings hold their units", o => o.Strings, (o, v) => o with { Strings = v },
            ("two-byte", "an array of 16 bits for each unit", StringKind.TwoByte),
            ("one-byte", "an array of bytes where all units of a string are known to be below 256, of 16 bits otherwise; each access tests which it is", StringKind.OneByte)),
        DartKnob.Number("inline", "largest body that the compiler inlines where a call is direct; 0 for none", "operations", 0, 1000, o => o.InlineLimit, (o, v) => o with { InlineLimit = v }),
        DartKnob.Switch("branch-hints", "say of conditions behind which one way only throws or traps that this way is unlikely, in a section of branch hints; what engines make of it is theirs to say (pass.branch-hints)", o => o.BranchHints, (o, v) => o with { BranchHints = v }),
        DartKnob.Flags("wasm-opt", "flags of Binaryen's wasm-opt by which modules are optimized after they are compiled, such as '-O2 --closed-world'", o => o.WasmOpt, (o, v) => o with { WasmOpt = v }),
    ];

    private static readonly Dictionary<string, DartKnob> ByName = All.ToDictionary(knob => knob.Name);

    /// <summary>Finds a knob by its name; null where the compiler has none of that name.</summary>
    public static DartKnob? TryFind(string name) => ByName.GetValueOrDefault(name);

    /// <summary>The knobs among some whose values are not the defaults, in a text that is the same for the same choices; empty where all are.</summary>
    /// <exception cref="Harness.Engine.Configuration.KnobException">A knob does not take its value.</exception>
    public static string Describe(IEnumerable<KeyValuePair<string, string>> knobs)
    {
        var options = DartOptions.FromKnobs(knobs);
        return string.Join(' ', All.Where(knob => !knob.GetValue(options).Equals(knob.Default)).Select(knob => $"{knob.Name}={knob.Format(knob.GetValue(options))}"));
    }
}
