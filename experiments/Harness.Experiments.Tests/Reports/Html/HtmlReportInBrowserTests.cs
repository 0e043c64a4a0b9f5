using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Harness.Experiments.Reports.Html;
using Harness.Experiments.Tests.Results;

namespace Harness.Experiments.Tests.Reports.Html;

/// <summary>A report in Chromium: no error, sorting and filtering, a narrow screen, print.</summary>
public sealed partial class HtmlReportInBrowserTests : IDisposable
{
    /// <summary>Opens the report in a frame as wide as a phone, does what a user does, and leaves what it saw in the document.</summary>
    private const string Probe = """
        <!DOCTYPE html><meta charset="utf-8"><title>probe</title><iframe id="f" src="report.html" style="width:390px;height:800px;border:0"></iframe><pre id="seen"></pre>
        <script>
        document.getElementById("f").addEventListener("load", () => {
          const d = document.getElementById("f").contentDocument;
          const box = [...d.querySelectorAll("div.table")].find(b => b.querySelector("caption").textContent === "Every cell");
          const column = name => [...box.querySelectorAll("thead th")].findIndex(h => h.textContent.trim() === name);
          const values = name => [...box.querySelectorAll("tbody tr")].filter(r => !r.hidden).map(r => r.cells[column(name)].dataset.v ?? r.cells[column(name)].textContent);
          const button = box.querySelectorAll("thead th button")[column("speedup")];
          const seen = { width: d.documentElement.scrollWidth, before: values("speedup") };
          button.focus();
          seen.focused = d.activeElement === button;
          button.click();
          seen.ascending = values("speedup");
          button.click();
          seen.descending = values("speedup");
          const input = box.querySelector("input");
          input.value = "beta fast";
          input.dispatchEvent(new Event("input"));
          seen.filtered = values("workload");
          seen.output = box.querySelector("output").textContent;
          d.defaultView.dispatchEvent(new Event("beforeprint"));
          seen.closed = d.querySelectorAll("details:not([open])").length;
          document.getElementById("seen").textContent = JSON.stringify(seen);
        });
        </script>
        """;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [ChromiumFact]
    public void TablesSortAndFilterTheScreenMayBeNarrowAndNothingFails()
    {
        folder.Write("report.html", HtmlReport.Create(SyntheticResults.Pair(folder.File("results"), 1.5)));
        var (output, error) = Run("--virtual-time-budget=5000", "--dump-dom", new Uri(folder.Write("probe.html", Probe)).AbsoluteUri);
        Assert.DoesNotContain("CONSOLE", error, StringComparison.Ordinal);
        var text = Seen().Match(output).Groups["text"].Value;
        Assert.True(text.Length > 0, $"the report did not load: {error}");
        var seen = JsonDocument.Parse(WebUtility.HtmlDecode(text)).RootElement;
        Assert.InRange(seen.GetProperty("width").GetInt32(), 1, 390);
        Assert.True(seen.GetProperty("focused").GetBoolean());
        var ascending = Numbers(seen, "ascending");
        Assert.Equal(Numbers(seen, "before").Order(), ascending);
        Assert.Equal(ascending.OrderDescending(), Numbers(seen, "descending"));
        Assert.Equal(["beta"], seen.GetProperty("filtered").EnumerateArray().Select(value => value.GetString()));
        Assert.StartsWith("1 of ", seen.GetProperty("output").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, seen.GetProperty("closed").GetInt32());
    }

    [ChromiumFact]
    public void ItCanBePrinted()
    {
        folder.Write("report.html", HtmlReport.Create(SyntheticResults.Pair(folder.File("results"), 1.5)));
        Run($"--print-to-pdf={folder.File("report.pdf")}", new Uri(folder.File("report.html")).AbsoluteUri);
        Assert.Equal("%PDF"u8, File.ReadAllBytes(folder.File("report.pdf")).AsSpan(0, 4));
    }

    /// <summary>The numbers of a column, without rows that have none.</summary>
    private static List<double> Numbers(JsonElement seen, string name) =>
        [.. seen.GetProperty(name).EnumerateArray().Select(value => value.GetString()!).Where(value => value.Length > 0).Select(value => double.Parse(value, System.Globalization.CultureInfo.InvariantCulture))];

    private (string Output, string Error) Run(params string[] arguments)
    {
        string[] all = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--allow-file-access-from-files", "--enable-logging=stderr", $"--user-data-dir={folder.File("profile")}", .. arguments];
        using var process = Process.Start(new ProcessStartInfo(ChromiumFactAttribute.Browser!, all) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromSeconds(60)))
            process.Kill(entireProcessTree: true);
        process.WaitForExit();
        return (output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }

    [GeneratedRegex("<pre id=\"seen\">(?<text>.*?)</pre>", RegexOptions.Singleline)]
    private static partial Regex Seen();
}
