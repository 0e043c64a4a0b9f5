using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Harness.Engine.Runtime;
using Microsoft.ClearScript;
using Microsoft.ClearScript.JavaScript;
using Microsoft.ClearScript.V8.FastProxy;

namespace Harness.Hosts.JavaScript;

/// <summary>What <c>environment.js</c> needs of the host: output, clocks, timers, text codecs, files below the host's folder.</summary>
internal sealed class ScriptEnvironment(JavaScriptOptions options, EventLoop loop, ScriptStack stack)
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Loads a module.</summary>
    public required Func<string, ScriptObject> ImportModule { get; init; }

    /// <summary>Runs a script.</summary>
    public required Func<string, object?> RunScript { get; init; }

    /// <summary>The functions as an object for scripts.</summary>
    public PropertyBag ToBag() => new()
    {
        ["print"] = options.Print,
        ["printError"] = options.PrintError,
        ["now"] = new V8FastHostFunction("now", 0, (bool _, in V8FastArgs _, in V8FastResult result) => result.Set(loop.Now)),
        ["setTimer"] = (Action<int, double>)loop.Add,
        ["clearTimer"] = (Action<int>)loop.Remove,
        ["decodeText"] = (Func<ITypedArray<byte>, string, bool, string?>)DecodeText,
        ["encodeText"] = (Func<string, object>)(text => ToArray(Encoding.UTF8.GetBytes(text))),
        ["randomBytes"] = (Func<int, object>)(count => ToArray(RandomNumberGenerator.GetBytes(count))),
        ["readBytes"] = (Func<string, object>)(path => ToArray(File.ReadAllBytes(Path.Combine(options.Folder, path)))),
        ["inflate"] = (Func<ITypedArray<byte>, object>)(bytes => ToArray(Inflate(bytes.GetBytes()))),
        ["importModule"] = ImportModule,
        ["runScript"] = (Action<string>)(path => RunScript(path)),
        ["readText"] = (Func<string, string>)(path => File.ReadAllText(Path.Combine(options.Folder, path))),
    };

    /// <exception cref="HostTrapException">The script has come too far down the stack to go on in V8.</exception>
    private object ToArray(byte[] bytes)
    {
        stack.ThrowIfExhausted();
        var array = (ITypedArray<byte>)((ScriptObject)ScriptEngine.Current.Evaluate("length => new Uint8Array(length)")).InvokeAsFunction(bytes.Length);
        array.WriteBytes(bytes, 0, (ulong)bytes.Length, 0);
        return array;
    }

    private static byte[] Inflate(byte[] bytes)
    {
        using var source = new ZLibStream(new MemoryStream(bytes), CompressionMode.Decompress);
        using var target = new MemoryStream();
        source.CopyTo(target);
        return target.ToArray();
    }

    private static string? DecodeText(ITypedArray<byte> source, string encoding, bool isFatal)
    {
        byte[] bytes = source.GetBytes();
        if (encoding == "utf-16le") return Encoding.Unicode.GetString(bytes);
        try
        {
            return (isFatal ? StrictUtf8 : Encoding.UTF8).GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
