using System.Text;
using Harness.Engine.Baseline;
using Harness.Engine.Configuration;
using Harness.Engine.Deoptimization;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Baseline;

/// <summary>What the compiler tells about the places where optimized code may come back.</summary>
public sealed class ResumePointTests
{
    private const string Text = """
        (module
          (type $t (func (param i32) (result i32)))
          (import "m" "host" (func $host (param i32) (result i32)))
          (table 1 funcref)
          (func $callee (param i32 f64) (result i32) (local.get 0))
          (func $f (param $x i32) (param $y f64) (result i32) (local $n i32) (local $zero i64)
            (local.set $n (i32.const 10))
            (i32.add (local.get $x) (i32.const 1))
            (loop $next
              (drop (call $callee (local.get $n) (local.get $y)))
              (drop (call_indirect (type $t) (local.get $x) (i32.const 0)))
              (drop (call $host (local.get $n)))
              (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
            (loop $quiet
              (br_if $quiet (local.tee $n (i32.add (local.get $n) (i32.const 1)))))
            (i32.add (local.get $n))))
        """;

    private static readonly WasmModule Module = WasmModule.Decode(WatAssembler.Assemble(Text));

    [Fact]
    public void EveryCallAndLoopIsDescribed()
    {
        var (compiled, map) = Compile();
        var body = Instructions();
        var callee = body.Single(i => i.Opcode == Opcode.Call && i.Offset < body.First(j => j.Opcode == Opcode.CallIndirect).Offset).Offset;
        var indirect = body.Single(i => i.Opcode == Opcode.CallIndirect).Offset;
        var host = body.Last(i => i.Opcode == Opcode.Call).Offset;
        int[] loops = [.. body.Where(i => i.Opcode == Opcode.Loop).Select(i => i.Offset)];
        Assert.Equal([callee, indirect], compiled.FeedbackCallOffsets);
        Assert.Equal(
            [
                (loops[0], ResumeKind.LoopEntry), (callee, ResumeKind.BeforeInstruction), (callee, ResumeKind.AfterCall),
                (indirect, ResumeKind.BeforeInstruction), (indirect, ResumeKind.AfterCall), (host, ResumeKind.AfterCall),
                (loops[1], ResumeKind.LoopEntry),
            ],
            map.ResumePoints.Select(point => (point.BytecodeOffset, point.Kind)));
        Assert.Equal(0, map.FrameSize % 16);
    }

    [Fact]
    public void StatesHaveOneLocationForEachLocalAndOperand()
    {
        var (_, map) = Compile();
        var points = map.ResumePoints;
        Assert.Equal([5, 7, 5, 7, 5, 5, 5], points.Select(point => point.Values.Length));
        foreach (var point in points)
        {
            ValueKind[] kinds = [ValueKind.I32, ValueKind.F64, ValueKind.I32, ValueKind.I64, ValueKind.I32];
            Assert.Equal(kinds, point.Values.Take(5).Select(value => value.Type));

            // The fourth local is never set.
            Assert.Equal((ValueLocationKind.Constant, 0L), (point.Values[3].Kind, point.Values[3].Payload));
            foreach (var value in point.Values.Where(value => value.Kind == ValueLocationKind.Stack))
            {
                Assert.InRange(value.Payload, -map.FrameSize, FrameLayout.BaselineFirstSlot);
            }
        }

        var indexOfTable = points.Last(point => point.Kind == ResumeKind.BeforeInstruction).Values[6];
        Assert.Equal((ValueLocationKind.Constant, 0L), (indexOfTable.Kind, indexOfTable.Payload));
    }

    [Fact]
    public void NothingThatOutlivesACallIsInARegister()
    {
        var (_, map) = Compile();
        foreach (var point in map.ResumePoints.Where(point => point.Kind == ResumeKind.AfterCall))
        {
            Assert.DoesNotContain(point.Values, value => value.Kind is ValueLocationKind.Gpr or ValueLocationKind.Xmm);
        }

        // Only the operands of a call may be in registers before it.
        foreach (var point in map.ResumePoints.Where(point => point.Kind == ResumeKind.BeforeInstruction))
        {
            Assert.DoesNotContain(point.Values.Take(5), value => value.Kind is ValueLocationKind.Gpr or ValueLocationKind.Xmm);
        }
    }

    [Fact]
    public void CallsResumeAtCodeSitesOfTheirInstruction()
    {
        var (compiled, map) = Compile();
        foreach (var point in map.ResumePoints.Where(point => point.Kind == ResumeKind.AfterCall))
        {
            Assert.Contains(new CodeSite(point.CodeOffset, point.BytecodeOffset, -1, TrapKind.None), compiled.Sites);
        }
    }

    [Fact]
    public void CompilingAgainGivesTheSameCode()
    {
        var (first, map) = Compile();
        var (second, again) = Compile();
        Assert.Equal(first.Sites, second.Sites);
        Assert.Equal(first.Block.Size, second.Block.Size);
        Assert.Equal(map.FrameSize, again.FrameSize);
        Assert.Equal(map.ResumePoints.Select(p => p.CodeOffset), again.ResumePoints.Select(p => p.CodeOffset));
    }

    /// <summary>Where the locals lie that have been set is told at each place, though places share what is told of all others.</summary>
    [Fact]
    public void PlacesShareWhatHasNotChanged()
    {
        const int locals = 2000;
        const int calls = 3000;
        var text = new StringBuilder("(module (func $g (result i32) (i32.const 1)) (func (export \"f\") ");
        for (var i = 0; i < locals; i++)
        {
            text.Append("(local i32)");
        }

        for (var i = 0; i < calls; i++)
        {
            text.Append("(local.set ").Append(LocalOf(i)).Append(" (call $g))");
        }

        var module = WasmModule.Decode(WatAssembler.Assemble(text.Append("))").ToString()));
        using var engine = new WasmEngine(EngineOptions.Default);
        using var compiler = new BaselineCompiler(NativeRuntime.CodeSpace, NativeRuntime.Stubs.Stubs);
        var code = engine.CodeOf(module);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var points = compiler.DescribeResumePoints(code, 1).ResumePoints;
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 40 << 20);
        Assert.Equal(2 * calls, points.Length);

        // A call may have put constants that others wait for into the frame, never the reverse.
        var isSet = new bool[locals];
        foreach (var (point, number) in points.Where(point => point.Kind == ResumeKind.AfterCall).Select((point, number) => (point, number)))
        {
            Assert.Equal(locals, point.Values.Length);
            for (var i = number % 7; i < locals; i += 7)
            {
                var place = point.Values[i];
                Assert.Equal(ValueKind.I32, place.Type);
                Assert.True(place.Kind == ValueLocationKind.Stack || (!isSet[i] && (place.Kind, place.Payload) == (ValueLocationKind.Constant, 0L)));
                if (place.Kind == ValueLocationKind.Stack)
                {
                    Assert.Equal(FrameLayout.BaselineSlot(i, FrameLayout.BaselineSlotSize), place.Payload);
                }
            }

            isSet[LocalOf(number)] = true;
        }

        static int LocalOf(int call) => call * 37 % locals;
    }

    [Fact]
    public void SitesAscend()
    {
        var (compiled, _) = Compile();
        Assert.Equal(compiled.Sites.OrderBy(site => site.CodeOffset), compiled.Sites);
        Assert.InRange(compiled.Sites[^1].CodeOffset, 0, compiled.Block.Size - 1);
    }

    private static (CompiledCode Code, ResumeMap Map) Compile()
    {
        using var engine = new WasmEngine(EngineOptions.Default);
        var compiler = new BaselineCompiler(NativeRuntime.CodeSpace, NativeRuntime.Stubs.Stubs);
        var code = engine.CodeOf(Module);
        return (compiler.Compile(code, 2), compiler.DescribeResumePoints(code, 2));
    }

    private static List<(int Offset, Opcode Opcode)> Instructions()
    {
        var reader = Module.OpenBody(Module.Functions[2]);
        for (var groups = reader.ReadIndex(); groups > 0; groups--)
        {
            reader.ReadIndex();
            reader.ReadValueType();
        }

        var instructions = new List<(int, Opcode)>();
        while (!reader.IsAtEnd)
        {
            var offset = reader.Offset;
            var opcode = reader.ReadOpcode();
            reader.SkipImmediates(opcode);
            instructions.Add((offset, opcode));
        }

        return instructions;
    }
}
