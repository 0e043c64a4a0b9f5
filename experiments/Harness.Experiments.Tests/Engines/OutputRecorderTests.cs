using Harness.Experiments.Engines;
using Harness.Hosts;

namespace Harness.Experiments.Tests.Engines;

/// <summary>Which outcomes of iterations a report has, and in which order.</summary>
public sealed class OutputRecorderTests
{
    [Fact]
    public void TheOutcomeOfTheLastIterationComesLast()
    {
        Assert.Empty(Record().All);
        Assert.Equal([("b", 1), ("c", 1), ("a", 2)], Record("a", "b", "c", "a").All.Select(outcome => (outcome.Text, outcome.Count)));
    }

    [Fact]
    public void SoItDoesWhereThereAreMoreThanAreKept()
    {
        string[] texts = [.. Enumerable.Range(0, 150).Select(i => $"{i}")];
        Assert.Equal([.. texts[..100], "149"], Record(texts).All.Select(outcome => outcome.Text));
        Assert.Equal([.. texts[1..100], "0"], Record([.. texts, "0"]).All.Select(outcome => outcome.Text));
    }

    private static OutputRecorder Record(params string[] texts)
    {
        var recorder = new OutputRecorder();
        foreach (var text in texts)
        {
            recorder.Add(new ProgramOutput { Text = text });
        }

        return recorder;
    }
}
