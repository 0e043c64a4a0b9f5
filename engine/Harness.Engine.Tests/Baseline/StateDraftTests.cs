using Harness.Engine.Baseline.Model;
using Harness.Engine.Modules;

namespace Harness.Engine.Tests.Baseline;

/// <summary>States of labels that are put together from others.</summary>
public sealed class StateDraftTests
{
    private readonly StateChunks _chunks = new();
    private readonly StateDraft _draft;
    private readonly int[] _source;

    public StateDraftTests()
    {
        _draft = new StateDraft(_chunks);
        _source = [_chunks.Add([StackValue.InFrame(ValueKind.I32), StackValue.InFrame(ValueKind.I32), StackValue.InFrame(ValueKind.I64)])];
    }

    [Fact]
    public void WhatBecomesTheSameIsOneChunk()
    {
        var first = Change(0, StackValue.Known(7, ValueKind.I32));
        Assert.Equal(first, Change(0, StackValue.Known(7, ValueKind.I32)));
        Assert.Equal(2, _chunks.Count);
        var second = Change(0, StackValue.Known(8, ValueKind.I32));
        Assert.NotEqual(first, second);
        Assert.Equal(7, _chunks[first][0].Constant);
        Assert.Equal(8, _chunks[second][0].Constant);
    }

    [Fact]
    public void WhatDoesNotChangeIsTheChunkThatItWas() => Assert.Equal(_source[0], Change(1, StackValue.InFrame(ValueKind.I32)));

    [Fact]
    public void AChunkThatWasRemovedIsNotUsed()
    {
        var removed = Change(0, StackValue.Known(7, ValueKind.I32));
        _chunks.Truncate(removed);
        var again = Change(0, StackValue.Known(7, ValueKind.I32));
        Assert.Equal(removed + 1, _chunks.Count);
        Assert.Equal(7, _chunks[again][0].Constant);

        // Another chunk has its number.
        _chunks.Truncate(again);
        _chunks.Add([StackValue.InFrame(ValueKind.F64)]);
        again = Change(0, StackValue.Known(7, ValueKind.I32));
        Assert.Equal(removed + 1, again);
        Assert.Equal(7, _chunks[again][0].Constant);
    }

    private int Change(int index, StackValue value)
    {
        var target = new int[1];
        _draft.Begin(3);
        _draft.Own(_source, 0)[index] = value;
        _draft.Finish(_source, target, 3);
        return target[0];
    }
}
