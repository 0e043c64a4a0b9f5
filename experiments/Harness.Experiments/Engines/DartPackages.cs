using System.Text.Json;

namespace Harness.Experiments.Engines;

/// <summary>
/// Where the packages that a Dart program imports are, a folder of libraries for each name: by words of the command line, and by the file in which Dart's package manager writes what it has found
/// (<c>.dart_tool/package_config.json</c>).
/// </summary>
internal static class DartPackages
{
    private const string Kind = "package configuration";

    /// <summary>The folders by name.</summary>
    /// <param name="words">Packages as <c>NAME=FOLDER</c>, which take the place of those of the file.</param>
    /// <param name="file">A package configuration; null for none.</param>
    /// <exception cref="HarnessException">A word is of another form, or the file cannot be read or is none.</exception>
    public static IReadOnlyDictionary<string, string> Of(IReadOnlyList<string> words, string? file)
    {
        var packages = file is null ? [] : Read(file);
        foreach (var word in words)
        {
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new HarnessException($"'{word}' is not NAME=FOLDER");
            }

            packages[word[..equals]] = word[(equals + 1)..];
        }

        return packages;
    }

    private static Dictionary<string, string> Read(string file)
    {
        var text = YamlFile.ReadText(file, Kind);
        try
        {
            using var document = JsonDocument.Parse(text);
            var place = new Uri(Path.GetFullPath(file));
            var packages = new Dictionary<string, string>();
            foreach (var package in document.RootElement.GetProperty("packages").EnumerateArray())
            {
                var folder = FolderOf(package, "rootUri", place);
                if (package.TryGetProperty("packageUri", out _))
                {
                    folder = FolderOf(package, "packageUri", folder);
                }

                packages[TextOf(package, "name")] = folder.LocalPath;
            }

            return packages;
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new HarnessException($"{Kind} {file} is not of the form that Dart's package manager writes: {OneLine.Of(exception.Message)}", exception);
        }
    }

    /// <summary>A folder that a field names, which may be relative to another place.</summary>
    private static Uri FolderOf(JsonElement package, string field, Uri place)
    {
        var text = TextOf(package, field);
        var folder = new Uri(place, text.EndsWith('/') ? text : text + "/");
        return folder.IsFile ? folder : throw new FormatException($"'{text}' is no folder");
    }

    private static string TextOf(JsonElement package, string field) => package.GetProperty(field).GetString() ?? throw new FormatException($"there is no '{field}'");
}
