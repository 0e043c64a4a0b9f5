using System.Text.RegularExpressions;

namespace Harness.Experiments.Workloads;

/// <summary>
/// The files that scripts need beside themselves, as far as they name them by a literal path relative to themselves, as <c>import</c> of a file does; and what those name in turn.
/// A path that a script puts together is not seen.
/// </summary>
internal static partial class ScriptFiles
{
    /// <summary>More files than the scripts of a program need.</summary>
    private const int Most = 10_000;

    /// <summary>Finds the files.</summary>
    /// <param name="scripts">Paths of scripts.</param>
    /// <returns>Full paths of the scripts and of all that they name and that is there, each once.</returns>
    /// <exception cref="HarnessException">There are too many.</exception>
    public static IReadOnlyList<string> Of(IEnumerable<string> scripts)
    {
        List<string> found = [.. scripts.Select(Path.GetFullPath).Distinct()];
        var known = found.ToHashSet();
        for (var i = 0; i < found.Count; i++)
        {
            if (found.Count > Most)
            {
                throw new HarnessException($"its scripts name more than {Most} files by relative paths");
            }

            if (!IsScript(found[i]))
            {
                continue;
            }

            var folder = Path.GetDirectoryName(found[i])!;
            var named = RelativePath().Matches(File.ReadAllText(found[i])).Select(match => Path.GetFullPath(match.Groups["path"].Value, folder));
            found.AddRange(named.Where(path => File.Exists(path) && known.Add(path)).ToList());
        }

        return found;
    }

    /// <summary>Whether a file is a script by its name.</summary>
    public static bool IsScript(string path) => Path.GetExtension(path) is ".mjs" or ".js";

    /// <summary>A literal path that begins with this folder or the one above. Whether it is imported, read or only spoken of is not asked: a file too many does no harm.</summary>
    [GeneratedRegex("""(?<quote>["'`])(?<path>\.\.?/[^"'`\s\0]{1,1000})\k<quote>""")]
    private static partial Regex RelativePath();
}
