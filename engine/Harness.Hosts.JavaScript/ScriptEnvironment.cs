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

    private ScriptObject? _arrays;

    /// <summary>Loads a module.</summary>
    public required Func<string, ScriptObject> ImportModule { get; init; }

    /// <summary>Is told that a promise has settled which the host waits for, by its number.</summary>
    public required Action<int> Settle { get; init; }

    /// <summary>Runs a script.</summary>
    public required Func<string, object?> RunScript { get; init; }

    /// <summary>The functions as an object for scripts.</summary>
    public PropertyBag ToBag() => HostFunctions.Of(
        ("print", (in arguments, in _) => options.Print(arguments.GetString(0, "text"))),
        ("printError", (in arguments, in _) => options.PrintError(arguments.GetString(0, "text"))),
        ("now", (in _, in result) => result.Set(loop.Now)),
        ("setTimer", (in arguments, in _) => loop.Add(arguments.GetInt32(0, "id"), arguments.GetDouble(1, "delay"))),
        ("clearTimer", (in arguments, in _) => loop.Remove(arguments.GetInt32(0, "id"))),
        ("settle", (in arguments, in _) => Settle(arguments.GetInt32(0, "id"))),
        ("decodeText", (in arguments, in result) => DecodeText(arguments.Get<ITypedArray<byte>>(0, "source"), arguments.GetString(1, "encoding"), arguments.GetBoolean(2, "isFatal"), in result)),
        ("encodeText", (in arguments, in result) => result.Set(ToArray(Encoding.UTF8.GetBytes(arguments.GetString(0, "text"))))),
        ("randomBytes", (in arguments, in result) => result.Set(ToArray(RandomNumberGenerator.GetBytes(arguments.GetInt32(0, "count"))))),
        ("readBytes", (in arguments, in result) => result.Set(ToArray(File.ReadAllBytes(PathOf(arguments))))),
        ("inflate", (in arguments, in result) => result.Set(ToArray(Inflate(arguments.Get<ITypedArray<byte>>(0, "bytes").GetBytes())))),
        ("importModule", (in arguments, in result) => result.Set(ImportModule(arguments.GetString(0, "path")))),
        ("runScript", (in arguments, in _) => RunScript(arguments.GetString(0, "path"))),
        ("readText", (in arguments, in result) => result.Set(File.ReadAllText(PathOf(arguments)))));

    private string PathOf(in V8FastArgs arguments) => Path.Combine(options.Folder, arguments.GetString(0, "path"));

    /// <exception cref="HostTrapException">The script has come too far down the stack to go on in V8.</exception>
    private ITypedArray<byte> ToArray(byte[] bytes)
    {
        stack.ThrowIfExhausted();
        _arrays ??= (ScriptObject)ScriptEngine.Current.Evaluate("({ make: length => new Uint8Array(length) })");
        var array = (ITypedArray<byte>)_arrays.InvokeMethod("make", bytes.Length);
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

    /// <summary>Gives the script the text; null where it is not valid.</summary>
    private static void DecodeText(ITypedArray<byte> source, string encoding, bool isFatal, in V8FastResult result)
    {
        byte[] bytes = source.GetBytes();
        Encoding decoder = encoding == "utf-16le" ? Encoding.Unicode : isFatal ? StrictUtf8 : Encoding.UTF8;
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
