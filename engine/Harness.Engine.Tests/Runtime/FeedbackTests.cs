using Harness.Engine.Configuration;
using Harness.Engine.Feedback;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Tests.Runtime;

/// <summary>The states of call sites, as code that updates them inline sees them.</summary>
public sealed class FeedbackTests
{
    private const int Targets = 6;
    private const int SiteOffset = 123;

    /// <summary>Functions 0 to 5 are targets, function 6 records a call of its argument at its only site.</summary>
    private static HandCompiler Recorder() => new HandCompiler().Baseline(Targets, w =>
    {
        w.FeedbackCallOffsets = [SiteOffset];
        w.Prologue(slots: 2);
        var miss = w.A.NewLabel();
        var done = w.A.NewLabel();
        w.A.MovImm(Gpr.R10, FunctionReference.Size);
        w.A.Imul(OpSize.Qword, Gpr.R10, Gpr.Rax);
        w.A.Lea(OpSize.Qword, Gpr.R11, Mem.BaseIndex(Gpr.R14, Gpr.R10, 1, w.Code.Layout.FunctionReferenceOf(0)));
        w.A.Mov(OpSize.Qword, Gpr.R10, Mem.Base(Gpr.R14, w.Code.Layout.FeedbackVector(Targets)));
        w.A.Alu(AluOp.Cmp, OpSize.Qword, Gpr.R11, Mem.Base(Gpr.R10, FeedbackSlot.TargetOffset));
        w.A.Jcc(Condition.NotEqual, miss);
        w.A.Unary(UnaryOp.Inc, OpSize.Qword, Mem.Base(Gpr.R10, FeedbackSlot.CountOffset));
        w.A.Jmp(done);
        w.A.Bind(miss);
        w.A.Mov(OpSize.Qword, Gpr.Rbx, Gpr.R11);
        w.CallStub(Stub.FeedbackMiss);
        w.A.Bind(done);

        // The stub must have kept the registers: the argument comes back if so.
        w.A.Alu(AluOp.Cmp, OpSize.Qword, Gpr.R11, Gpr.Rbx);
        w.Epilogue();
    });

    private static readonly WasmModule Module = HandCompiler.Module(
        "(module " + string.Concat(Enumerable.Repeat("(func)", Targets))
        + "(func (export \"record\") (param i32) (result i32) (local.get 0)))");

    private static CallSiteFeedback Record(EngineOptions options, params int[] targets)
    {
        using var store = Recorder().NewStore(options);
        var instance = store.Instantiate(Module);
        var record = instance.GetFunction("record");
        foreach (var target in targets)
        {
            Assert.Equal(target, record.Invoke(target)[0].AsI32());
        }

        return Assert.Single(new FeedbackSnapshot(instance).FeedbackOf(Targets)!.Sites);
    }

    [Fact]
    public void OneTargetIsMonomorphic()
    {
        var site = Record(EngineOptions.Default, 3, 3, 3);
        Assert.Equal((SiteOffset, FeedbackState.Monomorphic, 3L), (site.BytecodeOffset, site.State, site.Count));
        Assert.Equal([new FeedbackTarget(3, 3)], site.Targets);
    }

    [Fact]
    public void SeveralTargetsAreSortedByCount()
    {
        var site = Record(EngineOptions.Default, 1, 2, 2, 0, 2, 1, 2);
        Assert.Equal((FeedbackState.Polymorphic, 7L), (site.State, site.Count));
        Assert.Equal([new FeedbackTarget(2, 4), new FeedbackTarget(1, 2), new FeedbackTarget(0, 1)], site.Targets);
    }

    [Fact]
    public void OneTargetMoreThanTheLimitIsMegamorphic()
    {
        Assert.Equal(FeedbackState.Polymorphic, Record(EngineOptions.Default, 0, 1, 2, 3).State);
        var site = Record(EngineOptions.Default, 0, 1, 2, 3, 4, 0, 5);
        Assert.Equal((FeedbackState.Megamorphic, 7L), (site.State, site.Count));
        Assert.Empty(site.Targets);
        Assert.Equal(FeedbackState.Megamorphic, Record(EngineOptions.Default with { PolymorphismLimit = 1 }, 0, 1).State);
        Assert.Equal(6, Record(EngineOptions.Default with { PolymorphismLimit = 8 }, 0, 1, 2, 3, 4, 5).Targets.Length);
    }

    [Fact]
    public void FunctionsThatNeverRanHaveNoFeedback()
    {
        using var store = Recorder().NewStore();
        Assert.Null(new FeedbackSnapshot(store.Instantiate(Module)).FeedbackOf(Targets));
    }
}
