using System.Reflection;
using Microsoft.ClearScript;
using Microsoft.ClearScript.JavaScript;

namespace Harness.Hosts.JavaScript;

/// <summary>The scripts that are part of the host.</summary>
internal static class HostScripts
{
    /// <summary>The text of a script.</summary>
    /// <param name="name">Its path below the folder of scripts.</param>
    public static string Read(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>Lets modules be imported by their paths below the folder of scripts.</summary>
    /// <param name="documents">What the script engine finds.</param>
    /// <param name="folder">The folder whose scripts are modules.</param>
    /// <param name="context">What they find in <c>import.meta</c>.</param>
    public static void AddModules(DocumentSettings documents, string folder, IDictionary<string, object> context)
    {
        foreach (string name in Assembly.GetExecutingAssembly().GetManifestResourceNames())
        {
            if (name.StartsWith(folder + '/', StringComparison.Ordinal)) documents.AddSystemDocument(name, ModuleCategory.Standard, Read(name), _ => context);
        }
    }
}
