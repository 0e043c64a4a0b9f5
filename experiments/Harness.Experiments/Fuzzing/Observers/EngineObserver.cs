using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Experiments.Fuzzing.Programs;

namespace Harness.Experiments.Fuzzing.Observers;

/// <summary>Runs a module on this engine and tells the outcome of each call, in the words that <c>observe.mjs</c> uses.</summary>
internal static class EngineObserver
{
    public static IReadOnlyList<string> Observe(ObserverRequest request)
    {
        using var store = new Store(EngineOptions.FromDictionary(request.Knobs));
        Exception? failure = null;
        store.Engine.Events.CompilationFailed += failed => failure ??= failed.Failure;
        var module = store.Engine.Decode(request.Module, BuiltinSets.JsString);
        var outcome = request.IsDart ? DartObserver.Observe(store, module) : Observe(store, module, request.Calls);

        // A function that stays in baseline code would hide what is wrong with the optimizer, unless it says that it does not support it.
        return failure is null or NotSupportedException ? outcome : [$"error: {failure.GetType().Name}: {failure.Message}"];
    }

    /// <summary>The outcome of every call of a module's exports; if its start function fails, of that alone.</summary>
    public static IReadOnlyList<string> Observe(Store store, WasmModule module, IReadOnlyList<ProgramCall> calls)
    {
        var imports = new FuzzImports();
        Instance? instance = null;
        if (TrapOf(() => instance = store.Instantiate(module, imports.Create(store, module))) is { } trap)
        {
            return ["start " + trap];
        }

        return [.. calls.Select(call => Observe(instance!.GetFunction(call.Export), call.Argument) + imports.TakeLog())];
    }

    private static string Observe(WasmFunction function, int? argument)
    {
        var results = "";
        return TrapOf(() => results = Observation.Of(argument is { } number ? function.Invoke(number) : function.Invoke())) ?? results;
    }

    /// <summary>The trap, or exception, with which a function ends; null if it ends well.</summary>
    public static string? TrapOf(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (WasmTrapException trap)
        {
            return "trap:" + Category(trap.Kind);
        }
        catch (WasmException)
        {
            return "trap:exception";
        }
    }

    /// <summary>Kinds of traps that V8's messages do not tell apart are one category.</summary>
    private static string Category(TrapKind kind) => kind switch
    {
        TrapKind.Unreachable => "unreachable",
        // Where an address is both out of bounds and misaligned, engines look first for either.
        TrapKind.MemoryOutOfBounds or TrapKind.UnalignedAtomic => "memory",
        TrapKind.TableOutOfBounds or TrapKind.UndefinedElement => "table",
        TrapKind.UninitializedElement or TrapKind.IndirectCallTypeMismatch => "indirect-call",
        TrapKind.IntegerDivideByZero => "divide-by-zero",
        TrapKind.IntegerOverflow or TrapKind.InvalidConversionToInteger => "overflow",
        TrapKind.NullReference or TrapKind.NullFunctionReference or TrapKind.NullStructure or TrapKind.NullArray or TrapKind.NullI31
            or TrapKind.NullException or TrapKind.NullDescriptor => "null",
        TrapKind.CastFailure or TrapKind.DescriptorCastFailure => "cast",
        TrapKind.ArrayOutOfBounds => "array",
        TrapKind.StackOverflow => "stack",
        TrapKind.OutOfMemory => "memory-limit",
        TrapKind.StringOutOfBounds => "string",
        TrapKind.InvalidCodePoint => "code-point",
        _ => kind.ToString(),
    };
}
