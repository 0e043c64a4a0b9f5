namespace Harness.Experiments.Workloads;

/// <summary>A file, or a folder with all that is in it, of which a program finds a copy in its own folder.</summary>
/// <param name="Place">Where it finds it: names with slashes between them, from its folder down; empty for the folder itself.</param>
/// <param name="Path">The file or folder, relative to the folder of the suite.</param>
internal sealed record ProgramInput(string Place, string Path)
{
    /// <summary>What is written for the place that is the program's folder itself.</summary>
    public const string FolderItself = ".";

    /// <summary>The place as it is written.</summary>
    public string PlaceText => Place.Length == 0 ? FolderItself : Place;

    /// <summary>What is found by its name alone, wherever it lies.</summary>
    /// <param name="path">The file or folder.</param>
    /// <exception cref="FormatException">It has no name.</exception>
    public static ProgramInput ByName(string path) => At(System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(path)), path);

    /// <summary>What is found at a place.</summary>
    /// <param name="place">The place, <see cref="FolderItself"/> for the program's folder.</param>
    /// <param name="path">The file or folder.</param>
    /// <exception cref="FormatException">The place is none within the program's folder.</exception>
    public static ProgramInput At(string place, string path)
    {
        if (place == FolderItself)
        {
            return new ProgramInput("", path);
        }

        if (place.Contains('\0', StringComparison.Ordinal) || place.Split('/').Any(name => name is "" or "." or ".."))
        {
            throw new FormatException(
                $"an input cannot stand at '{OneLine.Of(place)}'; a place is a path from the program's folder down, as in data/in.txt, or '{FolderItself}' for the folder itself");
        }

        return new ProgramInput(place, path);
    }
}
