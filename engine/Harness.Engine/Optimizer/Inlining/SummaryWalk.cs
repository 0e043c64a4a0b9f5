using Harness.Engine.Modules;

namespace Harness.Engine.Optimizer.Inlining;

/// <summary>
/// Looks through a function's bytes once, with an operand stack that holds where values come from. A local stands for the value that is
/// assigned to it if there is one assignment only; where control joins, nothing is known. What an instruction does not tell is taken for
/// unknown, so that no body can lead it astray.
/// </summary>
internal sealed class SummaryWalk
{
    private readonly SummaryState state;
    private readonly ObjectSummary objects;
    private readonly NumberSummary numbers;
    private readonly Dictionary<int, ValueOrigin[]> arguments = [];
    private ValueOrigin[] locals = [];
    private byte[] assignments = [];
    private bool hasLoop;
    private bool returnsOnlyNew = true;
    private bool returnsSomething;
    private bool isUnreachable;
    private int skippedScopes;

    /// <summary>Prepares for a function that the module defines.</summary>
    public SummaryWalk(WasmModule module, FunctionInfo function)
    {
        state = new SummaryState(module, function);
        objects = new ObjectSummary(state);
        numbers = new NumberSummary(state);
    }

    /// <summary>Looks through the function.</summary>
    public FunctionSummary Run()
    {
        ReadLocals();
        CountAssignments();
        for (int i = 0; i < state.Uses.Length; i++)
        {
            locals[i] = assignments[i] == 0 ? new ValueOrigin(ValueOriginKind.Parameter, i) : OriginStack.Unknown;
        }

        state.Stack.Open(0, state.Function.Type.Results.Length);
        while (!state.Reader.IsAtEnd && state.Stack.Depth > 0)
        {
            int offset = state.Reader.Offset;
            Opcode opcode = state.Reader.ReadOpcode();
            if (isUnreachable)
            {
                Skip(opcode);
            }
            else
            {
                Visit(opcode, offset);
            }
        }

        return new FunctionSummary
        {
            Nodes = state.Nodes,
            HasLoop = hasLoop,
            ReturnsNewObject = returnsSomething && returnsOnlyNew,
            Parameters = state.Uses,
            Arguments = arguments,
        };
    }

    private void ReadLocals()
    {
        int count = state.Uses.Length;
        for (int groups = state.Reader.ReadIndex(); groups > 0; groups--)
        {
            count += state.Reader.ReadIndex();
            state.Reader.ReadValueType();
        }

        locals = new ValueOrigin[count];
        assignments = new byte[count];
    }

    /// <summary>Counts the assignments to each local, up to two.</summary>
    private void CountAssignments()
    {
        BytecodeReader ahead = state.Reader;
        while (!ahead.IsAtEnd)
        {
            Opcode opcode = ahead.ReadOpcode();
            if (opcode is Opcode.LocalSet or Opcode.LocalTee)
            {
                ref byte count = ref assignments[ahead.ReadIndex()];
                count = (byte)Math.Min(2, count + 1);
            }
            else
            {
                ahead.SkipImmediates(opcode);
            }
        }
    }

    /// <summary>Passes over an instruction that control cannot reach.</summary>
    private void Skip(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.Block or Opcode.Loop or Opcode.If or Opcode.Try or Opcode.TryTable:
                skippedScopes++;
                break;
            case Opcode.End or Opcode.Delegate when skippedScopes > 0:
                skippedScopes--;
                break;
            case Opcode.End or Opcode.Else or Opcode.Catch or Opcode.CatchAll or Opcode.Delegate when skippedScopes == 0:
                isUnreachable = false;
                VisitScope(opcode, leaves: true);
                return;
        }

        state.Reader.SkipImmediates(opcode);
    }

    private void Visit(Opcode opcode, int offset)
    {
        switch (opcode)
        {
            case Opcode.Block or Opcode.Loop or Opcode.If or Opcode.Try or Opcode.TryTable:
                Open(opcode);
                break;
            case Opcode.Else or Opcode.Catch or Opcode.CatchAll or Opcode.End or Opcode.Delegate:
                VisitScope(opcode, leaves: false);
                break;
            case Opcode.LocalGet:
                state.Stack.Push(locals[state.Reader.ReadIndex()]);
                break;
            case Opcode.LocalSet:
                Assign(state.Reader.ReadIndex(), state.Stack.Pop());
                break;
            case Opcode.LocalTee:
                ValueOrigin value = state.Stack.Pop();
                Assign(state.Reader.ReadIndex(), value);
                state.Stack.Push(value);
                break;
            case Opcode.GlobalGet:
                VisitGlobal(state.Reader.ReadIndex());
                break;
            case Opcode.GlobalSet:
                state.Reader.SkipImmediates(opcode);
                state.Escape(state.Stack.Pop());
                state.Nodes++;
                break;
            case Opcode.I32Const:
                PushConstant(state.Reader.ReadVarI32());
                break;
            case Opcode.I64Const:
                PushConstant(state.Reader.ReadVarI64());
                break;
            case Opcode.F32Const:
                PushConstant((int)state.Reader.ReadF32Bits());
                break;
            case Opcode.F64Const:
                PushConstant((long)state.Reader.ReadF64Bits());
                break;
            case Opcode.Drop:
                state.Stack.Pop();
                break;
            case Opcode.Select or Opcode.SelectTyped:
                state.Reader.SkipImmediates(opcode);
                state.Decide(state.Stack.Pop());
                state.Stack.Replace(2, 1);
                state.Nodes++;
                break;
            case Opcode.Br or Opcode.BrIf or Opcode.BrTable or Opcode.Return or Opcode.Unreachable or Opcode.ThrowRef or Opcode.Rethrow:
                VisitBranch(opcode);
                break;
            case Opcode.Throw:
                state.PopEscaping(state.Module.Tags[state.Reader.ReadIndex()].Type.Type.Parameters.Length);
                state.Nodes += NodeEstimates.Call;
                isUnreachable = true;
                break;
            case >= Opcode.Call and <= Opcode.ReturnCallRef:
                VisitCall(opcode, offset);
                break;
            default:
                if (!objects.TryVisit(opcode))
                {
                    numbers.Visit(opcode);
                }

                break;
        }
    }

    private void Open(Opcode opcode)
    {
        BytecodeReader ahead = state.Reader;
        BlockSignature signature = ahead.ReadBlockType();
        state.Reader.SkipImmediates(opcode);
        hasLoop |= opcode == Opcode.Loop;
        if (opcode == Opcode.If)
        {
            state.Decide(state.Stack.Pop());
            state.Nodes++;
        }

        state.Stack.Replace(signature.ParameterCount, signature.ParameterCount);
        state.Stack.Open(signature.ParameterCount, signature.ResultCount);
    }

    /// <summary>An instruction that ends a scope, or begins the next part of it.</summary>
    private void VisitScope(Opcode opcode, bool leaves)
    {
        state.Reader.SkipImmediates(opcode);
        if (opcode is Opcode.End or Opcode.Delegate)
        {
            if (state.Stack.Depth == 1 && !leaves)
            {
                NoteReturn();
            }

            state.Stack.Close();
            return;
        }

        // What the other part begins with is missing on the state.Stack: operands that are not there are unknown.
        state.Stack.Clear();
    }

    private void VisitBranch(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.BrIf:
                state.Reader.SkipImmediates(opcode);
                state.Decide(state.Stack.Pop());
                state.Nodes++;
                return;
            case Opcode.Br when state.Reader.ReadIndex() == state.Stack.Depth - 1:
            case Opcode.Return:
                NoteReturn();
                break;
            case Opcode.BrTable:
                state.Reader.SkipImmediates(opcode);
                state.Decide(state.Stack.Pop());
                state.Nodes += 2;
                break;
            case Opcode.Rethrow:
                state.Reader.SkipImmediates(opcode);
                state.Nodes += NodeEstimates.Call;
                break;
        }

        isUnreachable = true;
    }

    private void VisitCall(Opcode opcode, int offset)
    {
        FunctionType type;
        switch (opcode)
        {
            case Opcode.Call or Opcode.ReturnCall:
                type = state.Module.Functions[state.Reader.ReadIndex()].Type;
                break;
            case Opcode.CallIndirect or Opcode.ReturnCallIndirect:
                type = state.Module.GetType(state.Reader.ReadIndex()).Function!;
                state.Reader.ReadIndex();
                state.Stack.Pop();
                state.Nodes += NodeEstimates.TableCall;
                break;
            default:
                type = state.Module.GetType(state.Reader.ReadIndex()).Function!;
                ValueOrigin callee = state.Stack.Pop();
                if (callee.Kind == ValueOriginKind.Parameter)
                {
                    state.Uses[callee.Index].Calls++;
                }

                state.Nodes++;
                break;
        }

        var passed = new ValueOrigin[type.Parameters.Length];
        for (int i = passed.Length - 1; i >= 0; i--)
        {
            passed[i] = state.Stack.Pop();
            state.Escape(passed[i]);
        }

        arguments[offset] = passed;
        state.Nodes += NodeEstimates.Call + passed.Length;
        state.Stack.PushUnknown(type.Results.Length);
        if (opcode is Opcode.ReturnCall or Opcode.ReturnCallIndirect or Opcode.ReturnCallRef)
        {
            returnsOnlyNew = false;
            isUnreachable = true;
        }
    }

    private void PushConstant(long bits) => state.Stack.Push(new ValueOrigin(ValueOriginKind.Constant) { Detail = bits });

    private void VisitGlobal(int index)
    {
        GlobalInfo global = state.Module.Globals[index];
        state.Nodes++;
        bool isKnown = global is { IsImported: false, Type.IsMutable: false };
        state.Stack.Push(
            !isKnown ? OriginStack.Unknown
            : global.Type.Type.IsReference ? new ValueOrigin(ValueOriginKind.ConstantObject) { Detail = index }
            : new ValueOrigin(ValueOriginKind.Constant));
    }

    private void Assign(int local, ValueOrigin value) => locals[local] = assignments[local] == 1 ? value : OriginStack.Unknown;

    private void NoteReturn()
    {
        if (state.Function.Type.Results.Length > 0)
        {
            ValueOrigin value = state.Stack.Peek();
            state.Escape(value);
            returnsSomething = true;
            returnsOnlyNew &= value.Kind == ValueOriginKind.NewObject;
        }
    }
}
