using System.Diagnostics;
using Harness.Engine.Modules;
using static Harness.Engine.Tests.Modules.ModuleBuilder;
using static Harness.Engine.Tests.Modules.SampleModule;

namespace Harness.Engine.Tests.Modules;

public class FunctionValidatorTests
{
    private const byte I32 = BinaryFormat.TypeI32;
    private const byte I64 = BinaryFormat.TypeI64;

    public static TheoryData<string, object[]> ValidBodies => new()
    {
        { "a constant", [Opcode.I32Const, 0] },
        { "any operand after unreachable", [Opcode.Unreachable, Opcode.I32Add] },
        { "operands of unreachable code are typed once known", [Opcode.Unreachable, Opcode.I64Const, 0, Opcode.I64Eq] },
        { "a branch to the function", [Opcode.I32Const, 1, Opcode.Br, 0, Opcode.I64Add, Opcode.I32WrapI64] },
        { "an else with the same result", [Opcode.I32Const, 1, Opcode.If, I32, Opcode.I32Const, 1, Opcode.Else,
            Opcode.I32Const, 2, Opcode.End] },
        { "a loop whose label takes nothing", [Opcode.Loop, I32, Opcode.I32Const, 0, Opcode.BrIf, 0, Opcode.I32Const,
            1, Opcode.End] },
        { "a branch table with equal arities", [Opcode.Block, I32, Opcode.I32Const, 1, Opcode.I32Const, 2,
            Opcode.BrTable, 1, 0, 1, Opcode.End] },
        { "select of unknown operands", [Opcode.Unreachable, Opcode.Select] },
        { "null of the right hierarchy", [Opcode.RefNull, 0x71, Opcode.RefTest, 0x6B] },
    };

    public static TheoryData<string, string, object[]> InvalidBodies => new()
    {
        { "a missing result", "type mismatch", [] },
        { "a result too many", "type mismatch", [Opcode.I32Const, 0, Opcode.I32Const, 0] },
        { "a result of another type", "type mismatch", [Opcode.I64Const, 0] },
        { "operands of another type", "type mismatch", [Opcode.I64Const, 0, Opcode.I32Const, 0, Opcode.I32Add] },
        { "an operand below the block", "type mismatch", [Opcode.I32Const, 0, Opcode.Block, I32, Opcode.I32Eqz,
            Opcode.End] },
        { "a wrong operand in unreachable code", "type mismatch", [Opcode.Unreachable, Opcode.I64Const, 0,
            Opcode.I32Add] },
        { "an if without else and with a result", "type mismatch", [Opcode.I32Const, 0, Opcode.If, I32,
            Opcode.I32Const, 0, Opcode.End] },
        { "a label that does not exist", "unknown label", [Opcode.Br, 1] },
        { "a local that does not exist", "unknown local", [Opcode.LocalGet, 0] },
        { "a global that does not exist", "unknown global", [Opcode.GlobalGet, 0] },
        { "a function that does not exist", "unknown function", [Opcode.Call, 1] },
        { "a table that does not exist", "unknown table", [Opcode.I32Const, 0, Opcode.CallIndirect, 0, 0] },
        { "a memory that does not exist", "unknown memory", [Opcode.I32Const, 0, Opcode.I32Load, 2, 0] },
        { "a type that does not exist", "unknown type", [Opcode.Block, 7, Opcode.End] },
        { "a tag that does not exist", "unknown tag", [Opcode.Throw, 0] },
        { "select of references", "type mismatch", [Opcode.RefNull, 0x70, Opcode.RefNull, 0x70, Opcode.I32Const, 0,
            Opcode.Select] },
        { "select with two types", "invalid result arity", [Opcode.SelectTyped, 2, I32, I32] },
        { "a reference to an undeclared function", "undeclared function reference", [Opcode.RefFunc, 0] },
        { "branch table labels of different arities", "type mismatch", [Opcode.Block, 0x40, Opcode.I32Const, 1,
            Opcode.I32Const, 2, Opcode.BrTable, 1, 0, 1, Opcode.End] },
        { "null of another hierarchy", "type mismatch", [Opcode.RefNull, 0x70, Opcode.RefTest, 0x6B] },
        { "a bottom reference is no number", "type mismatch", [Opcode.Unreachable, Opcode.RefAsNonNull,
            Opcode.I32Eqz] },
    };

    public static TheoryData<string, string, object[]> MalformedBodies => new()
    {
        { "an unknown opcode", "illegal opcode", [0x1D] },
        { "an unknown prefixed opcode", "illegal opcode fc 7f", [0xFC, 0x7F] },
        { "an unknown atomic opcode", "illegal opcode fe 0f", [0xFE, 0x0F] },
        { "an atomic opcode behind the last one", "illegal opcode fe 4f", [0xFE, 0x4F] },
        { "an atomic opcode far behind the last one", "illegal opcode fe ff", [0xFE, 0xFF, 0xFF, 0x03] },
        { "an unknown vector opcode", "illegal opcode fd 1ff", [0xFD, 0xFF, 0xFF, 0x03] },
        { "a fence of another ordering", "zero byte expected", [0xFE, 0x03, 0x01] },
        { "an else without if", "END opcode expected", [Opcode.Else] },
        { "a data segment without data count", "data count section required", [Opcode.DataDrop, 0] },
        { "instructions after the end", "section size mismatch", [Opcode.I32Const, 0, Opcode.End] },
        { "a block without end", "unexpected end", [Opcode.I32Const, 0, Opcode.Block, 0x40] },
    };

    [Theory]
    [MemberData(nameof(ValidBodies))]
    public void ValidBodiesAreAccepted(string what, object[] body)
    {
        var module = OfBody(Function([], [I32]), w => Instructions(w, body));
        Assert.True(Record.Exception(() => WasmModule.Decode(module)) is null, what);
    }

    [Theory]
    [MemberData(nameof(InvalidBodies))]
    public void InvalidBodiesAreRefused(string what, string message, object[] body)
    {
        var module = OfBody(Function([], [I32]), w => Instructions(w, body));
        AssertRefused<InvalidModuleException>(what, message, module);
    }

    [Theory]
    [MemberData(nameof(MalformedBodies))]
    public void MalformedBodiesAreRefused(string what, string message, object[] body)
    {
        var module = OfBody(Function([], [I32]), w => Instructions(w, body));
        AssertRefused<MalformedModuleException>(what, message, module);
    }

    [Fact]
    public void ErrorsCarryTheOffsetOfTheInstruction()
    {
        var module = OfBody(Function([], [I32]), w => Instructions(w, Opcode.Nop, Opcode.I64Const, 0, Opcode.I32Eqz));
        var fault = Assert.Throws<InvalidModuleException>(() => WasmModule.Decode(module));
        Assert.Equal(Array.LastIndexOf(module, (byte)Opcode.I32Eqz), fault.Offset);
        Assert.Contains($"0x{fault.Offset:x}", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LocalsWithoutInitialValueMustBeSetFirst()
    {
        static byte[] Module(params object[] body) => new ModuleBuilder()
            .Types(Function([], []))
            .Section(SectionId.Function, 1, w => w.U32(0))
            .Section(SectionId.Export, 1, w => w.Bytes([0, 0, 0]))
            .Section(SectionId.Code, 1, w => w.Sized(b =>
            {
                b.Bytes([1, 1, BinaryFormat.TypeRef, 0]);
                Instructions(b, body);
                b.Opcode(Opcode.End);
            })).ToArray();

        Assert.NotNull(WasmModule.Decode(Module(Opcode.RefFunc, 0, Opcode.LocalSet, 0, Opcode.LocalGet, 0,
            Opcode.Drop)));
        Assert.NotNull(WasmModule.Decode(
            Module(Opcode.RefFunc, 0, Opcode.LocalSet, 0, Opcode.Block, 0x40, Opcode.LocalGet, 0, Opcode.Drop,
                Opcode.End)));
        AssertRefused<InvalidModuleException>("unset", "uninitialized local", Module(Opcode.LocalGet, 0, Opcode.Drop));
        AssertRefused<InvalidModuleException>("set in a block", "uninitialized local", Module(
            Opcode.Block, 0x40, Opcode.RefFunc, 0, Opcode.LocalSet, 0, Opcode.End, Opcode.LocalGet, 0, Opcode.Drop));
        AssertRefused<InvalidModuleException>("set before else", "uninitialized local", Module(
            Opcode.I32Const, 0, Opcode.If, 0x40, Opcode.RefFunc, 0, Opcode.LocalSet, 0, Opcode.Else, Opcode.LocalGet, 0,
            Opcode.Drop, Opcode.End));
    }

    [Fact]
    public void OperandsAndBlocksAreLimited()
    {
        static byte[] Body(int count, byte[] instruction, byte[] rest) => OfBody(Function([], []), w =>
        {
            for (var i = 0; i < count; i++)
            {
                w.Bytes(instruction);
            }

            w.Bytes(rest);
        });

        byte[] constant = [(byte)Opcode.I32Const, 0];
        byte[] block = [(byte)Opcode.Block, 0x40];
        byte[] leave = [(byte)Opcode.Return];
        Assert.NotNull(WasmModule.Decode(Body(ImplementationLimits.OperandStackHeight, constant, leave)));
        AssertRefused<InvalidModuleException>(
            "operands", "too many operands", Body(ImplementationLimits.OperandStackHeight + 1, constant, leave));
        AssertRefused<InvalidModuleException>("blocks", "too many nested blocks", Body(
            ImplementationLimits.NestingDepth, block, [.. Enumerable.Repeat((byte)Opcode.End,
                ImplementationLimits.NestingDepth)]));
    }

    [Fact]
    public void EachTypeOfTheLabelsOfABranchTableIsChecked()
    {
        // The last label but one is the function, whose results are others than those of both blocks.
        var module = new ModuleBuilder()
            .Types(Function([], [I32, I64]), Function([], [I32, I32]), Function([I32], [I32, I32]))
            .Section(SectionId.Function, 1, w => w.U32(0))
            .Code(w => Instructions(w, Opcode.Block, 1, Opcode.I32Const, 0, Opcode.Block, 2, Opcode.I32Const, 0, Opcode.I32Const, 0,
                Opcode.BrTable, 5, 0, 1, 0, 1, 2, 0, Opcode.End, Opcode.End, Opcode.Unreachable))
            .ToArray();
        AssertRefused<InvalidModuleException>("the function's results", "type mismatch", module);
    }

    /// <summary>What a branch table costs is in proportion to its labels, and not to the operands that each of them takes.</summary>
    [Fact]
    public void LabelsOfTwoTypesOfManyOperandsAreCheap()
    {
        const int count = 4_000_000;
        var results = new byte[ImplementationLimits.Results];
        Array.Fill(results, I32);
        var labels = new byte[count + 1];
        for (var i = 0; i < labels.Length; i += 2)
        {
            labels[i] = 1;
        }

        var module = new ModuleBuilder()
            .Types(Function([], results), Function([I32], results))
            .Section(SectionId.Function, 1, w => w.U32(0))
            .Code(w =>
            {
                Instructions(w, Opcode.Block, 0, Opcode.I32Const, 0, Opcode.Block, 1, Opcode.Drop, Opcode.Call, 0, Opcode.I32Const, 0, Opcode.BrTable);
                w.U32(count);
                w.Bytes(labels);
                Instructions(w, Opcode.End, Opcode.End);
            })
            .ToArray();
        var watch = Stopwatch.StartNew();
        Assert.NotNull(WasmModule.Decode(module));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(2), $"{watch.Elapsed}");
    }

    private static void AssertRefused<T>(string what, string message, byte[] module)
        where T : ModuleException
    {
        var fault = Record.Exception(() => WasmModule.Decode(module));
        Assert.True(fault is T, $"{what}: {fault}");
        Assert.StartsWith(message, fault.Message, StringComparison.Ordinal);
    }
}
