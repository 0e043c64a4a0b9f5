using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Harness.Experiments.Tests.Notebooks;

/// <summary>The text of an executed notebook as it is committed: without the times of its execution, and without what the kernel tells the browser of the machine.</summary>
internal static class NotebookText
{
    private static readonly JsonSerializerOptions Options = new() { WriteIndented = true, IndentSize = 1, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Makes the text.</summary>
    /// <param name="executed">The notebook as it was executed.</param>
    /// <param name="machine">What no output that is committed may match.</param>
    public static string ToCommit(string executed, Regex machine)
    {
        var notebook = JsonNode.Parse(executed)!;
        foreach (var cell in notebook["cells"]!.AsArray().Where(cell => cell!["cell_type"]!.GetValue<string>() == "code"))
        {
            cell!["metadata"]!.AsObject().Remove("execution");
            cell["metadata"]!.AsObject().Remove("dotnet_interactive");
            cell["metadata"]!.AsObject().Remove("polyglot_notebook");
            var outputs = cell["outputs"]!.AsArray();
            for (var i = outputs.Count - 1; i >= 0; i--)
            {
                if (outputs[i]!["output_type"]!.GetValue<string>() == "display_data" && machine.IsMatch(outputs[i]!.ToJsonString(Options)))
                {
                    outputs.RemoveAt(i);
                }
            }
        }

        return notebook.ToJsonString(Options) + "\n";
    }
}
