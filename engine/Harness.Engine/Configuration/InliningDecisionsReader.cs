using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;

namespace Harness.Engine.Configuration;

/// <summary>
/// Reads the text form of <see cref="InliningDecisions"/>. The first item is <c>inlining-decisions 1</c>. Then may
/// come <c>rest POLICY</c>, the policy for all other calls; <c>module SHA256</c>, the module that the decisions below it are about; and the decisions: <c>inline PATH</c> or
/// <c>refuse PATH</c>, and <c>guard SITE</c> or <c>generic SITE</c> for what happens where a target comes that is not inlined. A path is the index of the compiled function and the calls that lead on
/// from it, as in <c>12 418>5 512>7</c>; a site is a path that ends with the offset of an instruction, whatever it calls, as in <c>12 418>5 512</c>.
/// </summary>
internal sealed class InliningDecisionsReader : KnobFileReader
{
    /// <summary>Largest file, in bytes.</summary>
    public const int MaximumBytes = 4 << 20;

    private const int HashDigits = 64;

    private static readonly Dictionary<string, InliningPolicyKind> Policies = Enum.GetValues<InliningPolicyKind>()
        .Where(kind => kind != InliningPolicyKind.Oracle)
        .ToDictionary(kind => JsonNamingPolicy.KebabCaseLower.ConvertName(kind.ToString()));

    private readonly Dictionary<string, ModuleItems> _modules = [];
    private ModuleItems? _module;
    private InliningPolicyKind? _rest;

    private InliningDecisionsReader(string path)
        : base("inlining-decisions 1", "the inlining decisions", path)
    {
    }

    /// <summary>Reads decisions.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="path">The file's name, for messages and as the decisions'.</param>
    /// <exception cref="KnobException">The text is malformed.</exception>
    public static InliningDecisions Read(string text, string path)
    {
        var reader = new InliningDecisionsReader(path);
        reader.ReadItems(text, MaximumBytes);
        return new InliningDecisions(
            path,
            reader._rest ?? InliningPolicyKind.V8,
            reader._modules.ToFrozenDictionary(pair => pair.Key, pair => new ModuleDecisions(pair.Value.Calls.ToFrozenDictionary(), pair.Value.Misses.ToFrozenDictionary())));
    }

    private protected override void ReadItem(string[] words)
    {
        switch (words)
        {
            case ["rest", var policy]:
                if (_rest is not null)
                {
                    Fail("there is a policy for the rest already");
                }

                _rest = Policy(policy);
                break;
            case ["module", var hash]:
                if (hash.Length != HashDigits || hash.Any(digit => !char.IsAsciiHexDigitLower(digit)))
                {
                    Fail($"'{hash}' is no SHA-256 of a module in {HashDigits} lower-case digits");
                }

                _modules.TryAdd(hash, new ModuleItems());
                _module = _modules[hash];
                break;
            case ["inline" or "refuse", var function, _, ..]:
                Add(RequireModule().Calls, PathOf(function, words.AsSpan(2)), words[0] == "inline");
                break;
            case ["guard" or "generic", var function, .., var offset]:
                Add(
                    RequireModule().Misses,
                    string.Create(CultureInfo.InvariantCulture, $"{PathOf(function, words.AsSpan(2, words.Length - 3))} {Number(offset)}"),
                    words[0] == "guard" ? MissHandling.Guard : MissHandling.GenericCall);
                break;
            case ["rest" or "module" or "inline" or "refuse" or "guard" or "generic", ..]:
                Fail($"'{words[0]}' takes {Form(words[0])}");
                break;
            default:
                Fail($"there is no item '{words[0]}'; items are rest, module, inline, refuse, guard and generic");
                break;
        }
    }

    /// <summary>What was read about the module that the line is about.</summary>
    private ModuleItems RequireModule()
    {
        if (_module is null)
        {
            Fail("there is no line 'module' above");
        }

        return _module;
    }

    private void Add<T>(Dictionary<string, T> decisions, string path, T decision)
    {
        if (!decisions.TryAdd(path, decision))
        {
            Fail("this call is decided about already");
        }
    }

    private string PathOf(string function, ReadOnlySpan<string> words)
    {
        var calls = new List<(int Offset, int Target)>();
        foreach (var word in words)
        {
            if (word.Split('>') is not [var offset, var target])
            {
                Fail($"'{word}' is no call; write OFFSET>FUNCTION");
                break;
            }

            calls.Add((Number(offset), Number(target)));
        }

        return InliningDecisions.PathOf(Number(function), calls);
    }

    private InliningPolicyKind Policy(string name)
    {
        if (!Policies.TryGetValue(name, out var kind))
        {
            Fail($"there is no policy '{name}' for the rest; there are {string.Join(", ", Policies.Keys)}");
        }

        return kind;
    }

    private int Number(string text)
    {
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            Fail($"'{text}' is no number of a function or an offset");
        }

        return number;
    }

    private static string Form(string item) => item switch
    {
        "rest" => "the name of a policy",
        "module" => "the SHA-256 of a module",
        "guard" or "generic" => "a function, the calls that lead on to the site, and its offset",
        _ => "a function and one call or more",
    };

    /// <summary>What was read about one module.</summary>
    private sealed class ModuleItems
    {
        /// <summary>Whether calls are inlined, by path.</summary>
        public Dictionary<string, bool> Calls { get; } = [];

        /// <summary>What calls do where another target comes, by the path of the site.</summary>
        public Dictionary<string, MissHandling> Misses { get; } = [];
    }
}
