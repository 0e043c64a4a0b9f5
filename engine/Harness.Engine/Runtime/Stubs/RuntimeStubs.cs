using Harness.Engine.Feedback;
using Harness.Engine.Heap;
using Harness.Engine.Runtime.Stacks;
using Harness.Engine.X64;

namespace Harness.Engine.Runtime.Stubs;

/// <summary>Writes the stubs that all compiled code shares.</summary>
internal sealed unsafe class RuntimeStubs
{
    /// <summary>Bytes that stubs take below their return address to save all registers: rsp is a multiple of 16 then.</summary>
    private const int SaveAreaSize = RegisterFile.Size + 8;

    private readonly Assembler _assembler;
    private readonly Label[] _stubs;
    private readonly Label _fault;
    private readonly Label _unwind;
    private readonly Label _exit;
    private readonly Label _throwFromHost;
    private readonly Label _transfer;
    private readonly Label _stringEquals;

    private RuntimeStubs(Assembler assembler)
    {
        _assembler = assembler;
        _stubs = new Label[(int)Stub.Count];
        for (var i = 0; i < _stubs.Length; i++)
        {
            _stubs[i] = assembler.NewLabel();
        }

        _fault = assembler.NewLabel();
        _unwind = assembler.NewLabel();
        _exit = assembler.NewLabel();
        _throwFromHost = assembler.NewLabel();
        _transfer = assembler.NewLabel();
        _stringEquals = assembler.NewLabel();
    }

    /// <summary>Writes all stubs.</summary>
    /// <param name="space">Where they go: into each of its regions.</param>
    /// <param name="builtins">
    /// The addresses of the runtime functions by <see cref="Builtin"/>; those of functions that may collect, and of bulk instructions, are
    /// replaced by those of stubs, and those that are nothing but stubs are added.
    /// </param>
    /// <returns>Where they lie in the first region.</returns>
    public static StubAddresses Publish(CodeSpace space, nint* builtins)
    {
        using var assembler = new Assembler();
        var stubs = new RuntimeStubs(assembler);
        stubs.Emit();
        var entries = new Label[(int)Builtin.Count];
        foreach (var builtin in RuntimeFunctions.Collecting)
        {
            entries[(int)builtin] = stubs.EmitExit(builtins[(int)builtin]);
        }

        foreach (var builtin in BulkStubs.Builtins)
        {
            entries[(int)builtin] = stubs.EmitBulk(builtin, builtins[(int)builtin]);
        }

        var block = space.PublishShared(assembler);
        nint AddressOf(Label label) => block.Address + assembler.OffsetOf(label);
        foreach (var builtin in RuntimeFunctions.Collecting)
        {
            builtins[(int)builtin] = AddressOf(entries[(int)builtin]);
        }

        foreach (var builtin in BulkStubs.Builtins)
        {
            builtins[(int)builtin] = AddressOf(entries[(int)builtin]);
        }

        builtins[(int)Builtin.StringEquals] = AddressOf(stubs._stringEquals);
        var addresses = new nint[stubs._stubs.Length];
        for (var i = 0; i < addresses.Length; i++)
        {
            addresses[i] = AddressOf(stubs._stubs[i]);
        }

        return new StubAddresses(
            addresses,
            AddressOf(stubs._fault),
            AddressOf(stubs._unwind),
            AddressOf(stubs._exit),
            AddressOf(stubs._throwFromHost));
    }

    private void Emit()
    {
        EmitTrap();
        EmitUnwindAndExit();
        EmitStackGuard();
        EmitTierUp();
        EmitFeedbackMiss();
        EmitDeoptimize();
        EmitEnterLoop();
        EmitThrow();
        EmitLazyCompile();
        EmitCollectGarbage();
        EmitRemember();
        EmitMarkCard();
        EmitStringEquals();
    }

    private void Begin(Label label)
    {
        _assembler.Align(16);
        _assembler.Bind(label);
    }

    private void Begin(Stub stub) => Begin(_stubs[(int)stub]);

    private void CallManaged(void* target)
    {
        _assembler.MovImm(Gpr.Rax, (long)target);
        _assembler.Call(Gpr.Rax);
        _assembler.ClearUpperVectors();
    }

    private void Move(Gpr destination, Gpr source) => _assembler.Mov(OpSize.Qword, destination, source);

    private void SaveRegisters()
    {
        _assembler.Alu(AluOp.Sub, OpSize.Qword, Gpr.Rsp, SaveAreaSize);
        StoreRegisters();
    }

    /// <summary>Fills the register file at rsp.</summary>
    private void StoreRegisters()
    {
        for (var register = Gpr.Rax; register <= Gpr.R15; register++)
        {
            _assembler.Mov(OpSize.Qword, Mem.Base(Gpr.Rsp, RegisterFile.OffsetOf(register)), register);
        }

        for (var register = Xmm.Xmm0; register <= Xmm.Xmm15; register++)
        {
            _assembler.MovUps(Mem.Base(Gpr.Rsp, RegisterFile.OffsetOf(register)), register);
        }
    }

    /// <summary>Loads the registers that C# does not preserve, except r11.</summary>
    private void RestoreRegisters()
    {
        LoadRegisters([Gpr.Rax, Gpr.Rcx, Gpr.Rdx, Gpr.Rsi, Gpr.Rdi, Gpr.R8, Gpr.R9, Gpr.R10]);
        _assembler.Alu(AluOp.Add, OpSize.Qword, Gpr.Rsp, SaveAreaSize);
    }

    /// <summary>Loads some general-purpose registers, and all vector registers, from the register file at rsp.</summary>
    private void LoadRegisters(ReadOnlySpan<Gpr> registers)
    {
        foreach (var register in registers)
        {
            _assembler.Mov(OpSize.Qword, register, Mem.Base(Gpr.Rsp, RegisterFile.OffsetOf(register)));
        }

        for (var register = Xmm.Xmm0; register <= Xmm.Xmm15; register++)
        {
            _assembler.MovUps(register, Mem.Base(Gpr.Rsp, RegisterFile.OffsetOf(register)));
        }
    }

    private void UnwindUnlessZero()
    {
        _assembler.Test(OpSize.Dword, Gpr.Rax, Gpr.Rax);
        _assembler.Jcc(Condition.NotZero, _unwind);
    }

    private void EmitTrap()
    {
        // From the handler of memory faults: the faulting instruction is in r11.
        var common = _assembler.NewLabel();
        Begin(_fault);
        Move(Gpr.Rsi, Gpr.R11);
        _assembler.MovImm(Gpr.Rdx, 1);
        _assembler.Jmp(common);

        Begin(Stub.Trap);
        _assembler.Pop(Gpr.Rsi);
        _assembler.MovImm(Gpr.Rdx, 0);
        _assembler.Bind(common);
        Move(Gpr.Rdi, Gpr.R14);
        Move(Gpr.Rcx, Gpr.Rbp);
        _assembler.Alu(AluOp.And, OpSize.Qword, Gpr.Rsp, -16);
        CallManaged((delegate* unmanaged<InstanceHeader*, nint, int, byte*, void>)&RuntimeCallbacks.Trap);
        _assembler.Jmp(_unwind);
    }

    private void EmitUnwindAndExit()
    {
        Begin(_unwind);
        _assembler.Mov(OpSize.Qword, Gpr.R11, Mem.Base(Gpr.R14, InstanceHeader.ContextOffset));
        _assembler.Mov(OpSize.Qword, Gpr.Rsp, Mem.Base(Gpr.R11, StoreContext.EntryStackPointerOffset));
        _assembler.MovImm(Gpr.Rax, 1);

        // rsp is at the end of the entry stub's frame, eax is the status.
        _assembler.Bind(_exit);
        _assembler.Lea(OpSize.Qword, Gpr.Rbp, Mem.Base(Gpr.Rsp, EntryFrame.Size));
        _assembler.Mov(OpSize.Qword, Gpr.R11, Mem.Base(Gpr.R14, InstanceHeader.ContextOffset));
        _assembler.Mov(OpSize.Qword, Gpr.R10, Mem.Base(Gpr.Rbp, EntryFrame.PreviousEntry));
        _assembler.Mov(OpSize.Qword, Mem.Base(Gpr.R11, StoreContext.EntryStackPointerOffset), Gpr.R10);
        _assembler.Mov(OpSize.Qword, Gpr.R10, Mem.Base(Gpr.Rbp, EntryFrame.PreviousExit));
        _assembler.Mov(OpSize.Qword, Mem.Base(Gpr.R11, StoreContext.ExitFrameOffset), Gpr.R10);
        _assembler.Mov(OpSize.Qword, Gpr.Rbx, Mem.Base(Gpr.Rbp, EntryFrame.Rbx));
        _assembler.Mov(OpSize.Qword, Gpr.R12, Mem.Base(Gpr.Rbp, EntryFrame.R12));
        _assembler.Mov(OpSize.Qword, Gpr.R13, Mem.Base(Gpr.Rbp, EntryFrame.R13));
        _assembler.Mov(OpSize.Qword, Gpr.R14, Mem.Base(Gpr.Rbp, EntryFrame.R14));
        _assembler.Mov(OpSize.Qword, Gpr.R15, Mem.Base(Gpr.Rbp, EntryFrame.R15));
        _assembler.Leave();
        _assembler.Ret();
    }

    private void EmitStackGuard()
    {
        Begin(Stub.StackGuard);
        SaveRegisters();
        Move(Gpr.Rdi, Gpr.R14);
        _assembler.Mov(OpSize.Qword, Gpr.Rsi, Mem.Base(Gpr.Rsp, SaveAreaSize));
        Move(Gpr.Rdx, Gpr.Rbp);
        Move(Gpr.Rcx, Gpr.Rsp);
        CallManaged((delegate* unmanaged<InstanceHeader*, nint, byte*, nuint, int>)&RuntimeCallbacks.StackGuard);
        UnwindUnlessZero();
        RestoreRegisters();
        _assembler.Ret();
    }

    private void EmitTierUp()
    {
        Begin(Stub.TierUp);
        SaveRegisters();
        Move(Gpr.Rdi, Gpr.R14);
        _assembler.Mov(OpSize.Dword, Gpr.Rsi, Gpr.R11);
        CallManaged((delegate* unmanaged<InstanceHeader*, int, int>)&RuntimeCallbacks.TierUp);
        UnwindUnlessZero();
        RestoreRegisters();
        _assembler.Ret();
    }

    /// <summary>
    /// Makes a frame of its own, like a call of the host: stack walks start there. All registers come back from the file, whose
    /// references a collection updates.
    /// </summary>
    private void EmitCollectGarbage()
    {
        Begin(Stub.CollectGarbage);
        _assembler.Push(Gpr.Rbp);
        Move(Gpr.Rbp, Gpr.Rsp);
        _assembler.Alu(AluOp.Sub, OpSize.Qword, Gpr.Rsp, RegisterFile.Size);
        StoreRegisters();
        RecordExitFrame(Gpr.R10);
        Move(Gpr.Rdi, Gpr.R14);
        Move(Gpr.Rsi, Gpr.Rsp);
        CallManaged((delegate* unmanaged<InstanceHeader*, RegisterFile*, int>)&RuntimeCallbacks.CollectGarbage);
        UnwindUnlessZero();
        LoadRegisters(
            [Gpr.Rax, Gpr.Rcx, Gpr.Rdx, Gpr.Rbx, Gpr.Rsi, Gpr.Rdi, Gpr.R8, Gpr.R9, Gpr.R10, Gpr.R11, Gpr.R12, Gpr.R13]);
        _assembler.Leave();
        _assembler.Ret();
    }

    /// <summary>
    /// Stands between compiled code and a runtime function that may collect: makes a frame of its own, like a call of the host, so
    /// that the collector finds the caller.
    /// </summary>
    private Label EmitExit(nint target)
    {
        var entry = _assembler.NewLabel();
        Begin(entry);
        _assembler.Push(Gpr.Rbp);
        Move(Gpr.Rbp, Gpr.Rsp);
        RecordExitFrame(Gpr.R11);
        CallManaged((void*)target);
        _assembler.Leave();
        _assembler.Ret();
        return entry;
    }

    /// <summary>Stands between compiled code and the runtime function of a bulk instruction.</summary>
    private Label EmitBulk(Builtin builtin, nint function)
    {
        var entry = _assembler.NewLabel();
        Begin(entry);
        new BulkStubs(_assembler).Emit(builtin, function);
        return entry;
    }

    /// <summary>Leaves rbp where stack walks start.</summary>
    private void RecordExitFrame(Gpr scratch)
    {
        _assembler.Mov(OpSize.Qword, scratch, Mem.Base(Gpr.R14, InstanceHeader.ContextOffset));
        _assembler.Mov(OpSize.Qword, Mem.Base(scratch, StoreContext.ExitFrameOffset), Gpr.Rbp);
    }

    /// <summary>Adds to the remembered set, which is never full.</summary>
    private void EmitRemember()
    {
        Begin(Stub.Remember);
        _assembler.Push(Gpr.Rax);
        _assembler.Push(Gpr.Rcx);
        _assembler.Mov(OpSize.Qword, Gpr.Rax, Mem.Base(Gpr.R14, InstanceHeader.ContextOffset));
        _assembler.Mov(OpSize.Qword, Gpr.Rcx, Mem.Base(Gpr.Rax, StoreContext.RememberedTopOffset));
        _assembler.Mov(OpSize.Qword, Mem.Base(Gpr.Rcx), Gpr.R11);
        _assembler.Alu(AluOp.Add, OpSize.Qword, Mem.Base(Gpr.Rax, StoreContext.RememberedTopOffset), sizeof(ulong));
        _assembler.Alu(AluOp.And, OpSize.Dword, Mem.Base(Gpr.R11, ObjectHeader.FlagsOffset), ~(int)ObjectFlags.Unremembered);
        _assembler.Pop(Gpr.Rcx);
        _assembler.Pop(Gpr.Rax);
        _assembler.Ret();
    }

    private void EmitMarkCard()
    {
        Begin(Stub.MarkCard);
        _assembler.Push(Gpr.Rax);
        _assembler.Mov(OpSize.Qword, Gpr.Rax, Mem.Base(Gpr.R14, InstanceHeader.ContextOffset));
        _assembler.Mov(OpSize.Qword, Gpr.Rax, Mem.Base(Gpr.Rax, StoreContext.CardsOffset));
        _assembler.Shift(ShiftOp.Shr, OpSize.Qword, Gpr.R11, CardTable.CardShift);
        _assembler.Mov(OpSize.Byte, Mem.BaseIndex(Gpr.R11, Gpr.Rax), 1);
        _assembler.Pop(Gpr.Rax);
        _assembler.Ret();
    }

    /// <summary>
    /// Compares strings, in rsi and rdx, by 8 bytes: the rest of a string's last 8 bytes is zero. Called as a runtime function, it uses rax
    /// and rcx as well.
    /// </summary>
    private void EmitStringEquals()
    {
        const Gpr left = Gpr.Rsi;
        const Gpr right = Gpr.Rdx;
        const Gpr rest = Gpr.Rcx;
        var equal = _assembler.NewLabel();
        var different = _assembler.NewLabel();
        Begin(_stringEquals);
        _assembler.Alu(AluOp.Cmp, OpSize.Qword, left, right);
        _assembler.JccShort(Condition.Equal, equal);
        _assembler.Test(OpSize.Qword, left, left);
        _assembler.JccShort(Condition.Zero, different);
        _assembler.Test(OpSize.Qword, right, right);
        _assembler.JccShort(Condition.Zero, different);
        _assembler.Mov(OpSize.Dword, rest, Mem.Base(left, ObjectLayout.ArrayLength));
        _assembler.Alu(AluOp.Cmp, OpSize.Dword, rest, Mem.Base(right, ObjectLayout.ArrayLength));
        _assembler.JccShort(Condition.NotEqual, different);

        // Bytes of the code units, rounded up; the last 8 first.
        _assembler.Lea(OpSize.Qword, rest, Mem.Index(rest, sizeof(char), sizeof(long) - 1));
        _assembler.Alu(AluOp.And, OpSize.Qword, rest, -sizeof(long));
        _assembler.JccShort(Condition.Zero, equal);
        var next = _assembler.NewBoundLabel();
        const int lastWord = ObjectLayout.ArrayElements - sizeof(long);
        _assembler.Mov(OpSize.Qword, Gpr.Rax, Mem.BaseIndex(left, rest, 1, lastWord));
        _assembler.Alu(AluOp.Cmp, OpSize.Qword, Gpr.Rax, Mem.BaseIndex(right, rest, 1, lastWord));
        _assembler.JccShort(Condition.NotEqual, different);
        _assembler.Alu(AluOp.Sub, OpSize.Qword, rest, sizeof(long));
        _assembler.JccShort(Condition.NotZero, next);
        _assembler.Bind(equal);
        _assembler.MovImm(Gpr.Rax, 1);
        _assembler.Ret();
        _assembler.Bind(different);
        _assembler.Zero(Gpr.Rax);
        _assembler.Ret();
    }

    /// <summary>Polymorphic hits and megamorphic sites are counted here; C# is called only when a state changes.</summary>
    private void EmitFeedbackMiss()
    {
        var next = _assembler.NewLabel();
        var hit = _assembler.NewLabel();
        var transition = _assembler.NewLabel();
        var megamorphic = _assembler.NewLabel();

        Begin(Stub.FeedbackMiss);
        _assembler.Push(Gpr.Rax);
        _assembler.Mov(OpSize.Qword, Gpr.Rax, Mem.Base(Gpr.R10, FeedbackSlot.TargetOffset));
        _assembler.Alu(AluOp.Cmp, OpSize.Qword, Gpr.Rax, (int)FeedbackSlot.Megamorphic);
        _assembler.JccShort(Condition.Equal, megamorphic);
        _assembler.Test(OpSize.Byte, Gpr.Rax, (int)FeedbackSlot.PolymorphicTag);
        _assembler.JccShort(Condition.Zero, transition);
        _assembler.Alu(AluOp.Sub, OpSize.Qword, Gpr.Rax, (int)FeedbackSlot.PolymorphicTag);
        _assembler.Bind(next);
        _assembler.Alu(AluOp.Cmp, OpSize.Qword, Mem.Base(Gpr.Rax, FeedbackSlot.TargetOffset), Gpr.R11);
        _assembler.JccShort(Condition.Equal, hit);
        _assembler.Alu(AluOp.Cmp, OpSize.Qword, Mem.Base(Gpr.Rax, FeedbackSlot.TargetOffset), 0);
        _assembler.JccShort(Condition.Equal, transition);
        _assembler.Alu(AluOp.Add, OpSize.Qword, Gpr.Rax, FeedbackSlot.Size);
        _assembler.JmpShort(next);

        _assembler.Bind(hit);
        _assembler.Unary(UnaryOp.Inc, OpSize.Qword, Mem.Base(Gpr.Rax, FeedbackSlot.CountOffset));
        _assembler.Bind(megamorphic);
        _assembler.Unary(UnaryOp.Inc, OpSize.Qword, Mem.Base(Gpr.R10, FeedbackSlot.CountOffset));
        _assembler.Pop(Gpr.Rax);
        _assembler.Ret();

        _assembler.Bind(transition);
        _assembler.Pop(Gpr.Rax);
        SaveRegisters();
        Move(Gpr.Rdi, Gpr.R14);
        Move(Gpr.Rsi, Gpr.R11);
        Move(Gpr.Rdx, Gpr.R10);
        CallManaged((delegate* unmanaged<InstanceHeader*, FunctionReference*, FeedbackSlot*, void>)&RuntimeCallbacks.FeedbackMiss);
        _assembler.Mov(OpSize.Qword, Gpr.R11, Mem.Base(Gpr.Rsp, RegisterFile.OffsetOf(Gpr.R11)));
        RestoreRegisters();
        _assembler.Ret();
    }

    private void EmitDeoptimize()
    {
        Begin(Stub.Deoptimize);
        SaveRegisters();
        Move(Gpr.Rdi, Gpr.R14);
        Move(Gpr.Rsi, Gpr.Rsp);
        _assembler.Mov(OpSize.Qword, Gpr.Rdx, Mem.Base(Gpr.Rsp, SaveAreaSize));
        Move(Gpr.Rcx, Gpr.Rbp);
        CallManaged((delegate* unmanaged<InstanceHeader*, RegisterFile*, nint, byte*, FrameTransfer*>)&RuntimeCallbacks.Deoptimize);
        EmitTransfer();
    }

    private void EmitEnterLoop()
    {
        Begin(Stub.EnterLoop);
        SaveRegisters();
        Move(Gpr.Rdi, Gpr.R14);
        Move(Gpr.Rsi, Gpr.Rsp);
        _assembler.Mov(OpSize.Qword, Gpr.Rdx, Mem.Base(Gpr.Rsp, SaveAreaSize));
        Move(Gpr.Rcx, Gpr.Rbp);
        CallManaged((delegate* unmanaged<InstanceHeader*, RegisterFile*, nint, byte*, FrameTransfer*>)&RuntimeCallbacks.EnterLoop);
        _assembler.Alu(AluOp.Cmp, OpSize.Qword, Gpr.Rax, RuntimeCallbacks.Unwinds);
        _assembler.Jcc(Condition.Equal, _unwind);
        _assembler.Test(OpSize.Qword, Gpr.Rax, Gpr.Rax);
        _assembler.Jcc(Condition.NotZero, _transfer);
        RestoreRegisters();
        _assembler.Ret();
    }

    /// <summary>Goes on as the <see cref="FrameTransfer"/> in rax tells, or unwinds if there is none.</summary>
    private void EmitTransfer()
    {
        _assembler.Bind(_transfer);
        _assembler.Test(OpSize.Qword, Gpr.Rax, Gpr.Rax);
        _assembler.Jcc(Condition.Zero, _unwind);

        // The stack pointer goes first: what lies below it may be overwritten by a signal at any time.
        Move(Gpr.R11, Gpr.Rax);
        _assembler.Mov(OpSize.Qword, Gpr.Rsp, Mem.Base(Gpr.R11, FrameTransfer.StackPointerOffset));
        _assembler.Mov(OpSize.Qword, Gpr.Rsi, Mem.Base(Gpr.R11, FrameTransfer.ImageOffset));
        _assembler.Mov(OpSize.Qword, Gpr.Rcx, Mem.Base(Gpr.R11, FrameTransfer.ImageWordsOffset));
        var copied = _assembler.NewLabel();
        var copy = _assembler.NewBoundLabel();
        _assembler.Alu(AluOp.Sub, OpSize.Qword, Gpr.Rcx, 1);
        _assembler.JccShort(Condition.Below, copied);
        _assembler.Mov(OpSize.Qword, Gpr.Rax, Mem.BaseIndex(Gpr.Rsi, Gpr.Rcx, sizeof(long)));
        _assembler.Mov(OpSize.Qword, Mem.BaseIndex(Gpr.Rsp, Gpr.Rcx, sizeof(long)), Gpr.Rax);
        _assembler.JmpShort(copy);
        _assembler.Bind(copied);
        for (var register = Xmm.Xmm0; register <= Xmm.Xmm15; register++)
        {
            _assembler.MovUps(register, Mem.Base(Gpr.R11, FrameTransfer.RegistersOffset + RegisterFile.OffsetOf(register)));
        }

        for (var register = Gpr.Rax; register <= Gpr.R15; register++)
        {
            if (register is Gpr.Rsp or Gpr.R11)
            {
                continue;
            }

            _assembler.Mov(
                OpSize.Qword, register, Mem.Base(Gpr.R11, FrameTransfer.RegistersOffset + RegisterFile.OffsetOf(register)));
        }

        _assembler.Jmp(Mem.Base(Gpr.R11, FrameTransfer.ResumeAddressOffset));
    }

    /// <summary>No register but the frame's is wanted again: handlers find everything in the frame.</summary>
    private void EmitThrow()
    {
        Begin(Stub.Throw);
        _assembler.Pop(Gpr.Rdx);
        Move(Gpr.Rdi, Gpr.R14);
        Move(Gpr.Rsi, Gpr.Rax);
        Move(Gpr.Rcx, Gpr.Rbp);
        _assembler.Alu(AluOp.And, OpSize.Qword, Gpr.Rsp, -16);
        CallManaged((delegate* unmanaged<InstanceHeader*, ulong, nint, byte*, FrameTransfer*>)&RuntimeCallbacks.Throw);
        _assembler.Jmp(_transfer);

        // From host adapters, in their frame.
        Begin(_throwFromHost);
        Move(Gpr.Rdi, Gpr.R14);
        _assembler.Mov(OpSize.Qword, Gpr.Rsi, Mem.Base(Gpr.Rbp, FrameLayout.ReturnAddress));
        _assembler.Mov(OpSize.Qword, Gpr.Rdx, Mem.Base(Gpr.Rbp));
        CallManaged((delegate* unmanaged<InstanceHeader*, nint, byte*, FrameTransfer*>)&RuntimeCallbacks.ThrowFromHost);
        _assembler.Jmp(_transfer);
    }

    private void EmitLazyCompile()
    {
        Begin(Stub.LazyCompile);
        SaveRegisters();
        Move(Gpr.Rdi, Gpr.R14);
        _assembler.Mov(OpSize.Dword, Gpr.Rsi, Gpr.R11);
        CallManaged((delegate* unmanaged<InstanceHeader*, int, nint>)&RuntimeCallbacks.LazyCompile);
        _assembler.Test(OpSize.Qword, Gpr.Rax, Gpr.Rax);
        _assembler.Jcc(Condition.Zero, _unwind);
        Move(Gpr.R11, Gpr.Rax);
        RestoreRegisters();
        _assembler.Jmp(Gpr.R11);
    }
}

/// <summary>Where the shared stubs lie.</summary>
/// <param name="Stubs">Addresses by <see cref="Stub"/>.</param>
/// <param name="Fault">Where the handler of memory faults goes, with the faulting instruction in r11.</param>
/// <param name="Unwind">Jumped to with a valid instance register: goes back to the innermost entry stub with status 1.</param>
/// <param name="Exit">Jumped to by entry stubs with rsp as they set it before the call, and the status in eax.</param>
/// <param name="ThrowFromHost">Jumped to by host adapters, in their frame, when the pending exception may be caught by their caller.</param>
internal sealed record StubAddresses(nint[] Stubs, nint Fault, nint Unwind, nint Exit, nint ThrowFromHost);
