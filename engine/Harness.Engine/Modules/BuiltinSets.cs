namespace Harness.Engine.Modules;

/// <summary>
/// Sets of functions that the engine itself provides to a module that is decoded with them, like <c>builtins</c> among the compile
/// options of the JavaScript API: imports of these functions are never looked for among what an instance is offered, so that code
/// which all instances share knows what they do.
/// </summary>
[Flags]
public enum BuiltinSets
{
    /// <summary>None: all imports are what an instance is offered.</summary>
    None = 0,

    /// <summary>
    /// The functions of module <c>wasm:js-string</c> (the JS String Builtins proposal): strings are strings of the WebAssembly heap, in
    /// UTF-16, which the host has as <see cref="string"/>.
    /// </summary>
    JsString = 1 << 0,
}
