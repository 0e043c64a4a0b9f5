using System.Text.RegularExpressions;

namespace Harness.Hosts.Emscripten;

/// <summary>
/// The names that imports and exports had before they were minified. Emscripten's glue has them: it gives exports to the outside by their
/// names (<c>_malloc = exports.v</c>), and imports too unless a closure compiler has put the functions in their place
/// (<c>{a: _abort, …}</c>); then a given table says what they are.
/// </summary>
public sealed partial class GlueNames
{
    /// <summary>Takes names from tables.</summary>
    /// <param name="imports">Names of imports by what the module calls them.</param>
    /// <param name="exports">What the module calls exports, by their names.</param>
    public GlueNames(IReadOnlyDictionary<string, string> imports, IReadOnlyDictionary<string, string> exports)
    {
        Imports = imports;
        Exports = exports;
    }

    /// <summary>Names of imports by what the module calls them.</summary>
    public IReadOnlyDictionary<string, string> Imports { get; }

    /// <summary>What the module calls exports, by their names.</summary>
    public IReadOnlyDictionary<string, string> Exports { get; }

    /// <summary>Reads names from the glue's text.</summary>
    /// <param name="glue">The text of the glue.</param>
    /// <param name="imports">Names of imports that the glue does not tell, by what the module calls them; null for none.</param>
    public static GlueNames Parse(string glue, IReadOnlyDictionary<string, string>? imports = null)
    {
        ArgumentNullException.ThrowIfNull(glue);
        var importNames = new Dictionary<string, string>();
        var exportNames = new Dictionary<string, string>();
        foreach (Match match in Import().Matches(glue))
        {
            importNames.TryAdd(match.Groups["short"].Value, match.Groups["name"].Value);
        }

        foreach (Match match in Export().Matches(glue))
        {
            exportNames.TryAdd(match.Groups["name"].Value, match.Groups["short"].Value);
        }

        foreach (var (key, value) in imports ?? new Dictionary<string, string>())
        {
            importNames[key] = value;
        }

        return new GlueNames(importNames, exportNames);
    }

    /// <summary>An entry of the object of imports: a name of one or two letters and a function whose name begins with an underscore.</summary>
    [GeneratedRegex(@"[{,]\s*(?<short>[A-Za-z_$][\w$]?)\s*:\s*_(?<name>[A-Za-z_]\w+)(?=\s*[,}])")]
    private static partial Regex Import();

    /// <summary>An export that becomes a property of the module, or a variable, with an underscore before its name.</summary>
    [GeneratedRegex(@"[.\s]_(?<name>[A-Za-z_]\w*)\s*=\s*\w+(\.|\["")(?<short>[\w$]+)")]
    private static partial Regex Export();
}
