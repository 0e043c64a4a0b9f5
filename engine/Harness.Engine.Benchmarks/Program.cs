using BenchmarkDotNet.Running;

// Runs the engine benchmarks: all of them, or those that a --filter names.
BenchmarkSwitcher.FromAssembly(typeof(Harness.Engine.Benchmarks.CompileThroughput).Assembly).Run(args);
