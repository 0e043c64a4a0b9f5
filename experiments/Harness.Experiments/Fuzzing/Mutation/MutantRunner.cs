using System.IO.Hashing;
using System.Runtime.InteropServices;
using Harness.Engine.Configuration;
using Harness.Engine.Feedback;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Experiments.Fuzzing.Observers;

namespace Harness.Experiments.Fuzzing.Mutation;

/// <summary>
/// Runs a valid module about which nothing is known: compiles each function with both compilers, instantiates the module, calls what it
/// exports, and tells the outcomes. What never ends is interrupted.
/// </summary>
internal sealed class MutantRunner
{
    private const int MostExports = 16;
    private const int MostDigestedBytes = 1 << 20;

    /// <summary>For all calls of a configuration together.</summary>
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMilliseconds(300);

    /// <summary>Small, since outcomes at a limit say nothing, and so that limits are reached soon.</summary>
    private static readonly IReadOnlyDictionary<string, string> Limits = new Dictionary<string, string>
    {
        ["memory.limit"] = "64",
        ["table.limit"] = "100000",
        ["heap.limit"] = "64",
    };

    private readonly List<string> _outcomes = [];

    private MutantRunner()
    {
    }

    /// <summary>
    /// Outcomes that depend on how much stack, memory or time a configuration takes: what comes after them cannot be compared.
    /// </summary>
    public static bool IsInconclusive(string outcome) =>
        outcome.Contains("trap:stack", StringComparison.Ordinal) || outcome.Contains("trap:memory-limit", StringComparison.Ordinal)
        || outcome.Contains("trap:Interrupted", StringComparison.Ordinal) || outcome.StartsWith("limit", StringComparison.Ordinal);

    /// <summary>The number of the first outcome that differs; -1 if none does before one that tells nothing.</summary>
    public static int FirstDifference(IReadOnlyList<string> expected, IReadOnlyList<string> actual)
    {
        for (var i = 0; i < Math.Max(expected.Count, actual.Count); i++)
        {
            if ((i < expected.Count && IsInconclusive(expected[i])) || (i < actual.Count && IsInconclusive(actual[i])))
            {
                return -1;
            }

            if (i >= expected.Count || i >= actual.Count || expected[i] != actual[i])
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>The outcomes in one configuration.</summary>
    /// <param name="bytes">The module.</param>
    /// <param name="knobs">The configuration.</param>
    /// <param name="hangs">Knows how long it took to compile others.</param>
    public static IReadOnlyList<string> Run(byte[] bytes, IReadOnlyDictionary<string, string> knobs, HangWatch hangs)
    {
        try
        {
            var options = EngineOptions.FromDictionary(Limits.Concat(knobs).ToDictionary());
            var module = WasmModule.Decode(bytes);
            using var store = new Store(options);
            Exception? failure = null;
            store.Engine.Events.CompilationFailed += failed => failure ??= failed.Failure;
            var kind = string.Join(' ', knobs.Select(knob => $"{knob.Key}={knob.Value}"));
            if (hangs.Watch(kind, bytes.Length, () => CompileAll(store.Engine, module)) is { } hang)
            {
                return [hang];
            }

            var runner = new MutantRunner();
            var timer = new Timer(_ => store.Interrupt(), null, TimeLimit, Timeout.InfiniteTimeSpan);
            try
            {
                runner.Execute(store, module);
            }
            finally
            {
                // An interrupt that is on its way must have arrived before the store is gone.
                timer.DisposeAsync().AsTask().Wait();
            }

            return failure is null or NotSupportedException ? runner._outcomes : [Verdict.Describe(failure)];
        }
#pragma warning disable CA1031 // A fault of any kind is a finding about this one module.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return [Verdict.Describe(exception)];
        }
    }

    /// <summary>Compiles all functions of a module with both compilers.</summary>
    public static void CompileAll(WasmEngine engine, WasmModule module)
    {
        var code = engine.CodeOf(module);
        foreach (var function in module.Functions.Where(function => !function.IsImported))
        {
            NativeRuntime.CodeSpace.Free(engine.BaselineCompiler.Compile(code, function.Index).Block);
            try
            {
                NativeRuntime.CodeSpace.Free(engine.OptimizingCompiler.Compile(code, function.Index, new NoFeedback(), engine.Options.Deopt).Block);
            }
            catch (NotSupportedException)
            {
                // The function would stay in baseline code.
            }
        }
    }

    private void Execute(Store store, WasmModule module)
    {
        var imports = new FuzzImports();
        Instance? instance = null;
        try
        {
            if (EngineObserver.TrapOf(() => instance = store.Instantiate(module, imports.Create(store, module))) is { } trap)
            {
                _outcomes.Add("start " + trap);
                return;
            }
        }
        catch (Exception exception) when (exception is LinkException or InsufficientMemoryException or ArgumentException)
        {
            _outcomes.Add($"limit or missing: {exception.Message}");
            return;
        }

        foreach (var export in module.Exports.Where(export => export.Kind == ExternalKind.Function).Take(MostExports))
        {
            for (var variant = 0; variant < 3; variant++)
            {
                if (ArgumentsOf(module.Functions[export.Index].Type, variant) is not { } arguments)
                {
                    continue;
                }

                var outcome = Call(instance!.Function(export.Index), arguments) + imports.TakeLog();
                _outcomes.Add($"{export.Name} {outcome}");
                if (IsInconclusive(outcome))
                {
                    return;
                }
            }
        }

        _outcomes.Add(Digest(instance!));
    }

    private static string Call(WasmFunction function, WasmValue[] arguments)
    {
        try
        {
            var results = "";
            return EngineObserver.TrapOf(() => results = Observation.Of(function.Invoke(arguments))) ?? results;
        }
        catch (Exception exception) when (exception is ArgumentException or InsufficientMemoryException)
        {
            // A function of the host cannot give what its type asks for, or a value cannot be shown to the host.
            return $"host: {exception.Message}";
        }
    }

    /// <summary>Arguments for a call; null where the types allow none that are known here.</summary>
    private static WasmValue[]? ArgumentsOf(FunctionType type, int variant)
    {
        if (variant > 0 && type.Parameters.IsEmpty)
        {
            return variant == 1 ? [] : null;
        }

        var values = new WasmValue[type.Parameters.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var parameter = type.Parameters[i];
            var number = (variant + i) switch { 0 => 1, 1 => -3, 2 => 40, _ => i * 65537 };
            switch (parameter.Kind)
            {
                case ValueKind.I32:
                    values[i] = number;
                    break;
                case ValueKind.I64:
                    values[i] = (long)number << variant;
                    break;
                case ValueKind.F32:
                    values[i] = number + 0.5f;
                    break;
                case ValueKind.F64:
                    values[i] = number - 0.25;
                    break;
                default:
                    if (!parameter.IsReference || !parameter.IsNullable)
                    {
                        return null;
                    }

                    values[i] = WasmValue.Null(parameter.HeapType);
                    break;
            }
        }

        return values;
    }

    /// <summary>A checksum of numbers in globals and of memories, so that an effect that no result shows is seen as well.</summary>
    private static string Digest(Instance instance)
    {
        var hash = new XxHash64();
        foreach (var memory in instance.Memories)
        {
            hash.Append(memory.Span(0, (int)Math.Min(memory.ByteLength, MostDigestedBytes)));
        }

        foreach (var global in instance.Globals.Where(global => global.Type.Type.Kind is ValueKind.I32 or ValueKind.I64))
        {
            hash.Append(MemoryMarshal.AsBytes(Observation.Of(global.Value).AsSpan()));
        }

        return $"memory {hash.GetCurrentHashAsUInt64():x16}";
    }

    private sealed class NoFeedback : IFeedbackSource
    {
        public FunctionFeedback? FeedbackOf(int functionIndex) => null;

        public long WorkOf(int functionIndex) => 0;

        public int DeoptsAt(int bytecodeOffset) => 0;
    }
}
