using System.Diagnostics;
using System.Text.RegularExpressions;
using Harness.Dart;
using Harness.Dart.Semantics;
using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Experiments.Engines;

namespace Harness.Experiments.Conformance;

/// <summary>What came of a test.</summary>
internal enum DartOutcome
{
    /// <summary>It ran to its end.</summary>
    Passed,

    /// <summary>It was compiled, and threw, trapped, or did not end.</summary>
    Failed,

    /// <summary>It needs what the compiler says that it does not support.</summary>
    Unsupported,

    /// <summary>The compiler found an error in it.</summary>
    Refused,

    /// <summary>The compiler failed itself.</summary>
    Crashed,
}

/// <summary>A test of Dart's conformance suite: a program, or one that a compiler must refuse.</summary>
/// <param name="file">Its file.</param>
/// <param name="limit">The longest that it may run on this engine; on V8, whose process starts first, it may take twice that, and the compiler six times that.</param>
internal sealed partial class DartTest(string file, TimeSpan limit)
{
    private readonly TimeSpan _compilationLimit = 6 * limit;

    // A warning of the analyzer's is no reason to refuse a program.
    [GeneratedRegex(@"\[cfe\]|\[analyzer\](?! *STATIC_WARNING)|@compile-error|@static-warning|SYNTAX_ERROR|^// *\[error|//# *\d+: *(syntax|compile-time) error", RegexOptions.Multiline)]
    private static partial Regex ExpectedError();

    [GeneratedRegex(@"^\s*(?:import|export|part)\s+(?:""([^"":]+)""|'([^':]+)')", RegexOptions.Multiline)]
    private static partial Regex RelativeFile();

    /// <summary>Whether it must be refused: the error may be marked in a file that it imports or consists of.</summary>
    public bool MustBeRefused()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal) { file };
        var pending = new Stack<(string File, string Text)>([(file, File.ReadAllText(file))]);
        while (pending.TryPop(out var next))
        {
            if (ExpectedError().IsMatch(next.Text))
            {
                return true;
            }

            foreach (Match match in RelativeFile().Matches(next.Text))
            {
                var path = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(next.File)!, match.Groups[1].Value + match.Groups[2].Value));
                if (!path.Contains("/Utils/", StringComparison.Ordinal) && seen.Add(path) && File.Exists(path))
                {
                    pending.Push((path, File.ReadAllText(path)));
                }
            }
        }

        return false;
    }

    /// <summary>Compiles and runs it on this engine, and on V8 where there is a Node.</summary>
    /// <param name="lowering">The choices of the lowering.</param>
    /// <param name="node">Path of Node; null for this engine alone.</param>
    /// <returns>What came of it, with the reason in a line.</returns>
    public (DartOutcome Outcome, string Reason) Run(DartOptions lowering, string? node)
    {
        if (Compile(lowering, out var bytes) is { } refusal)
        {
            return refusal;
        }

        var here = RunHere(bytes);
        if (here is not null)
        {
            return (DartOutcome.Failed, here);
        }

        return node is not null && RunOnV8(bytes, node) is { } there ? (DartOutcome.Failed, "on V8: " + there) : (DartOutcome.Passed, "");
    }

    // Whatever the compiler throws but errors of the program is its own failure, and so is not to end: its thread is left behind then.
    private (DartOutcome Outcome, string Reason)? Compile(DartOptions lowering, out byte[] bytes)
    {
        bytes = [];
        var compilation = Task.Factory.StartNew(() => DartBuild.Compile(file, lowering), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            if (!compilation.Wait(_compilationLimit))
            {
                return (DartOutcome.Crashed, $"the compiler did not end within {_compilationLimit.TotalSeconds} s");
            }

            bytes = compilation.Result.Bytes;
            return null;
        }
        catch (AggregateException failure) when (failure.InnerException is DartCompilationException exception)
        {
            var reason = exception.Errors[0].ToString().Split('\n')[0];
            return (reason.Contains("not supported", StringComparison.Ordinal) ? DartOutcome.Unsupported : DartOutcome.Refused, reason);
        }
        catch (AggregateException failure) when (failure.InnerException is not HarnessException)
        {
            return (DartOutcome.Crashed, string.Join(' ', failure.InnerException!.Message.Split('\n').Take(3)));
        }
    }

    private string? RunHere(byte[] bytes)
    {
        var options = EngineOptions.Default;
        var output = new StringWriter();
        try
        {
            // A test that does not end by itself is interrupted.
            var code = ExecutionThread.Run(options, () =>
            {
                using var store = new Store(options);
                using var timer = new Timer(_ => store.Interrupt(), null, limit, Timeout.InfiniteTimeSpan);
                return new DartHost(output).Run(store, WasmModule.Decode(bytes));
            });
            return Judge(code, output.ToString());
        }
        catch (Exception exception) when (exception is WasmTrapException or ModuleException or WasmException or LinkException)
        {
            return exception.Message.Split('\n')[0];
        }
    }

    private string? RunOnV8(byte[] bytes, string node)
    {
        var module = Path.Combine(Path.GetTempPath(), $"harness-dart-{Guid.NewGuid():N}.wasm");
        File.WriteAllBytes(module, bytes);
        try
        {
            var start = new ProcessStartInfo(node, [Path.Combine(ProjectLayout.Root, "workloads", "dart", "run.mjs"), module]) { RedirectStandardOutput = true, RedirectStandardError = true };
            using var process = Process.Start(start) ?? throw new HarnessException($"cannot start {node}");
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            if (process.WaitForExit(2 * limit))
            {
                return Judge(process.ExitCode, output.Result + errors.Result);
            }

            process.Kill();
            return $"did not end within {2 * limit.TotalSeconds} s";
        }
        finally
        {
            File.Delete(module);
        }
    }

    private static string? Judge(int code, string output)
    {
        if (code != 0)
        {
            return output.Split('\n').SkipWhile(l => l.StartsWith("Unhandled", StringComparison.Ordinal)).FirstOrDefault() ?? "";
        }

        return output.Contains("unittest-suite-wait-for-done", StringComparison.Ordinal) && !output.Contains("unittest-suite-success", StringComparison.Ordinal)
            ? "the program ended before the asynchronous test did"
            : null;
    }
}
