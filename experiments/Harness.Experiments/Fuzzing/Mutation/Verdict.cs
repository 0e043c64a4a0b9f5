using Harness.Engine.Modules;

namespace Harness.Experiments.Fuzzing.Mutation;

/// <summary>Whether a module is valid, in a word and a reason: the words are those of <c>validate.mjs</c> as well.</summary>
internal static class Verdict
{
    /// <summary>The whole verdict on a valid module.</summary>
    public const string Valid = "valid";

    /// <summary>How the verdict on a module that needs what this engine does not have begins.</summary>
    public const string Unsupported = "unsupported";

    /// <summary>How the verdict of a process begins that did not get to one by a fault of its own.</summary>
    public const string Error = "error";

    /// <summary>This engine's verdict.</summary>
    public static string Of(byte[] module) => Of(module, static _ => { });

    /// <summary>This engine's verdict.</summary>
    /// <param name="module">The module.</param>
    /// <param name="use">What is done with the module if it is valid.</param>
    public static string Of(byte[] module, Action<WasmModule> use)
    {
        try
        {
            use(WasmModule.Decode(module));
            return Valid;
        }
        catch (UnsupportedModuleException exception)
        {
            return $"{Unsupported}: {exception.Message}";
        }
        catch (ModuleException exception)
        {
            return $"invalid: {exception.Message}";
        }
#pragma warning disable CA1031 // A fault of any kind is a finding about this one module.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return Describe(exception);
        }
    }

    /// <summary>A fault of the engine, with its place.</summary>
    public static string Describe(Exception exception)
    {
        var place = exception.StackTrace?.Split('\n', StringSplitOptions.TrimEntries).FirstOrDefault();
        return $"{Error}: {exception.GetType().Name}: {OneLine.Of(exception.Message)} {place}";
    }
}
