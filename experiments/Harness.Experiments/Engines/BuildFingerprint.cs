using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Harness.Experiments.Engines;

/// <summary>
/// Hashes of what the harness itself contributes to times: the assemblies and scripts that run in workers, and the runtime below them. Results are not mixed where these have changed, although the
/// engine's version has not.
/// </summary>
internal static class BuildFingerprint
{
    private const string OwnAssemblies = "Harness.";

    private static readonly Lazy<string> LazyHarness = new(() => Of([.. Assemblies.Select(assembly => assembly.Location)], RuntimeInformation.FrameworkDescription));
    private static readonly Lazy<string> LazyShells = new(() => Of(ShellScripts, ""));
    private static readonly Lazy<string> LazyNode = new(() => Of([.. ShellScripts, .. NodeScripts], ""));

    /// <summary>Of the workers that are the harness itself: its assemblies, and the version of .NET.</summary>
    public static string OfHarness => LazyHarness.Value;

    /// <summary>Of the scripts by which JavaScriptCore and SpiderMonkey run programs.</summary>
    public static string OfShells => LazyShells.Value;

    /// <summary>Of the scripts by which Node runs programs.</summary>
    public static string OfNode => LazyNode.Value;

    /// <summary>The project's own assemblies that a worker may load: the harness, and all that it refers to.</summary>
    public static IReadOnlyList<Assembly> Assemblies
    {
        get
        {
            var found = new List<Assembly> { typeof(BuildFingerprint).Assembly };
            for (var i = 0; i < found.Count; i++)
            {
                foreach (var reference in found[i].GetReferencedAssemblies().Where(reference => reference.Name!.StartsWith(OwnAssemblies, StringComparison.Ordinal)))
                {
                    if (!found.Exists(assembly => assembly.GetName().Name == reference.Name))
                    {
                        found.Add(Assembly.Load(reference));
                    }
                }
            }

            return found;
        }
    }

    private static string[] ShellScripts => Directory.GetFiles(ProjectLayout.Shells);

    private static IEnumerable<string> NodeScripts =>
    [
        .. ((string[])["v8-worker.mjs", "hosts.mjs"]).Select(name => Path.Combine(ProjectLayout.Node, name)),
        .. ((string[])["host.mjs", "trace.mjs", "source-map.mjs"]).Select(name => Path.Combine(ProjectLayout.DartPrograms, name)),
    ];

    /// <summary>A hash of the names and contents of files, in whatever order they are given, and wherever their folders are.</summary>
    /// <param name="files">Their paths, of which only the names count; several may have the same.</param>
    /// <param name="words">What counts besides.</param>
    public static string Of(IReadOnlyList<string> files, string words)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(words));
        foreach (var (name, content) in files.Select(path => (Path.GetFileName(path), Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))))).Order())
        {
            // Each part has a length of its own, so that nothing can move from one into the next.
            hash.AppendData(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
            hash.AppendData(Convert.FromHexString(content));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
