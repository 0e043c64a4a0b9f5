using Harness.Engine.X64;
using Iced.Intel;
using Assembler = Harness.Engine.X64.Assembler;
using static Harness.Engine.Tests.X64.ExpectedOperand;

namespace Harness.Engine.Tests.X64;

/// <summary>An instruction form of the assembler: how it is emitted and what the decoder must see.</summary>
internal sealed record EmitterForm(
    string Name,
    Action<Assembler, EmitterOperands> Emit,
    Func<EmitterOperands, ExpectedInstruction> Expect);

/// <summary>The list of all forms.</summary>
internal static class EmitterForms
{
    private static readonly string[] ConditionNames =
        ["o", "no", "b", "ae", "e", "ne", "be", "a", "s", "ns", "p", "np", "l", "ge", "le", "g"];

    /// <summary>All forms by name.</summary>
    public static IReadOnlyDictionary<string, EmitterForm> ByName { get; } =
        new[] { Alu(), Integer(), Shifts(), Moves(), Stack(), Control(), Sse(), Conversions(), Vex(), Packed() }
            .SelectMany(forms => forms)
            .ToDictionary(form => form.Name);

    private static IEnumerable<EmitterForm> Alu()
    {
        foreach (var op in Enum.GetValues<AluOp>())
        {
            yield return new($"{op} r, r", (a, o) => a.Alu(op, o.Size, o.A, o.B), o => new($"{op}", Of(o.A, o.Size), Of(o.B, o.Size)));
            yield return new($"{op} r, m", (a, o) => a.Alu(op, o.Size, o.A, o.M), o => new($"{op}", Of(o.A, o.Size), Of(o.Memory, o.Size)));
            yield return new($"{op} m, r", (a, o) => a.Alu(op, o.Size, o.M, o.A), o => new($"{op}", Of(o.Memory, o.Size), Of(o.A, o.Size)));
            yield return new($"{op} r, i", (a, o) => a.Alu(op, o.Size, o.A, o.Immediate), o => new($"{op}", Of(o.A, o.Size), Of(o.Immediate, o.Size)));
            yield return new($"{op} m, i", (a, o) => a.Alu(op, o.Size, o.M, o.Immediate), o => new($"{op}", Of(o.Memory, o.Size), Of(o.Immediate, o.Size)));
            yield return new(
                $"{op} r, patched i",
                (a, o) => a.PatchInt32(a.AluPatchable(op, o.NativeSize, o.A), o.Immediate),
                o => new($"{op}", Of(o.A, o.NativeSize), Of(o.Immediate, o.NativeSize)));
            yield return new(
                $"{op} m, wide i",
                (a, o) => a.AluPatchable(op, o.NativeSize, o.M, o.Immediate),
                o => new($"{op}", Of(o.Memory, o.NativeSize), Of(o.Immediate, o.NativeSize)));
        }
    }

    private static IEnumerable<EmitterForm> Integer()
    {
        yield return new("test r, r", (a, o) => a.Test(o.Size, o.A, o.B), o => new(Mnemonic.Test, Of(o.A, o.Size), Of(o.B, o.Size)));
        yield return new("test m, r", (a, o) => a.Test(o.Size, o.M, o.B), o => new(Mnemonic.Test, Of(o.Memory, o.Size), Of(o.B, o.Size)));
        yield return new("test r, i", (a, o) => a.Test(o.Size, o.A, o.Immediate), o => new(Mnemonic.Test, Of(o.A, o.Size), Of(o.Immediate, o.Size)));
        yield return new("test m, i", (a, o) => a.Test(o.Size, o.M, o.Immediate), o => new(Mnemonic.Test, Of(o.Memory, o.Size), Of(o.Immediate, o.Size)));
        foreach (var op in Enum.GetValues<UnaryOp>())
        {
            yield return new($"{op} r", (a, o) => a.Unary(op, o.Size, o.A), o => new($"{op}", Of(o.A, o.Size)));
            yield return new($"{op} m", (a, o) => a.Unary(op, o.Size, o.M), o => new($"{op}", Of(o.Memory, o.Size)));
        }

        yield return new("imul r, r", (a, o) => a.Imul(o.WideSize, o.A, o.B), o => new(Mnemonic.Imul, Of(o.A, o.WideSize), Of(o.B, o.WideSize)));
        yield return new("imul r, m", (a, o) => a.Imul(o.WideSize, o.A, o.M), o => new(Mnemonic.Imul, Of(o.A, o.WideSize), Of(o.Memory, o.WideSize)));
        yield return new(
            "imul r, r, i",
            (a, o) => a.Imul(o.WideSize, o.A, o.B, o.Immediate),
            o => new(Mnemonic.Imul, Of(o.A, o.WideSize), Of(o.B, o.WideSize), Of(o.Immediate, o.WideSize)));
        yield return new(
            "imul r, m, i",
            (a, o) => a.Imul(o.WideSize, o.A, o.M, o.Immediate),
            o => new(Mnemonic.Imul, Of(o.A, o.WideSize), Of(o.Memory, o.WideSize), Of(o.Immediate, o.WideSize)));
        yield return new("cdq", (a, o) => a.Cdq(o.NativeSize), o => new(o.NativeSize == OpSize.Qword ? Mnemonic.Cqo : Mnemonic.Cdq));
        foreach (var op in Enum.GetValues<BitOp>())
        {
            yield return new($"{op} r, r", (a, o) => a.Bits(op, o.NativeSize, o.A, o.B), o => new($"{op}", Of(o.A, o.NativeSize), Of(o.B, o.NativeSize)));
            yield return new($"{op} r, m", (a, o) => a.Bits(op, o.NativeSize, o.A, o.M), o => new($"{op}", Of(o.A, o.NativeSize), Of(o.Memory, o.NativeSize)));
        }

        yield return new("bt r, r", (a, o) => a.Bt(o.NativeSize, o.A, o.B), o => new(Mnemonic.Bt, Of(o.A, o.NativeSize), Of(o.B, o.NativeSize)));
        yield return new("bt r, i", (a, o) => a.Bt(o.NativeSize, o.A, o.Count), o => new(Mnemonic.Bt, Of(o.A, o.NativeSize), Of(o.Count, OpSize.Byte)));
        yield return new("setcc r", (a, o) => a.Setcc(o.Condition, o.A), o => new($"set{Name(o)}", Of(o.A, OpSize.Byte)));
        yield return new("setcc m", (a, o) => a.Setcc(o.Condition, o.M), o => new($"set{Name(o)}", Of(o.Memory, OpSize.Byte)));
        yield return new("xchg m, r", (a, o) => a.Xchg(o.Size, o.M, o.A), o => new(Mnemonic.Xchg, Of(o.Memory, o.Size), Of(o.A, o.Size)));
        yield return new("lock xadd m, r", (a, o) => a.LockXadd(o.Size, o.M, o.A), o => new(Mnemonic.Xadd, Of(o.Memory, o.Size), Of(o.A, o.Size)) { IsLocked = true });
        yield return new("lock cmpxchg m, r", (a, o) => a.LockCmpxchg(o.Size, o.M, o.A), o => new(Mnemonic.Cmpxchg, Of(o.Memory, o.Size), Of(o.A, o.Size)) { IsLocked = true });
        yield return new("mfence", (a, _) => a.MFence(), _ => new(Mnemonic.Mfence));
        yield return new("xchg r, r", (a, o) => a.Xchg(o.Size, o.A, o.B), o => new(Mnemonic.Xchg, Of(o.B, o.Size), Of(o.A, o.Size)));
    }

    private static IEnumerable<EmitterForm> Shifts()
    {
        foreach (var op in Enum.GetValues<ShiftOp>())
        {
            yield return new($"{op} r, i", (a, o) => a.Shift(op, o.Size, o.A, o.Count), o => new($"{op}", Of(o.A, o.Size), Of(o.Count, OpSize.Byte)));
            yield return new($"{op} r, 1", (a, o) => a.Shift(op, o.Size, o.A, 1), o => new($"{op}", Of(o.A, o.Size), Of(1, OpSize.Byte)));
            yield return new($"{op} r, cl", (a, o) => a.ShiftCl(op, o.Size, o.A), o => new($"{op}", Of(o.A, o.Size), Of(Register.CL)));
        }

        foreach (var op in Enum.GetValues<ShiftXOp>())
        {
            yield return new(
                $"{op} r, r, r",
                (a, o) => a.ShiftX(op, o.NativeSize, o.A, o.B, o.C),
                o => new($"{op}", Of(o.A, o.NativeSize), Of(o.B, o.NativeSize), Of(o.C, o.NativeSize)));
            yield return new(
                $"{op} r, m, r",
                (a, o) => a.ShiftX(op, o.NativeSize, o.A, o.M, o.C),
                o => new($"{op}", Of(o.A, o.NativeSize), Of(o.Memory, o.NativeSize), Of(o.C, o.NativeSize)));
        }

        yield return new(
            "rorx r, r, i",
            (a, o) => a.Rorx(o.NativeSize, o.A, o.B, o.Count),
            o => new(Mnemonic.Rorx, Of(o.A, o.NativeSize), Of(o.B, o.NativeSize), Of(o.Count, OpSize.Byte)));
    }

    private static IEnumerable<EmitterForm> Moves()
    {
        yield return new("mov r, r", (a, o) => a.Mov(o.Size, o.A, o.B), o => new(Mnemonic.Mov, Of(o.A, o.Size), Of(o.B, o.Size)));
        yield return new("mov r, m", (a, o) => a.Mov(o.Size, o.A, o.M), o => new(Mnemonic.Mov, Of(o.A, o.Size), Of(o.Memory, o.Size)));
        yield return new("mov m, r", (a, o) => a.Mov(o.Size, o.M, o.A), o => new(Mnemonic.Mov, Of(o.Memory, o.Size), Of(o.A, o.Size)));
        yield return new("mov m, i", (a, o) => a.Mov(o.Size, o.M, o.Immediate), o => new(Mnemonic.Mov, Of(o.Memory, o.Size), Of(o.Immediate, o.Size)));
        yield return new("mov r, i64", (a, o) => a.MovImm(o.A, o.Immediate64), ExpectMovImm);
        yield return new("zero r", (a, o) => a.Zero(o.A), o => new(Mnemonic.Xor, Of(o.A, OpSize.Dword), Of(o.A, OpSize.Dword)));
        yield return new("lea r, m", (a, o) => a.Lea(o.NativeSize, o.A, o.M), o => new(Mnemonic.Lea, Of(o.A, o.NativeSize), Of(o.Memory, 0)));
        yield return new(
            "cmov r, r",
            (a, o) => a.Cmov(o.Condition, o.WideSize, o.A, o.B),
            o => new($"cmov{Name(o)}", Of(o.A, o.WideSize), Of(o.B, o.WideSize)));
        yield return new(
            "cmov r, m",
            (a, o) => a.Cmov(o.Condition, o.WideSize, o.A, o.M),
            o => new($"cmov{Name(o)}", Of(o.A, o.WideSize), Of(o.Memory, o.WideSize)));

        foreach (var from in Enum.GetValues<OpSize>())
        {
            yield return new($"zero-extend {from} r, r", (a, o) => a.MovZx(from, o.A, o.B), o => ExpectZeroExtension(from, o.A, Of(o.B, from)));
            yield return new($"zero-extend {from} r, m", (a, o) => a.MovZx(from, o.A, o.M), o => ExpectZeroExtension(from, o.A, Of(o.Memory, from)));
            foreach (var to in new[] { OpSize.Dword, OpSize.Qword }.Where(to => to >= from))
            {
                yield return new($"sign-extend {from} to {to} r, r", (a, o) => a.MovSx(to, from, o.A, o.B), o => ExpectSignExtension(to, from, o.A, Of(o.B, from)));
                yield return new($"sign-extend {from} to {to} r, m", (a, o) => a.MovSx(to, from, o.A, o.M), o => ExpectSignExtension(to, from, o.A, Of(o.Memory, from)));
            }
        }
    }

    private static IEnumerable<EmitterForm> Stack()
    {
        yield return new("push r", (a, o) => a.Push(o.A), o => new(Mnemonic.Push, Of(o.A, OpSize.Qword)));
        yield return new("push m", (a, o) => a.Push(o.M), o => new(Mnemonic.Push, Of(o.Memory, OpSize.Qword)));
        yield return new("push i", (a, o) => a.Push(o.Immediate), o => new(Mnemonic.Push, Of(o.Immediate, OpSize.Qword)));
        yield return new("pop r", (a, o) => a.Pop(o.A), o => new(Mnemonic.Pop, Of(o.A, OpSize.Qword)));
        yield return new("pop m", (a, o) => a.Pop(o.M), o => new(Mnemonic.Pop, Of(o.Memory, OpSize.Qword)));
        yield return new("leave", (a, _) => a.Leave(), _ => new(Mnemonic.Leave));
    }

    private static IEnumerable<EmitterForm> Control()
    {
        yield return new("jmp r", (a, o) => a.Jmp(o.A), o => new(Mnemonic.Jmp, Of(o.A, OpSize.Qword)));
        yield return new("jmp m", (a, o) => a.Jmp(o.M), o => new(Mnemonic.Jmp, Of(o.Memory, OpSize.Qword)));
        yield return new("call r", (a, o) => a.Call(o.A), o => new(Mnemonic.Call, Of(o.A, OpSize.Qword)));
        yield return new("call m", (a, o) => a.Call(o.M), o => new(Mnemonic.Call, Of(o.Memory, OpSize.Qword)));
        yield return new("ret", (a, _) => a.Ret(), _ => new(Mnemonic.Ret));
        yield return new("ret i", (a, o) => a.Ret(o.Count + 1), o => new(Mnemonic.Ret, Of(o.Count + 1, OpSize.Word)));
        yield return new("int3", (a, _) => a.Int3(), _ => new(Mnemonic.Int3));
        yield return new("ud2", (a, _) => a.Ud2(), _ => new(Mnemonic.Ud2));
        yield return new("vzeroupper", (a, _) => a.ClearUpperVectors(), _ => new(Mnemonic.Vzeroupper));
    }

    private static IEnumerable<EmitterForm> Sse()
    {
        foreach (var op in Enum.GetValues<SseOp>())
        {
            yield return new($"{op} x, x", (a, o) => a.Sse(op, o.X, o.Y), o => new($"{op}", Of(o.X), Of(o.Y)));
            yield return new($"{op} x, m", (a, o) => a.Sse(op, o.X, o.M), o => new($"{op}", Of(o.X), Of(o.Memory, SourceBytes(op))));
        }

        foreach (var size in new[] { OpSize.Dword, OpSize.Qword })
        {
            var suffix = Suffix(size);
            yield return new($"load {size}", (a, o) => a.MovScalar(size, o.X, o.M), o => new($"mov{suffix}", Of(o.X), Of(o.Memory, size)));
            yield return new($"store {size}", (a, o) => a.MovScalar(size, o.M, o.X), o => new($"mov{suffix}", Of(o.Memory, size), Of(o.X)));
            foreach (var mode in Enum.GetValues<RoundingMode>())
            {
                yield return new($"round{suffix} {mode} x, x", (a, o) => a.Round(size, o.X, o.Y, mode), o => new($"round{suffix}", Of(o.X), Of(o.Y), Of((int)mode, OpSize.Byte)));
                yield return new(
                    $"round{suffix} {mode} x, m",
                    (a, o) => a.Round(size, o.X, o.M, mode),
                    o => new($"round{suffix}", Of(o.X), Of(o.Memory, size), Of((int)mode, OpSize.Byte)));
            }
        }

        yield return new("movaps x, x", (a, o) => a.MovAps(o.X, o.Y), o => new(Mnemonic.Movaps, Of(o.X), Of(o.Y)));
        yield return new("movaps x, m", (a, o) => a.MovAps(o.X, o.M), o => new(Mnemonic.Movaps, Of(o.X), Of(o.Memory, 16)));
        yield return new("movaps m, x", (a, o) => a.MovAps(o.M, o.X), o => new(Mnemonic.Movaps, Of(o.Memory, 16), Of(o.X)));
        yield return new("movups x, m", (a, o) => a.MovUps(o.X, o.M), o => new(Mnemonic.Movups, Of(o.X), Of(o.Memory, 16)));
        yield return new("movups m, x", (a, o) => a.MovUps(o.M, o.X), o => new(Mnemonic.Movups, Of(o.Memory, 16), Of(o.X)));
    }

    private static IEnumerable<EmitterForm> Conversions()
    {
        foreach (var op in Enum.GetValues<IntToFloatOp>())
        {
            yield return new($"{op} x, r", (a, o) => a.Cvt(op, o.X, o.A), o => new(Name(op), Of(o.X), Of(o.A, IntegerSize(op))));
            yield return new($"{op} x, m", (a, o) => a.Cvt(op, o.X, o.M), o => new(Name(op), Of(o.X), Of(o.Memory, IntegerSize(op))));
        }

        foreach (var op in Enum.GetValues<FloatToIntOp>())
        {
            var name = $"{op}".Replace("ToSi64", "2si", StringComparison.Ordinal).Replace("ToSi32", "2si", StringComparison.Ordinal);
            var size = $"{op}".EndsWith("64", StringComparison.Ordinal) ? OpSize.Qword : OpSize.Dword;
            yield return new($"{op} r, x", (a, o) => a.Cvt(op, o.A, o.X), o => new(name, Of(o.A, size), Of(o.X)));
            if (op is not (FloatToIntOp.MovMskPs or FloatToIntOp.MovMskPd or FloatToIntOp.PMovMskB))
            {
                var source = $"{op}".StartsWith("CvttSd", StringComparison.Ordinal) ? OpSize.Qword : OpSize.Dword;
                yield return new($"{op} r, m", (a, o) => a.Cvt(op, o.A, o.M), o => new(name, Of(o.A, size), Of(o.Memory, source)));
            }
        }

        foreach (var size in new[] { OpSize.Dword, OpSize.Qword })
        {
            var mnemonic = size == OpSize.Dword ? Mnemonic.Movd : Mnemonic.Movq;
            yield return new($"{mnemonic} x, r", (a, o) => a.MovBits(size, o.X, o.A), o => new(mnemonic, Of(o.X), Of(o.A, size)));
            yield return new($"{mnemonic} r, x", (a, o) => a.MovBits(size, o.A, o.X), o => new(mnemonic, Of(o.A, size), Of(o.X)));
        }
    }

    private static IEnumerable<EmitterForm> Packed()
    {
        foreach (var op in Enum.GetValues<PackedOp>().Where(op => op != PackedOp.None))
        {
            yield return new($"{op} x, x", (a, o) => a.Packed(op, o.X, o.Y), o => new($"{op}", Of(o.X), Of(o.Y)));
            yield return new($"{op} x, m", (a, o) => a.Packed(op, o.X, o.M), o => new($"{op}", Of(o.X), Of(o.Memory, SourceBytes(op))));
        }

        foreach (var op in Enum.GetValues<PackedImmediateOp>())
        {
            var bytes = op == PackedImmediateOp.InsertPs ? 4 : 16;
            yield return new($"{op} x, x, i", (a, o) => a.Packed(op, o.X, o.Y, o.Count & 7), o => new($"{op}", Of(o.X), Of(o.Y), Of(o.Count & 7, OpSize.Byte)));
            yield return new($"{op} x, m, i", (a, o) => a.Packed(op, o.X, o.M, o.Count & 7), o => new($"{op}", Of(o.X), Of(o.Memory, bytes), Of(o.Count & 7, OpSize.Byte)));
        }

        foreach (var op in Enum.GetValues<PackedOp>().Where(op => op != PackedOp.None && !IsUnary(op)))
        {
            yield return new($"v{op} x, x, x", (a, o) => a.Vex(op, o.X, o.Y, o.Z), o => new($"v{op}", Of(o.X), Of(o.Y), Of(o.Z)));
            yield return new($"v{op} x, x, m", (a, o) => a.Vex(op, o.X, o.Y, o.M), o => new($"v{op}", Of(o.X), Of(o.Y), Of(o.Memory, SourceBytes(op))));
        }

        PackedImmediateOp[] withTwoOperands =
        [
            PackedImmediateOp.ShufPs, PackedImmediateOp.CmpPs, PackedImmediateOp.CmpPd, PackedImmediateOp.PblendW, PackedImmediateOp.Palignr,
            PackedImmediateOp.InsertPs,
        ];
        foreach (var op in withTwoOperands)
        {
            var bytes = op == PackedImmediateOp.InsertPs ? 4 : 16;
            yield return new($"v{op} x, x, x, i", (a, o) => a.Vex(op, o.X, o.Y, o.Z, o.Count & 7), o => new($"v{op}", Of(o.X), Of(o.Y), Of(o.Z), Of(o.Count & 7, OpSize.Byte)));
            yield return new(
                $"v{op} x, x, m, i",
                (a, o) => a.Vex(op, o.X, o.Y, o.M, o.Count & 7),
                o => new($"v{op}", Of(o.X), Of(o.Y), Of(o.Memory, bytes), Of(o.Count & 7, OpSize.Byte)));
        }

        foreach (var op in Enum.GetValues<FusedOp>())
        {
            yield return new($"{op} x, x, x", (a, o) => a.Vex(op, o.X, o.Y, o.Z), o => new($"{op}", Of(o.X), Of(o.Y), Of(o.Z)));
        }

        foreach (var op in Enum.GetValues<BroadcastOp>())
        {
            var bytes = op switch { BroadcastOp.Vpbroadcastb => 1, BroadcastOp.Vpbroadcastw => 2, _ => 4 };
            yield return new($"{op} x, x", (a, o) => a.Vex(op, o.X, o.Y), o => new($"{op}", Of(o.X), Of(o.Y)));
            yield return new($"{op} x, m", (a, o) => a.Vex(op, o.X, o.M), o => new($"{op}", Of(o.X), Of(o.Memory, bytes)));
        }

        foreach (var op in Enum.GetValues<PackedShiftOp>())
        {
            yield return new($"v{op} x, x, i", (a, o) => a.Vex(op, o.X, o.Y, o.Count), o => new($"v{op}", Of(o.X), Of(o.Y), Of(o.Count, OpSize.Byte)));
        }

        foreach (var op in Enum.GetValues<PackedShiftOp>())
        {
            yield return new($"{op} x, i", (a, o) => a.Packed(op, o.X, o.Count), o => new($"{op}", Of(o.X), Of(o.Count, OpSize.Byte)));
        }

        foreach (var size in Enum.GetValues<OpSize>())
        {
            var suffix = size switch { OpSize.Byte => "b", OpSize.Word => "w", OpSize.Dword => "d", _ => "q" };
            var register = size == OpSize.Qword ? OpSize.Qword : OpSize.Dword;
            yield return new($"pextr{suffix} r, x, i", (a, o) => a.ExtractLane(size, o.A, o.X, o.Count & 1), o => new($"pextr{suffix}", Of(o.A, register), Of(o.X), Of(o.Count & 1, OpSize.Byte)));
            yield return new($"pextr{suffix} m, x, i", (a, o) => a.ExtractLane(size, o.M, o.X, o.Count & 1), o => new($"pextr{suffix}", Of(o.Memory, size), Of(o.X), Of(o.Count & 1, OpSize.Byte)));
            yield return new($"pinsr{suffix} x, r, i", (a, o) => a.InsertLane(size, o.X, o.A, o.Count & 1), o => new($"pinsr{suffix}", Of(o.X), Of(o.A, register), Of(o.Count & 1, OpSize.Byte)));
            yield return new($"pinsr{suffix} x, m, i", (a, o) => a.InsertLane(size, o.X, o.M, o.Count & 1), o => new($"pinsr{suffix}", Of(o.X), Of(o.Memory, size), Of(o.Count & 1, OpSize.Byte)));
        }
    }

    private static IEnumerable<EmitterForm> Vex()
    {
        foreach (var op in Enum.GetValues<SseOp>().Where(op => op is not (SseOp.UcomiSs or SseOp.UcomiSd)))
        {
            yield return new($"v{op} x, x, x", (a, o) => a.Vex(op, o.X, o.Y, o.Z), o => new($"v{op}", Of(o.X), Of(o.Y), Of(o.Z)));
            if (op is not (SseOp.MovSs or SseOp.MovSd))
            {
                yield return new($"v{op} x, x, m", (a, o) => a.Vex(op, o.X, o.Y, o.M), o => new($"v{op}", Of(o.X), Of(o.Y), Of(o.Memory, SourceBytes(op))));
            }
        }

        foreach (var op in Enum.GetValues<IntToFloatOp>())
        {
            yield return new($"v{op} x, x, r", (a, o) => a.Vex(op, o.X, o.Y, o.A), o => new($"v{Name(op)}", Of(o.X), Of(o.Y), Of(o.A, IntegerSize(op))));
            yield return new($"v{op} x, x, m", (a, o) => a.Vex(op, o.X, o.Y, o.M), o => new($"v{Name(op)}", Of(o.X), Of(o.Y), Of(o.Memory, IntegerSize(op))));
        }

        yield return new("vmovaps x, x", (a, o) => a.VexMovAps(o.X, o.Y), o => new(Mnemonic.Vmovaps, Of(o.X), Of(o.Y)));
        foreach (var size in new[] { OpSize.Dword, OpSize.Qword })
        {
            var bits = size == OpSize.Dword ? Mnemonic.Vmovd : Mnemonic.Vmovq;
            yield return new($"{bits} x, r", (a, o) => a.VexMovBits(size, o.X, o.A), o => new(bits, Of(o.X), Of(o.A, size)));
            yield return new($"vload {size}", (a, o) => a.VexMovScalar(size, o.X, o.M), o => new($"vmov{Suffix(size)}", Of(o.X), Of(o.Memory, size)));
            var name = $"vround{Suffix(size)}";
            yield return new(
                $"{name} x, x, x",
                (a, o) => a.VexRound(size, o.X, o.Y, o.Z, RoundingMode.Floor),
                o => new(name, Of(o.X), Of(o.Y), Of(o.Z), Of((int)RoundingMode.Floor, OpSize.Byte)));
            yield return new(
                $"{name} x, x, m",
                (a, o) => a.VexRound(size, o.X, o.Y, o.M, RoundingMode.Ceiling),
                o => new(name, Of(o.X), Of(o.Y), Of(o.Memory, size), Of((int)RoundingMode.Ceiling, OpSize.Byte)));
        }
    }

    private static ExpectedInstruction ExpectMovImm(EmitterOperands o)
    {
        var size = o.Immediate64 is >= 0 and <= uint.MaxValue ? OpSize.Dword : OpSize.Qword;
        return new(Mnemonic.Mov, Of(o.A, size), Of(o.Immediate64, size));
    }

    private static ExpectedInstruction ExpectZeroExtension(OpSize from, Gpr dst, ExpectedOperand source) => from >= OpSize.Dword
        ? new(Mnemonic.Mov, Of(dst, from), source)
        : new(Mnemonic.Movzx, Of(dst, OpSize.Dword), source);

    private static ExpectedInstruction ExpectSignExtension(OpSize to, OpSize from, Gpr dst, ExpectedOperand source)
    {
        var mnemonic = from == to ? Mnemonic.Mov : from == OpSize.Dword ? Mnemonic.Movsxd : Mnemonic.Movsx;
        return new(mnemonic, Of(dst, to), source);
    }

    private static string Name(EmitterOperands o) => ConditionNames[(int)o.Condition];

    private static string Name(IntToFloatOp op) => op is IntToFloatOp.CvtSi32ToSs or IntToFloatOp.CvtSi64ToSs ? "cvtsi2ss" : "cvtsi2sd";

    private static OpSize IntegerSize(IntToFloatOp op) =>
        op is IntToFloatOp.CvtSi32ToSs or IntToFloatOp.CvtSi32ToSd ? OpSize.Dword : OpSize.Qword;

    private static string Suffix(OpSize size) => size == OpSize.Dword ? "ss" : "sd";

    /// <summary>Whether an operation has but one operand, and so no form with another one.</summary>
    private static bool IsUnary(PackedOp op) =>
        op is PackedOp.MovDdup or PackedOp.Ptest
        || new[] { "Sqrt", "Cvt", "Pabs", "Pmov" }.Any(prefix => $"{op}".StartsWith(prefix, StringComparison.Ordinal));

    private static int SourceBytes(PackedOp op) => op switch
    {
        PackedOp.CvtPs2Pd or PackedOp.CvtDq2Pd or PackedOp.MovDdup => 8,
        _ when $"{op}".StartsWith("Pmov", StringComparison.Ordinal) => 8,
        _ => 16,
    };

    private static int SourceBytes(SseOp op) => op switch
    {
        SseOp.CvtSs2Sd => 4,
        SseOp.CvtSd2Ss => 8,
        _ when $"{op}".EndsWith("Ss", StringComparison.Ordinal) => 4,
        _ when $"{op}".EndsWith("Sd", StringComparison.Ordinal) => 8,
        _ => 16,
    };
}
