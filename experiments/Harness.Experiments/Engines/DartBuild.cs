using Harness.Dart;

namespace Harness.Experiments.Engines;

/// <summary>Builds modules of Dart programs: the compiler, and then <c>wasm-opt</c> where the knob <c>dart.wasm-opt</c> asks for it.</summary>
internal static class DartBuild
{
    /// <summary>Compiles a program.</summary>
    /// <param name="path">The file that has <c>main</c>.</param>
    /// <param name="options">The compiler's choices.</param>
    /// <param name="packages">Folders of packages by name.</param>
    /// <returns>The module; wasm-opt leaves nothing known of where its code comes from.</returns>
    /// <exception cref="Harness.Dart.Semantics.DartCompilationException">The program has errors.</exception>
    /// <exception cref="HarnessException">wasm-opt could not be run, or refused its flags.</exception>
    public static DartModule Compile(string path, DartOptions options, IReadOnlyDictionary<string, string>? packages = null)
    {
        var module = DartCompiler.Build(path, options, packages);
        return options.WasmOpt.Length == 0 ? module : new DartModule(WasmOpt.Optimize(module.Bytes, options.WasmOpt.Split(' ')), Map: null);
    }
}
