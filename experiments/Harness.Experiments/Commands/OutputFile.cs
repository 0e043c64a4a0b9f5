namespace Harness.Experiments.Commands;

/// <summary>Files that commands write to.</summary>
internal static class OutputFile
{
    /// <summary>Refuses to write to the file that is read.</summary>
    /// <param name="source">The file that is read, or the name of a program.</param>
    /// <param name="target">The file that is written.</param>
    /// <param name="option">The option that names it.</param>
    /// <exception cref="HarnessException">They are the same.</exception>
    public static void RequireOther(string source, string target, string option)
    {
        if (File.Exists(source) && Path.GetFullPath(source) == Path.GetFullPath(target))
        {
            throw new HarnessException($"{target} is the file that is read, which would be lost; name another one with {option}");
        }
    }
}
