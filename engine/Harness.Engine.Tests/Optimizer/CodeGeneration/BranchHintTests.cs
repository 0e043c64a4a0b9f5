using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Tests.Optimizer.CodeGeneration;

/// <summary>What a module says of its branches decides the order of code, and nothing else.</summary>
public sealed class BranchHintTests
{
    private const byte CodeSection = 10;

    private const string Text = """
        (module
          (func $f (param i32) (result i32) (i32.div_u (i32.const 1000) (local.get 0)))
          (func (export "if") (param i32) (result i32)
            (if (result i32) (local.get 0)
              (then (call $f (i32.const 7)))
              (else (call $f (i32.const 9)))))
          (func (export "br_if") (param i32) (result i32)
            (block $out
              (br_if $out (local.get 0))
              (return (call $f (i32.const 9))))
            (call $f (i32.const 7))))
        """;

    [Theory]
    [InlineData("if", 1)]
    [InlineData("br_if", 2)]
    public void UnlikelyCodeComesLast(string name, int function)
    {
        var plain = WasmModule.Decode(WatAssembler.Assemble(Text));
        var offset = BranchOffset(plain.Functions[function]);
        var likely = Order(WithHints(plain, [(function, offset, 1)]), name);
        var unlikely = Order(WithHints(plain, [(function, offset, 0)]), name);
        Assert.Equal(("7 9", "9 7"), (likely, unlikely));
        Assert.Equal(Order(plain, name), Order(WithHints(plain, [(function, offset, 0)]), name, "off"));
        Assert.Equal(Order(plain, name), Order(WithHints(plain, [(function, offset, 1)]), name, "off"));
        Assert.Equal(Order(plain, name), Order(WithHints(plain, [(function, offset + 1, 0), (function + 1, offset, 0), (int.MaxValue, 0, 1)]), name));
    }

    /// <summary>
    /// A branch by descriptor branches on null, or where the type is another one, as well. That it is likely as a whole does not make these likely, behind which the descriptors are compared;
    /// that it is unlikely makes all of them unlikely.
    /// </summary>
    [Theory]
    [InlineData("br_on_cast_desc_eq", "(ref null $shape) (ref null $shape)", "(ref null $shape)")]
    [InlineData("br_on_cast_desc_eq_fail", "anyref (ref $shape)", "anyref")]
    public void AHintIsOfTheWholeBranch(string branch, string types, string source)
    {
        var plain = TestGraphs.Module(
            $"""
            (module
              (rec
                (type $shape (sub (descriptor $shape.d) (struct)))
                (type $shape.d (sub (describes $shape) (struct))))
              (func (param $x i32) (param $s {source}) (param $d (ref (exact $shape.d))) (result i32)
                (block $out (result {source})
                  ({branch} $out {types} (local.get $s) (local.get $d))
                  (drop)
                  (return (i32.clz (local.get $x))))
                (drop)
                (i32.ctz (local.get $x))))
            """);
        var offset = BranchOffset(plain.Functions[0]);
        var usual = FrequenciesOf(plain);
        var likely = FrequenciesOf(WithHints(plain, [(0, offset, 1)]));
        var unlikely = FrequenciesOf(WithHints(plain, [(0, offset, 0)]));
        Assert.Equal(usual.Compared, likely.Compared);
        Assert.InRange(likely.Passed, 0, usual.Passed / 100);
        Assert.Equal(usual.Taken, likely.Taken);
        Assert.InRange(unlikely.Compared, usual.Compared * 0.99, usual.Compared);
        Assert.InRange(unlikely.Passed, usual.Passed * 0.99, usual.Passed);
        Assert.InRange(unlikely.Taken, 0, usual.Taken / 100);
    }

    [Theory]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0x0F })]
    [InlineData(new byte[] { 1, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F })]
    [InlineData(new byte[] { 1, 1, 1, 3, 9, 0 })]
    [InlineData(new byte[] { 1, 1, 1, 3, 1, 2 })]
    [InlineData(new byte[] { 0x80 })]
    public void MalformedHintsAreNone(byte[] content)
    {
        var module = WithSection(WasmModule.Decode(WatAssembler.Assemble(Text)), content);
        Assert.True(module.BranchHints.IsEmpty);
        Order(module, "if");
    }

    /// <summary>In which order the code passes 7 and 9, which it does when the condition holds and when it does not.</summary>
    private static string Order(WasmModule module, string name, string hints = "on")
    {
        using var run = new OptimizedRun(module, "inlining=off", $"pass.branch-hints={hints}");
        Assert.Equal(1000 / 7, run.Call(name, 1).AsI32());
        Assert.Equal(1000 / 9, run.Call(name, 0).AsI32());
        return string.Join(' ', run.Listing(name).Where(line => line.EndsWith(", 7", StringComparison.Ordinal) || line.EndsWith(", 9", StringComparison.Ordinal)).Select(line => line[^1]));
    }

    /// <summary>How often control comes to where descriptors are compared, to where the function goes on behind the branch, and to where it branches to.</summary>
    private readonly record struct Frequencies(double Compared, double Passed, double Taken);

    private static Frequencies FrequenciesOf(WasmModule module)
    {
        var graph = TestGraphs.Build(module, 0);
        return new Frequencies(Of(IrOp.ReferenceEqual), Of(Opcode.I32Clz), Of(Opcode.I32Ctz));

        double Of(Opcode op) => graph.ReversePostorder().Single(block => block.Nodes.Exists(id => graph[id].Op == op)).Frequency;
    }

    /// <summary>Offset of the first conditional branch of a function from its body's start.</summary>
    private static int BranchOffset(FunctionInfo function)
    {
        var reader = function.Module.OpenBody(function);
        reader.SkipLocals();
        while (true)
        {
            var offset = reader.Offset;
            var opcode = reader.ReadOpcode();
            if (opcode is Opcode.If or Opcode.BrIf or Opcode.BrOnCastDescEq or Opcode.BrOnCastDescEqFail)
            {
                return offset - function.BodyStart;
            }

            reader.SkipImmediates(opcode);
        }
    }

    private static WasmModule WithHints(WasmModule module, (int Function, int Offset, byte Hint)[] hints)
    {
        var content = new WasmWriter();
        content.U32(hints.Length);
        foreach (var (function, offset, hint) in hints)
        {
            content.U32(function);
            content.U32(1);
            content.U32(offset);
            content.U32(1);
            content.Byte(hint);
        }

        return WithSection(module, content.Written);
    }

    /// <summary>The module with a section of branch hints before its code.</summary>
    private static WasmModule WithSection(WasmModule module, ReadOnlySpan<byte> content)
    {
        var name = System.Text.Encoding.UTF8.GetBytes(BranchHints.SectionName);
        var section = new WasmWriter();
        section.U32(name.Length);
        section.Bytes(name);
        section.Bytes(content);
        var all = new WasmWriter();
        var code = StartOfCode(module.Bytes);
        all.Bytes(module.Bytes[..code]);
        all.Byte(0);
        all.U32(section.Length);
        all.Bytes(section.Written);
        all.Bytes(module.Bytes[code..]);
        return WasmModule.Decode(all.Written);
    }

    private static int StartOfCode(ReadOnlySpan<byte> bytes)
    {
        // Every section of this small module is shorter than 128 bytes.
        var offset = 2 * sizeof(uint);
        while (bytes[offset] != CodeSection)
        {
            offset += 2 + bytes[offset + 1];
        }

        return offset;
    }
}
