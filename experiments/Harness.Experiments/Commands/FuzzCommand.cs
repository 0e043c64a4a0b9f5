using System.CommandLine;
using System.Diagnostics;
using Harness.Experiments.Engines;
using Harness.Experiments.Fuzzing;

namespace Harness.Experiments.Commands;

/// <summary><c>harness fuzz</c>: random programs in every configuration of this engine, compared with V8.</summary>
internal static class FuzzCommand
{
    public static Command Create()
    {
        var count = new Option<int>("--count") { Description = "number of programs", DefaultValueFactory = _ => 1000 };
        var seed = new Option<ulong>("--seed") { Description = "seed of the first program; the others have the ones after it", DefaultValueFactory = _ => 1 };
        var configuration = new Option<string?>("--configuration") { Description = "run in this configuration only", HelpName = "NAME" };
        var reduce = new Option<bool>("--reduce") { Description = "make each program that fails as small as possible, and write it to artifacts/fuzz" };
        var withoutNode = new Option<bool>("--without-node") { Description = "compare with this engine's baseline tier instead of V8" };
        var jobs = new Option<int>("--jobs") { Description = "programs to run at a time", DefaultValueFactory = _ => 1 };
        var command = new Command("fuzz", "run random programs in many configurations and compare the results with V8's")
        {
            count, seed, configuration, reduce, withoutNode, jobs,
        };
        command.SetAction(parsed => new FuzzSession(
            parsed.GetValue(seed),
            parsed.GetValue(count),
            parsed.GetValue(jobs),
            parsed.GetValue(withoutNode) ? null : NodeInstallation.NodePath,
            parsed.GetValue(configuration) is { } name ? FuzzConfiguration.Find(name) : null,
            parsed.GetValue(reduce)).Run());
        return command;
    }

    /// <summary>One run of the command.</summary>
    private sealed class FuzzSession(ulong first, int count, int jobs, string? node, FuzzConfiguration? only, bool reduce)
    {
        private readonly Stopwatch watch = Stopwatch.StartNew();
        private readonly Lock gate = new();
        private int done;
        private int failed;
        private long shown;

        /// <summary>The exit code: 0 where all configurations agree.</summary>
        public int Run()
        {
            Parallel.For(0, jobs, new ParallelOptions { MaxDegreeOfParallelism = jobs }, RunShare);
            Console.Error.Write('\r');
            Console.WriteLine($"{count} programs from seed {first} on, {failed} failed, {watch.Elapsed.TotalSeconds:F1} s");
            return failed == 0 ? 0 : 1;
        }

        /// <summary>Runs every program whose number leaves the remainder <paramref name="job"/>.</summary>
        private void RunShare(int job)
        {
            using var runner = new FuzzRunner(node);
            for (var number = job; number < count; number += jobs)
            {
                var program = RandomProgram.Generate(first + (ulong)number);
                var mismatches = runner.Run(program, only is null ? FuzzConfiguration.For(program.Seed) : [only]);
                lock (gate)
                    Report(mismatches);
                if (reduce && mismatches.Count > 0)
                    Reduce(runner, mismatches[0]);
            }
        }

        private void Report(IReadOnlyList<FuzzMismatch> mismatches)
        {
            done++;
            if (mismatches.Count > 0)
            {
                failed++;
                Console.Error.Write('\r');
                foreach (var mismatch in mismatches)
                    Console.WriteLine(mismatch);
            }
            if (watch.ElapsedMilliseconds - shown < 1000)
                return;
            shown = watch.ElapsedMilliseconds;
            var left = watch.Elapsed * ((double)(count - done) / done);
            Console.Error.Write($"\r{done} of {count} programs, {failed} failed, {left.TotalSeconds:F0} s left ");
        }

        private static void Reduce(FuzzRunner runner, FuzzMismatch mismatch)
        {
            var program = mismatch.Program;
            new ProgramReducer(program, () => runner.Run(program, [mismatch.Configuration]).Count > 0).Reduce();
            var folder = Path.Combine(ProjectLayout.Root, "artifacts", "fuzz");
            Directory.CreateDirectory(folder);
            var path = Path.Combine(folder, $"{program.Seed}-{mismatch.Configuration.Name}.wasm");
            File.WriteAllBytes(path, program.Encode());
            Console.WriteLine($"  reduced to {path}, calls {string.Join(", ", program.Calls.Select(call => $"{call.Export}({call.Argument})"))}");
            foreach (var rest in runner.Run(program, [mismatch.Configuration]))
                Console.WriteLine($"  {rest.ToString().Split('\n')[0]}");
        }
    }
}
