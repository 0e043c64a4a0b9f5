using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Harness.Experiments.Engines.SpiderMonkey;

namespace Harness.Experiments.Tests.Engines.SpiderMonkey;

/// <summary>WebDriver BiDi with a browser of a few lines.</summary>
public sealed class BidiConnectionTests
{
    private static readonly CancellationToken Limit = new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token;

    [Fact]
    public async Task APageIsOpenedInTheFirstTab()
    {
        var heard = new List<string>();
        using var browser = new FakeBrowser(command =>
        {
            heard.Add($"{command["method"]} {command["params"]!.ToJsonString()}");
            return command["method"]!.GetValue<string>() == "browsingContext.getTree"
                ? Success(command, """{"contexts":[{"context":"tab-1"},{"context":"tab-2"}]}""")
                : Success(command, "{}");
        });
        using var bidi = await BidiConnection.Open(browser.Address, Limit);
        await bidi.OpenPage("http://127.0.0.1/page", Limit);
        Assert.Equal(
            [
                """session.new {"capabilities":{}}""",
                """session.subscribe {"events":["log.entryAdded"]}""",
                "browsingContext.getTree {}",
                """browsingContext.navigate {"context":"tab-1","url":"http://127.0.0.1/page","wait":"none"}""",
            ],
            heard);
        Assert.False(bidi.Failure.IsCompleted);
    }

    [Fact]
    public async Task ErrorsOfTheBrowserAreToldInItsWords()
    {
        using var browser = new FakeBrowser(command => command["method"]!.GetValue<string>() == "session.new"
            ? [$$"""{"type":"error","id":{{command["id"]}},"error":"session not created","message":"Maximum number of active sessions"}"""]
            : Success(command, "{}"));
        var mistake = await Assert.ThrowsAsync<BidiException>(() => BidiConnection.Open(browser.Address, Limit));
        Assert.Equal("session.new: Maximum number of active sessions", mistake.Message);
    }

    [Fact]
    public async Task ErrorsInThePageAreHeardAndOtherWordsAreNot()
    {
        using var browser = new FakeBrowser(command => command["method"]!.GetValue<string>() != "session.subscribe" ? Success(command, "{}") :
        [
            """{"type":"event","method":"log.entryAdded","params":{"type":"console","level":"error","text":"only printed"}}""",
            """{"type":"event","method":"log.entryAdded","params":{"type":"javascript","level":"warn","text":"only a warning"}}""",
            .. Success(command, "{}"),
            """{"type":"event","method":"log.entryAdded","params":{"type":"javascript","level":"error","text":"TypeError: x is undefined\n at y"}}""",
        ]);
        using var bidi = await BidiConnection.Open(browser.Address, Limit);
        Assert.Equal("TypeError: x is undefined", await bidi.Failure.WaitAsync(Limit));
    }

    [Fact]
    public async Task ABrowserThatGoesAwayLeavesNobodyWaiting()
    {
        using var browser = new FakeBrowser(_ => null);
        var mistake = await Assert.ThrowsAsync<BidiException>(() => BidiConnection.Open(browser.Address, Limit));
        Assert.Equal("the browser closed the connection", mistake.Message);
    }

    private static string[] Success(JsonNode command, string result) => [$$"""{"type":"success","id":{{command["id"]}},"result":{{result}}}"""];

    /// <summary>Answers each command with some messages, or closes the connection.</summary>
    private sealed class FakeBrowser : IDisposable
    {
        private readonly HttpListener _listener = new();

        public FakeBrowser(Func<JsonNode, string[]?> answer)
        {
            var port = FreePort();
            _listener.Prefixes.Add($"http://127.0.0.1:{port}/");
            _listener.Start();
            Address = new Uri($"ws://127.0.0.1:{port}/session");
            _ = Serve(answer);
        }

        public Uri Address { get; }

        public void Dispose() => _listener.Close();

        private static int FreePort()
        {
            using var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            return ((IPEndPoint)probe.LocalEndpoint).Port;
        }

        private async Task Serve(Func<JsonNode, string[]?> answer)
        {
            var socket = (await (await _listener.GetContextAsync()).AcceptWebSocketAsync(null)).WebSocket;
            var buffer = new byte[1 << 16];
            while (true)
            {
                var received = await socket.ReceiveAsync(buffer, Limit);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    return;
                }

                if (answer(JsonNode.Parse(Encoding.UTF8.GetString(buffer, 0, received.Count))!) is not { } messages)
                {
                    socket.Abort();
                    return;
                }

                // A long message may come in parts.
                foreach (var message in messages.Select(Encoding.UTF8.GetBytes))
                {
                    await socket.SendAsync(message.AsMemory(0, message.Length / 2), WebSocketMessageType.Text, endOfMessage: false, Limit);
                    await socket.SendAsync(message.AsMemory(message.Length / 2), WebSocketMessageType.Text, endOfMessage: true, Limit);
                }
            }
        }
    }
}
