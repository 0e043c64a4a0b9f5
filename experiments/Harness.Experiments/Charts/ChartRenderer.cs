using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Harness.Experiments.Engines;
using Harness.Experiments.Results;

namespace Harness.Experiments.Charts;

/// <summary>Turns Vega-Lite specifications into SVG and PNG, by the npm packages.</summary>
internal static class ChartRenderer
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes <c>chart.vl.json</c>, <c>chart.svg</c> and <c>chart.png</c>.</summary>
    /// <exception cref="HarnessException">The renderer failed.</exception>
    public static void Render(JsonObject specification, ResultsFolder folder)
    {
        File.WriteAllText(folder.Chart("vl.json"), specification.ToJsonString(Json) + "\n");
        var start = new ProcessStartInfo(
            NodeInstallation.NodePath, [Path.Combine(ProjectLayout.Node, "render-chart.mjs"), folder.Chart("vl.json"), folder.Chart("svg"), folder.Chart("png")])
        {
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEnd().Trim();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new HarnessException($"the chart could not be rendered from {folder.Chart("vl.json")}: {error.Split('\n').FirstOrDefault(line => line.Contains("Error", StringComparison.Ordinal)) ?? error}");
    }
}
