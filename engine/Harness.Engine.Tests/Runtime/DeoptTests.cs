using System.Diagnostics;
using Harness.Engine.Configuration;
using Harness.Engine.Deoptimization;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Tests.Runtime;

/// <summary>Optimized frames are replaced by baseline frames, with deopt data written by hand.</summary>
public sealed class DeoptTests
{
    /// <summary>The call in <c>outer</c> and the point in <c>inner</c> at which execution goes on.</summary>
    private const int CallOffset = 40;
    private const int ResumeOffset = 50;

    private static readonly EngineOptions Eager = EngineOptions.Default with { TierUp = TierUpMode.Eager };

    /// <summary>One function (x i32, y f64) → x * 100 + trunc(y) whose optimized code always leaves at once.</summary>
    private static HandCompiler SingleFrame() => new HandCompiler()
        .Baseline(0, w =>
        {
            // Slot 0: x, slot 1: y. Resumes with the operand x * 100 in rdx, and y in xmm3.
            w.Prologue(slots: 3);
            w.A.Imul(OpSize.Dword, Gpr.Rdx, Gpr.Rax, 100);
            w.A.MovAps(Xmm.Xmm3, Xmm.Xmm0);
            w.ResumePoints.Add(new ResumePoint(ResumeOffset, ResumeKind.BeforeInstruction, w.A.Position,
            [
                ValueLocation.OnStack(FrameLayout.BaselineFirstSlot, ValueKind.I32),
                ValueLocation.In(Xmm.Xmm3, ValueKind.F64),
                ValueLocation.In(Gpr.Rdx, ValueKind.I32),
            ]));
            w.A.Cvt(FloatToIntOp.CvttSdToSi32, Gpr.Rax, Xmm.Xmm3);
            w.A.Alu(AluOp.Add, OpSize.Dword, Gpr.Rax, Gpr.Rdx);
            w.Epilogue();
        })
        .Optimized(0, w =>
        {
            w.Prologue(slots: 5);
            w.A.MovScalar(OpSize.Qword, Mem.Base(Gpr.Rbp, FrameLayout.OptimizedFirstSlot - 8), Xmm.Xmm0);
            w.A.Imul(OpSize.Dword, Gpr.Rdi, Gpr.Rax, 100);
            w.Deopt(DeoptReason.WrongCallTarget, new DeoptFrame(0, ResumeOffset, ResumeKind.BeforeInstruction, 2,
            [
                ValueLocation.In(Gpr.Rax, ValueKind.I32),
                ValueLocation.OnStack(FrameLayout.OptimizedFirstSlot - 8, ValueKind.F64),
                ValueLocation.In(Gpr.Rdi, ValueKind.I32),
            ]));
        });

    private static readonly WasmModule SingleFrameModule =
        HandCompiler.Module("""(module (func $f (export "f") (param i32 f64) (result i32) i32.const 0))""");

    [Fact]
    public void OneFrameGoesOnInBaselineCode()
    {
        using var engine = SingleFrame().NewEngine(Eager);
        DeoptEvent? seen = null;
        engine.Events.Deoptimized += deopt => seen = deopt;
        using (var store = new Store(engine))
        {
            var f = store.Instantiate(SingleFrameModule).GetFunction("f");
            Assert.Equal(723, f.Invoke(7, 23.9)[0].AsI32());
            Assert.Equal(623, f.Invoke(6, 23.9)[0].AsI32());
        }

        Assert.Equal(1, engine.Statistics.Deopts);
        Assert.Equal(1, engine.Statistics.DiscardedFunctions);
        Assert.Equal(0, engine.Statistics.LiveOptimizedCodeBytes);
        Assert.NotNull(seen);
        Assert.Equal(DeoptReason.WrongCallTarget, seen.Reason);
        var frame = Assert.Single(seen.Frames);
        Assert.Equal(["7", "23.9"], frame.Locals.Select(value => value.ToString()));
        Assert.Equal(["700"], frame.Operands.Select(value => value.ToString()));
    }

    /// <summary>The frames that were built are not on the stack yet.</summary>
    [Fact]
    public void WhoIsToldOfADeoptCannotUseTheStore()
    {
        using var engine = SingleFrame().NewEngine(Eager);
        using var store = new Store(engine);
        var f = store.Instantiate(SingleFrameModule).GetFunction("f");
        var refused = 0;
        engine.Events.CodeDiscarded += _ => Use();
        engine.Events.Deoptimized += _ => Use();
        Assert.Equal(723, f.Invoke(7, 23.9)[0].AsI32());
        Assert.Equal(4, refused);

        void Use()
        {
            Assert.Throws<InvalidOperationException>(() => f.Invoke(1, 1.0));
            Assert.Throws<InvalidOperationException>(() => store.CollectGarbage());
            refused += 2;
        }
    }

    [Fact]
    public void StressDeoptsKeepTheCodeAndStartTheIntervalAnew()
    {
        using var store = SingleFrame().NewStore(Eager with { StressGuardFailInterval = 3 });
        var instance = store.Instantiate(SingleFrameModule);
        var f = instance.GetFunction("f");
        unsafe
        {
            // What optimized code does at each guard under this knob.
            instance.Header->GuardFailureCountdown = 0;
            Assert.Equal(101, f.Invoke(1, 1.0)[0].AsI32());
            Assert.Equal(3, instance.Header->GuardFailureCountdown);
        }

        var statistics = store.Engine.Statistics;
        Assert.Equal((0, 1, 0), (statistics.Deopts, statistics.StressDeopts, statistics.DiscardedFunctions));
        Assert.NotNull(instance.Code.OptimizedCode(0));
    }

    [Fact]
    public void AfterTheLimitCodeIsCompiledWithoutDeoptPoints()
    {
        var compiler = SingleFrame();
        var options = EngineOptions.Default with { TierUp = TierUpMode.Synchronous, DeoptLimit = 2 };
        using var store = compiler.NewStore(options);
        var instance = store.Instantiate(SingleFrameModule);
        var f = instance.GetFunction("f");
        for (var i = 0; i < 4; i++)
        {
            store.Engine.TierUp.Optimize(instance, 0);
            Assert.Equal(101, f.Invoke(1, 1.0)[0].AsI32());
        }

        Assert.Equal([true, true, false, false], compiler.Optimizations.Select(o => o.AllowDeopt));
    }

    /// <summary>
    /// <c>outer(a, b) = inner(0, ..., 9, a, b) + 1000 * a</c> with inner's sum inlined into outer, and left inside of inner.
    /// Inner has 12 parameters, of which four travel on the stack.
    /// </summary>
    private static HandCompiler TwoFrames() => new HandCompiler()
        .Baseline(0, w =>
        {
            // inner: resumes with the sum so far on the operand stack in slot 0, and the last stack parameter where it came.
            w.Prologue(slots: 4);
            w.A.Int3();
            w.ResumePoints.Add(new ResumePoint(ResumeOffset, ResumeKind.BeforeInstruction, w.A.Position,
            [
                .. Enumerable.Range(0, 8).Select(i => ValueLocation.Constant(i, ValueKind.I64)),
                ValueLocation.OnStack(FrameLayout.StackParameters, ValueKind.I64),
                ValueLocation.OnStack(FrameLayout.StackParameters + 8, ValueKind.I64),
                ValueLocation.In(Gpr.Rsi, ValueKind.I64),
                ValueLocation.OnStack(FrameLayout.StackParameters + 24, ValueKind.I64),
                ValueLocation.OnStack(FrameLayout.BaselineFirstSlot, ValueKind.I64),
            ]));
            w.A.Mov(OpSize.Qword, Gpr.Rax, Mem.Base(Gpr.Rbp, FrameLayout.BaselineFirstSlot));
            w.A.Alu(AluOp.Add, OpSize.Qword, Gpr.Rax, Mem.Base(Gpr.Rbp, FrameLayout.StackParameters));
            w.A.Alu(AluOp.Add, OpSize.Qword, Gpr.Rax, Mem.Base(Gpr.Rbp, FrameLayout.StackParameters + 8));
            w.A.Alu(AluOp.Add, OpSize.Qword, Gpr.Rax, Gpr.Rsi);
            w.A.Alu(AluOp.Add, OpSize.Qword, Gpr.Rax, Mem.Base(Gpr.Rbp, FrameLayout.StackParameters + 24));
            w.Epilogue(stackBytes: 32);
        })
        .Baseline(1, w =>
        {
            // outer: a is expected in slot 0, b as it came, the operand 1000 * a in slot 2.
            w.Prologue(slots: 6);
            w.A.Int3();
            w.ResumePoints.Add(new ResumePoint(CallOffset, ResumeKind.AfterCall, w.A.Position,
            [
                ValueLocation.OnStack(FrameLayout.BaselineFirstSlot, ValueKind.I64),
                ValueLocation.OnStack(FrameLayout.BaselineFirstSlot - 8, ValueKind.I64),
                ValueLocation.OnStack(FrameLayout.BaselineFirstSlot - 16, ValueKind.I64),
            ]));
            w.Site(CallOffset);
            w.A.Alu(AluOp.Add, OpSize.Qword, Gpr.Rax, Mem.Base(Gpr.Rbp, FrameLayout.BaselineFirstSlot - 16));
            w.Epilogue();
        })
        .Optimized(1, w =>
        {
            w.Prologue(slots: 3);
            w.A.Mov(OpSize.Qword, Gpr.R13, Gpr.Rax);
            w.A.Mov(OpSize.Qword, Mem.Base(Gpr.Rbp, FrameLayout.OptimizedFirstSlot), Gpr.Rdx);
            w.A.Imul(OpSize.Qword, Gpr.Rbx, Gpr.Rax, 1000);
            w.A.MovImm(Gpr.R9, 28);
            var a = ValueLocation.In(Gpr.R13, ValueKind.I64);
            var b = ValueLocation.OnStack(FrameLayout.OptimizedFirstSlot, ValueKind.I64);
            w.Deopt(
                DeoptReason.WrongCallTarget,
                new DeoptFrame(1, CallOffset, ResumeKind.AfterCall, 2, [a, b, ValueLocation.In(Gpr.Rbx, ValueKind.I64)]),
                new DeoptFrame(0, ResumeOffset, ResumeKind.BeforeInstruction, 12,
                [
                    .. Enumerable.Range(0, 10).Select(i => ValueLocation.Constant(i, ValueKind.I64)),
                    a,
                    b,
                    ValueLocation.In(Gpr.R9, ValueKind.I64),
                ]));
        });

    [Fact]
    public void InlinedFramesGetTheirStackParametersAndReturnToTheirCaller()
    {
        var parameters = string.Join(' ', Enumerable.Repeat("i64", 12));
        var module = HandCompiler.Module(
            $$"""
            (module (func $inner (param {{parameters}}) (result i64) i64.const 0)
              (func $outer (export "outer") (param i64 i64) (result i64) i64.const 0))
            """);
        using var store = TwoFrames().NewStore(Eager);
        var outer = store.Instantiate(module).GetFunction("outer");

        Assert.Equal(45 + 5 + 6 + 5000, outer.Invoke(5L, 6L)[0].AsI64());
        Assert.Equal(1, store.Engine.Statistics.Deopts);
    }

    [Fact]
    public void TheOutermostFrameKeepsItsStackParametersInPlace()
    {
        // Nine parameters: the last one travels on the stack. The optimized code swaps it with the first one.
        var compiler = new HandCompiler()
            .Baseline(0, w =>
            {
                w.Prologue(slots: 10);
                w.A.Int3();
                w.ResumePoints.Add(new ResumePoint(ResumeOffset, ResumeKind.LoopEntry, w.A.Position,
                [
                    ValueLocation.In(Gpr.Rax, ValueKind.I64),
                    .. Enumerable.Range(1, 7).Select(i => ValueLocation.Constant(i, ValueKind.I64)),
                    ValueLocation.OnStack(FrameLayout.StackParameters, ValueKind.I64),
                ]));
                w.A.Imul(OpSize.Qword, Gpr.Rax, Gpr.Rax, 100);
                w.A.Alu(AluOp.Add, OpSize.Qword, Gpr.Rax, Mem.Base(Gpr.Rbp, FrameLayout.StackParameters));
                w.Epilogue(stackBytes: 16);
            })
            .Optimized(0, w =>
            {
                w.Prologue(slots: 1);
                w.Deopt(DeoptReason.WrongCallTarget, new DeoptFrame(0, ResumeOffset, ResumeKind.LoopEntry, 9,
                [
                    ValueLocation.OnStack(FrameLayout.StackParameters, ValueKind.I64),
                    .. Enumerable.Range(1, 7).Select(i => ValueLocation.Constant(i, ValueKind.I64)),
                    ValueLocation.In(Gpr.Rax, ValueKind.I64),
                ]));
            });
        var parameters = string.Join(' ', Enumerable.Repeat("i64", 9));
        using var store = compiler.NewStore(Eager);
        var f = store.Instantiate(HandCompiler.Module(
            $"(module (func (export \"f\") (param {parameters}) (result i64) i64.const 0))")).GetFunction("f");

        Assert.Equal(9 * 100 + 5, f.Invoke(5L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 9L)[0].AsI64());
    }

    [Fact]
    public void CodeThatDoesNotFitIsAnExceptionRatherThanACrash()
    {
        var compiler = SingleFrame();
        compiler.Baseline(0, w =>
        {
            w.Prologue();
            w.Epilogue();
        });
        using var store = compiler.NewStore(Eager);
        var f = store.Instantiate(SingleFrameModule).GetFunction("f");

        var failure = Assert.Throws<InvalidOperationException>(() => f.Invoke(1, 1.0));
        Assert.Contains("BeforeInstruction resume point at offset 0x32", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ADeoptOfOneFrameTakesLessThanFiveMicroseconds()
    {
        // By stress, so that the code stays; the whole call is measured.
        using var store = SingleFrame().NewStore(Eager with { StressGuardFailInterval = 1 });
        var instance = store.Instantiate(SingleFrameModule);
        var f = instance.GetFunction("f");
        var slots = new ulong[2];
        var best = double.MaxValue;
        for (var round = 0; round < 300; round++)
        {
            const int calls = 100;
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < calls; i++)
            {
                unsafe
                {
                    instance.Header->GuardFailureCountdown = 0;
                }

                slots[0] = 7;
                slots[1] = BitConverter.DoubleToUInt64Bits(23.9);
                f.InvokeRaw(slots);
            }

            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMicroseconds / calls);
            Assert.Equal(723UL, slots[0]);
        }

        Assert.True(best < 5, $"{best:F2} us");
    }
}
