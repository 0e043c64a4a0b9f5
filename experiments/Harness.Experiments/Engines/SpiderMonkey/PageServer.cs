using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Harness.Experiments.Engines.SpiderMonkey;

/// <summary>
/// Serves a browser on this machine the page that runs a program, the scripts and files that it asks for, and takes its report. Files are served by their full paths, to
/// whoever knows the random word that all paths begin with.
/// </summary>
internal sealed class PageServer : IDisposable
{
    private readonly HttpListener _listener;
    private readonly string _word = Guid.NewGuid().ToString("N");
    private readonly byte[] _request;
    private readonly TaskCompletionSource<string> _report = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _started = Stopwatch.GetTimestamp();

    /// <summary>Starts it.</summary>
    /// <param name="request">What the page is asked to do.</param>
    public PageServer(WorkerRequest request)
    {
        _request = JsonSerializer.SerializeToUtf8Bytes(request, WorkerProtocol.Json);
        (_listener, var port) = Listen();
        PageAddress = $"http://127.0.0.1:{port}/{_word}/page.html";
        _ = Task.Run(Serve);
    }

    /// <summary>Is told of each mark that the page makes, before the page goes on.</summary>
    public event Action<string>? Marked;

    /// <summary>The address of the page.</summary>
    public string PageAddress { get; }

    /// <summary>The page's report, in JSON.</summary>
    public Task<string> Report => _report.Task;

    /// <summary>Time from the start of the server, which is that of the browser, until the page asked for its request.</summary>
    public double StartMs { get; private set; }

    public void Dispose() => _listener.Close();

    private static (HttpListener Listener, int Port) Listen()
    {
        for (var attempt = 0; ; attempt++)
        {
            // Somebody may take the port in between; then another is found.
            int port;
            using (var probe = new TcpListener(IPAddress.Loopback, 0))
            {
                probe.Start();
                port = ((IPEndPoint)probe.LocalEndpoint).Port;
            }

            var listener = new HttpListener();
            listener.Prefixes.Add($"http://127.0.0.1:{port}/");
            try
            {
                listener.Start();
                return (listener, port);
            }
            catch (HttpListenerException) when (attempt < 10)
            {
                listener.Close();
            }
        }
    }

    private void Serve()
    {
        try
        {
            while (true)
            {
                var context = _listener.GetContext();
                try
                {
                    Answer(context);
                }
                catch (Exception exception) when (exception is HttpListenerException or IOException)
                {
                    // The browser no longer wants this answer.
                }
            }
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // The server is closed.
        }
    }

    private void Answer(HttpListenerContext context)
    {
        var path = context.Request.Url!.AbsolutePath;
        if (!path.StartsWith($"/{_word}/", StringComparison.Ordinal))
        {
            Send(context, HttpStatusCode.NotFound, "text/plain", []);
            return;
        }

        var name = Uri.UnescapeDataString(path[(_word.Length + 2)..]);
        if (name == "request")
        {
            StartMs = Stopwatch.GetElapsedTime(_started).TotalMilliseconds;
            Send(context, HttpStatusCode.OK, "application/json", _request);
        }
        else if (name is "mark" or "report")
        {
            using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
            var text = reader.ReadToEnd();
            if (name == "mark")
            {
                Marked?.Invoke(text);
            }

            Send(context, HttpStatusCode.OK, "text/plain", []);
            if (name == "report")
            {
                _report.TrySetResult(text);
            }
        }
        else
        {
            SendFile(context, name.StartsWith("file/", StringComparison.Ordinal) ? name["file".Length..] : Path.Combine(ProjectLayout.Shells, name));
        }
    }

    private static void SendFile(HttpListenerContext context, string path)
    {
        if (File.Exists(path))
        {
            Send(context, HttpStatusCode.OK, MediaType(path), File.ReadAllBytes(path));
        }
        else
        {
            Send(context, HttpStatusCode.NotFound, "text/plain", []);
        }
    }

    private static string MediaType(string path) => Path.GetExtension(path) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" or ".mjs" => "text/javascript; charset=utf-8",
        ".wasm" => "application/wasm",
        _ => "application/octet-stream",
    };

    private static void Send(HttpListenerContext context, HttpStatusCode status, string type, byte[] content)
    {
        var response = context.Response;
        response.StatusCode = (int)status;
        response.ContentType = type;
        response.ContentLength64 = content.Length;
        response.Headers["Cache-Control"] = "no-store";

        // A page that nobody else can look into has clocks of full precision.
        response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
        response.Headers["Cross-Origin-Embedder-Policy"] = "require-corp";
        response.OutputStream.Write(content);
        response.Close();
    }
}
