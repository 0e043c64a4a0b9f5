using System.Runtime.CompilerServices;
using Harness.Engine.Modules;

namespace Harness.Engine.Optimizer.Inlining;

/// <summary>The summaries of a module's functions, each made when it is first asked for. Safe for use by several threads.</summary>
internal sealed class FunctionSummaries
{
    private static readonly ConditionalWeakTable<WasmModule, FunctionSummaries> ByModule = [];

    private readonly WasmModule _module;
    private readonly FunctionSummary?[] _summaries;

    private FunctionSummaries(WasmModule module)
    {
        _module = module;
        _summaries = new FunctionSummary?[module.Functions.Length];
    }

    /// <summary>The summary of a function that the module defines.</summary>
    public FunctionSummary this[int functionIndex] =>
        Volatile.Read(ref _summaries[functionIndex]) ?? Make(functionIndex);

    /// <summary>The summaries of a module.</summary>
    public static FunctionSummaries Of(WasmModule module) => ByModule.GetValue(module, static key => new FunctionSummaries(key));

    private FunctionSummary Make(int functionIndex)
    {
        // One that is not valid is never inlined, but a policy may ask for its summary all the same.
        var made = _module.IsValid(functionIndex)
            ? new SummaryWalk(_module, _module.Functions[functionIndex]).Run()
            : FunctionSummary.Nothing(_module.Functions[functionIndex].Type.Parameters.Length);
        return Interlocked.CompareExchange(ref _summaries[functionIndex], made, null) ?? made;
    }
}
