using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.ClearScript.V8;

namespace Harness.Hosts.JavaScript;

/// <summary>The native library of V8 that ClearScript loads, which is restored on first need.</summary>
public static class V8Library
{
    /// <summary>The name by which ClearScript and <see cref="V8Interface"/> ask for it.</summary>
    internal const string FileName = "ClearScriptV8.linux-x64.so";

    /// <summary>
    /// Loops of scripts are not unrolled. With that, V8 14.7 takes the check for interrupts out of loops that go round a few times only; where such a loop has none, as that which fills a new array of a constant length
    /// (<c>LoopStackCheckElisionReducer</c>), it takes that of the loop around it instead. Once optimized, <c>for (;;) all.push(new Array(100))</c> could not be ended then.
    /// </summary>
    private const string Flags = "--no-turboshaft-loop-unrolling";

    /// <summary>The version is that which the managed package is pinned to.</summary>
    private static readonly NativePackage Package =
        new("microsoft.clearscript.v8.native.linux-x64", "7.5.1.1", "V8 for JavaScript glue, about 25 MB to download");

    private static readonly Lock Gate = new();
    private static bool _ready;

    /// <summary>Makes the library loadable, downloading it if it is not there (about 60 MB unpacked; once).</summary>
    /// <exception cref="ProgramException">It cannot be downloaded; the message says why and how to mend it.</exception>
    public static void Require()
    {
        lock (Gate)
        {
            if (_ready)
            {
                return;
            }

            var path = Find();
            DllImportResolver resolver = (name, _, _) => name == FileName ? NativeLibrary.Load(path) : 0;
            NativeLibrary.SetDllImportResolver(typeof(V8ScriptEngine).Assembly, resolver);
            NativeLibrary.SetDllImportResolver(Assembly.GetExecutingAssembly(), resolver);
            V8Interface.SetFlags(Flags);
            _ready = true;
        }
    }

    private static string Find()
    {
        try
        {
            return Package.PathOf(FileName);
        }
        catch (IOException e)
        {
            throw new ProgramException($"JavaScript glue needs V8: {e.Message}", e);
        }
    }
}
