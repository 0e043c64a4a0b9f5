using System.Collections.Concurrent;
using System.Collections.Immutable;
using Harness.Engine.Modules;
using Harness.Engine.Runtime.Stacks;
using Harness.Engine.Runtime.Stubs;
using Harness.Engine.X64;

namespace Harness.Engine.Runtime;

/// <summary>
/// The machine code between C# and WebAssembly, one piece per function type and direction. Arguments and results pass
/// through an array of 8-byte slots: i32 values zero-extended, the high half of f32 values zero, vectors in two slots. They live as long
/// as the type.
/// </summary>
internal static unsafe class SignatureAdapters
{
    private static readonly ConcurrentDictionary<int, CodeBlock> EntryAdapters = CreateTable();
    private static readonly ConcurrentDictionary<int, CodeBlock> HostAdapters = CreateTable();

    /// <summary>
    /// Code that C# calls to enter a function of a type, as
    /// <c>int (FunctionReference* function, ulong* slots)</c>: the slots hold the arguments and then the results. It returns
    /// 0, or 1 after a trap or an exception.
    /// </summary>
    public static nint EntryFor(int canonicalTypeId) => AdapterOf(EntryAdapters, canonicalTypeId, EmitEntry);

    /// <summary>Code that compiled code calls as a function of a type, and that calls <see cref="RuntimeCallbacks.CallHost"/>.</summary>
    public static nint HostFor(int canonicalTypeId) => AdapterOf(HostAdapters, canonicalTypeId, EmitHost);

    /// <summary>How many slots a call of a function of a type needs.</summary>
    public static int SlotCount(FunctionType type) =>
        Math.Max(SignatureLayout.WordsOf(type.Parameters), SignatureLayout.WordsOf(type.Results));

    private static ConcurrentDictionary<int, CodeBlock> CreateTable()
    {
        var adapters = new ConcurrentDictionary<int, CodeBlock>();
        TypeRegistry.Removed += type =>
        {
            if (adapters.TryRemove(type, out var block))
            {
                NativeRuntime.CodeSpace.Free(block);
            }
        };
        return adapters;
    }

    private static nint AdapterOf(ConcurrentDictionary<int, CodeBlock> adapters, int type, Func<int, CodeBlock> emit)
    {
        if (adapters.TryGetValue(type, out var known))
        {
            return known.Address;
        }

        var made = emit(type);
        var used = adapters.GetOrAdd(type, made);
        if (used.Address != made.Address)
        {
            NativeRuntime.CodeSpace.Free(made);
        }

        return used.Address;
    }

    private static CodeBlock EmitEntry(int canonicalTypeId)
    {
        var type = TypeRegistry.Get(canonicalTypeId).Function!;
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
        if (layout.StackParameterBytes != 0)
        {
            a.Alu(AluOp.Sub, OpSize.Qword, Gpr.Rsp, layout.StackParameterBytes);
        }

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
        (ValueType Type, Mem Slot)? inRsi = null;
        foreach (var (parameter, place, offset) in InSlots(type.Parameters, layout.Parameters))
        {
            if (place.Kind == ArgumentPlaceKind.Memory)
            {
                Copy(a, parameter, Mem.Base(Gpr.Rsi, offset), Mem.Base(Gpr.Rsp, place.Index * sizeof(long)));
            }
        }

        foreach (var (parameter, place, offset) in InSlots(type.Parameters, layout.Parameters))
        {
            var slot = Mem.Base(Gpr.Rsi, offset);
            if (place.Kind == ArgumentPlaceKind.Xmm)
            {
                LoadXmm(a, parameter, place.Xmm, slot);
            }
            else if (place is { Kind: ArgumentPlaceKind.Gpr, Gpr: Gpr.Rsi })
            {
                inRsi = (parameter, slot);
            }
            else if (place.Kind == ArgumentPlaceKind.Gpr)
            {
                a.Mov(SizeOf(parameter), place.Gpr, slot);
            }
        }

        if (inRsi is var (last, lastSlot))
        {
            a.Mov(SizeOf(last), Gpr.Rsi, lastSlot);
        }
    }

    /// <summary>Puts the results into the slots at r11.</summary>
    private static void StoreResults(Assembler a, FunctionType type, SignatureLayout layout)
    {
        foreach (var (result, place, offset) in InSlots(type.Results, layout.Results))
        {
            if (place.Kind != ArgumentPlaceKind.Memory)
            {
                StoreArgument(a, result, place, Mem.Base(Gpr.R11, offset));
            }
        }

        if (layout.MemoryResultWords == 0)
        {
            return;
        }

        a.Mov(OpSize.Qword, Gpr.R10, Mem.Base(Gpr.R14, InstanceHeader.ContextOffset));
        foreach (var (result, place, offset) in InSlots(type.Results, layout.Results))
        {
            if (place.Kind == ArgumentPlaceKind.Memory)
            {
                Copy(a, result, ResultArea(place), Mem.Base(Gpr.R11, offset));
            }
        }
    }

    private static CodeBlock EmitHost(int canonicalTypeId)
    {
        var type = TypeRegistry.Get(canonicalTypeId).Function!;
        var layout = new SignatureLayout(type);
        using var a = new Assembler();
        a.Push(Gpr.Rbp);
        a.Mov(OpSize.Qword, Gpr.Rbp, Gpr.Rsp);
        a.Push(Gpr.R14);

        // The slots and 8 bytes more, so that rsp is a multiple of 16.
        a.Alu(AluOp.Sub, OpSize.Qword, Gpr.Rsp, (((SlotCount(type) * sizeof(long)) + 15) & ~15) + 8);
        foreach (var (parameter, place, offset) in InSlots(type.Parameters, layout.Parameters))
        {
            if (place.Kind != ArgumentPlaceKind.Memory)
            {
                StoreArgument(a, parameter, place, Mem.Base(Gpr.Rsp, offset));
            }
        }

        foreach (var (parameter, place, offset) in InSlots(type.Parameters, layout.Parameters))
        {
            var source = Mem.Base(Gpr.Rbp, FrameLayout.StackParameters + (place.Index * sizeof(long)));
            if (place.Kind == ArgumentPlaceKind.Memory)
            {
                Copy(a, parameter, source, Mem.Base(Gpr.Rsp, offset));
            }
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

    private static CodeBlock Publish(Assembler assembler, string name)
    {
        var block = NativeRuntime.CodeSpace.Publish(assembler);
        PerfMap.Record(block, name);
        return block;
    }

    private static void LoadResults(Assembler a, FunctionType type, SignatureLayout layout)
    {
        if (layout.MemoryResultWords != 0)
        {
            a.Mov(OpSize.Qword, Gpr.R10, Mem.Base(Gpr.R14, InstanceHeader.ContextOffset));
        }

        foreach (var (result, place, offset) in InSlots(type.Results, layout.Results))
        {
            var slot = Mem.Base(Gpr.Rsp, offset);
            switch (place.Kind)
            {
                case ArgumentPlaceKind.Gpr:
                    a.Mov(SizeOf(result), place.Gpr, slot);
                    break;
                case ArgumentPlaceKind.Xmm:
                    LoadXmm(a, result, place.Xmm, slot);
                    break;
                default:
                    Copy(a, result, slot, ResultArea(place), Gpr.R11);
                    break;
            }
        }
    }

    /// <summary>Values with the places where they travel, and the offsets of their slots.</summary>
    private static IEnumerable<(ValueType Type, ArgumentPlace Place, int Offset)> InSlots(
        ImmutableArray<ValueType> types, ImmutableArray<ArgumentPlace> places)
    {
        var offset = 0;
        for (var i = 0; i < types.Length; i++)
        {
            yield return (types[i], places[i], offset);
            offset += types[i].WordCount * sizeof(long);
        }
    }

    /// <summary>Copies a value between slots, by way of a register.</summary>
    private static void Copy(Assembler a, ValueType type, Mem source, Mem destination, Gpr scratch = Gpr.Rax)
    {
        a.Mov(SizeOf(type), scratch, source);
        a.Mov(OpSize.Qword, destination, scratch);
        if (!type.IsVector)
        {
            return;
        }

        a.Mov(OpSize.Qword, scratch, source.Offset(sizeof(long)));
        a.Mov(OpSize.Qword, destination.Offset(sizeof(long)), scratch);
    }

    private static void LoadXmm(Assembler a, ValueType type, Xmm register, Mem slot)
    {
        if (type.IsVector)
        {
            a.MovUps(register, slot);
        }
        else
        {
            a.MovScalar(SizeOf(type), register, slot);
        }
    }

    private static Mem ResultArea(ArgumentPlace place) =>
        Mem.Base(Gpr.R10, StoreContext.ResultsOffset + (place.Index * sizeof(long)));

    /// <summary>Stores a register into a slot, with the high half of 32-bit values zero.</summary>
    private static void StoreArgument(Assembler a, ValueType type, ArgumentPlace place, Mem slot)
    {
        var size = SizeOf(type);
        if (place.Kind == ArgumentPlaceKind.Gpr)
        {
            a.Mov(size, slot, place.Gpr);
        }
        else if (type.IsVector)
        {
            a.MovUps(slot, place.Xmm);
        }
        else
        {
            a.MovScalar(size, slot, place.Xmm);
        }

        if (size == OpSize.Dword)
        {
            a.Mov(OpSize.Dword, slot.Offset(sizeof(int)), 0);
        }
    }

    private static OpSize SizeOf(ValueType type) =>
        type.Kind is ValueKind.I32 or ValueKind.F32 ? OpSize.Dword : OpSize.Qword;
}
