using Harness.Engine.Deoptimization;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Cache;

/// <summary>Compares code with code that was written down and read back: all of it, and all that the runtime knows about it.</summary>
internal static class CodeComparison
{
    /// <summary>Whatever the runtime looks at is the same.</summary>
    public static void AssertSame(CompiledCode expected, CompiledCode actual)
    {
        Assert.Equal(expected.References!, actual.References!);
        Assert.Equal(Resolve(expected), Resolve(actual));
        Assert.Equal((expected.FunctionIndex, expected.Tier), (actual.FunctionIndex, actual.Tier));
        Assert.Equal(expected.InstructionBytes, actual.InstructionBytes);
        Assert.Equal(expected.FrameSize, actual.FrameSize);
        Assert.Equal(expected.Block.Padding, actual.Block.Padding);
        Assert.Equal(expected.Sites, actual.Sites);
        Assert.Equal(expected.LandingPads, actual.LandingPads);
        Assert.Equal(expected.FeedbackCallOffsets, actual.FeedbackCallOffsets);
        Assert.Equal(expected.InliningPositions, actual.InliningPositions);
        Assert.Equal(expected.LoopOffset, actual.LoopOffset);
        if (expected.LoopOffset >= 0)
        {
            Assert.Equal((expected.LoopValues, expected.LoopValueSize), (actual.LoopValues, actual.LoopValueSize));
        }

        Assert.Equal(expected.StackMaps.Select(map => map.Registers), actual.StackMaps.Select(map => map.Registers));
        Assert.Equal(expected.StackMaps.Select(map => map.RbpOffsets), actual.StackMaps.Select(map => map.RbpOffsets));
        Assert.Equal((expected.DeoptData?.Points ?? []).Select(Describe), (actual.DeoptData?.Points ?? []).Select(Describe));
    }

    private static string Describe(DeoptPoint point)
    {
        var objects = point.Objects.Select(made => $"object {made.TypeId}: {Describe(made.Fields, point)}");
        var frames = point.Frames.Select(
            frame => $"{frame.FunctionIndex} {frame.BytecodeOffset} {frame.Resume} {frame.LocalCount}: {Describe(frame.Values, point)}");
        return $"{point.ReturnOffset} {point.Reason}\n{string.Join('\n', objects)}\n{string.Join('\n', frames)}";
    }

    private static string Describe(ValueLocation[] values, DeoptPoint point) => string.Join(' ', values.Select(value =>
    {
        var isVector = value is { Kind: ValueLocationKind.Constant, Type: ValueKind.V128, Payload: not 0 };
        return $"{value.Type}:{(isVector ? point.Vectors[value.Payload].ToString() : value.ToString())}";
    }));

    /// <summary>The bytes of code, with the addresses of stubs in the place of distances to them.</summary>
    private static string Resolve(CompiledCode code)
    {
        var bytes = code.Block.Bytes.ToArray();
        var stubs = new List<nint>();
        foreach (var reference in code.References!)
        {
            if (reference.Kind != CodeReferenceKind.Stub)
            {
                continue;
            }

            var target = code.Block.Address + reference.Offset + sizeof(int) + BitConverter.ToInt32(bytes, reference.Offset);
            Assert.Equal(NativeRuntime.AddressOf((Stub)reference.Symbol), target);
            stubs.Add(target);
            bytes.AsSpan(reference.Offset, sizeof(int)).Clear();
        }

        return $"{Convert.ToHexString(bytes)} {string.Join(' ', stubs)}";
    }
}
