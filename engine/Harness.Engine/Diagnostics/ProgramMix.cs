using Harness.Engine.Feedback;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Engine.Diagnostics;

/// <summary>
/// What the modules of an engine consist of and how they call, by the feedback of their functions: what a compiler for them sees. To be
/// taken of a run in baseline code, whose feedback counts every call.
/// </summary>
/// <param name="Entries">How often functions were entered.</param>
/// <param name="Instructions">
/// By group, instructions of all functions, each function's as often as it was entered. Iterations of loops do not count.
/// </param>
/// <param name="Sites">By kind of call and number of targets, call sites that were executed.</param>
/// <param name="Calls">The same, calls.</param>
internal sealed record ProgramMix(
    long Entries, IReadOnlyDictionary<string, double> Instructions, IReadOnlyDictionary<string, double> Sites, IReadOnlyDictionary<string, double> Calls)
{
    /// <summary>The mix of all modules of an engine that are in use.</summary>
    public static ProgramMix Of(WasmEngine engine)
    {
        long entries = 0;
        var instructions = new Dictionary<string, double>();
        var sites = new Dictionary<string, double>();
        var calls = new Dictionary<string, double>();
        foreach (var (module, profile) in engine.TakeModuleProfiles())
        {
            CountSites(module, profile, sites, calls);
            var entered = EntriesOf(module, profile);
            for (var i = module.ImportedFunctionCount; i < entered.Length; i++)
            {
                if (entered[i] == 0)
                {
                    continue;
                }

                entries += entered[i];
                CountInstructions(module, module.Functions[i], entered[i], instructions);
            }
        }

        return new ProgramMix(entries, instructions, sites, calls);
    }

    /// <summary>How often functions were entered: a function without calls is not counted itself, but where it is called.</summary>
    private static long[] EntriesOf(WasmModule module, ModuleProfile profile)
    {
        var called = new long[module.Functions.Length];
        foreach (var (function, site, opcode, index) in SitesOf(module, profile))
        {
            if (opcode is Opcode.Call or Opcode.ReturnCall)
            {
                called[index] += site.Count;
            }

            foreach (var target in site.Targets)
            {
                if (target.FunctionIndex >= 0)
                {
                    called[target.FunctionIndex] += target.Count;
                }
            }
        }

        foreach (var (index, function) in profile.Functions)
        {
            called[index] = Math.Max(called[index], function.Feedback?.Invocations ?? 0);
        }

        return called;
    }

    private static void CountSites(WasmModule module, ModuleProfile profile, Dictionary<string, double> sites, Dictionary<string, double> calls)
    {
        foreach (var (_, site, opcode, _) in SitesOf(module, profile))
        {
            if (opcode is Opcode.Call or Opcode.ReturnCall || site.State == FeedbackState.Uninitialized)
            {
                continue;
            }

            var targets = site.State == FeedbackState.Megamorphic ? "more" : site.Targets.Length switch
            {
                <= 4 => $"{site.Targets.Length}",
                <= 8 => "5 to 8",
                _ => "9 to 16",
            };
            Add(sites, $"{InstructionGroups.Of(opcode)}, targets: {targets}", 1);
            Add(calls, $"{InstructionGroups.Of(opcode)}, targets: {targets}", site.Count);
        }
    }

    private static void CountInstructions(WasmModule module, FunctionInfo function, long weight, Dictionary<string, double> instructions)
    {
        var reader = module.OpenBody(function);
        reader.SkipLocals();
        while (!reader.IsAtEnd)
        {
            var opcode = reader.ReadOpcode();
            reader.SkipImmediates(opcode);
            Add(instructions, InstructionGroups.Of(opcode), weight);
        }
    }

    /// <summary>The sites that have feedback, with the instruction and its first index.</summary>
    private static IEnumerable<(int Function, CallSiteFeedback Site, Opcode Opcode, int Index)> SitesOf(WasmModule module, ModuleProfile profile)
    {
        foreach (var (index, function) in profile.Functions)
        {
            foreach (var site in function.Feedback?.Sites ?? [])
            {
                var reader = module.OpenBody(module.Functions[index]);
                reader.Offset = site.BytecodeOffset;
                var opcode = reader.ReadOpcode();
                yield return (index, site, opcode, reader.ReadIndex());
            }
        }
    }

    private static void Add(Dictionary<string, double> counts, string key, double count) => counts[key] = counts.GetValueOrDefault(key) + count;
}
