using System.Text;
using Harness.Hosts;

namespace Harness.Experiments.Engines;

/// <summary>Keeps what iterations gave, each different outcome once. The class Outputs in <c>experiments/shells/measure.mjs</c> is its counterpart.</summary>
internal sealed class OutputRecorder
{
    /// <summary>Most characters of what an iteration printed that are kept: of more, the beginning.</summary>
    public const int MostText = 1 << 14;

    private const int MostOutcomes = 100;
    private const int MostErrorText = 4096;

    private readonly Dictionary<string, WorkerOutputText> _outcomes = [];
    private WorkerOutputText? _last;

    /// <summary>The outcomes: the first hundred, and in the end that of the last iteration.</summary>
    public IReadOnlyList<WorkerOutputText> All
    {
        get
        {
            var all = new List<WorkerOutputText>();
            foreach (var outcome in _outcomes.Values)
            {
                if (!ReferenceEquals(outcome, _last))
                {
                    all.Add(outcome);
                }
            }

            if (_last is not null)
            {
                all.Add(_last);
            }

            return all;
        }
    }

    /// <summary>Adds what an iteration gave.</summary>
    public void Add(ProgramOutput output)
    {
        var hash = HashOfText(output.Bytes ?? Encoding.UTF8.GetBytes(output.Text));
        var errorHash = HashOfText(Encoding.UTF8.GetBytes(output.ErrorText));
        var files = new Dictionary<string, string>();
        var names = new List<string>(output.Files.Keys);
        names.Sort(StringComparer.Ordinal);
        var key = $"{hash} {errorHash} {output.ExitCode}";
        foreach (var name in names)
        {
            files.Add(name, Sha256.HashToHex(output.Files[name]));
            key += $" {name} {files[name]}";
        }

        if (_outcomes.TryGetValue(key, out var known))
        {
            _outcomes[key] = _last = known with { Count = known.Count + 1 };
            return;
        }

        _last = new WorkerOutputText
        {
            Text = Beginning(output.Text, MostText),
            Sha256 = hash,
            ErrorText = Beginning(output.ErrorText, MostErrorText),
            ErrorSha256 = errorHash,
            ExitCode = output.ExitCode,
            Files = files,
            Count = 1,
        };
        if (_outcomes.Count < MostOutcomes)
        {
            _outcomes[key] = _last;
        }
    }

    /// <summary>The hash of what was printed, but for white space at its end.</summary>
    public static string HashOfText(ReadOnlySpan<byte> bytes) => Sha256.HashToHex(bytes.TrimEnd(" \t\r\n"u8));

    private static string Beginning(string text, int length) => text.Length <= length ? text : text[..length];
}
