using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Harness.Experiments.Engines;
using Harness.Experiments.Reports.Html;
using Harness.Experiments.Tests.Results;

namespace Harness.Experiments.Tests.Reports.Html;

/// <summary>A report in Chromium, by Playwright: no error and no request, the keyboard alone, sorting and filtering, contrast, a phone, paper.</summary>
public sealed class HtmlReportInBrowserTests : IDisposable
{
    /// <summary>The ratio of contrast that the Web Content Accessibility Guidelines 2.2 ask for (criterion 1.4.3).</summary>
    private const double LeastContrast = 4.5;

    private static readonly NpmPackages Playwright = new(Path.Combine(ProjectLayout.Node, "browser"), "Playwright, about 3 MB to download");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [ChromiumFact]
    public void AReaderCanUseItByKeyboardOnAPhoneAndOnPaper()
    {
        var results = SyntheticResults.Pair(_folder.File("results"), 1.5, workloads: "alpha,beta,gamma,p-10,p-9");
        HtmlReport.Write(results, results.Report);
        var seen = Read(new Uri(results.Report).AbsoluteUri, _folder.File("report.pdf"));
        Assert.Equal([], Texts(seen, "errors"));
        Assert.Equal([], Texts(seen, "requests"));

        Assert.Equal("a To the content", seen.GetProperty("firstStop").GetString());
        Assert.Equal("#main", seen.GetProperty("hash").GetString());
        Assert.InRange(seen.GetProperty("stops").GetInt32(), 20, int.MaxValue);
        Assert.Equal(seen.GetProperty("stops").GetInt32(), seen.GetProperty("reached").GetInt32());

        var ascending = Numbers(seen, "ascending");
        Assert.Equal(Numbers(seen, "before").Order(), ascending);
        Assert.Equal("ascending", seen.GetProperty("sort").GetString());
        Assert.Equal(ascending.OrderDescending(), Numbers(seen, "descending"));
        Assert.Equal(["beta"], Texts(seen, "filtered"));
        Assert.StartsWith("1 of ", seen.GetProperty("output").GetString(), StringComparison.Ordinal);
        Assert.Equal(["alpha", "beta", "gamma", "geometric mean", "p-9", "p-10"], Texts(seen, "workloads").Distinct());
        Assert.Equal(1, seen.GetProperty("unfolded").GetInt32());
        Assert.True(seen.GetProperty("opened").GetBoolean());

        var contrast = seen.GetProperty("contrast");
        Assert.True(contrast.GetProperty("ratio").GetDouble() >= LeastContrast, $"'{contrast.GetProperty("text")}' has a contrast of {contrast.GetProperty("ratio")}");
        Assert.InRange(seen.GetProperty("phoneWidth").GetInt32(), 1, seen.GetProperty("viewport").GetInt32());
        Assert.Equal("%PDF"u8, File.ReadAllBytes(_folder.File("report.pdf")).AsSpan(0, 4));
        Assert.Equal(0, seen.GetProperty("closed").GetInt32());
    }

    /// <summary>The numbers of a column, without rows that have none.</summary>
    private static List<double> Numbers(JsonElement seen, string name) =>
        [.. Texts(seen, name).Where(value => value.Length > 0).Select(value => double.Parse(value, CultureInfo.InvariantCulture))];

    private static List<string> Texts(JsonElement seen, string name) => [.. seen.GetProperty(name).EnumerateArray().Select(value => value.GetString()!)];

    private static JsonElement Read(string url, string pdf)
    {
        _ = Playwright.PathOf("playwright-core");
        string[] arguments = [Path.Combine(ProjectLayout.Node, "browser", "read-report.mjs"), ChromiumFactAttribute.Browser!, url, pdf];
        using var process = Process.Start(new ProcessStartInfo(NodeInstallation.NodePath, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromMinutes(3)))
        {
            process.Kill(entireProcessTree: true);
        }

        process.WaitForExit();
        Assert.True(process.ExitCode == 0, error.GetAwaiter().GetResult());
        return JsonDocument.Parse(output.GetAwaiter().GetResult()).RootElement;
    }
}
