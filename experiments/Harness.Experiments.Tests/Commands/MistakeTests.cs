using Harness.Experiments.Commands;

namespace Harness.Experiments.Tests.Commands;

/// <summary>What is told in one line, and what with its stack.</summary>
public sealed class MistakeTests
{
    private static readonly HarnessException Mistake = new("there is no wasm-opt");

    [Fact]
    public void AMistakeOfJobsThatRunAtATimeIsOneOfTheCommand()
    {
        Assert.Same(Mistake, CommandLine.MistakeOf(Mistake));
        Assert.Same(Mistake, CommandLine.MistakeOf(new AggregateException(new AggregateException(Mistake), new AggregateException(new IOException("the disk is full")))));
    }

    [Fact]
    public void AFaultOfTheHarnessIsNone()
    {
        Assert.Null(CommandLine.MistakeOf(new InvalidOperationException()));
        Assert.Null(CommandLine.MistakeOf(new AggregateException(Mistake, new InvalidOperationException())));
        Assert.Null(CommandLine.MistakeOf(new AggregateException()));
    }
}
