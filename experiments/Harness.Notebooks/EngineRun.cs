using Harness.Engine.Configuration;
using Harness.Engine.Diagnostics;
using Harness.Experiments;
using Harness.Experiments.Commands;

namespace Harness.Notebooks;

/// <summary>Runs programs on this project's engine within the notebook, and tells what the engine did with them and why.</summary>
public static class EngineRun
{
    /// <summary>Calls a function of a module, and explains: feedback, inlining decisions, compilations, deopts. Nothing of it is a time to quote.</summary>
    /// <param name="module">Path of a module (<c>.wasm</c>, <c>.wat</c>), or name of one in <c>workloads</c> without its ending.</param>
    /// <param name="call">The function and its arguments, separated by spaces: <c>main 1000000</c>.</param>
    /// <param name="knobs">Knobs with values, separated by spaces: <c>deopt=off inlining.budget=100</c>.</param>
    /// <param name="repeat">How often it is called.</param>
    /// <param name="graphs">Whether the graph after each pass is kept.</param>
    /// <param name="code">Whether the machine code is kept.</param>
    /// <exception cref="Exception">The module, function, arguments or knobs are wrong; the message says how.</exception>
    public static Explanation Explain(string module, string call, string knobs = "", int repeat = 1, bool graphs = false, bool code = false) =>
        Run(module, call, static options => options, knobs, repeat, graphs, code);

    /// <summary>The same under a policy of inlining of your own, such as a class in a cell of the notebook: nothing has to be built for it.</summary>
    /// <typeparam name="TPolicy">The class.</typeparam>
    /// <param name="module">Path of a module (<c>.wasm</c>, <c>.wat</c>), or name of one in <c>workloads</c> without its ending.</param>
    /// <param name="call">The function and its arguments, separated by spaces.</param>
    /// <param name="knobs">Knobs with values, separated by spaces; the policy is the class, whatever they say.</param>
    /// <param name="repeat">How often it is called.</param>
    /// <param name="graphs">Whether the graph after each pass is kept.</param>
    /// <param name="code">Whether the machine code is kept.</param>
    /// <exception cref="Exception">The module, function, arguments or knobs are wrong; the message says how.</exception>
    public static Explanation Explain<TPolicy>(string module, string call, string knobs = "", int repeat = 1, bool graphs = false, bool code = false)
        where TPolicy : CustomInliningPolicy, new() =>
        Run(module, call, static options => options with { InliningPolicy = InliningPolicyKind.Custom, InliningCustom = InliningPolicySource.Of<TPolicy>() }, knobs, repeat, graphs, code);

    private static Explanation Run(string module, string call, Func<EngineOptions, EngineOptions> change, string knobs, int repeat, bool graphs, bool code)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentException.ThrowIfNullOrEmpty(call);
        ArgumentNullException.ThrowIfNull(knobs);
        var path = File.Exists(module) ? module : Path.Combine(ProjectLayout.Workloads, module + ".wat");
        var words = call.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return ExplainCommand.ExplainModule(
            path, words[0], words[1..], repeat, change(EngineOptions.FromDictionary(Read(knobs))), new RecorderOptions { Graphs = graphs, Code = code }, new HashSet<string>());
    }

    private static Dictionary<string, string> Read(string knobs)
    {
        var values = new Dictionary<string, string>();
        foreach (var knob in knobs.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (knob.IndexOf('=', StringComparison.Ordinal) is not (> 0 and var equals))
            {
                throw new ArgumentException($"'{knob}' is no knob with its value; write NAME=VALUE", nameof(knobs));
            }

            values[knob[..equals]] = knob[(equals + 1)..];
        }

        return values;
    }
}
