using System.Net;
using Harness.Experiments.Engines;
using Harness.Experiments.Engines.SpiderMonkey;
using Harness.Experiments.Sweeps;

namespace Harness.Experiments.Tests.Engines.SpiderMonkey;

public sealed class PageServerTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly PageServer server = new(new WorkerRequest
    {
        Program = new WorkerProgram { Name = "served", Host = "none", Iteration = "call" },
        TimedCalls = 1,
        Settle = new WarmUpRule(1, 0, 1, 1, 0),
        Knobs = new Dictionary<string, string>(),
    });

    private readonly HttpClient client = new();

    private string Base => server.PageAddress[..^"page.html".Length];

    public void Dispose()
    {
        client.Dispose();
        server.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task ThePageItsScriptsItsRequestAndFilesAreServed()
    {
        var page = await client.GetAsync(server.PageAddress);
        Assert.Equal(("text/html", "same-origin"), (page.Content.Headers.ContentType!.MediaType, page.Headers.GetValues("Cross-Origin-Opener-Policy").Single()));
        Assert.Equal("text/javascript", (await client.GetAsync(Base + "measure.mjs")).Content.Headers.ContentType!.MediaType);
        Assert.Contains("\"name\":\"served\"", await client.GetStringAsync(Base + "request"), StringComparison.Ordinal);
        var file = folder.Write("a b%.txt", "content");
        Assert.Equal("content", await client.GetStringAsync(Base + "file" + string.Join('/', file.Split('/').Select(Uri.EscapeDataString))));
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(Base + "file/none/there")).StatusCode);
    }

    [Fact]
    public async Task NobodyElseIsServed()
    {
        var address = new Uri(server.PageAddress);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync($"http://{address.Authority}/page.html")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync($"http://{address.Authority}/{new string('0', 32)}/file/etc/hostname")).StatusCode);
    }

    [Fact]
    public async Task MarksAreToldBeforeTheyAreAnsweredAndTheReportIsHandedOn()
    {
        var marks = new List<string>();
        server.Marked += marks.Add;
        await client.PostAsync(Base + "mark", new StringContent("first"));
        Assert.Equal(["first"], marks);
        Assert.False(server.Report.IsCompleted);
        await client.PostAsync(Base + "report", new StringContent("{\"status\":\"ok\"}"));
        Assert.Equal("{\"status\":\"ok\"}", await server.Report.WaitAsync(TimeSpan.FromSeconds(10)));
    }
}
