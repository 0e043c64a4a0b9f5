using BenchmarkDotNet.Running;
using Harness.Engine.Benchmarks;

// "compile MODULE..." shows where the time of the optimizing compiler goes on modules of real programs; all else runs the engine
// benchmarks: all of them, or those that a --filter names.
if (args is ["compile", .. string[] rest])
{
    return ModuleCompilation.Run(rest);
}

BenchmarkSwitcher.FromAssembly(typeof(CompileThroughput).Assembly).Run(args);
return 0;
