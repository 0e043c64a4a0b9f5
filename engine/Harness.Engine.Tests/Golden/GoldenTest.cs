using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using Harness.Engine.Configuration;
using Harness.Engine.Diagnostics;
using Harness.Engine.Feedback;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Analysis;
using Harness.Engine.Optimizer.Inlining;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Optimizer.Passes;
using Harness.Engine.Optimizer.Passes.Algebra;
using Harness.Engine.Optimizer.Passes.Escape;
using Harness.Engine.Optimizer.Passes.Loops;
using Harness.Engine.Optimizer.Passes.Numbering;
using Harness.Engine.Optimizer.Passes.Ranges;
using Harness.Engine.Runtime;
using Harness.Engine.Tests.Optimizer;
using Harness.Engine.X64;

namespace Harness.Engine.Tests.Golden;

/// <summary>
/// One thing to print about a module:
/// <c>ir function=NAME passes=PASS,…</c>, the graph as built and after some passes alone;
/// <c>ir function=NAME after=PASS,…</c>, the graph after some passes of the pipeline (<c>build</c> before all, <c>PASS#2</c> for the
/// second time, <c>end</c> after all);
/// <c>inlining function=NAME</c>, what is decided about its calls;
/// <c>code function=NAME tier=baseline|optimized</c>, the machine code. Any other <c>NAME=VALUE</c> is a knob, but for
/// <c>needs=FEATURE,…</c>: what the processor must have (<c>avx</c>, <c>avx2</c>, <c>fma</c>, <c>bmi1</c>, <c>bmi2</c>, <c>lzcnt</c>) for the code to be this one.
/// </summary>
/// <remarks>
/// Nothing here may depend on the run or the processor. Process-wide type ids are shown as <c>TYPE</c> in machine code, and are too
/// large for a byte; graphs must do without them (a table of the callee's type needs no check). Instructions that only some processors
/// have are refused unless the test says that it needs them; on a processor without them, what the file expects stays as it is.
/// </remarks>
internal sealed partial class GoldenTest
{
    /// <summary>Features of processors: whether this one has it, and the instructions by which code depends on it.</summary>
    private static readonly (string Name, bool IsHere, string[] Instructions)[] Features =
    [
        ("avx", CpuFeatures.Avx, ["v"]),
        ("avx2", CpuFeatures.Avx2, ["vpbroadcast"]),
        ("fma", CpuFeatures.Fma, ["vfmadd", "vfnmadd"]),
        ("bmi1", CpuFeatures.Bmi1, ["tzcnt", "bsf"]),
        ("bmi2", CpuFeatures.Bmi2, ["shlx", "shrx", "sarx", "rorx"]),
        ("lzcnt", CpuFeatures.Lzcnt, ["lzcnt", "bsr"]),
    ];

    private readonly string _kind;
    private readonly Dictionary<string, string> _settings = [];
    private readonly EngineOptions _options = EngineOptions.Default;
    private readonly string[] _needs = [];

    private GoldenTest(string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        _kind = words[0];
        foreach (var word in words[1..])
        {
            var parts = word.Split('=');
            if (parts[0] is "function" or "passes" or "after" or "tier")
            {
                _settings.Add(parts[0], parts[1]);
            }
            else if (parts[0] == "needs")
            {
                _needs = parts[1].Split(',');
            }
            else
            {
                _options = _options.With(parts[0], parts[1]);
            }
        }
    }

    /// <summary>Whether this processor has what the test needs.</summary>
    public bool FitsProcessor => Array.TrueForAll(_needs, need => Array.Exists(Features, feature => feature.Name == need && feature.IsHere));

    /// <summary>Reads a directive.</summary>
    public static GoldenTest Parse(string text) => new(text);

    /// <summary>Prints what the directive asks for.</summary>
    public string Run(WasmModule module, IFeedbackSource feedback)
    {
        var function = SyntheticFeedback.FunctionNamed(module, _settings["function"]);
        return _kind switch
        {
            "ir" when _settings.TryGetValue("passes", out var passes) => Alone(module, function, feedback, passes.Split(',')),
            "ir" => InPipeline(module, function, feedback, _settings["after"].Split(',')),
            "inlining" => Decisions(module, function, feedback),
            "code" => Code(module, function, feedback, _settings["tier"]),
            _ => throw new FormatException($"unknown kind of test '{_kind}'"),
        };
    }

    private string Decisions(WasmModule module, int function, IFeedbackSource feedback)
    {
        using var text = new StringWriter { NewLine = "\n" };
        InliningTrace.Write(text, module, new InliningTreeGrower(module, _options, feedback).Grow(function));
        return text.ToString();
    }

    private string Alone(WasmModule module, int function, IFeedbackSource feedback, string[] names)
    {
        var graph = TestGraphs.Build(module, function, feedback, _options.Deopt, _options);
        var before = IrPrinter.Print(graph);
        graph.Apply([.. names.Select(NewPass)]);
        return $"before\n{before}after\n{IrPrinter.Print(graph)}";
    }

    private string InPipeline(WasmModule module, int function, IFeedbackSource feedback, string[] wanted)
    {
        var graph = TestGraphs.Build(module, function, feedback, _options.Deopt, _options);
        var text = new StringBuilder();
        var runs = new Dictionary<string, int>();
        new PassPipeline(_options).Run(graph, (name, after, _) =>
        {
            GraphVerifier.Verify(after);
            var run = runs[name] = runs.GetValueOrDefault(name) + 1;
            if (wanted.Contains(run == 1 ? name : $"{name}#{run}"))
            {
                text.Append($"after {name}\n{IrPrinter.Print(after)}");
            }
        });
        if (wanted.Contains("end"))
        {
            text.Append($"at the end\n{IrPrinter.Print(graph)}");
        }

        return text.ToString();
    }

    private string Code(WasmModule module, int function, IFeedbackSource feedback, string tier)
    {
        using var engine = new WasmEngine(_options);
        engine.Events.RequestListings();
        var code = engine.CodeOf(module);
        var compiled = tier == "baseline"
            ? engine.BaselineCompiler.Compile(code, function)
            : engine.OptimizingCompiler.Compile(code, function, feedback, _options.Deopt);
        var text = new StringBuilder($"{compiled.Block.Size} bytes\n");
        foreach (var line in new CodeListing(module, compiled).Lines())
        {
            var instruction = TypeComparison().Replace(line.Text, "$1TYPE");
            Assert.False(DependsOnProcessor(instruction), $"not every processor gives '{line.Text}'");
            if (line.Label is { } label)
            {
                text.Append(label).Append(":\n");
            }

            instruction = $"  {instruction}";
            text.Append(line.Source is { } source
                ? $"{instruction,-40} ; {source.Function}: {source.Text}\n"
                : instruction + "\n");
        }

        NativeRuntime.CodeSpace.Free(compiled.Block);
        return text.ToString();
    }

    /// <summary>Whether an instruction is there since the processor has a feature, or lacks it, that the test has not named.</summary>
    private bool DependsOnProcessor(string instruction)
    {
        var mnemonic = instruction.Split(' ')[0];
        var isVariableShift = mnemonic is "shl" or "shr" or "sar" && instruction.EndsWith(", cl", StringComparison.Ordinal);
        return Array.Exists(Features, feature => !_needs.Contains(feature.Name)
            && ((isVariableShift && feature.Name == "bmi2")
                || Array.Exists(feature.Instructions, name => name == "v" ? mnemonic[0] == 'v' : mnemonic == name)));
    }

    /// <summary>
    /// A comparison with the type of a function reference, of an object or of a supertype, the load of a new object's header, or a type as the
    /// first argument of a runtime function.
    /// </summary>
    [GeneratedRegex(@"^(cmp (?:r11d|dword \[(?:r\w+\+0x10|r\w+|r11\+\w+)\]), |mov r\w+, 0x[0-3]0*(?=\w{8}$)|mov esi, (?=0x(?:[89a-f]\w|\w{3,})$)).*")]
    private static partial Regex TypeComparison();

    /// <summary>Takes the ids that fit in a byte, before any test can: code that compares types has the same size in every run.</summary>
    [ModuleInitializer]
    internal static void TakeSmallTypeIds()
    {
        ValueType[] types = [ValueType.I32, ValueType.I64, ValueType.F32, ValueType.F64];
        for (var i = 0; i < 128; i++)
        {
            TypeRegistry.CanonicalId(new FunctionType([.. Enumerable.Range(0, 16).Select(bit => types[i >> bit & 1])], []));
        }
    }

    private IPass NewPass(string name) => name switch
    {
        "fold" => new Folding(),
        "gvn" => new ValueNumbering(Redundancies.Computations | Redundancies.Loads | Redundancies.Checks | Redundancies.Casts),
        "peel" => new LoopPeeling(_options.PeelMaxSize),
        "licm" => new LoopInvariantCodeMotion(),
        "rotate" => new LoopRotation(),
        "unroll" => new LoopUnrolling(_options.UnrollMaxFactor, _options.UnrollMaxSize),
        "branch-simplification" => new BranchSimplification(),
        "jump-threading" => new JumpThreading(),
        "constant-fields" => new ConstantFields(),
        "escape-analysis" => new EscapeAnalysis(),
        "range-check-elimination" => new RangeCheckElimination(),
        "dce" => new DeadCodeElimination(),
        _ => throw new FormatException($"there is no pass '{name}'"),
    };
}
