using System.Net;
using Harness.Experiments.Engines;
using Harness.Experiments.Engines.SpiderMonkey;
using Harness.Experiments.Sweeps;

namespace Harness.Experiments.Tests.Engines.SpiderMonkey;

public sealed class PageServerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly PageServer _server = new(new WorkerRequest
    {
        Program = new WorkerProgram { Name = "served", Host = "none", Iteration = "call" },
        TimedCalls = 1,
        Settle = new WarmUpRule(1, 0, 1, 1, 0),
        Knobs = new Dictionary<string, string>(),
    });

    private readonly HttpClient _client = new();

    private string Base => _server.PageAddress[..^"page.html".Length];

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task ThePageItsScriptsItsRequestAndFilesAreServed()
    {
        var page = await _client.GetAsync(_server.PageAddress);
        Assert.Equal(("text/html", "same-origin"), (page.Content.Headers.ContentType!.MediaType, page.Headers.GetValues("Cross-Origin-Opener-Policy").Single()));
        Assert.Equal("text/javascript", (await _client.GetAsync(Base + "measure.mjs")).Content.Headers.ContentType!.MediaType);
        Assert.Contains("\"name\":\"served\"", await _client.GetStringAsync(Base + "request"), StringComparison.Ordinal);
        var file = _folder.Write("a b%.txt", "content");
        Assert.Equal("content", await _client.GetStringAsync(Base + "file" + string.Join('/', file.Split('/').Select(Uri.EscapeDataString))));
        Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync(Base + "file/none/there")).StatusCode);
    }

    [Fact]
    public async Task NobodyElseIsServed()
    {
        var address = new Uri(_server.PageAddress);
        Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync($"http://{address.Authority}/page.html")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync($"http://{address.Authority}/{new string('0', 32)}/file/etc/hostname")).StatusCode);
    }

    [Fact]
    public async Task MarksAreToldBeforeTheyAreAnsweredAndTheReportIsHandedOn()
    {
        var marks = new List<string>();
        _server.Marked += marks.Add;
        await _client.PostAsync(Base + "mark", new StringContent("first"));
        Assert.Equal(["first"], marks);
        Assert.False(_server.Report.IsCompleted);
        await _client.PostAsync(Base + "report", new StringContent("{\"status\":\"ok\"}"));
        Assert.Equal("{\"status\":\"ok\"}", await _server.Report.WaitAsync(TimeSpan.FromSeconds(10)));
    }
}
