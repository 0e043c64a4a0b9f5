using System.Globalization;

namespace Harness.Experiments.Results;

/// <summary>Where what the harness has written goes before it writes the same anew: a folder beside its own, named after it and the time.</summary>
internal static class AsideFolder
{
    /// <summary>Moves files and folders out of a folder. What else is in it stays.</summary>
    /// <param name="folder">The folder, without a slash at the end.</param>
    /// <param name="entries">Paths of files and folders in it. They go in this order, so that a kill in between leaves the last ones.</param>
    /// <returns>Where they are now; null if there are none.</returns>
    public static string? Move(string folder, IReadOnlyList<string> entries)
    {
        if (entries.Count == 0)
        {
            return null;
        }

        var aside = Make($"{folder}.{DateTime.UtcNow.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}");
        foreach (var entry in entries)
        {
            var target = Path.Combine(aside, Path.GetFileName(entry));
            if (Directory.Exists(entry))
            {
                Directory.Move(entry, target);
            }
            else
            {
                File.Move(entry, target);
            }
        }

        return aside;
    }

    /// <summary>Removes a folder that nothing is left in.</summary>
    public static void RemoveEmpty(string folder)
    {
        if (!Directory.Exists(folder) || Directory.EnumerateFileSystemEntries(folder).Any())
        {
            return;
        }

        try
        {
            Directory.Delete(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It is where another disk is mounted, or in a folder of somebody else: an empty one is in nobody's way.
        }
    }

    /// <summary>Makes a folder that was not there; one of the same second gets a number.</summary>
    private static string Make(string wanted)
    {
        var path = wanted;
        for (var number = 2; Directory.Exists(path); number++)
        {
            path = string.Create(CultureInfo.InvariantCulture, $"{wanted}-{number}");
        }

        Directory.CreateDirectory(path);
        return path;
    }
}
