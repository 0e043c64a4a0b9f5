using System.Globalization;
using Harness.Engine.Configuration;
using Harness.Engine.Modules;

namespace Harness.Engine.Optimizer.Inlining;

/// <summary>Writes the decisions of an inlining tree for people: one line per candidate, indented by depth.</summary>
internal static class InliningTrace
{
    /// <summary>Writes a tree.</summary>
    public static void Write(TextWriter writer, WasmModule module, InliningTree root)
    {
        writer.WriteLine($"[inlining] into {module.Functions[root.FunctionIndex]}, {root.WireSize} wire bytes");
        WriteSites(writer, module, root);
    }

    private static void WriteSites(TextWriter writer, WasmModule module, InliningTree caller)
    {
        foreach (var site in caller.CallSites)
        {
            foreach (var target in site.Targets)
            {
                var name = target.FunctionIndex < 0 ? "a foreign function" : module.Functions[target.FunctionIndex].ToString();
                string indent = new(' ', 2 * target.Depth);
                var order = target.IsInlined ? $" #{target.Order}" : "";
                var estimate = target.Estimate is { } expected
                    ? string.Create(CultureInfo.InvariantCulture, $", saves {expected.CyclesSaved:0.#} cycles a call for {expected.NodesAdded:0.#} nodes")
                    : "";
                var guess = site switch
                {
                    { IsIndirect: false } => "",
                    { Miss: MissHandling.Guard } => ", guard by policy",
                    { Miss: MissHandling.GenericCall } => ", generic call by policy",
                    { MayDeoptimize: false } => ", never deoptimizes",
                    _ => "",
                };
                var reason = target.Reason is { } words ? $" ({words})" : "";
                writer.WriteLine(
                    string.Create(CultureInfo.InvariantCulture, $"[inlining] {indent}0x{site.BytecodeOffset:x}: {name}, {site.State}{guess}, {target.CallCount} calls ({target.Frequency:0.###}), ")
                    + $"{target.WireSize} wire bytes: {target.Decision}{reason}{order}{estimate}");
                WriteSites(writer, module, target);
            }
        }
    }
}
