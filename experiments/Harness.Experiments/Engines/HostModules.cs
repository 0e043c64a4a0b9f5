using Harness.Engine.Diagnostics.Wast;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Experiments.Engines;

/// <summary>What modules can import when the harness runs them.</summary>
internal static class HostModules
{
    /// <summary>What the engine itself provides: the functions of <c>wasm:js-string</c>.</summary>
    public const BuiltinSets Builtins = BuiltinSets.JsString;

    /// <summary>String constants from the modules <c>'</c> and <c>_</c>.</summary>
    public static Imports CreateStringImports() => AddStrings(new Imports());

    /// <summary>String constants, and the module <c>spectest</c>.</summary>
    /// <param name="store">The store that will instantiate the module.</param>
    public static Imports CreateImports(Store store) => AddStrings(SpecTestHost.CreateImports(store));

    private static Imports AddStrings(Imports imports) => imports.DefineStringConstants("'").DefineStringConstants("_");
}
