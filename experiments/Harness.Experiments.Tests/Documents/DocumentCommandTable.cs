namespace Harness.Experiments.Tests.Documents;

/// <summary>How each command of the documents is tried: <c>commands.yaml</c>.</summary>
internal static class DocumentCommandTable
{
    public static string FilePath { get; } = Path.Combine(ProjectLayout.Root, "experiments", "Harness.Experiments.Tests", "Documents", "commands.yaml");

    /// <summary>The entries by command.</summary>
    public static IReadOnlyDictionary<string, Entry> Read() => YamlFile.Read<List<Entry>>(FilePath, "table of commands").ToDictionary(entry => entry.Command);

    /// <summary>How one command is tried.</summary>
    internal sealed class Entry
    {
        /// <summary>The command as <see cref="DocumentCommand.Text"/> has it.</summary>
        public string Command { get; set; } = "";

        /// <summary>What is run in its place, one after the other; the command itself if left out.</summary>
        public List<string> Run { get; set; } = [];

        /// <summary>Why something else is run in its place, or nothing.</summary>
        public string? Because { get; set; }

        /// <summary>Whether it is not run here at all: then the files that it names must be there.</summary>
        public bool Elsewhere { get; set; }

        /// <summary>The exit code that is right.</summary>
        public int Exit { get; set; }

        /// <summary>A text that must be in what the last one prints.</summary>
        public string? Prints { get; set; }

        /// <summary>What is run.</summary>
        public IReadOnlyList<string> Runs => Elsewhere ? [] : Run.Count > 0 ? Run : [Command];
    }

    /// <summary>The words of a command, those between double quotes as one.</summary>
    public static IReadOnlyList<string> Words(string command)
    {
        var words = new List<string>();
        var word = new System.Text.StringBuilder();
        var (quoted, any) = (false, false);
        foreach (var character in command)
        {
            if (character == '"')
            {
                quoted = !quoted;
                any = true;
            }
            else if (character == ' ' && !quoted)
            {
                if (any || word.Length > 0)
                {
                    words.Add(word.ToString());
                }

                word.Clear();
                any = false;
            }
            else
            {
                word.Append(character);
            }
        }

        if (any || word.Length > 0)
        {
            words.Add(word.ToString());
        }

        return words;
    }
}
