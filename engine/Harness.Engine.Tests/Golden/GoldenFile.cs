using System.Text;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Engine.Tests.Optimizer;

namespace Harness.Engine.Tests.Golden;

/// <summary>
/// A module in the text format with directives above and expectations below it. Lines <c>;; test: …</c> say what to print (see
/// <see cref="GoldenTest"/>), lines <c>;; feedback: …</c> what the call sites have seen (see <see cref="SyntheticFeedback"/>), lines
/// with <c>;;&gt;</c> are what is expected.
/// </summary>
internal sealed class GoldenFile
{
    private const string TestPrefix = ";; test:";
    private const string FeedbackPrefix = ";; feedback:";
    private const string ExpectationPrefix = ";;>";

    private readonly string _source;
    private readonly List<string> _tests = [];
    private readonly List<string> _feedback = [];

    private GoldenFile(string source)
    {
        _source = source;
        foreach (string line in source.Split('\n'))
        {
            if (line.StartsWith(TestPrefix, StringComparison.Ordinal)) _tests.Add(line[TestPrefix.Length..].Trim());
            if (line.StartsWith(FeedbackPrefix, StringComparison.Ordinal)) _feedback.Add(line[FeedbackPrefix.Length..].Trim());
        }

        if (_tests.Count == 0) throw new FormatException($"no line begins with '{TestPrefix}'");
    }

    /// <summary>Reads a file's text.</summary>
    public static GoldenFile Parse(string text)
    {
        int end = text.IndexOf("\n" + ExpectationPrefix, StringComparison.Ordinal);
        return new GoldenFile((end < 0 ? text : text[..end]).TrimEnd('\n'));
    }

    /// <summary>The file's text with what comes out now as expectation.</summary>
    public string WithActual()
    {
        WasmModule module = WasmModule.Decode(WatAssembler.Assemble(_source), BuiltinSets.JsString);
        var feedback = SyntheticFeedback.Parse(module, _feedback);
        var text = new StringBuilder(_source).Append('\n');
        foreach (string test in _tests)
        {
            text.Append('\n').Append(ExpectationPrefix).Append(" == ").Append(test).Append('\n');
            foreach (string line in GoldenTest.Parse(test).Run(module, feedback).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                text.Append(ExpectationPrefix).Append(' ').Append(line).Append('\n');
            }
        }

        return text.ToString();
    }
}
