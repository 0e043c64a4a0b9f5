using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Build;

namespace Harness.Engine.Tests.Optimizer.Build;

/// <summary>Which locals are alive at the calls of a function, which are listed in the order of the text.</summary>
public sealed class LiveLocalsTests
{
    [Theory]
    [InlineData("(local.set 0 (i32.const 1)) (call $f) (drop (local.get 0)) (call $f)", "0 -")]
    [InlineData("(call $f) (local.set 0 (i32.const 1)) (drop (local.get 0))", "-")]
    [InlineData("(call $f) (drop (local.tee 0 (i32.const 1))) (drop (local.get 0))", "-")]

    // The arms of an if, with and without the other one.
    [InlineData("(call $f) (if (local.get 0) (then (drop (local.get 1))) (else (drop (local.get 2))))", "012")]
    [InlineData("(call $f) (if (local.get 0) (then (local.set 1 (i32.const 1)))) (drop (local.get 1))", "01")]
    [InlineData("(call $f) (if (local.get 0) (then (local.set 1 (i32.const 1))) (else (local.set 1 (i32.const 2)))) (drop (local.get 1))", "0")]

    // Branches out of blocks.
    [InlineData("(block (call $f) (br_if 0 (local.get 0)) (local.set 1 (i32.const 1))) (drop (local.get 1))", "01")]
    [InlineData("(block (call $f) (br 0) (drop (local.get 2))) (drop (local.get 1))", "1")]
    [InlineData("(block (block (call $f) (br_table 0 1 2 (local.get 0))) (drop (local.get 1)) (return)) (drop (local.get 2))", "012")]
    [InlineData("(call $f) (if (local.get 0) (then (unreachable))) (call $f) (return_call $f)", "0 - -")]
    [InlineData("(call $f) (if (local.get 0) (then (return))) (drop (local.get 1))", "01")]

    // What a loop reads before it writes it lives around it; what it writes first does not.
    [InlineData("(loop (local.set 0 (i32.const 1)) (call $f) (drop (local.get 0)) (call $f) (br_if 0 (local.get 1)))", "01 1")]
    [InlineData("(loop (drop (local.get 0)) (call $f) (local.set 0 (i32.const 1)) (call $f) (br 0))", "- 0")]
    [InlineData("(block (loop (call $f) (br_if 1 (local.get 0)) (br 0))) (drop (local.get 2))", "02")]

    // A local that the outer loop reads lives through the inner one, which does not mention it: it takes two walks.
    [InlineData("(loop (drop (local.get 0)) (loop (call $f) (br_if 0 (local.get 1))) (br_if 0 (local.get 2)))", "012")]
    [InlineData("(loop (loop (loop (call $f) (br_if 0 (i32.const 1))) (br_if 0 (i32.const 1))) (drop (local.get 3)) (br_if 0 (i32.const 1)))", "3")]

    // Handlers may be reached from anywhere: nothing is known then.
    [InlineData("(block (try_table (catch_all 0) (call $f))) (drop (local.get 0))", "?")]
    public void LocalsAreAliveAtCalls(string body, string expected)
    {
        var module = TestGraphs.Module($"(module (func $f) (func (param i32 i32 i32 i32) {body}))");
        var reader = module.OpenBody(module.Functions[1]);
        reader.SkipLocals();
        var live = new LiveLocals(reader, locals: 4);
        var found = new List<string>();
        while (!reader.IsAtEnd)
        {
            var offset = reader.Offset;
            var opcode = reader.ReadOpcode();
            reader.SkipImmediates(opcode);
            if (opcode is Opcode.Call or Opcode.ReturnCall)
            {
                found.Add(Describe(live.At(offset)));
            }
        }

        Assert.Equal(expected, string.Join(' ', found));
    }

    /// <summary>A thousand loops, each in the other, and locals without number: too much to be worth it, and given up in time.</summary>
    [Fact]
    public void DeepNestsAreGivenUp()
    {
        const int Depth = 1000;
        var text = $"(module (func $f) (func (local {string.Concat(Enumerable.Repeat("i32 ", 20_000))}) {string.Concat(Enumerable.Repeat("(loop ", Depth))} (call $f) {string.Concat(Enumerable.Repeat("(br_if 0 (local.get 0)))", Depth))}))";
        var module = TestGraphs.Module(text);
        var reader = module.OpenBody(module.Functions[1]);
        reader.SkipLocals();
        Assert.Null(new LiveLocals(reader, locals: 20_000).At(reader.Offset));
    }

    private static string Describe(ulong[]? alive)
    {
        if (alive is null)
        {
            return "?";
        }

        var locals = string.Concat(Enumerable.Range(0, 4).Where(local => LiveLocals.Contains(alive, local)));
        return locals.Length == 0 ? "-" : locals;
    }
}
