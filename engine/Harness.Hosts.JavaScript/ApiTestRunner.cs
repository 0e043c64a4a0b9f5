using System.Text.Json;
using System.Text.RegularExpressions;
using Harness.Engine.Configuration;
using Harness.Engine.Runtime;

namespace Harness.Hosts.JavaScript;

/// <summary>
/// Runs tests of the JavaScript API, as the WebAssembly specification has them in <c>test/js-api</c> (files <c>*.any.js</c> that use the testharness API of
/// web-platform-tests). Each file has a V8 of its own, whose <c>WebAssembly</c> is this engine.
/// </summary>
public static partial class ApiTestRunner
{
    /// <summary>Name of the result of a file that fails as a whole.</summary>
    public const string WholeFile = "(the file)";

    private const string Prefix = "/wasm/jsapi/";
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Runs a file.</summary>
    /// <param name="root">The folder of the tests, which scripts that a file names by <c>/wasm/jsapi/</c> are in.</param>
    /// <param name="file">The file, relative to the folder.</param>
    /// <param name="engine">The engine's options.</param>
    /// <param name="limit">How long it may take.</param>
    /// <returns>The results of its tests in their order; a file that throws, waits for ever or takes too long has a result for that.</returns>
    /// <exception cref="IOException">The file, or a script that it names, cannot be read.</exception>
    public static IReadOnlyList<ApiTestResult> Run(string root, string file, EngineOptions engine, TimeSpan limit)
    {
        ArgumentNullException.ThrowIfNull(root);
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(engine);
        var path = Path.Combine(root, file);
        var text = File.ReadAllText(path);
        List<string> scripts = [.. ScriptLine().Matches(text).Select(match => PathOf(match.Groups["path"].Value, root, path)), path];
        return ExecutionThread.Run(engine, () => Run(scripts, root, engine, limit));
    }

    private static List<ApiTestResult> Run(List<string> scripts, string root, EngineOptions engine, TimeSpan limit)
    {
        using var host = new JavaScriptHost(new JavaScriptOptions { Engine = engine, Folder = root });
        var isLate = false;

        // Again and again, since a script may catch what ends it.
        using var watch = new Timer(
            _ =>
            {
                Volatile.Write(ref isLate, true);
                host.Interrupt();
            },
            null,
            limit,
            limit);
        string? broken = null;
        try
        {
            host.RunScript("testharness.js", HostScripts.Read("testharness.js"));
            foreach (var script in scripts)
            {
                host.RunScript(Path.GetFileName(script), File.ReadAllText(script));
            }
        }
        catch (Exception e) when (e is ProgramException or NotSupportedException)
        {
            broken = e.Message;
        }

        var results = new List<ApiTestResult>();
        try
        {
            if (host.Call("harnessFinishTests") is string json)
            {
                results.AddRange(JsonSerializer.Deserialize<List<ApiTestResult>>(json, Json)!);
            }
        }
        catch (Exception e) when (e is ProgramException or NotSupportedException)
        {
            broken ??= e.Message;
        }

        if (Volatile.Read(ref isLate))
        {
            broken = $"it takes longer than {limit.TotalSeconds:0.#} s";
        }

        if (broken is not null)
        {
            results.Add(new ApiTestResult(WholeFile, broken));
        }

        return results;
    }

    private static string PathOf(string script, string root, string file) => script.StartsWith(Prefix, StringComparison.Ordinal)
        ? Path.Combine(root, script[Prefix.Length..])
        : Path.Combine(Path.GetDirectoryName(file)!, script);

    [GeneratedRegex(@"^// META: script=(?<path>\S+)\s*$", RegexOptions.Multiline)]
    private static partial Regex ScriptLine();
}

/// <summary>How a test of the JavaScript API ended.</summary>
/// <param name="Name">The test's name.</param>
/// <param name="Failure">What failed, in words; null if nothing did.</param>
public sealed record ApiTestResult(string Name, string? Failure);
