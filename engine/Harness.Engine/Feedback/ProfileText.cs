using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Harness.Engine.Feedback;

/// <summary>
/// The text form of a <see cref="FeedbackProfile"/>. Numbers are decimal; a site is named by the offset of its call instruction in the
/// module's bytes. The last line has the SHA-256 of all before it, so that a file that was cut or edited is not taken for a measured one.
/// </summary>
/// <remarks>
/// <code>
/// harness-feedback 2
/// module 5e88…
/// function 12 entered 300 hot budgets 3 deopts 2
/// call 420 500
/// indirect 436 900 14:600 12:300
/// megamorphic 455 90000
/// deopts 436 2
/// end 9f86…
/// </code>
/// A module is named by the SHA-256 of its bytes. The line of a function, by its index, says how often it was entered in baseline code, whether it was optimized, how many
/// budgets it had used up and how often its optimized code was left; then comes a line for each site that was called: how often, and the targets by index, each with its calls. The
/// lines <c>deopts</c> say how often code was left since another target came at a site.
/// </remarks>
internal static class ProfileText
{
    private const string Header = "harness-feedback 2";

    /// <summary>Writes a profile.</summary>
    public static string Write(FeedbackProfile profile)
    {
        var text = new StringBuilder(Header).Append('\n');
        foreach (var module in profile.Modules.OrderBy(module => module.ModuleHash, StringComparer.Ordinal))
        {
            text.Append("module ").Append(module.ModuleHash).Append('\n');
            foreach (var (index, function) in module.Functions)
            {
                Write(text, index, function);
            }
        }

        var hash = HashOf(text.ToString());
        return text.Append("end ").Append(hash).Append('\n').ToString();
    }

    /// <summary>Reads a profile.</summary>
    /// <exception cref="InvalidDataException">The text is none; the message is one line.</exception>
    public static FeedbackProfile Read(string text)
    {
        if (!text.StartsWith(Header + "\n", StringComparison.Ordinal))
        {
            throw new InvalidDataException(text.StartsWith("harness-feedback ", StringComparison.Ordinal)
                ? "is a feedback profile of another version; record it again"
                : $"is no feedback profile: it does not begin with '{Header}'");
        }

        var end = text.LastIndexOf("\nend ", StringComparison.Ordinal) + 1;
        if (end == 0 || text[end..] != $"end {HashOf(text[..end])}\n")
        {
            throw new InvalidDataException("was cut or changed after it was recorded; record it again");
        }

        var lines = text[..end].Split('\n');
        var modules = new Dictionary<string, ModuleProfile>();
        ModuleProfile? module = null;
        FunctionReader? function = null;
        var functions = new List<(ModuleProfile Module, FunctionReader Function)>();
        for (var i = 1; i < lines.Length - 1; i++)
        {
            try
            {
                var words = lines[i].Split(' ');
                switch (words[0])
                {
                    case "module" when words.Length == 2:
                        function = null;
                        module = new ModuleProfile(words[1], []);
                        modules.Add(words[1], module);
                        break;
                    case "function" when module is not null:
                        function = new FunctionReader(words);
                        functions.Add((module, function));
                        break;
                    default:
                        (function ?? throw new FormatException()).AddSite(words);
                        break;
                }
            }
            catch (Exception e) when (e is FormatException or OverflowException or ArgumentException or IndexOutOfRangeException)
            {
                throw new InvalidDataException($"line {i + 1} is malformed: '{lines[i]}'", e);
            }
        }

        foreach (var (owner, read) in functions)
        {
            if (!read.TryAddTo(owner))
            {
                throw new InvalidDataException($"has function {read.Index} of a module twice");
            }
        }

        return new FeedbackProfile(modules.Values);
    }

    private static void Write(StringBuilder text, int index, FunctionProfile function)
    {
        text.Append(CultureInfo.InvariantCulture, $"function {index} entered {function.Feedback?.Invocations ?? 0}");
        text.Append(CultureInfo.InvariantCulture, $" {(function.IsHot ? "hot" : "cold")} budgets {function.UsedUpBudgets} deopts {function.Deopts}\n");
        foreach (var site in function.Feedback?.Sites ?? [])
        {
            if (site.State == FeedbackState.Uninitialized)
            {
                continue;
            }

            var targets = Array.FindAll(site.Targets, target => target.FunctionIndex >= 0);
            if (targets.Length == 0 && site.Targets.Length != 0)
            {
                continue;
            }

            var kind = site.State == FeedbackState.Megamorphic ? "megamorphic" : targets.Length == 0 ? "call" : "indirect";
            var count = targets.Length == site.Targets.Length ? site.Count : targets.Sum(target => target.Count);
            text.Append(CultureInfo.InvariantCulture, $"{kind} {site.BytecodeOffset} {count}");
            foreach (var target in targets)
            {
                text.Append(CultureInfo.InvariantCulture, $" {target.FunctionIndex}:{target.Count}");
            }

            text.Append('\n');
        }

        foreach (var (offset, deopts) in function.SiteDeopts)
        {
            text.Append(CultureInfo.InvariantCulture, $"deopts {offset} {deopts}\n");
        }
    }

    private static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static long ReadCount(string word) => long.Parse(word, NumberStyles.None, CultureInfo.InvariantCulture);

    private static int ReadIndex(string word) => int.Parse(word, NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>Gathers the lines of one function.</summary>
    private sealed class FunctionReader
    {
        private readonly long _invocations;
        private readonly bool _isHot;
        private readonly int _usedUpBudgets;
        private readonly int _deopts;
        private readonly List<CallSiteFeedback> _sites = [];
        private readonly ImmutableSortedDictionary<int, int>.Builder _siteDeopts = ImmutableSortedDictionary.CreateBuilder<int, int>();

        /// <summary>Gathers the lines after a function's first.</summary>
        public FunctionReader(string[] words)
        {
            if (words.Length != 9 || words[2] != "entered" || words[4] is not ("hot" or "cold") || words[5] != "budgets" || words[7] != "deopts")
            {
                throw new FormatException();
            }

            Index = ReadIndex(words[1]);
            _invocations = ReadCount(words[3]);
            _isHot = words[4] == "hot";
            _usedUpBudgets = ReadIndex(words[6]);
            _deopts = ReadIndex(words[8]);
        }

        /// <summary>The function.</summary>
        public int Index { get; }

        public void AddSite(string[] words)
        {
            if (words[0] == "deopts")
            {
                if (words.Length != 3 || _siteDeopts.ContainsKey(ReadIndex(words[1])))
                {
                    throw new FormatException();
                }

                _siteDeopts.Add(ReadIndex(words[1]), ReadIndex(words[2]));
                return;
            }

            FeedbackTarget[] targets = [.. words.Skip(3).Select(ReadTarget)];
            var state = words[0] switch
            {
                "call" when targets.Length == 0 => FeedbackState.Monomorphic,
                "indirect" when targets.Length == 1 => FeedbackState.Monomorphic,
                "indirect" when targets.Length > 1 => FeedbackState.Polymorphic,
                "megamorphic" when targets.Length == 0 => FeedbackState.Megamorphic,
                _ => throw new FormatException(),
            };
            var offset = ReadIndex(words[1]);
            if (_sites.Count > 0 && offset <= _sites[^1].BytecodeOffset)
            {
                throw new FormatException();
            }

            _sites.Add(new CallSiteFeedback(offset, state, ReadCount(words[2]), targets));
        }

        public bool TryAddTo(ModuleProfile module) =>
            module.Functions.TryAdd(Index, new FunctionProfile(_sites.Count == 0 && _invocations == 0 ? null : new FunctionFeedback([.. _sites], _invocations), _isHot)
            {
                UsedUpBudgets = _usedUpBudgets,
                Deopts = _deopts,
                SiteDeopts = _siteDeopts.ToImmutable(),
            });

        private static FeedbackTarget ReadTarget(string word)
        {
            var colon = word.IndexOf(':', StringComparison.Ordinal);
            return new FeedbackTarget(ReadIndex(word[..colon]), ReadCount(word[(colon + 1)..]));
        }
    }
}
