using System.Collections.Immutable;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Optimizer.Lowering;
using Harness.Engine.Optimizer.RegisterAllocation;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Emission.Emitters;

/// <summary>Arguments and results on their way: in registers, on the stack, and in the result area.</summary>
internal sealed class ArgumentEmitter(
    EmissionState state, OperandLocations locations, MoveEmitter moveEmitter, Assembler asm, ParallelMoves group)
{
    /// <summary>Brings the function's arguments to where they shall lie.</summary>
    public void EmitEntry(ReadOnlySpan<LirOperand> parameters)
    {
        if (state.Code.Graph.LoopOffset >= 0)
        {
            for (var i = 0; i < parameters.Length; i++)
            {
                var to = locations.LocationAt(parameters[i].Value, state.Position + 2);
                if (!to.IsNone)
                {
                    EmitReceive(to, state.Code.TypeOf(parameters[i].Value), Mem.Base(Gpr.Rbp, state.LoopValues - (i * state.LoopValueSize)));
                }
            }

            return;
        }

        var places = state.Signature.Parameters;
        EmitReceiveInRegisters(parameters, places);
        EmitReceiveInMemory(parameters, places, Gpr.Rbp, FrameLayout.StackParameters);
    }

    /// <summary>Brings parameters, or results of a call, from the registers in which they travel to where they shall lie.</summary>
    private void EmitReceiveInRegisters(ReadOnlySpan<LirOperand> values, ImmutableArray<ArgumentPlace> places)
    {
        for (var i = 0; i < places.Length; i++)
        {
            var to = locations.LocationAt(values[i].Value, state.Position + 2);
            if (places[i].Kind != ArgumentPlaceKind.Memory && !to.IsNone)
            {
                group.Add(new Move(LocationOf(places[i]), to, state.Code.TypeOf(values[i].Value)));
            }
        }

        group.Emit(moveEmitter);
    }

    /// <summary>Brings the parameters or results that travel in memory to where they shall lie.</summary>
    private void EmitReceiveInMemory(
        ReadOnlySpan<LirOperand> values, ImmutableArray<ArgumentPlace> places, Gpr memory, int offset)
    {
        for (var i = 0; i < places.Length; i++)
        {
            var to = locations.LocationAt(values[i].Value, state.Position + 2);
            if (places[i].Kind == ArgumentPlaceKind.Memory && !to.IsNone)
            {
                var from = Mem.Base(memory, offset + (places[i].Index * sizeof(long)));
                EmitReceive(to, state.Code.TypeOf(values[i].Value), from);
            }
        }
    }

    /// <summary>Brings a value from where it travels in memory to where it shall lie.</summary>
    public void EmitReceive(Location to, IrType type, Mem from)
    {
        if (type == IrType.V128)
        {
            EmitVectorReceive(to, from);
        }
        else
        {
            EmitReceive(to, EmissionState.SizeOf(type), from);
        }
    }

    /// <summary>Brings a value from where it travels in memory to where it shall lie.</summary>
    public void EmitReceive(Location to, OpSize size, Mem from)
    {
        if (to.IsGpr)
        {
            asm.Mov(size, to.Gpr, from);
        }
        else if (to.IsXmm)
        {
            moveEmitter.EmitLoadScalar(size, to.Xmm, from);
        }
        else
        {
            moveEmitter.EmitLoadScalar(size, CallingConvention.ScratchXmm, from);
            asm.MovScalar(OpSize.Qword, to.Memory, CallingConvention.ScratchXmm);
        }
    }

    private static Location LocationOf(ArgumentPlace place) =>
        place.Kind == ArgumentPlaceKind.Gpr ? Location.Of(place.Gpr) : Location.Of(place.Xmm);

    /// <summary>Stores the arguments that travel on the stack.</summary>
    public void EmitStackArguments(ReadOnlySpan<LirOperand> arguments, SignatureLayout layout)
    {
        if (layout.StackParameterWords == 0)
        {
            return;
        }

        asm.Alu(AluOp.Sub, OpSize.Qword, Gpr.Rsp, layout.StackParameterBytes);
        for (var i = 0; i < arguments.Length; i++)
        {
            var place = layout.Parameters[i];
            if (place.Kind == ArgumentPlaceKind.Memory)
            {
                EmitSend(arguments[i], Mem.Base(Gpr.Rsp, place.Index * sizeof(long)));
            }
        }
    }

    /// <summary>Stores a value that may be a constant.</summary>
    public void EmitSend(LirOperand value, Mem to)
    {
        if (IsVector(value))
        {
            EmitVectorSend(value, to);
            return;
        }

        if (value.IsConstant)
        {
            var bits = Constants.RegisterBits(state.Code.Graph, value.ConstantNode);
            if (bits == (int)bits)
            {
                asm.Mov(OpSize.Qword, to, (int)bits);
                return;
            }

            moveEmitter.EmitLoadScalar(OpSize.Qword, CallingConvention.ScratchXmm, asm.Constant64((ulong)bits));
            asm.MovScalar(OpSize.Qword, to, CallingConvention.ScratchXmm);
            return;
        }

        var from = locations.LocationAt(value.Value, state.Position);
        if (from.IsGpr)
        {
            asm.Mov(OpSize.Qword, to, from.Gpr);
            return;
        }

        var register = from.IsXmm ? from.Xmm : CallingConvention.ScratchXmm;
        if (from.IsStack)
        {
            moveEmitter.EmitLoadScalar(OpSize.Qword, register, from.Memory);
        }

        asm.MovScalar(OpSize.Qword, to, register);
    }

    /// <summary>Brings arguments into their registers.</summary>
    /// <returns>Where the reference to call lies afterwards.</returns>
    public Location EmitRegisterArguments(
        ReadOnlySpan<LirOperand> arguments, ImmutableArray<ArgumentPlace> places, Location reference)
    {
        var isOverwritten = false;
        for (var i = 0; i < arguments.Length; i++)
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

        group.Emit(moveEmitter);
        return reference;
    }

    /// <summary>Lets an argument move to a register.</summary>
    public void AddArgument(LirOperand argument, Location to)
    {
        if (argument.IsConstant)
        {
            var id = argument.ConstantNode;
            group.Add(new Move(Location.None, to, state.Code.Graph[id].Type, Constants.RegisterBits(state.Code.Graph, id)));
        }
        else
        {
            group.Add(new Move(locations.LocationAt(argument.Value, state.Position), to, state.Code.TypeOf(argument.Value)));
        }
    }

    /// <summary>Brings the results of a call to where they shall lie.</summary>
    public void EmitResults(ReadOnlySpan<LirOperand> results, SignatureLayout layout)
    {
        EmitReceiveInRegisters(results, layout.Results);
        if (layout.MemoryResultWords > 0)
        {
            asm.Mov(OpSize.Qword, CallingConvention.Scratch, Mem.Base(CallingConvention.Instance, InstanceHeader.ContextOffset));
            EmitReceiveInMemory(results, layout.Results, CallingConvention.Scratch, StoreContext.ResultsOffset);
        }
    }

    /// <summary>Brings a vector from where it travels in memory to where it shall lie.</summary>
    private void EmitVectorReceive(Location to, Mem from)
    {
        var register = to.IsXmm ? to.Xmm : CallingConvention.ScratchXmm;
        asm.MovUps(register, from);
        if (to.IsStack)
        {
            asm.MovAps(to.Memory, register);
        }
    }

    /// <summary>Stores a vector, which may be a constant, where it travels in memory.</summary>
    private void EmitVectorSend(LirOperand value, Mem to)
    {
        var from = value.IsConstant ? Location.None : locations.LocationAt(value.Value, state.Position);
        var register = from.IsXmm ? from.Xmm : CallingConvention.ScratchXmm;
        if (value.IsConstant)
        {
            moveEmitter.EmitVectorConstant(register, state.Code.Graph[value.ConstantNode].Immediate);
        }
        else if (from.IsStack)
        {
            asm.MovAps(register, from.Memory);
        }

        asm.MovUps(to, register);
    }

    /// <summary>Whether an operand, a constant or not, is a vector.</summary>
    private bool IsVector(LirOperand value) =>
        value.IsConstant ? state.Code.Graph[value.ConstantNode].Type == IrType.V128 : state.Code.IsVector(value.Value);
}
