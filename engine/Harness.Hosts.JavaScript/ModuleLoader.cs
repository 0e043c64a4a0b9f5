using Microsoft.ClearScript;

namespace Harness.Hosts.JavaScript;

/// <summary>
/// Finds the modules that scripts import: by paths or URLs of files, relative ones from where the script lies that imports them, or from a folder. A file is one module, however often it is imported.
/// ClearScript's own loader reads files by tasks, on other threads, and looks for them beside the program that runs, too, for which it reads the map of the process: much to compile in each process.
/// </summary>
/// <param name="folder">The folder.</param>
internal sealed class ModuleLoader(string folder) : DocumentLoader
{
    private readonly Dictionary<string, Document> _loaded = [];

    /// <summary>A file of the folder, which need not be there.</summary>
    private readonly Uri _inFolder = AsUrl(new Uri(Path.Combine(Path.GetFullPath(folder), "module")));

    /// <inheritdoc/>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public override Document LoadDocument(DocumentSettings settings, DocumentInfo? sourceInfo, string specifier, DocumentCategory? category, DocumentContextCallback? contextCallback)
    {
        var uri = Find(sourceInfo?.Uri, specifier) ?? throw new FileNotFoundException($"there is no module {specifier}", specifier);
        if (_loaded.TryGetValue(uri.LocalPath, out var known))
        {
            return known;
        }

        var info = new DocumentInfo(uri) { Category = category ?? sourceInfo?.Category, ContextCallback = contextCallback };
        return _loaded[uri.LocalPath] = new StringDocument(info, File.ReadAllText(uri.LocalPath));
    }

    /// <inheritdoc/>
    public override Task<Document> LoadDocumentAsync(DocumentSettings settings, DocumentInfo? sourceInfo, string specifier, DocumentCategory? category, DocumentContextCallback? contextCallback)
    {
        try
        {
            return Task.FromResult(LoadDocument(settings, sourceInfo, specifier, category, contextCallback));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Task.FromException<Document>(e);
        }
    }

    private Uri? Find(Uri? importer, string specifier)
    {
        if (Uri.TryCreate(specifier, UriKind.Absolute, out var absolute))
        {
            return IsThere(absolute) ? absolute : null;
        }

        if (importer is not null && Uri.TryCreate(AsUrl(importer), specifier, out var near) && IsThere(near))
        {
            return near;
        }

        return Uri.TryCreate(_inFolder, specifier, out var below) && IsThere(below) ? below : null;
    }

    /// <summary>What was a path as the URL that it has: what is relative to a path is taken for one, in which nothing is escaped.</summary>
    private static Uri AsUrl(Uri uri) => new(uri.AbsoluteUri);

    private static bool IsThere(Uri uri) => uri.IsFile && File.Exists(uri.LocalPath);
}
