using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Harness.Experiments.Engines.SpiderMonkey;

/// <summary>
/// A connection by WebDriver BiDi (https://w3c.github.io/webdriver-bidi/), as far as it takes to open a page and to hear of errors in it: commands with ids, answers with the
/// same ids, and events between them.
/// </summary>
internal sealed class BidiConnection : IDisposable
{
    private readonly WebSocket _socket;
    private readonly Dictionary<int, TaskCompletionSource<JsonNode>> _waiting = [];
    private readonly TaskCompletionSource<string> _failure = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _lastId;

    /// <summary>Speaks over a socket that is open.</summary>
    public BidiConnection(WebSocket socket)
    {
        _socket = socket;
        _ = Task.Run(Listen);
    }

    /// <summary>Ends with a message when a script of the page fails where nobody catches it.</summary>
    public Task<string> Failure => _failure.Task;

    /// <summary>Connects, and begins a session.</summary>
    public static async Task<BidiConnection> Open(Uri address, CancellationToken limit)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(address, limit).ConfigureAwait(false);
        var connection = new BidiConnection(socket);
        await connection.Begin(limit).ConfigureAwait(false);
        return connection;
    }

    /// <summary>Begins a session that hears of errors.</summary>
    public async Task Begin(CancellationToken limit)
    {
        await Command("session.new", new JsonObject { ["capabilities"] = new JsonObject() }, limit).ConfigureAwait(false);
        await Command("session.subscribe", new JsonObject { ["events"] = new JsonArray("log.entryAdded") }, limit).ConfigureAwait(false);
    }

    /// <summary>Opens a page in the first tab.</summary>
    public async Task OpenPage(string address, CancellationToken limit)
    {
        var tree = await Command("browsingContext.getTree", new JsonObject(), limit).ConfigureAwait(false);
        var context = tree["contexts"]?[0]?["context"]?.GetValue<string>() ?? throw new BidiException("the browser has no tab");
        await Command("browsingContext.navigate", new JsonObject { ["context"] = context, ["url"] = address, ["wait"] = "none" }, limit).ConfigureAwait(false);
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>Sends a command and waits for its result.</summary>
    /// <exception cref="BidiException">The browser refuses it.</exception>
    private async Task<JsonNode> Command(string method, JsonObject parameters, CancellationToken limit)
    {
        var answer = new TaskCompletionSource<JsonNode>(TaskCreationOptions.RunContinuationsAsynchronously);
        int id;
        lock (_waiting)
        {
            id = ++_lastId;
            _waiting.Add(id, answer);
        }

        var text = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters }.ToJsonString();
        await _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, limit).ConfigureAwait(false);
        var message = await answer.Task.WaitAsync(limit).ConfigureAwait(false);
        if (message["type"]?.GetValue<string>() == "error" || message["result"] is not { } result)
        {
            throw new BidiException($"{method}: {message["message"]?.GetValue<string>() ?? message["error"]?.GetValue<string>() ?? "it gave no result"}");
        }

        return result;
    }

    private async Task Listen()
    {
        var buffer = new byte[1 << 16];
        using var message = new MemoryStream();
        try
        {
            while (true)
            {
                var part = await _socket.ReceiveAsync(buffer, CancellationToken.None).ConfigureAwait(false);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    break;
                }

                message.Write(buffer, 0, part.Count);
                if (!part.EndOfMessage)
                {
                    continue;
                }

                Receive(JsonNode.Parse(Encoding.UTF8.GetString(message.GetBuffer(), 0, (int)message.Length)));
                message.SetLength(0);
            }
        }
        catch (Exception exception) when (exception is WebSocketException or ObjectDisposedException or JsonException or OperationCanceledException)
        {
            // The browser is gone, or this connection; whoever waits hears of it below.
        }

        lock (_waiting)
        {
            foreach (var answer in _waiting.Values)
            {
                answer.TrySetException(new BidiException("the browser closed the connection"));
            }

            _waiting.Clear();
        }
    }

    private void Receive(JsonNode? message)
    {
        if (message?["id"] is { } id)
        {
            TaskCompletionSource<JsonNode>? answer;
            lock (_waiting)
            {
                _waiting.Remove(id.GetValue<int>(), out answer);
            }

            answer?.TrySetResult(message);
        }
        else if (message?["method"]?.GetValue<string>() == "log.entryAdded" && message["params"] is { } entry
            && entry["type"]?.GetValue<string>() == "javascript" && entry["level"]?.GetValue<string>() == "error")
        {
            _failure.TrySetResult((entry["text"]?.GetValue<string>() ?? "a script failed").Split('\n')[0]);
        }
    }
}

/// <summary>The browser does not do what it is asked by WebDriver BiDi.</summary>
/// <param name="message">What happened.</param>
internal sealed class BidiException(string message) : Exception(message);
