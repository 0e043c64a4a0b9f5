using System.Text;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Decoding;
using Harness.Engine.Modules.Text;
using Harness.Engine.Modules.Validation;

namespace Harness.Engine.Tests.Modules;

/// <summary>Function bodies that several threads validate: what is found is what one thread finds.</summary>
public class BodyValidationTests
{
    private const int Functions = 600;
    private const int Threads = 4;

    /// <summary>Where the first <c>drop</c> of a body is: behind the number of locals and a constant of two bytes.</summary>
    private const int FirstDrop = 3;

    private const byte IllegalOpcode = 0x27;

    private static readonly byte[] Large = MakeLarge();

    [Fact]
    public void ALargeModuleIsTheSameForAnyNumberOfThreads()
    {
        var module = WasmModule.Decode(Large);
        Assert.True(module.Functions.Sum(function => function.BodyEnd - function.BodyStart) > Threads * BodyValidation.LeastBytesPerThread);
        var other = WasmModule.Decode(Large, validationThreads: Threads);
        Assert.Equal(
            module.Functions.Select(function => (function.BodyStart, function.BodyEnd, function.HasVectors, function.MayLeaveInstance)),
            other.Functions.Select(function => (function.BodyStart, function.BodyEnd, function.HasVectors, function.MayLeaveInstance)));
        Assert.Equal(Functions / 100, module.Functions.Count(function => function.HasVectors));
        Assert.Contains(other.Functions, function => function.MayLeaveInstance);
    }

    /// <summary>The numbers are those of functions whose bodies are invalid, and of functions whose bodies are malformed.</summary>
    [Theory]
    [InlineData(new[] { 7 }, new int[] { })]
    [InlineData(new[] { 590, 300, 31, 500 }, new int[] { })]
    [InlineData(new int[] { }, new[] { 555 })]
    [InlineData(new int[] { }, new[] { 599, 20, 400 })]
    [InlineData(new[] { 3, 4, 450 }, new[] { 580 })]
    [InlineData(new[] { 580 }, new[] { 3, 400 })]
    [InlineData(new[] { 200 }, new[] { 200, 201 })]
    public void TheFirstMistakeIsTheSameForAnyNumberOfThreads(int[] invalid, int[] malformed)
    {
        var starts = WasmModule.Decode(Large).Functions.Select(function => function.BodyStart).ToArray();
        var bytes = (byte[])Large.Clone();
        foreach (var function in invalid)
        {
            bytes[starts[function] + FirstDrop] = (byte)Opcode.I32Add;
        }

        foreach (var function in malformed)
        {
            bytes[starts[function] + FirstDrop + 3] = IllegalOpcode;
        }

        var expected = Assert.ThrowsAny<ModuleException>(() => WasmModule.Decode(bytes));
        Assert.Equal(malformed.Length > 0, expected is MalformedModuleException);
        Assert.Equal(starts[malformed.Length > 0 ? malformed.Min() : invalid.Min()] + FirstDrop + (malformed.Length > 0 ? 3 : 0), expected.Offset);
        for (var i = 0; i < 20; i++)
        {
            var fault = Assert.ThrowsAny<ModuleException>(() => WasmModule.Decode(bytes, validationThreads: Threads));
            Assert.Equal((expected.GetType(), expected.Message), (fault.GetType(), fault.Message));
        }
    }

    /// <summary>Bodies behind an invalid one are decoded and no more: only validation knows of an <c>else</c> that belongs to no <c>if</c>. The first body takes so long that others are validated meanwhile.</summary>
    [Fact]
    public void WhatOnlyValidationFindsIsNotReportedBehindAnInvalidBody()
    {
        const int count = 64;
        var nops = new byte[7_000_000];
        Array.Fill(nops, (byte)Opcode.Nop);
        var bytes = new ModuleBuilder()
            .Types(ModuleBuilder.Function([], []))
            .Section(SectionId.Function, count, w => w.Bytes(new byte[count]))
            .Code(
            [
                w =>
                {
                    w.Bytes(nops);
                    w.Opcode(Opcode.I32Add);
                },
                .. Enumerable.Repeat<Action<WasmWriter>>(w => w.Opcode(Opcode.Else), count - 1),
            ])
            .ToArray();
        var expected = Assert.Throws<InvalidModuleException>(() => WasmModule.Decode(bytes));
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(expected.Message, Assert.Throws<InvalidModuleException>(() => WasmModule.Decode(bytes, validationThreads: Threads)).Message);
        }
    }

    /// <summary>The system may have no thread left, from the first one on or after some.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void ThreadsThatCannotBeStartedAreDoneWithout(int startable)
    {
        var started = new List<Thread>();
        var module = ModuleDecoder.DecodeCopy(ModuleDecoder.Copy(Large), BuiltinSets.None, Threads, hash: null, known: null, startThread: thread =>
        {
            if (started.Count == startable)
            {
                throw new InsufficientMemoryException("no thread is left");
            }

            started.Add(thread);
            thread.Start();
        });
        Assert.Equal(startable, started.Count);
        Assert.All(started, thread => Assert.False(thread.IsAlive));
        Assert.Equal(
            WasmModule.Decode(Large).Functions.Select(function => (function.BodyStart, function.BodyEnd, function.HasVectors, function.MayLeaveInstance)),
            module.Functions.Select(function => (function.BodyStart, function.BodyEnd, function.HasVectors, function.MayLeaveInstance)));
    }

    /// <summary>A body before one whose size is wrong is what is reported.</summary>
    [Fact]
    public void WhatIsWrongWithABodyComesBeforeTheSizesOfLaterOnes()
    {
        var starts = WasmModule.Decode(Large).Functions.Select(function => function.BodyStart).ToArray();
        var bytes = (byte[])Large.Clone();
        bytes[starts[10] + FirstDrop] = IllegalOpcode;

        // The second byte of the size of function 500, of which it has two.
        bytes[starts[500] - 1] = 0x7F;
        bytes[starts[500] - 2] = 0xFF;
        var fault = Assert.Throws<MalformedModuleException>(() => WasmModule.Decode(bytes, validationThreads: Threads));
        Assert.Equal(starts[10] + FirstDrop, fault.Offset);
    }

    private static byte[] MakeLarge()
    {
        var text = new StringBuilder("(module (func $leave (type 0) (return_call_indirect (type 0) (i32.const 0))) (table 1 funcref) (type (func))\n");
        var drops = string.Concat(Enumerable.Repeat("(drop (i32.const 7))", 120));
        for (var i = 1; i < Functions; i++)
        {
            var vectors = i % 100 == 50 ? "(drop (i32x4.splat (i32.const 1)))" : "";
            text.Append($"(func $f{i} {drops} {vectors} {(i % 7 == 3 ? $"return_call {(i == 3 ? "$leave" : $"$f{i - 7}")}" : "")})\n");
        }

        return WatAssembler.Assemble(text.Append(')').ToString());
    }
}
