using Harness.Engine.Configuration;

namespace Harness.Engine.Tests.Configuration;

/// <summary>Models of inlining are read from text; what is wrong with a file is said in one line.</summary>
public sealed class InliningModelTests
{
    private static double[] Features(params (InliningFeature Feature, double Value)[] given)
    {
        var features = new double[Enum.GetValues<InliningFeature>().Length];
        foreach (var (feature, value) in given)
        {
            features[(int)feature] = value;
        }

        return features;
    }

    [Fact]
    public void WeightsAndTreesAreAdded()
    {
        var model = InliningModelReader.Read(
            """
            # a comment
            inlining-model 1
            intercept -1.5
            weight depth -2   # one more
            weight calls-log 0.5

            tree
              split indirect 0.5 1 2
              leaf 10
              split depth 3 3 4
              leaf 20
              leaf 3e1
            tree
              leaf 0.25
            """,
            "test");
        Assert.Equal(-1.5 - 2 + 4 + 10 + 0.25, model.Evaluate(Features((InliningFeature.Depth, 1), (InliningFeature.CallsLog, 8))));
        Assert.Equal(-1.5 - 4 + 20 + 0.25, model.Evaluate(Features((InliningFeature.Depth, 2), (InliningFeature.Indirect, 1))));
        Assert.Equal(-1.5 - 6 + 30 + 0.25, model.Evaluate(Features((InliningFeature.Depth, 3), (InliningFeature.Indirect, 1))));
    }

    [Theory]
    [InlineData("", 1, "the first line is not 'inlining-model 1'")]
    [InlineData("inlining-model 2\nweight depth 1", 1, "the first line is not 'inlining-model 1'")]
    [InlineData("inlining-model 1", 1, "there is neither a weight nor a tree")]
    [InlineData("inlining-model 1\nintercept 1\nintercept 2", 3, "there is an intercept already")]
    [InlineData("inlining-model 1\nintercept", 2, "'intercept' takes one number")]
    [InlineData("inlining-model 1\nintercept NaN", 2, "'NaN' is no number")]
    [InlineData("inlining-model 1\nweight depth 1e999", 2, "'1e999' is no number")]
    [InlineData("inlining-model 1\nweight depth", 2, "'weight' takes a feature and a number")]
    [InlineData("inlining-model 1\nweight depht 1", 2, "there is no feature 'depht'; did you mean 'depth'? Features are calls-log, ")]
    [InlineData("inlining-model 1\nweight depth 1\nweight depth 1", 3, "the feature 'depth' has a weight already")]
    [InlineData("inlining-model 1\nleaf 1", 2, "there is no line 'tree' above")]
    [InlineData("inlining-model 1\ntree 1", 2, "'tree' takes nothing behind it")]
    [InlineData("inlining-model 1\ntree\ntree\nleaf 1", 3, "the tree before has no nodes")]
    [InlineData("inlining-model 1\ntree\nsplit depth 1 0 1\nleaf 1", 3, "node 0 of the tree goes on with node 0; it must be a later one, up to 1")]
    [InlineData("inlining-model 1\ntree\nsplit depth 1 1 2\nleaf 1", 3, "node 0 of the tree goes on with node 2; it must be a later one, up to 1")]
    [InlineData("inlining-model 1\ntree\nsplit depth 1 -1 2", 3, "'-1' is no number of a node")]
    [InlineData("inlining-model 1\ntree\nsplit depth 1 1", 3, "'split' takes a feature, a number and the numbers of two later nodes")]
    [InlineData("inlining-model 1\nbias 1", 2, "there is no item 'bias'; items are intercept, weight, tree, leaf and split")]
    public void MistakesAreExplainedInOneLine(string text, int line, string problem)
    {
        var exception = Assert.Throws<KnobException>(() => InliningModelReader.Read(text, "m.txt"));
        Assert.StartsWith($"the inlining model 'm.txt', line {line}: {problem}", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public void FilesThatCannotBeReadAreNamed()
    {
        foreach (var path in (string[])["/nowhere/model.txt", "/", ""])
        {
            var message = Assert.Throws<KnobException>(() => EngineOptions.Default.With("inlining.model", path)).Message;
            Assert.StartsWith($"the inlining model '{path}' cannot be read: ", message, StringComparison.Ordinal);
            Assert.EndsWith("; name a file, or 'built-in'", message, StringComparison.Ordinal);
        }

        Assert.Contains("larger than", Assert.Throws<KnobException>(() => InliningModel.Load("/dev/zero")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AModelIsWrittenAsItIsRead()
    {
        double[] weights = [.. Enumerable.Range(0, Enum.GetValues<InliningFeature>().Length).Select(i => i % 3 == 0 ? 0 : 1.0 / (i + 1))];
        var model = InliningModel.BuiltIn.With("other", -0.1, weights);
        var read = InliningModelReader.Read(model.ToText(), "read");
        Assert.Equal(model.ToText(), read.ToText());
        Assert.Equal((-0.1, weights[4]), (read.Intercept, read.WeightOf((InliningFeature)4)));
        var features = Features((InliningFeature.WorkLog, 9), (InliningFeature.SavedLog, 3), (InliningFeature.Depth, 2));
        Assert.Equal(model.Evaluate(features), read.Evaluate(features));
        Assert.Equal(InliningModel.BuiltIn.Evaluate(features), InliningModelReader.Read(InliningModel.BuiltIn.ToText(), "read").Evaluate(features));
    }

    [Fact]
    public void TheBuiltInModelIsTheFile()
    {
        var options = EngineOptions.Default.With("inlining.model", RepositoryFiles.InliningModel);
        var features = Features((InliningFeature.CallsLog, 1), (InliningFeature.SavedLog, 3), (InliningFeature.NodesLog, 2));
        Assert.Equal(InliningModel.BuiltIn.Evaluate(features), options.InliningModel.Evaluate(features));
        Assert.NotEqual(InliningModel.BuiltIn, options.InliningModel);
        Assert.Equal(InliningModel.BuiltIn, options.With("inlining.model", "built-in").InliningModel);
    }
}
