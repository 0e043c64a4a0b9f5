using System.CommandLine;
using System.Diagnostics;
using Harness.Experiments.Engines;
using Harness.Experiments.Fuzzing;
using Harness.Experiments.Fuzzing.DartPrograms;
using Harness.Experiments.Fuzzing.Mutation;
using Harness.Experiments.Fuzzing.Programs;

namespace Harness.Experiments.Commands;

/// <summary><c>harness fuzz</c>: random programs in every configuration of this engine, compared with V8; programs in Dart under several lowerings; and mutants of modules, valid or not.</summary>
internal static class FuzzCommand
{
    public static Command Create()
    {
        var count = new Option<int>("--count") { Description = "number of programs, or of mutants", DefaultValueFactory = _ => 1000 }.AtLeast(1);
        var seed = new Option<ulong>("--seed") { Description = "seed of the first program; the others have the ones after it", DefaultValueFactory = _ => 1 };
        var configuration = new Option<string?>("--configuration") { Description = "run in this configuration only", HelpName = "NAME" };
        var reduce = new Option<bool>("--reduce") { Description = "make each program that fails as small as possible, and write it to artifacts/fuzz" };
        var withoutNode = new Option<bool>("--without-node") { Description = "compare with this engine's baseline tier instead of V8" };
        var jobs = new Option<int>("--jobs") { Description = "programs to run at a time", DefaultValueFactory = _ => 1 }.AtLeast(1);
        var statistics = new Option<bool>("--statistics") { Description = "instead of comparing, tell what becomes of the programs in one configuration: how much is optimized, inlined, removed, deoptimized" };
        var source = new Option<string>("--source") { Description = "who makes the programs: own, basic (own without shapes of code that chance alone seldom gives, more than two memories, pages of one byte and tables with indices of 64 bits), binaryen (wasm-opt -ttf, with garbage collection and exceptions), dart (programs in Dart, each compiled by the project's compiler under several lowerings, whose outputs must all be the same), or mutate: modules that need not be valid, made from others by changes of bytes, sections, instructions and types, whose validity is compared with V8's", DefaultValueFactory = _ => FuzzSource.Own };
        source.AcceptOnlyFromAmong(FuzzSource.Own, FuzzSource.Basic, FuzzSource.Binaryen, FuzzSource.Dart, FuzzSource.Mutate);
        var seeds = new Option<string[]>("--seeds") { Description = "mutate: a file or folder with modules (.wasm, .wat, .wast) to start from, such as test/core of the specification's repository, beside the programs and tests of this project (may be repeated)", HelpName = "PATH" };
        var seconds = new Option<int>("--seconds") { Description = "dart and mutate: stop after so many seconds, whatever the count" }.AtLeast(1);
        var validateOnly = new Option<bool>("--validate-only") { Description = "mutate: compare verdicts, and run nothing" };
        var compileOnly = new Option<bool>("--compile-only") { Description = "mutate: compare verdicts, compile what is valid with both compilers, and run nothing" };
        var command = new Command("fuzz", "run random programs in many configurations and compare the results with V8's")
        {
            count, seed, source, configuration, reduce, withoutNode, jobs, statistics, seeds, seconds, validateOnly, compileOnly,
        };
        command.SetAction(parsed =>
        {
            var only = parsed.GetValue(configuration) is { } name ? FuzzConfiguration.Find(name) : null;
            var limit = parsed.GetValue(seconds);
            var many = limit > 0 && parsed.GetResult(count) is null or { Implicit: true } ? long.MaxValue / 2 : parsed.GetValue(count);
            var time = limit > 0 ? TimeSpan.FromSeconds(limit) : TimeSpan.MaxValue;
            var folder = Path.Combine(ProjectLayout.Artifacts, "fuzz");
            if (parsed.GetRequiredValue(source) == FuzzSource.Mutate)
            {
                return Mutate(parsed.GetValue(seeds) ?? [], parsed.GetValue(withoutNode), new MutationSettings
                {
                    First = parsed.GetValue(seed),
                    Count = many,
                    Jobs = parsed.GetValue(jobs),
                    Time = time,
                    ValidateOnly = parsed.GetValue(validateOnly),
                    CompileOnly = parsed.GetValue(compileOnly),
                    Only = only,
                    Folder = folder,
                });
            }

            if (parsed.GetRequiredValue(source) == FuzzSource.Dart)
            {
                var settings = new DartFuzzSettings
                {
                    First = parsed.GetValue(seed),
                    Count = many,
                    Jobs = parsed.GetValue(jobs),
                    Time = time,
                    Reduce = parsed.GetValue(reduce),
                    Only = only,
                    Folder = folder,
                };
                var node = parsed.GetValue(withoutNode) || parsed.GetValue(statistics) ? null : NodeInstallation.NodePath;
                var run = new DartFuzzRun(settings, () => new DartEngines(node));
                return parsed.GetValue(statistics) ? run.Describe() : run.Execute();
            }

            var session = new FuzzSession(
                parsed.GetValue(seed),
                parsed.GetValue(count),
                parsed.GetValue(jobs),
                parsed.GetRequiredValue(source),
                parsed.GetValue(withoutNode) ? null : NodeInstallation.NodePath,
                only,
                parsed.GetValue(reduce));
            return parsed.GetValue(statistics) ? session.Describe() : session.Run();
        });
        return command;
    }

    private static int Mutate(string[] seeds, bool withoutNode, MutationSettings settings)
    {
        var corpus = SeedCorpus.Read([.. SeedCorpus.OwnPaths, .. seeds]);
        var node = withoutNode ? null : NodeInstallation.NodePath;
        return new MutationRun(settings, corpus, KnownDifferences.Read(KnownDifferences.DefaultPath), () => new MutantEngines(node, settings.CompileOnly)).Execute();
    }

    /// <summary>One run of the command.</summary>
    private sealed class FuzzSession(ulong first, int count, int jobs, string source, string? node, FuzzConfiguration? only, bool reduce)
    {
        private readonly Stopwatch _watch = Stopwatch.StartNew();
        private readonly Lock _gate = new();
        private int _done;
        private int _failed;
        private int _skipped;
        private long _shown;

        /// <summary>The exit code: 0 where all configurations agree.</summary>
        public int Run()
        {
            Parallel.For(0, jobs, new ParallelOptions { MaxDegreeOfParallelism = jobs }, RunShare);
            Console.Error.Write('\r');
            var without = _skipped > 0 ? $", {_skipped} that V8 cannot instantiate" : "";
            Console.WriteLine($"{count} programs from seed {first} on, {_failed} failed{without}, {_watch.Elapsed.TotalSeconds:F1} s");
            return _failed == 0 ? 0 : 1;
        }

        /// <summary>Runs the programs in one configuration, and prints statistics of what the engine did.</summary>
        public int Describe()
        {
            var configuration = only ?? FuzzConfiguration.Find("optimizing");
            var statistics = new FuzzStatistics();
            for (var number = 0; number < count; number++)
            {
                statistics.Add(Generate(first + (ulong)number), configuration);
            }

            foreach (var line in statistics.Describe())
            {
                Console.WriteLine(line);
            }

            return 0;
        }

        /// <summary>Runs every program whose number leaves the remainder <paramref name="job"/>.</summary>
        private void RunShare(int job)
        {
            using var runner = new FuzzRunner(node);
            for (var number = job; number < count; number += jobs)
            {
                var program = Generate(first + (ulong)number);
                var mismatches = runner.Run(program, only is null ? FuzzConfiguration.For(program.Seed) : [only]);
                if (mismatches is null && program is RandomProgram)
                {
                    throw new InvalidOperationException($"the reference cannot run the program of seed {program.Seed}: {runner.Refusal}");
                }

                lock (_gate)
                {
                    Report(program, mismatches);
                }

                if (reduce && mismatches is [var mismatch, ..])
                {
                    Keep(runner, mismatch);
                }
            }
        }

        private IFuzzProgram Generate(ulong programSeed) => source switch
        {
            FuzzSource.Own => RandomProgram.Generate(programSeed, ProgramProfile.Full),
            FuzzSource.Basic => RandomProgram.Generate(programSeed, ProgramProfile.Basic),
            _ => BinaryenProgram.Generate(NodeInstallation.NodePath, programSeed),
        };

        private void Report(IFuzzProgram program, IReadOnlyList<FuzzMismatch>? mismatches)
        {
            _done++;
            if (mismatches is null)
            {
                _skipped++;
            }
            else if (mismatches.Count > 0)
            {
                _failed++;
                Console.Error.Write('\r');
                foreach (var mismatch in mismatches)
                {
                    Console.WriteLine(mismatch);
                }
            }

            if (_watch.ElapsedMilliseconds - _shown < 1000)
            {
                return;
            }

            _shown = _watch.ElapsedMilliseconds;
            var left = _watch.Elapsed * ((double)(count - _done) / _done);
            Console.Error.Write($"\r{_done} of {count} programs, {_failed} failed, {left.TotalSeconds:F0} s left ");
        }

        /// <summary>Makes a program of this generator as small as possible, and writes any program to a file.</summary>
        private static void Keep(FuzzRunner runner, FuzzMismatch mismatch)
        {
            var program = mismatch.Program;
            if (program is RandomProgram reducible)
            {
                new ProgramReducer(reducible, () => runner.Run(program, [mismatch.Configuration]) is { Count: > 0 }).Reduce();
            }

            var folder = Path.Combine(ProjectLayout.Root, "artifacts", "fuzz");
            Directory.CreateDirectory(folder);
            var path = Path.Combine(folder, $"{program.Source}-{program.Seed}-{mismatch.Configuration.Name}.wasm");
            File.WriteAllBytes(path, program.Encode());
            Console.WriteLine($"  written to {path}, calls {string.Join(", ", program.Calls.Select(call => $"{call.Export}({call.Argument})"))}");
            foreach (var rest in runner.Run(program, [mismatch.Configuration]) ?? [])
            {
                Console.WriteLine($"  {rest.ToString().Split('\n')[0]}");
            }
        }
    }
}
