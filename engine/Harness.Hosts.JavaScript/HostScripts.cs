using System.Reflection;
using Microsoft.ClearScript;
using Microsoft.ClearScript.JavaScript;
using Microsoft.ClearScript.V8;

namespace Harness.Hosts.JavaScript;

/// <summary>The scripts that are part of the host.</summary>
internal static class HostScripts
{
    /// <summary>The text of a script.</summary>
    /// <param name="name">Its path below the folder of scripts.</param>
    public static string Read(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>Does something as a function of the host that a script calls: only so can V8 be used past ClearScript.</summary>
    /// <param name="script">V8, in which no script runs yet.</param>
    /// <param name="action">What is done.</param>
    public static void Enter(V8ScriptEngine script, Action action)
    {
        using var caller = (ScriptObject)script.Evaluate("enter", "({ call(action) { action(); } })");
        caller.InvokeMethod("call", HostFunctions.Make("action", (in _, in _) => action()));
    }

    /// <summary>Runs scripts that are modules, which import each other by their paths below the folder of scripts.</summary>
    /// <param name="script">V8.</param>
    /// <param name="folder">The folder whose scripts they are.</param>
    /// <param name="main">The one that imports the others.</param>
    /// <param name="functions">Functions of the host, which they find in <c>import.meta</c>; <c>connect</c> is added to them.</param>
    /// <returns>The object that has the functions which the host calls: what they hand to <c>connect</c>.</returns>
    public static ScriptObject Start(V8ScriptEngine script, string folder, string main, Dictionary<string, object> functions)
    {
        ScriptObject? connected = null;
        functions["connect"] = HostFunctions.Make("connect", (in arguments, in _) => connected = arguments.Get<ScriptObject>(0, "functions"));
        foreach (var name in Assembly.GetExecutingAssembly().GetManifestResourceNames())
        {
            if (name.StartsWith(folder + '/', StringComparison.Ordinal))
            {
                script.DocumentSettings.AddSystemDocument(name, ModuleCategory.Standard, Read(name), _ => functions);
            }
        }

        script.Evaluate(new DocumentInfo(folder) { Category = ModuleCategory.Standard }, $"import '{folder}/{main}';");
        return connected ?? throw new InvalidOperationException($"the scripts of {folder} did not start");
    }
}
