using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;

namespace Harness.Experiments.Engines;

/// <summary>Loads modules from <c>.wasm</c> and <c>.wat</c> files, with mistakes told as <c>file:place: reason</c>.</summary>
internal static class ModuleFile
{
    /// <summary>Decodes and validates the module in a file.</summary>
    /// <exception cref="HarnessException">The file is missing, or the module is malformed or not valid, or it is a program in another language.</exception>
    public static WasmModule Load(string path)
    {
        if (Path.GetExtension(path) == ".dart" && File.Exists(path))
        {
            throw new HarnessException($"{path} is a program in Dart, not a module: 'harness dart run {path}' compiles and runs it, 'harness dart build {path}' makes a module of it");
        }

        try
        {
            return WasmModule.FromFile(path, HostModules.Builtins);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new HarnessException($"cannot read module {path}: {exception.Message}", exception);
        }
        catch (WatException exception)
        {
            throw new HarnessException($"{path}:{exception.Message}", exception);
        }
        catch (ModuleException exception)
        {
            throw new HarnessException($"{path}: {exception.Message}", exception);
        }
    }
}
