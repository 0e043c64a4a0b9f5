using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Harness.Engine.Runtime;
using Microsoft.ClearScript;
using Microsoft.ClearScript.V8.FastProxy;

namespace Harness.Hosts.JavaScript;

/// <summary>What <c>environment.js</c> needs of the host: output, clocks, timers, text codecs, files below the host's folder.</summary>
internal sealed class ScriptEnvironment(JavaScriptOptions options, EventLoop loop, ScriptStack stack, ByteExchange exchange)
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Loads a module.</summary>
    public required Func<string, ScriptObject> ImportModule { get; init; }

    /// <summary>Is told that a promise has settled which the host waits for, by its number.</summary>
    public required Action<int> Settle { get; init; }

    /// <summary>Runs a script.</summary>
    public required Func<string, object?> RunScript { get; init; }

    /// <summary>The functions by name.</summary>
    public Dictionary<string, object> ToFunctions() => HostFunctions.Of(
        ("print", (in arguments, in _) => options.Print(arguments.GetString(0, "text"))),
        ("printError", (in arguments, in _) => options.PrintError(arguments.GetString(0, "text"))),
        ("now", (in _, in result) => result.Set(loop.Now)),
        ("setTimer", (in arguments, in _) => loop.Add(arguments.GetInt32(0, "id"), arguments.GetDouble(1, "delay"))),
        ("clearTimer", (in arguments, in _) => loop.Remove(arguments.GetInt32(0, "id"))),
        ("settle", (in arguments, in _) => Settle(arguments.GetInt32(0, "id"))),
        ("decodeText", (in arguments, in result) => DecodeText(exchange.Take(), arguments.GetString(0, "encoding"), arguments.GetBoolean(1, "isFatal"), in result)),
        ("encodeText", (in arguments, in _) => Give(Encoding.UTF8.GetBytes(arguments.GetString(0, "text")))),
        ("randomBytes", (in arguments, in _) => Give(RandomNumberGenerator.GetBytes(arguments.GetInt32(0, "count")))),
        ("readBytes", (in arguments, in _) => Give(File.ReadAllBytes(PathOf(arguments)))),
        ("inflate", (in _, in _) => Give(Inflate(exchange.Take()))),
        ("importModule", (in arguments, in result) => result.Set(ImportModule(arguments.GetString(0, "path")))),
        ("runScript", (in arguments, in _) => RunScript(arguments.GetString(0, "path"))),
        ("readText", (in arguments, in result) => result.Set(File.ReadAllText(PathOf(arguments)))));

    private string PathOf(in V8FastArgs arguments) => Path.Combine(options.Folder, arguments.GetString(0, "path"));

    /// <exception cref="HostTrapException">The script has come too far down the stack to go on in V8.</exception>
    private void Give(byte[] bytes)
    {
        stack.ThrowIfExhausted();
        exchange.Give(bytes);
    }

    private static byte[] Inflate(byte[] bytes)
    {
        using var source = new ZLibStream(new MemoryStream(bytes), CompressionMode.Decompress);
        using var target = new MemoryStream();
        source.CopyTo(target);
        return target.ToArray();
    }

    /// <summary>Gives the script the text; null where it is not valid.</summary>
    private static void DecodeText(byte[] bytes, string encoding, bool isFatal, in V8FastResult result)
    {
        var decoder = encoding == "utf-16le" ? Encoding.Unicode : isFatal ? StrictUtf8 : Encoding.UTF8;
        try
        {
            result.Set(decoder.GetString(bytes));
        }
        catch (DecoderFallbackException)
        {
            result.SetNull();
        }
    }
}
