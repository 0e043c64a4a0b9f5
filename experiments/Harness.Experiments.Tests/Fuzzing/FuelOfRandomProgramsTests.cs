using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Experiments.Fuzzing;
using Harness.Experiments.Fuzzing.Observers;
using Harness.Experiments.Fuzzing.Programs;

namespace Harness.Experiments.Tests.Fuzzing;

/// <summary>Random programs use up the same fuel in every configuration: tiers, inlining, deopts, on-stack replacement, collections and every pass off.</summary>
public class FuelOfRandomProgramsTests
{
    private const int Programs = 60;
    private const ulong FirstSeed = 7_000_000;

    [Fact]
    public void EveryConfigurationUsesUpTheSame()
    {
        var options = EngineOptions.Default;
        ExecutionThread.Run(options, () =>
        {
            for (var seed = FirstSeed; seed < FirstSeed + Programs; seed++)
            {
                var program = RandomProgram.Generate(seed);
                var module = WasmModule.Decode(program.Encode(), BuiltinSets.JsString);
                var calls = ((IFuzzProgram)program).Calls;
                var expected = Run(module, calls, FuzzConfiguration.Find("baseline"));
                Assert.NotEqual(0, expected[^1].Fuel);
                foreach (var configuration in FuzzConfiguration.For(seed).Skip(1))
                {
                    // Where one of them has come to a limit, the other may go on.
                    var actual = Run(module, calls, configuration);
                    var common = Math.Min(expected.Count, actual.Count);
                    Assert.Equal($"{seed} {configuration.Name}\n{Text(expected.Take(common))}", $"{seed} {configuration.Name}\n{Text(actual.Take(common))}");
                }
            }
        });
    }

    private static string Text(IEnumerable<(string Outcome, long Fuel)> steps) => string.Join('\n', steps.Select(step => $"{step.Outcome}: {step.Fuel} units"));

    /// <summary>
    /// What each call gives and what was used up so far; up to the first that uses up the stack or the heap, of which the tiers do not need the same.
    /// </summary>
    private static List<(string Outcome, long Fuel)> Run(WasmModule module, IReadOnlyList<ProgramCall> calls, FuzzConfiguration configuration)
    {
        using var store = new Store(EngineOptions.FromDictionary(configuration.Knobs) with { InterruptFuel = true, InterruptEpochs = configuration.Name.Length % 2 == 0 });
        var steps = new List<(string, long)>();
        Instance? instance = null;
        var start = EngineObserver.TrapOf(() => instance = store.Instantiate(module, new FuzzImports().Create(store, module)));
        steps.Add((start ?? "start", store.FuelConsumed));
        if (instance is null)
        {
            return steps;
        }

        foreach (var call in calls)
        {
            var function = instance.GetFunction(call.Export);
            var results = "";
            var outcome = EngineObserver.TrapOf(() => results = Observation.Of(call.Argument is { } number ? function.Invoke(number) : function.Invoke())) ?? results;
            if (outcome is "trap:stack" or "trap:memory-limit")
            {
                break;
            }

            steps.Add((outcome, store.FuelConsumed));
        }

        return steps;
    }
}
