using System.Text.Json.Nodes;

namespace Harness.Experiments.Charts;

/// <summary>Writes charts as Vega-Lite specifications.</summary>
internal static class VegaLite
{
    /// <summary>Colours that are told apart in print and by the colour-blind (Okabe and Ito), the baseline grey.</summary>
    private static readonly string[] Colors = ["#b8b8b8", "#56b4e9", "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#f0e442"];

    private const int BarWidth = 15;

    /// <summary>The specification of a speedup chart.</summary>
    public static JsonObject Specify(SpeedupChart chart)
    {
        var values = new JsonArray([.. chart.Bars.Select(bar => new JsonObject
        {
            ["panel"] = bar.Panel,
            ["group"] = bar.Group,
            ["series"] = bar.Series,
            ["speedup"] = bar.Speedup.Value,
            ["low"] = bar.Speedup.Low,
            ["high"] = bar.Speedup.High,
        })]);

        var x = new JsonObject
        {
            ["field"] = "group",
            ["type"] = "nominal",
            ["sort"] = Strings(chart.Groups),
            ["title"] = null,
            ["axis"] = new JsonObject { ["labelAngle"] = -35, ["labelLimit"] = 220 },
            ["scale"] = new JsonObject { ["paddingInner"] = 0.25 },
        };
        var offset = new JsonObject { ["field"] = "series", ["sort"] = Strings(chart.Series) };
        var color = new JsonObject
        {
            ["field"] = "series",
            ["type"] = "nominal",
            ["sort"] = Strings(chart.Series),
            ["title"] = null,
            ["scale"] = new JsonObject { ["domain"] = Strings(chart.Series), ["range"] = Strings(Enumerable.Range(0, chart.Series.Count).Select(i => Colors[i % Colors.Length])) },
            ["legend"] = new JsonObject { ["orient"] = "top" },
        };

        var bars = new JsonObject
        {
            ["mark"] = new JsonObject { ["type"] = "bar" },
            ["encoding"] = new JsonObject
            {
                ["x"] = x.DeepClone(),
                ["xOffset"] = offset.DeepClone(),
                ["y"] = new JsonObject { ["field"] = "speedup", ["type"] = "quantitative", ["title"] = chart.ValueTitle },
                ["color"] = color,
            },
        };
        var intervals = new JsonObject
        {
            ["mark"] = new JsonObject { ["type"] = "rule", ["color"] = "#222222" },
            ["encoding"] = new JsonObject
            {
                ["x"] = x.DeepClone(),
                ["xOffset"] = offset.DeepClone(),
                ["y"] = new JsonObject { ["field"] = "low", ["type"] = "quantitative", ["title"] = chart.ValueTitle },
                ["y2"] = new JsonObject { ["field"] = "high" },
            },
        };
        var labels = new JsonObject
        {
            ["mark"] = new JsonObject { ["type"] = "text", ["angle"] = 270, ["align"] = "left", ["dx"] = 4, ["fontSize"] = 9, ["color"] = "#444444" },
            ["encoding"] = new JsonObject
            {
                ["x"] = x.DeepClone(),
                ["xOffset"] = offset.DeepClone(),
                ["y"] = new JsonObject { ["field"] = "high", ["type"] = "quantitative", ["title"] = chart.ValueTitle },
                ["text"] = new JsonObject { ["field"] = "speedup", ["type"] = "quantitative", ["format"] = ".2f" },
            },
        };
        var one = new JsonObject
        {
            ["mark"] = new JsonObject { ["type"] = "rule", ["color"] = "#c0392b", ["strokeDash"] = new JsonArray(4, 3) },
            ["encoding"] = new JsonObject { ["y"] = new JsonObject { ["datum"] = 1 } },
        };

        return new JsonObject
        {
            ["$schema"] = "https://vega.github.io/schema/vega-lite/v6.json",
            ["title"] = new JsonObject { ["text"] = chart.Title, ["subtitle"] = chart.Subtitle, ["anchor"] = "start", ["fontSize"] = 16, ["subtitleFontSize"] = 12, ["offset"] = 12 },
            ["background"] = "white",
            ["padding"] = 12,
            ["config"] = new JsonObject
            {
                ["font"] = "DejaVu Sans",
                ["view"] = new JsonObject { ["stroke"] = null },
                ["axis"] = new JsonObject { ["gridColor"] = "#eeeeee" },
            },
            ["data"] = new JsonObject { ["values"] = values },
            ["facet"] = new JsonObject
            {
                ["row"] = new JsonObject
                {
                    ["field"] = "panel", ["type"] = "nominal", ["sort"] = Strings(chart.Panels), ["title"] = null,
                    ["header"] = new JsonObject { ["labelFontSize"] = 13, ["labelFontWeight"] = "bold", ["labelOrient"] = "top", ["labelAnchor"] = "start" },
                },
            },
            ["spec"] = new JsonObject
            {
                ["width"] = Math.Max(360, chart.Groups.Count * chart.Series.Count * BarWidth * 4 / 3),
                ["height"] = 260,
                ["layer"] = new JsonArray(bars, intervals, labels, one),
            },
        };
    }

    private static JsonArray Strings(IEnumerable<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);
}
