using Harness.Engine.Optimizer.Emission;
using Harness.Engine.Optimizer.Lowering;
using Harness.Engine.X64;

namespace Harness.Engine.Tests.Optimizer.CodeGeneration;

/// <summary>No instruction is longer than what jumps are made short by.</summary>
public sealed class SizeEstimateTests
{
    /// <summary>What is chosen when two floats are not equal is loaded behind each of two jumps.</summary>
    [Fact]
    public void AFloatThatIsChosenByEqualityMayBeLoadedThreeTimesFromFarSlots()
    {
        var instruction = new LirInstruction
        {
            Op = LirOp.Select,
            Size = OpSize.Qword,
            AccessSize = OpSize.Qword,
            Compare = CompareKind.Float,
            Condition = FlagCondition.FloatEqual,
        };
        var slot = Mem.Base(Gpr.Rbp, -100_000);
        using var assembler = new Assembler();
        assembler.Sse(SseOp.UcomiSd, Xmm.Xmm15, slot);
        assembler.MovScalar(OpSize.Qword, Xmm.Xmm15, slot);
        foreach (var condition in (Condition[])[Condition.NoParity, Condition.Equal])
        {
            var skip = assembler.NewLabel();
            assembler.JccShort(condition, skip);
            assembler.MovScalar(OpSize.Qword, Xmm.Xmm15, slot);
            assembler.Bind(skip);
        }

        Assert.Equal(assembler.Position, SizeEstimate.Of(instruction));
    }
}
