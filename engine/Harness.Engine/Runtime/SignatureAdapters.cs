using System.Collections.Concurrent;
using Harness.Engine.Modules;
using Harness.Engine.X64;

namespace Harness.Engine.Runtime;

/// <summary>
/// The machine code between C# and WebAssembly, one piece per function type and direction. Arguments and results pass
/// through an array of 8-byte slots: i32 values zero-extended, the high half of f32 values zero. They live as long as the
/// process.
/// </summary>
internal static unsafe class SignatureAdapters
{
    private static readonly ConcurrentDictionary<int, nint> EntryAdapters = new();
    private static readonly ConcurrentDictionary<int, nint> HostAdapters = new();

    /// <summary>
    /// Code that C# calls to enter a function of a type, as
    /// <c>int (FunctionReference* function, ulong* slots)</c>: the slots hold the arguments and then the results. It returns
    /// 0, or 1 after a trap or an exception.
    /// </summary>
    public static nint EntryFor(int canonicalTypeId) => EntryAdapters.GetOrAdd(canonicalTypeId, EmitEntry);

    /// <summary>Code that compiled code calls as a function of a type, and that calls <see cref="RuntimeCallbacks.CallHost"/>.</summary>
    public static nint HostFor(int canonicalTypeId) => HostAdapters.GetOrAdd(canonicalTypeId, EmitHost);

    /// <summary>How many slots a call of a function of a type needs.</summary>
    public static int SlotCount(FunctionType type) => Math.Max(type.Parameters.Length, type.Results.Length);

    private static nint EmitEntry(int canonicalTypeId)
    {
        FunctionType type = TypeRegistry.Get(canonicalTypeId).Function!;
        var layout = new SignatureLayout(type);
        using var a = new Assembler();
        a.Push(Gpr.Rbp);
        a.Mov(OpSize.Qword, Gpr.Rbp, Gpr.Rsp);
        a.Push(0);
        a.Push(Gpr.Rbx);
        a.Push(Gpr.R12);
        a.Push(Gpr.R13);
        a.Push(Gpr.R14);
        a.Push(Gpr.R15);
        a.Push(Gpr.Rsi);
        a.Mov(OpSize.Qword, Gpr.R14, Mem.Base(Gpr.Rdi, FunctionReference.InstanceOffset));
        a.Mov(OpSize.Qword, Gpr.R15, Mem.Base(Gpr.R14, InstanceHeader.MemoryBaseOffset));
        a.Mov(OpSize.Qword, Gpr.R10, Mem.Base(Gpr.R14, InstanceHeader.ContextOffset));
        a.Push(Mem.Base(Gpr.R10, StoreContext.EntryStackPointerOffset));
        a.Push(Mem.Base(Gpr.R10, StoreContext.ExitFrameOffset));
        a.Push(0);
        a.Mov(OpSize.Qword, Mem.Base(Gpr.R10, StoreContext.EntryStackPointerOffset), Gpr.Rsp);
        a.Mov(OpSize.Qword, Gpr.R11, Gpr.Rdi);
        if (layout.StackParameterBytes != 0) a.Alu(AluOp.Sub, OpSize.Qword, Gpr.Rsp, layout.StackParameterBytes);
        a.ClearUpperVectors();
        LoadParameters(a, type, layout);
        a.Call(Mem.Base(Gpr.R11, FunctionReference.EntryOffset));
        a.Mov(OpSize.Qword, Gpr.R11, Mem.Base(Gpr.Rbp, EntryFrame.Slots));
        StoreResults(a, type, layout);
        a.MovImm(Gpr.Rax, 0);
        a.Jmp(NativeRuntime.Stubs.Exit);
        return Publish(a, $"entry {type}");
    }

    /// <summary>Takes the arguments from the slots at rsi, which is a parameter register itself and so comes last.</summary>
    private static void LoadParameters(Assembler a, FunctionType type, SignatureLayout layout)
    {
        int inRsi = -1;
        for (int i = 0; i < layout.Parameters.Length; i++)
        {
            if (layout.Parameters[i].Kind != ArgumentPlaceKind.Memory) continue;
            a.Mov(SizeOf(type.Parameters[i]), Gpr.Rax, Mem.Base(Gpr.Rsi, i * sizeof(long)));
            a.Mov(OpSize.Qword, Mem.Base(Gpr.Rsp, layout.Parameters[i].Index * sizeof(long)), Gpr.Rax);
        }

        for (int i = 0; i < layout.Parameters.Length; i++)
        {
            ArgumentPlace place = layout.Parameters[i];
            Mem slot = Mem.Base(Gpr.Rsi, i * sizeof(long));
            if (place.Kind == ArgumentPlaceKind.Xmm) a.MovScalar(SizeOf(type.Parameters[i]), place.Xmm, slot);
            else if (place is { Kind: ArgumentPlaceKind.Gpr, Gpr: Gpr.Rsi }) inRsi = i;
            else if (place.Kind == ArgumentPlaceKind.Gpr) a.Mov(SizeOf(type.Parameters[i]), place.Gpr, slot);
        }

        if (inRsi >= 0) a.Mov(SizeOf(type.Parameters[inRsi]), Gpr.Rsi, Mem.Base(Gpr.Rsi, inRsi * sizeof(long)));
    }

    /// <summary>Puts the results into the slots at r11.</summary>
    private static void StoreResults(Assembler a, FunctionType type, SignatureLayout layout)
    {
        for (int i = 0; i < layout.Results.Length; i++)
        {
            ArgumentPlace place = layout.Results[i];
            if (place.Kind != ArgumentPlaceKind.Memory) StoreArgument(a, SizeOf(type.Results[i]), place, Mem.Base(Gpr.R11, i * sizeof(long)));
        }

        if (layout.MemoryResultCount == 0) return;
        a.Mov(OpSize.Qword, Gpr.R10, Mem.Base(Gpr.R14, InstanceHeader.ContextOffset));
        for (int i = 0; i < layout.Results.Length; i++)
        {
            ArgumentPlace place = layout.Results[i];
            if (place.Kind != ArgumentPlaceKind.Memory) continue;
            a.Mov(SizeOf(type.Results[i]), Gpr.Rax, ResultArea(place));
            a.Mov(OpSize.Qword, Mem.Base(Gpr.R11, i * sizeof(long)), Gpr.Rax);
        }
    }

    private static nint EmitHost(int canonicalTypeId)
    {
        FunctionType type = TypeRegistry.Get(canonicalTypeId).Function!;
        var layout = new SignatureLayout(type);
        using var a = new Assembler();
        a.Push(Gpr.Rbp);
        a.Mov(OpSize.Qword, Gpr.Rbp, Gpr.Rsp);
        a.Push(Gpr.R14);

        // The slots and 8 bytes more, so that rsp is a multiple of 16.
        a.Alu(AluOp.Sub, OpSize.Qword, Gpr.Rsp, (((SlotCount(type) * sizeof(long)) + 15) & ~15) + 8);
        for (int i = 0; i < layout.Parameters.Length; i++)
        {
            if (layout.Parameters[i].Kind != ArgumentPlaceKind.Memory)
                StoreArgument(a, SizeOf(type.Parameters[i]), layout.Parameters[i], Mem.Base(Gpr.Rsp, i * sizeof(long)));
        }

        for (int i = 0; i < layout.Parameters.Length; i++)
        {
            ArgumentPlace place = layout.Parameters[i];
            if (place.Kind != ArgumentPlaceKind.Memory) continue;
            a.Mov(SizeOf(type.Parameters[i]), Gpr.Rax,
                Mem.Base(Gpr.Rbp, FrameLayout.StackParameters + (place.Index * sizeof(long))));
            a.Mov(OpSize.Qword, Mem.Base(Gpr.Rsp, i * sizeof(long)), Gpr.Rax);
        }

        a.Mov(OpSize.Qword, Gpr.R10, Mem.Base(Gpr.R14, InstanceHeader.ContextOffset));
        a.Mov(OpSize.Qword, Mem.Base(Gpr.R10, StoreContext.ExitFrameOffset), Gpr.Rbp);
        a.Mov(OpSize.Qword, Gpr.Rdi, Gpr.R11);
        a.Mov(OpSize.Qword, Gpr.Rsi, Mem.Base(Gpr.Rbp));
        a.Mov(OpSize.Qword, Gpr.Rsi, Mem.Base(Gpr.Rsi, FrameLayout.Instance));
        a.Mov(OpSize.Qword, Gpr.Rdx, Gpr.Rsp);
        a.MovImm(Gpr.Rax, (long)(delegate* unmanaged<FunctionReference*, InstanceHeader*, ulong*, int>)&RuntimeCallbacks.CallHost);
        a.Call(Gpr.Rax);
        a.ClearUpperVectors();
        a.Alu(AluOp.Cmp, OpSize.Dword, Gpr.Rax, 1);
        a.Jcc(Condition.Equal, NativeRuntime.Stubs.Unwind);
        a.Jcc(Condition.Above, NativeRuntime.Stubs.ThrowFromHost);
        LoadResults(a, type, layout);
        a.Leave();
        a.Ret(layout.StackParameterBytes);
        return Publish(a, $"host {type}");
    }

    private static nint Publish(Assembler assembler, string name)
    {
        CodeBlock block = NativeRuntime.CodeSpace.Publish(assembler);
        PerfMap.Record(block, name);
        return block.Address;
    }

    private static void LoadResults(Assembler a, FunctionType type, SignatureLayout layout)
    {
        if (layout.MemoryResultCount != 0) a.Mov(OpSize.Qword, Gpr.R10, Mem.Base(Gpr.R14, InstanceHeader.ContextOffset));
        for (int i = 0; i < layout.Results.Length; i++)
        {
            ArgumentPlace place = layout.Results[i];
            OpSize size = SizeOf(type.Results[i]);
            Mem slot = Mem.Base(Gpr.Rsp, i * sizeof(long));
            switch (place.Kind)
            {
                case ArgumentPlaceKind.Gpr:
                    a.Mov(size, place.Gpr, slot);
                    break;
                case ArgumentPlaceKind.Xmm:
                    a.MovScalar(size, place.Xmm, slot);
                    break;
                default:
                    a.Mov(size, Gpr.R11, slot);
                    a.Mov(OpSize.Qword, ResultArea(place), Gpr.R11);
                    break;
            }
        }
    }

    private static Mem ResultArea(ArgumentPlace place) =>
        Mem.Base(Gpr.R10, StoreContext.ResultsOffset + (place.Index * sizeof(long)));

    /// <summary>Stores a register into a slot, with the high half of 32-bit values zero.</summary>
    private static void StoreArgument(Assembler a, OpSize size, ArgumentPlace place, Mem slot)
    {
        if (place.Kind == ArgumentPlaceKind.Gpr) a.Mov(size, slot, place.Gpr);
        else a.MovScalar(size, slot, place.Xmm);
        if (size == OpSize.Dword) a.Mov(OpSize.Dword, slot.Offset(sizeof(int)), 0);
    }

    private static OpSize SizeOf(ValueType type) =>
        type.Kind is ValueKind.I32 or ValueKind.F32 ? OpSize.Dword : OpSize.Qword;
}
