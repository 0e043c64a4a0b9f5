using System.Collections.Immutable;
using Harness.Engine.Deoptimization;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Optimizer.Lowering;
using Harness.Engine.Optimizer.RegisterAllocation;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Emission;

/// <content>The entry, calls, and the ends of blocks.</content>
internal sealed partial class CodeEmitter
{
    /// <summary>Most targets of a switch that comparisons find instead of a jump table.</summary>
    private const int ComparedTargets = 3;

    private readonly GrowList<Label> landingPads = new();

    private static ReadOnlySpan<Gpr> SystemVParameters => [Gpr.Rdi, Gpr.Rsi, Gpr.Rdx, Gpr.Rcx, Gpr.R8, Gpr.R9];

    /// <summary>Offsets in the code of where exceptions come in.</summary>
    public int[] LandingPadOffsets()
    {
        var offsets = new int[landingPads.Count];
        for (int i = 0; i < offsets.Length; i++)
        {
            offsets[i] = asm.OffsetOf(landingPads[i]);
        }

        return offsets;
    }

    private void EmitEntry(ReadOnlySpan<LirOperand> parameters)
    {
        if (code.Graph.LoopOffset >= 0)
        {
            for (int i = 0; i < parameters.Length; i++)
            {
                Location to = LocationAt(parameters[i].Value, position + 2);
                if (!to.IsNone)
                {
                    EmitReceive(to, code.TypeOf(parameters[i].Value), Mem.Base(Gpr.Rbp, LoopValues - (i * LoopValueSize)));
                }
            }

            return;
        }

        ImmutableArray<ArgumentPlace> places = Signature.Parameters;
        EmitReceiveInRegisters(parameters, places);
        EmitReceiveInMemory(parameters, places, Gpr.Rbp, FrameLayout.StackParameters);
    }

    /// <summary>Brings parameters, or results of a call, from the registers in which they travel to where they shall lie.</summary>
    private void EmitReceiveInRegisters(ReadOnlySpan<LirOperand> values, ImmutableArray<ArgumentPlace> places)
    {
        for (int i = 0; i < places.Length; i++)
        {
            Location to = LocationAt(values[i].Value, position + 2);
            if (places[i].Kind != ArgumentPlaceKind.Memory && !to.IsNone)
            {
                group.Add(new Move(LocationOf(places[i]), to, code.TypeOf(values[i].Value)));
            }
        }

        group.Emit(this);
    }

    /// <summary>Brings the parameters or results that travel in memory to where they shall lie.</summary>
    private void EmitReceiveInMemory(
        ReadOnlySpan<LirOperand> values, ImmutableArray<ArgumentPlace> places, Gpr memory, int offset)
    {
        for (int i = 0; i < places.Length; i++)
        {
            Location to = LocationAt(values[i].Value, position + 2);
            if (places[i].Kind == ArgumentPlaceKind.Memory && !to.IsNone)
            {
                Mem from = Mem.Base(memory, offset + (places[i].Index * sizeof(long)));
                EmitReceive(to, code.TypeOf(values[i].Value), from);
            }
        }
    }

    private void EmitReceive(Location to, IrType type, Mem from)
    {
        if (type == IrType.V128)
        {
            EmitVectorReceive(to, from);
        }
        else
        {
            EmitReceive(to, SizeOf(type), from);
        }
    }

    private void EmitReceive(Location to, OpSize size, Mem from)
    {
        if (to.IsGpr)
        {
            asm.Mov(size, to.Gpr, from);
        }
        else if (to.IsXmm)
        {
            EmitLoadScalar(size, to.Xmm, from);
        }
        else
        {
            EmitLoadScalar(size, ScratchXmm, from);
            asm.MovScalar(OpSize.Qword, to.Memory, ScratchXmm);
        }
    }

    private static Location LocationOf(ArgumentPlace place) =>
        place.Kind == ArgumentPlaceKind.Gpr ? Location.Of(place.Gpr) : Location.Of(place.Xmm);

    private void EmitCall(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        if (instruction.Op == LirOp.CallBuiltin)
        {
            EmitBuiltinCall(instruction, operands);
            return;
        }

        ReadOnlySpan<LirOperand> results = operands[..instruction.ResultCount];
        ReadOnlySpan<LirOperand> arguments = operands[instruction.ResultCount..];
        SignatureLayout layout = signatures.Get((int)instruction.Immediate);
        Location reference = Location.None;
        if (instruction.Op == LirOp.CallReference)
        {
            reference = Input(arguments, 0);
            arguments = arguments[1..];
        }

        EmitStackArguments(arguments, layout);
        reference = EmitRegisterArguments(arguments, layout.Parameters, reference);
        switch (instruction.Op)
        {
            case LirOp.CallDirect:
                int entry = module.Layout.FunctionReferenceOf(instruction.Aux) + FunctionReference.EntryOffset;
                asm.Call(Mem.Base(CallingConvention.Instance, entry));
                AddCallSite(instruction);
                if (module.Module.Functions[instruction.Aux].MayLeaveInstance)
                {
                    EmitReturnToInstance();
                }

                break;
            case LirOp.CallImport:
                asm.Mov(
                    OpSize.Qword,
                    Scratch,
                    Mem.Base(CallingConvention.Instance, module.Layout.ImportedFunction(instruction.Aux)));
                EmitReferenceCall(instruction);
                break;
            default:
                EmitCopy(OpSize.Qword, Location.Of(Scratch), reference);
                EmitReferenceCall(instruction);
                break;
        }

        EmitResults(results, layout);
    }

    /// <summary>Calls the function whose reference is in the scratch register, and comes back to this instance.</summary>
    private void EmitReferenceCall(in LirInstruction instruction)
    {
        EmitEnterInstance();
        asm.Call(Mem.Base(Scratch, FunctionReference.EntryOffset));
        AddCallSite(instruction);
        EmitReturnToInstance();
    }

    /// <summary>Enters the instance of the function whose reference is in the scratch register, which may have a memory where this one has none.</summary>
    private void EmitEnterInstance()
    {
        asm.Mov(OpSize.Qword, CallingConvention.Instance, Mem.Base(Scratch, FunctionReference.InstanceOffset));
        asm.Mov(
            OpSize.Qword,
            CallingConvention.MemoryBase,
            Mem.Base(CallingConvention.Instance, InstanceHeader.MemoryBaseOffset));
    }

    private void EmitReturnToInstance()
    {
        asm.Mov(OpSize.Qword, CallingConvention.Instance, Mem.Base(Gpr.Rbp, FrameLayout.Instance));
        if (module.Module.Memories.Length > 0)
        {
            asm.Mov(
                OpSize.Qword,
                CallingConvention.MemoryBase,
                Mem.Base(CallingConvention.Instance, InstanceHeader.MemoryBaseOffset));
        }
    }

    private void EmitStackArguments(ReadOnlySpan<LirOperand> arguments, SignatureLayout layout)
    {
        if (layout.StackParameterWords == 0)
        {
            return;
        }

        asm.Alu(AluOp.Sub, OpSize.Qword, Gpr.Rsp, layout.StackParameterBytes);
        for (int i = 0; i < arguments.Length; i++)
        {
            ArgumentPlace place = layout.Parameters[i];
            if (place.Kind == ArgumentPlaceKind.Memory)
            {
                EmitSend(arguments[i], Mem.Base(Gpr.Rsp, place.Index * sizeof(long)));
            }
        }
    }

    /// <summary>Stores a value that may be a constant.</summary>
    private void EmitSend(LirOperand value, Mem to)
    {
        if (IsVector(value))
        {
            EmitVectorSend(value, to);
            return;
        }

        if (value.IsConstant)
        {
            long bits = Constants.RegisterBits(code.Graph, value.ConstantNode);
            if (bits == (int)bits)
            {
                asm.Mov(OpSize.Qword, to, (int)bits);
                return;
            }

            EmitLoadScalar(OpSize.Qword, ScratchXmm, asm.Constant64((ulong)bits));
            asm.MovScalar(OpSize.Qword, to, ScratchXmm);
            return;
        }

        Location from = LocationAt(value.Value, position);
        if (from.IsGpr)
        {
            asm.Mov(OpSize.Qword, to, from.Gpr);
            return;
        }

        Xmm register = from.IsXmm ? from.Xmm : ScratchXmm;
        if (from.IsStack)
        {
            EmitLoadScalar(OpSize.Qword, register, from.Memory);
        }

        asm.MovScalar(OpSize.Qword, to, register);
    }

    /// <summary>Brings arguments into their registers.</summary>
    /// <returns>Where the reference to call lies afterwards.</returns>
    private Location EmitRegisterArguments(
        ReadOnlySpan<LirOperand> arguments, ImmutableArray<ArgumentPlace> places, Location reference)
    {
        bool isOverwritten = false;
        for (int i = 0; i < arguments.Length; i++)
        {
            if (places[i].Kind != ArgumentPlaceKind.Memory)
            {
                AddArgument(arguments[i], LocationOf(places[i]));
                isOverwritten |= LocationOf(places[i]) == reference;
            }
        }

        if (isOverwritten)
        {
            // r10 is no parameter's register, and no register survives the call.
            group.Add(new Move(reference, Location.Of(Gpr.R10), IrType.Ref));
            reference = Location.Of(Gpr.R10);
        }

        group.Emit(this);
        return reference;
    }

    private void AddArgument(LirOperand argument, Location to)
    {
        if (argument.IsConstant)
        {
            int id = argument.ConstantNode;
            group.Add(new Move(Location.None, to, code.Graph[id].Type, Constants.RegisterBits(code.Graph, id)));
        }
        else
        {
            group.Add(new Move(LocationAt(argument.Value, position), to, code.TypeOf(argument.Value)));
        }
    }

    private void EmitResults(ReadOnlySpan<LirOperand> results, SignatureLayout layout)
    {
        EmitReceiveInRegisters(results, layout.Results);
        if (layout.MemoryResultWords > 0)
        {
            asm.Mov(OpSize.Qword, Scratch, Mem.Base(CallingConvention.Instance, InstanceHeader.ContextOffset));
            EmitReceiveInMemory(results, layout.Results, Scratch, StoreContext.ResultsOffset);
        }
    }

    private void EmitBuiltinCall(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        int results = instruction.ResultCount;
        for (int i = results; i < operands.Length; i++)
        {
            AddArgument(operands[i], Location.Of(SystemVParameters[i - results + 1]));
        }

        group.Emit(this);
        asm.Mov(OpSize.Qword, Gpr.Rdi, CallingConvention.Instance);
        asm.Mov(OpSize.Qword, Gpr.Rax, Mem.Base(CallingConvention.Instance, InstanceHeader.BuiltinsOffset));
        asm.Call(Mem.Base(Gpr.Rax, instruction.Sub * sizeof(long)));
        AddCallSite(instruction);
        if (results == 0 || operands[0].Value == 0)
        {
            return;
        }

        // The upper half of a 32-bit result is anything.
        Location to = LocationAt(operands[0].Value, position + 2);
        OpSize size = SizeOf(code.TypeOf(operands[0].Value));
        if (to.IsGpr)
        {
            asm.Mov(size, to.Gpr, Gpr.Rax);
        }
        else if (to.IsStack)
        {
            asm.Mov(size, Gpr.Rax, Gpr.Rax);
            asm.Mov(OpSize.Qword, to.Memory, Gpr.Rax);
        }
    }

    private void EmitTerminator(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        ref LirBlock block = ref code.Block(currentBlock);
        switch (instruction.Op)
        {
            case LirOp.Jump:
                EmitJump(TargetOf(block, 0));
                break;
            case LirOp.Branch:
                EmitCompare(instruction, operands, 0);
                EmitBranch(instruction.Condition, TargetOf(block, 0), TargetOf(block, 1));
                break;
            case LirOp.Switch:
                EmitSwitch(operands, block);
                break;
            case LirOp.Return:
                EmitReturn(operands);
                break;
            case LirOp.Trap:
                // The return address is not to be that of an instruction that may fault.
                EmitTrapCall(instruction, (TrapKind)instruction.Sub);
                asm.Int3();
                break;
            case LirOp.BranchOnType:
                EmitBranchOnType(instruction, operands, TargetOf(block, 0), TargetOf(block, 1));
                break;
            case LirOp.Throw:
                AddArgument(operands[0], Location.Of(Gpr.Rax));
                group.Emit(this);
                asm.Call(NativeRuntime.AddressOf(Stub.Throw));
                AddCallSite(instruction);
                asm.Int3();
                break;
            case LirOp.Invoke:
                CatchFromCall(labels[TargetOf(block, 1)]);
                EmitJump(TargetOf(block, 0));
                break;
            case LirOp.TailCall:
                EmitTailCall(instruction, operands);
                break;
            default:
                asm.Jmp(AddDeopt(instruction, DescribeExit(instruction.Aux, operands, position, (DeoptReason)instruction.Sub)));
                break;
        }
    }

    /// <summary>Lets the exceptions of the call that ends the block, whose site is the last one, come to a place.</summary>
    private void CatchFromCall(Label handler)
    {
        ref CodeSite site = ref sites[sites.Count - 1];
        site = site with { Handler = landingPads.Count };
        landingPads.Add(handler);
    }

    private int TargetOf(in LirBlock block, int index) => targets[code.Successors[block.FirstSuccessor + index]];

    private void EmitJump(int target)
    {
        if (target == nextBlock)
        {
            return;
        }

        if (IsNear(target))
        {
            asm.JmpShort(labels[target]);
        }
        else
        {
            asm.Jmp(labels[target]);
        }
    }

    private void EmitBranch(FlagCondition condition, int taken, int otherwise)
    {
        if (taken == otherwise)
        {
            EmitJump(taken);
        }
        else if (taken == nextBlock)
        {
            EmitJumpIf(condition.Negate(), labels[otherwise], IsNear(otherwise));
        }
        else
        {
            EmitJumpIf(condition, labels[taken], IsNear(taken));
            EmitJump(otherwise);
        }
    }

    private void EmitSwitch(ReadOnlySpan<LirOperand> operands, in LirBlock block)
    {
        Gpr index = Input(operands, 0).Gpr;
        int count = block.SuccessorCount - 1;
        int last = TargetOf(block, count);
        if (count <= ComparedTargets)
        {
            for (int i = 0; i < count; i++)
            {
                if (TargetOf(block, i) != last)
                {
                    EmitCompareConstant(CompareKind.Integer, OpSize.Dword, Location.Of(index), i);
                    asm.Jcc(Condition.Equal, labels[TargetOf(block, i)]);
                }
            }

            EmitJump(last);
            return;
        }

        asm.Alu(AluOp.Cmp, OpSize.Dword, index, count);
        asm.Jcc(Condition.AboveOrEqual, labels[last]);
        Span<Label> table = count <= 64 ? stackalloc Label[count] : new Label[count];
        for (int i = 0; i < count; i++)
        {
            table[i] = labels[TargetOf(block, i)];
        }

        asm.Mov(OpSize.Dword, Scratch, index);
        asm.JmpTable(Scratch, Gpr.Rax, table);
    }

    private void EmitReturn(ReadOnlySpan<LirOperand> results)
    {
        SignatureLayout layout = Signature;
        if (layout.MemoryResultWords > 0)
        {
            asm.Mov(OpSize.Qword, Scratch, Mem.Base(CallingConvention.Instance, InstanceHeader.ContextOffset));
            for (int i = 0; i < results.Length; i++)
            {
                if (layout.Results[i].Kind == ArgumentPlaceKind.Memory)
                {
                    EmitSend(
                        results[i],
                        Mem.Base(Scratch, StoreContext.ResultsOffset + (layout.Results[i].Index * sizeof(long))));
                }
            }
        }

        EmitRegisterArguments(results, layout.Results, Location.None);
        if (hasFrame)
        {
            asm.Leave();
        }

        asm.Ret(layout.StackParameterBytes);
    }
}
