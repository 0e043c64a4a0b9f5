using Harness.Engine.Modules;

namespace Harness.Engine.Optimizer.Inlining;

/// <summary>
/// Looks through a function's bytes once, with an operand stack that holds where values come from. A local stands for the value that is
/// assigned to it if there is one assignment only; where control joins, nothing is known. What an instruction does not tell is taken for
/// unknown, so that no body can lead it astray.
/// </summary>
internal sealed class SummaryWalk
{
    /// <summary>Nodes of a call, without its arguments.</summary>
    public const int CallNodes = 4;

    /// <summary>Nodes that find the callee of a call through a table: bounds, element, null check, type check.</summary>
    private const int TableCallNodes = 6;

    /// <summary>Nodes of a type test or cast.</summary>
    public const int TestNodes = 3;

    /// <summary>Nodes of an allocation, without the fields.</summary>
    private const int AllocationNodes = 4;

    /// <summary>Nodes of an access to an element, with null and bounds check.</summary>
    private const int ElementNodes = 3;

    /// <summary>Nodes of an instruction on many elements at once.</summary>
    private const int BulkNodes = 6;

    private readonly WasmModule module;
    private readonly FunctionInfo function;
    private readonly OriginStack stack = new();
    private readonly Dictionary<int, ValueOrigin[]> arguments = [];
    private readonly ParameterUses[] uses;
    private BytecodeReader reader;
    private ValueOrigin[] locals = [];
    private byte[] assignments = [];
    private bool hasLoop;
    private bool returnsOnlyNew = true;
    private bool returnsSomething;
    private bool isUnreachable;
    private int skippedScopes;
    private int nodes;

    /// <summary>Prepares for a function that the module defines.</summary>
    public SummaryWalk(WasmModule module, FunctionInfo function)
    {
        this.module = module;
        this.function = function;
        uses = new ParameterUses[function.Type.Parameters.Length];
        reader = module.OpenBody(function);
    }

    /// <summary>Looks through the function.</summary>
    public FunctionSummary Run()
    {
        ReadLocals();
        CountAssignments();
        for (int i = 0; i < uses.Length; i++)
        {
            locals[i] = assignments[i] == 0 ? new ValueOrigin(ValueOriginKind.Parameter, i) : OriginStack.Unknown;
        }

        stack.Open(0, function.Type.Results.Length);
        while (!reader.IsAtEnd && stack.Depth > 0)
        {
            int offset = reader.Offset;
            Opcode opcode = reader.ReadOpcode();
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
            Nodes = nodes,
            HasLoop = hasLoop,
            ReturnsNewObject = returnsSomething && returnsOnlyNew,
            Parameters = uses,
            Arguments = arguments,
        };
    }

    private void ReadLocals()
    {
        int count = uses.Length;
        for (int groups = reader.ReadIndex(); groups > 0; groups--)
        {
            count += reader.ReadIndex();
            reader.ReadValueType();
        }

        locals = new ValueOrigin[count];
        assignments = new byte[count];
    }

    /// <summary>Counts the assignments to each local, up to two.</summary>
    private void CountAssignments()
    {
        BytecodeReader ahead = reader;
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

        reader.SkipImmediates(opcode);
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
                stack.Push(locals[reader.ReadIndex()]);
                break;
            case Opcode.LocalSet:
                Assign(reader.ReadIndex(), stack.Pop());
                break;
            case Opcode.LocalTee:
                ValueOrigin value = stack.Pop();
                Assign(reader.ReadIndex(), value);
                stack.Push(value);
                break;
            case Opcode.GlobalGet:
                VisitGlobal(module.Globals[reader.ReadIndex()]);
                break;
            case Opcode.GlobalSet:
                reader.SkipImmediates(opcode);
                Escape(stack.Pop());
                nodes++;
                break;
            case Opcode.I32Const or Opcode.I64Const or Opcode.F32Const or Opcode.F64Const:
                reader.SkipImmediates(opcode);
                stack.Push(new ValueOrigin(ValueOriginKind.Constant));
                break;
            case Opcode.Drop:
                stack.Pop();
                break;
            case Opcode.Select or Opcode.SelectTyped:
                reader.SkipImmediates(opcode);
                Decide(stack.Pop());
                stack.Replace(2, 1);
                nodes++;
                break;
            case Opcode.Br or Opcode.BrIf or Opcode.BrTable or Opcode.Return or Opcode.Unreachable or Opcode.ThrowRef or Opcode.Rethrow:
                VisitBranch(opcode);
                break;
            case Opcode.Throw:
                PopEscaping(module.Tags[reader.ReadIndex()].Type.Type.Parameters.Length);
                nodes += CallNodes;
                isUnreachable = true;
                break;
            case >= Opcode.Call and <= Opcode.ReturnCallRef:
                VisitCall(opcode, offset);
                break;
            default:
                if (!VisitReference(opcode) && !VisitAggregate(opcode))
                {
                    VisitOther(opcode);
                }

                break;
        }
    }

    private void Open(Opcode opcode)
    {
        BytecodeReader ahead = reader;
        BlockSignature signature = ahead.ReadBlockType();
        reader.SkipImmediates(opcode);
        hasLoop |= opcode == Opcode.Loop;
        if (opcode == Opcode.If)
        {
            Decide(stack.Pop());
            nodes++;
        }

        stack.Replace(signature.ParameterCount, signature.ParameterCount);
        stack.Open(signature.ParameterCount, signature.ResultCount);
    }

    /// <summary>An instruction that ends a scope, or begins the next part of it.</summary>
    private void VisitScope(Opcode opcode, bool leaves)
    {
        reader.SkipImmediates(opcode);
        if (opcode is Opcode.End or Opcode.Delegate)
        {
            if (stack.Depth == 1 && !leaves)
            {
                NoteReturn();
            }

            stack.Close();
            return;
        }

        // What the other part begins with is missing on the stack: operands that are not there are unknown.
        stack.Clear();
    }

    private void VisitBranch(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.BrIf:
                reader.SkipImmediates(opcode);
                Decide(stack.Pop());
                nodes++;
                return;
            case Opcode.Br when reader.ReadIndex() == stack.Depth - 1:
            case Opcode.Return:
                NoteReturn();
                break;
            case Opcode.BrTable:
                reader.SkipImmediates(opcode);
                Decide(stack.Pop());
                nodes += 2;
                break;
            case Opcode.Rethrow:
                reader.SkipImmediates(opcode);
                nodes += CallNodes;
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
                type = module.Functions[reader.ReadIndex()].Type;
                break;
            case Opcode.CallIndirect or Opcode.ReturnCallIndirect:
                type = module.GetType(reader.ReadIndex()).Function!;
                reader.ReadIndex();
                stack.Pop();
                nodes += TableCallNodes;
                break;
            default:
                type = module.GetType(reader.ReadIndex()).Function!;
                ValueOrigin callee = stack.Pop();
                if (callee.Kind == ValueOriginKind.Parameter)
                {
                    uses[callee.Index].Calls++;
                }

                nodes++;
                break;
        }

        var passed = new ValueOrigin[type.Parameters.Length];
        for (int i = passed.Length - 1; i >= 0; i--)
        {
            passed[i] = stack.Pop();
            Escape(passed[i]);
        }

        arguments[offset] = passed;
        nodes += CallNodes + passed.Length;
        stack.PushUnknown(type.Results.Length);
        if (opcode is Opcode.ReturnCall or Opcode.ReturnCallIndirect or Opcode.ReturnCallRef)
        {
            returnsOnlyNew = false;
            isUnreachable = true;
        }
    }

    private void VisitGlobal(GlobalInfo global)
    {
        nodes++;
        bool isKnown = global is { IsImported: false, Type.IsMutable: false };
        stack.Push(new ValueOrigin(
            !isKnown ? ValueOriginKind.Unknown
            : global.Type.Type.IsReference ? ValueOriginKind.ConstantObject
            : ValueOriginKind.Constant));
    }

    /// <summary>Instructions on references of any kind.</summary>
    /// <returns>Whether it is one.</returns>
    private bool VisitReference(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.RefNull:
                stack.Push(new ValueOrigin(ValueOriginKind.Null));
                break;
            case Opcode.RefFunc:
                stack.Push(new ValueOrigin(ValueOriginKind.Function));
                break;
            case Opcode.RefIsNull or Opcode.RefTest or Opcode.RefTestNull:
                Test(stack.Pop());
                stack.Push(OriginStack.Unknown);
                break;
            case Opcode.RefEq:
                Test(stack.Pop());
                Test(stack.Pop());
                stack.Push(OriginStack.Unknown);
                break;
            case Opcode.BrOnNonNull:
                Test(stack.Pop());
                break;
            case Opcode.RefAsNonNull or Opcode.BrOnNull or Opcode.RefCast or Opcode.RefCastNull or Opcode.BrOnCast or Opcode.BrOnCastFail:
                Test(stack.Peek());
                break;
            case Opcode.AnyConvertExtern or Opcode.ExternConvertAny:
                break;
            case Opcode.RefI31 or Opcode.I31GetS or Opcode.I31GetU:
                stack.Replace(1, 1);
                nodes++;
                break;
            default:
                return false;
        }

        reader.SkipImmediates(opcode);
        return true;
    }

    /// <summary>Instructions on structures and arrays.</summary>
    /// <returns>Whether it is one.</returns>
    private bool VisitAggregate(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.StructNew:
                Make(module.GetType(reader.ReadIndex()).Struct!.Fields.Length);
                return true;
            case Opcode.StructNewDefault:
                nodes += module.GetType(reader.ReadIndex()).Struct!.Fields.Length;
                Make(0);
                return true;
            case Opcode.ArrayNewFixed:
                reader.ReadIndex();
                Make(reader.ReadIndex());
                return true;
        }

        OperatorAccess access = OpcodeTable.GetAccess(opcode);
        switch (opcode)
        {
            case Opcode.ArrayLen:
            case var _ when access is { Kind: AccessKind.Field, IsWrite: false }:
                Access(stack.Pop());
                stack.Push(OriginStack.Unknown);
                nodes++;
                break;
            case var _ when access.Kind == AccessKind.Field:
                Escape(stack.Pop());
                Access(stack.Pop());
                nodes += 2;
                break;
            case var _ when access is { Kind: AccessKind.Element, IsWrite: false }:
                stack.Pop();
                Access(stack.Pop());
                stack.Push(OriginStack.Unknown);
                nodes += ElementNodes;
                break;
            case var _ when access.Kind == AccessKind.Element:
                Escape(stack.Pop());
                stack.Pop();
                Access(stack.Pop());
                nodes += ElementNodes + 1;
                break;
            case Opcode.ArrayNewDefault:
                Make(1);
                break;
            case Opcode.ArrayNew or Opcode.ArrayNewData or Opcode.ArrayNewElem:
                nodes += BulkNodes;
                Make(2);
                break;
            case Opcode.ArrayFill or Opcode.ArrayInitData or Opcode.ArrayInitElem:
                PopEscaping(4);
                nodes += BulkNodes;
                break;
            case Opcode.ArrayCopy:
                PopEscaping(5);
                nodes += BulkNodes;
                break;
            default:
                return false;
        }

        reader.SkipImmediates(opcode);
        return true;
    }

    /// <summary>Numbers, memories and tables.</summary>
    private void VisitOther(Opcode opcode)
    {
        reader.SkipImmediates(opcode);
        nodes++;
        switch (opcode)
        {
            case Opcode.Nop:
                nodes--;
                return;
            case Opcode.TableGet:
                stack.Replace(1, 1);
                nodes += ElementNodes - 1;
                return;
            case Opcode.TableSet:
                stack.Pop();
                Escape(stack.Pop());
                nodes += ElementNodes;
                return;
            case Opcode.MemorySize or Opcode.TableSize:
                stack.Push(OriginStack.Unknown);
                return;
            case Opcode.MemoryGrow:
                stack.Replace(1, 1);
                return;
            case Opcode.TableGrow:
                PopEscaping(2);
                stack.Push(OriginStack.Unknown);
                return;
            case Opcode.MemoryCopy or Opcode.MemoryFill or Opcode.MemoryInit or Opcode.TableCopy or Opcode.TableFill or Opcode.TableInit:
                PopEscaping(3);
                nodes += BulkNodes - 1;
                return;
        }

        if (OpcodeTable.TryGet(opcode, out OpcodeInfo? info) && info.HasSignature)
        {
            bool isPure = info.Immediates is ImmediateKind.None or ImmediateKind.Lane or ImmediateKind.Shuffle or ImmediateKind.V128;
            VisitOperation(info.Parameters.Length, info.Results.Length, isPure);
            nodes += isPure ? 0 : 1;
            return;
        }

        // The table does not tell what the instruction takes and gives: all operands are unknown from here to the end of the scope.
        stack.Clear();
    }

    /// <summary>An operation on numbers. One on constants and one parameter alone is again as constant as the parameter.</summary>
    private void VisitOperation(int parameterCount, int resultCount, bool isPure)
    {
        int parameter = -1;
        bool folds = isPure;
        for (int i = 0; i < parameterCount; i++)
        {
            ValueOrigin operand = stack.Pop();
            if (operand.Kind == ValueOriginKind.Parameter && (parameter < 0 || parameter == operand.Index))
            {
                parameter = operand.Index;
            }
            else
            {
                folds &= operand.IsConstant;
            }
        }

        ValueOrigin result = !folds ? OriginStack.Unknown
            : parameter >= 0 ? new ValueOrigin(ValueOriginKind.Parameter, parameter)
            : new ValueOrigin(ValueOriginKind.Constant);
        if (folds && parameter >= 0)
        {
            uses[parameter].Operations++;
        }

        for (int i = 0; i < resultCount; i++)
        {
            stack.Push(result);
        }
    }

    private void Make(int operands)
    {
        PopEscaping(operands);
        nodes += AllocationNodes + operands;
        stack.Push(new ValueOrigin(ValueOriginKind.NewObject));
    }

    private void Assign(int local, ValueOrigin value) => locals[local] = assignments[local] == 1 ? value : OriginStack.Unknown;

    private void NoteReturn()
    {
        if (function.Type.Results.Length > 0)
        {
            ValueOrigin value = stack.Peek();
            Escape(value);
            returnsSomething = true;
            returnsOnlyNew &= value.Kind == ValueOriginKind.NewObject;
        }
    }

    private void Decide(ValueOrigin condition)
    {
        if (condition.Kind == ValueOriginKind.Parameter)
        {
            uses[condition.Index].Branches++;
        }
    }

    private void Test(ValueOrigin reference)
    {
        nodes += TestNodes;
        if (reference.Kind == ValueOriginKind.Parameter)
        {
            uses[reference.Index].Tests++;
        }
    }

    private void Access(ValueOrigin reference)
    {
        if (reference.Kind == ValueOriginKind.Parameter)
        {
            uses[reference.Index].Accesses++;
        }
    }

    private void Escape(ValueOrigin value)
    {
        if (value.Kind == ValueOriginKind.Parameter)
        {
            uses[value.Index].Escapes++;
        }
    }

    private void PopEscaping(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Escape(stack.Pop());
        }
    }
}
