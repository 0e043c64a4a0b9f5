using Harness.Engine.Configuration;

namespace Harness.Engine.Tests.Configuration;

/// <summary>Decisions about calls are read from text; what is wrong with a file is said in one line.</summary>
public sealed class InliningDecisionsTests
{
    private const string Head = "inlining-decisions 1\nmodule " + Hash + "\n";
    private const string Hash = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Fact]
    public void DecisionsAreFoundByModuleAndPath()
    {
        var decisions = InliningDecisionsReader.Read(
            $"""
            # a comment
            inlining-decisions 1
            rest benefit
            module {Hash}
            inline 12 418>5   # one more
            refuse 12   418>5 512>7
            guard 12 600
            generic 12 418>5 512
            module {new string('f', 64)}
            refuse 12 418>5
            """,
            "test");
        Assert.Equal(InliningPolicyKind.Benefit, decisions.Rest);
        var first = decisions.Of(Hash);
        Assert.Equal(2, first.Count);
        Assert.True(first[InliningDecisions.PathOf(12, [(418, 5)])]);
        Assert.False(first[InliningDecisions.PathOf(12, [(418, 5), (512, 7)])]);
        Assert.Equal(2, decisions.MissesOf(Hash).Count);
        Assert.Equal(MissHandling.Guard, decisions.MissesOf(Hash)[InliningDecisions.SiteOf(InliningDecisions.PathOf(12, [(600, 5)]))]);
        Assert.Equal(MissHandling.GenericCall, decisions.MissesOf(Hash)[InliningDecisions.SiteOf("12 418>5 512>7")]);
        Assert.Empty(decisions.MissesOf(new string('f', 64)));
        Assert.Empty(decisions.MissesOf(new string('0', 64)));
        Assert.False(decisions.Of(new string('f', 64))["12 418>5"]);
        Assert.Empty(decisions.Of(new string('0', 64)));
        Assert.Equal(InliningPolicyKind.V8, InliningDecisionsReader.Read("inlining-decisions 1", "test").Rest);
    }

    [Theory]
    [InlineData("", 1, "the first line is not 'inlining-decisions 1'")]
    [InlineData("inlining-decisions 2", 1, "the first line is not 'inlining-decisions 1'")]
    [InlineData("inlining-decisions 1\nrest", 2, "'rest' takes the name of a policy")]
    [InlineData("inlining-decisions 1\nrest oracle", 2, "there is no policy 'oracle' for the rest; there are v8, ")]
    [InlineData("inlining-decisions 1\nrest v8\nrest v8", 3, "there is a policy for the rest already")]
    [InlineData("inlining-decisions 1\nmodule 0123", 2, "'0123' is no SHA-256 of a module in 64 lower-case digits")]
    [InlineData("inlining-decisions 1\ninline 1 2>3", 2, "there is no line 'module' above")]
    [InlineData(Head + "inline 1", 3, "'inline' takes a function and one call or more")]
    [InlineData(Head + "inline x 2>3", 3, "'x' is no number of a function or an offset")]
    [InlineData(Head + "inline 1 -2>3", 3, "'-2' is no number of a function or an offset")]
    [InlineData(Head + "inline 1 2", 3, "'2' is no call; write OFFSET>FUNCTION")]
    [InlineData(Head + "inline 1 2>3>4", 3, "'2>3>4' is no call; write OFFSET>FUNCTION")]
    [InlineData(Head + "inline 1 2>3\nrefuse 1 2>3", 4, "this call is decided about already")]
    [InlineData(Head + "keep 1 2>3", 3, "there is no item 'keep'; items are rest, module, inline, refuse, guard and generic")]
    [InlineData("inlining-decisions 1\nguard 1 2", 2, "there is no line 'module' above")]
    [InlineData(Head + "guard 1", 3, "'guard' takes a function, the calls that lead on to the site, and its offset")]
    [InlineData(Head + "generic 1 2>3", 3, "'2>3' is no number of a function or an offset")]
    [InlineData(Head + "generic 1 2 3", 3, "'2' is no call; write OFFSET>FUNCTION")]
    [InlineData(Head + "guard 1 2\ngeneric 1 2", 4, "this call is decided about already")]
    public void MistakesAreExplainedInOneLine(string text, int line, string problem)
    {
        var exception = Assert.Throws<KnobException>(() => InliningDecisionsReader.Read(text, "d.txt"));
        Assert.StartsWith($"the inlining decisions 'd.txt', line {line}: {problem}", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public void FilesThatCannotBeReadAreNamed()
    {
        foreach (var path in (string[])["/nowhere/calls.decisions", "/", ""])
        {
            var message = Assert.Throws<KnobException>(() => EngineOptions.Default.With("inlining.decisions", path)).Message;
            Assert.StartsWith($"the inlining decisions '{path}' cannot be read: ", message, StringComparison.Ordinal);
            Assert.EndsWith("; name a file, or 'none'", message, StringComparison.Ordinal);
        }

        Assert.Contains("larger than", Assert.Throws<KnobException>(() => InliningDecisions.Load("/dev/zero")).Message, StringComparison.Ordinal);
    }
}
