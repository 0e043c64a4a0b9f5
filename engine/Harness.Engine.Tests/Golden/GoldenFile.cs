using System.Text;
using System.Text.RegularExpressions;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Engine.Tests.Optimizer;

namespace Harness.Engine.Tests.Golden;

/// <summary>
/// A module in the text format with directives above and expectations below it. Lines <c>;; test: …</c> say what to print (see
/// <see cref="GoldenTest"/>), lines <c>;; feedback: …</c> what the call sites have seen (see <see cref="SyntheticFeedback"/>), lines
/// with <c>;;&gt;</c> are what is expected.
/// </summary>
/// <remarks>
/// Where each function pins one rule, a line <c>;; rule: TITLE</c> stands above the function, and the last line <c>;; rules: …</c> before it says
/// what to print, without the function's name.
/// </remarks>
internal sealed partial class GoldenFile
{
    private const string TestPrefix = ";; test:";
    private const string RulesPrefix = ";; rules:";
    private const string RulePrefix = ";; rule:";
    private const string FeedbackPrefix = ";; feedback:";
    private const string ExpectationPrefix = ";;>";
    private const string HeadingPrefix = ";;> == ";

    private readonly string _source;
    private readonly List<(string Heading, string Directive)> _tests = [];
    private readonly List<string> _feedback = [];
    private readonly Dictionary<string, string> _expectations = [];

    private GoldenFile(string source, string expectations)
    {
        _source = source;
        ReadDirectives();
        foreach (var section in expectations.Split(HeadingPrefix, StringSplitOptions.RemoveEmptyEntries))
        {
            var end = section.IndexOf('\n', StringComparison.Ordinal);
            if (end >= 0)
            {
                _expectations[section[..end]] = section[(end + 1)..].TrimEnd('\n') + "\n";
            }
        }
    }

    /// <summary>What is printed, each by its heading.</summary>
    public IEnumerable<string> Headings => _tests.Select(test => test.Heading);

    /// <summary>Reads a file's text.</summary>
    public static GoldenFile Parse(string text)
    {
        var end = text.IndexOf("\n" + ExpectationPrefix, StringComparison.Ordinal);
        return new GoldenFile((end < 0 ? text : text[..end]).TrimEnd('\n'), end < 0 ? "" : text[(end + 1)..]);
    }

    /// <summary>The file's text with what comes out now as expectation.</summary>
    public string WithActual()
    {
        var module = WasmModule.Decode(WatAssembler.Assemble(_source), BuiltinSets.JsString);
        var feedback = SyntheticFeedback.Parse(module, _feedback);
        var text = new StringBuilder(_source).Append('\n');
        foreach (var (heading, directive) in _tests)
        {
            text.Append('\n').Append(HeadingPrefix).Append(heading).Append('\n');
            var test = GoldenTest.Parse(directive);
            if (!test.FitsProcessor && _expectations.TryGetValue(heading, out var kept))
            {
                text.Append(kept);
                continue;
            }

            foreach (var line in test.Run(module, feedback).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                text.Append(ExpectationPrefix).Append(' ').Append(line).Append('\n');
            }
        }

        return text.ToString();
    }

    private void ReadDirectives()
    {
        var rules = "";
        string? title = null;
        foreach (var line in _source.Split('\n').Select(line => line.Trim()))
        {
            if (line.StartsWith(TestPrefix, StringComparison.Ordinal))
            {
                Add(line[TestPrefix.Length..].Trim());
            }

            if (line.StartsWith(FeedbackPrefix, StringComparison.Ordinal))
            {
                _feedback.Add(line[FeedbackPrefix.Length..].Trim());
            }

            if (line.StartsWith(RulesPrefix, StringComparison.Ordinal))
            {
                rules = line[RulesPrefix.Length..].Trim();
            }

            if (line.StartsWith(RulePrefix, StringComparison.Ordinal))
            {
                title = line[RulePrefix.Length..].Trim();
            }

            if (title is null || FunctionName().Match(line) is not { Success: true } function)
            {
                continue;
            }

            if (rules.Length == 0)
            {
                throw new FormatException($"no line '{RulesPrefix}' says what to print for '{title}'");
            }

            var name = function.Groups[1].Value;
            _tests.Add(($"{name}: {title}", $"{rules} function={name}"));
            title = null;
        }

        if (title is not null)
        {
            throw new FormatException($"no function follows the rule '{title}'");
        }

        if (_tests.Count == 0)
        {
            throw new FormatException($"no line begins with '{TestPrefix}' or '{RulePrefix}'");
        }

        void Add(string test) => _tests.Add((test, test));
    }

    [GeneratedRegex(@"^\(func \$([\w.-]+)")]
    private static partial Regex FunctionName();
}
