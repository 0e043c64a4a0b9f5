using Harness.Engine.Modules;

namespace Harness.Engine.Optimizer.Inlining;

/// <summary>Looks at instructions on references, structures and arrays for <see cref="SummaryWalk"/>.</summary>
internal sealed class ObjectSummary(SummaryState state)
{
    /// <summary>Looks at an instruction.</summary>
    /// <returns>Whether it is one on references, structures or arrays.</returns>
    public bool TryVisit(Opcode opcode) => VisitReference(opcode) || VisitAggregate(opcode);

    /// <summary>Instructions on references of any kind.</summary>
    /// <returns>Whether it is one.</returns>
    private bool VisitReference(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.RefNull:
                state.Stack.Push(new ValueOrigin(ValueOriginKind.Null));
                break;
            case Opcode.RefFunc:
                var ahead = state.Reader;
                state.Stack.Push(new ValueOrigin(ValueOriginKind.Function) { Detail = ahead.ReadIndex() });
                break;
            case Opcode.RefIsNull or Opcode.RefTest or Opcode.RefTestNull:
                state.Test(state.Stack.Pop());
                state.Stack.Push(OriginStack.Unknown);
                break;
            case Opcode.RefEq:
                state.Test(state.Stack.Pop());
                state.Test(state.Stack.Pop());
                state.Stack.Push(OriginStack.Unknown);
                break;
            case Opcode.BrOnNonNull:
                state.Test(state.Stack.Pop());
                break;
            case Opcode.RefAsNonNull or Opcode.BrOnNull or Opcode.RefCast or Opcode.RefCastNull or Opcode.BrOnCast or Opcode.BrOnCastFail:
                state.Test(state.Stack.Peek());
                break;
            case Opcode.AnyConvertExtern or Opcode.ExternConvertAny:
                break;
            case Opcode.RefCastDescEq or Opcode.RefCastDescEqNull or Opcode.BrOnCastDescEq or Opcode.BrOnCastDescEqFail:
                state.Test(state.Stack.Pop());
                state.Test(state.Stack.Peek());
                state.Nodes += 2;
                break;
            case Opcode.RefI31 or Opcode.I31GetS or Opcode.I31GetU:
                state.Stack.Replace(1, 1);
                state.Nodes++;
                break;
            default:
                return false;
        }

        state.Reader.SkipImmediates(opcode);
        return true;
    }

    /// <summary>Instructions on structures and arrays.</summary>
    /// <returns>Whether it is one.</returns>
    private bool VisitAggregate(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.StructNew:
                var made = state.Module.GetType(state.Reader.ReadIndex());
                Make(made.Struct!.Fields.Length, made);
                return true;
            case Opcode.StructNewDefault:
                var empty = state.Module.GetType(state.Reader.ReadIndex());
                state.Nodes += empty.Struct!.Fields.Length;
                Make(0, empty);
                return true;
            case Opcode.StructNewDesc:
                Make(state.Module.GetType(state.Reader.ReadIndex()).Slots.Length);
                return true;
            case Opcode.StructNewDefaultDesc:
                state.Nodes += state.Module.GetType(state.Reader.ReadIndex()).Struct!.Fields.Length;
                Make(1);
                return true;
            case Opcode.ArrayNewFixed:
                state.Reader.ReadIndex();
                Make(state.Reader.ReadIndex());
                return true;
        }

        var access = OpcodeTable.GetAccess(opcode);
        switch (opcode)
        {
            case Opcode.ArrayLen or Opcode.RefGetDesc:
            case var _ when access is { Kind: AccessKind.Field, IsWrite: false }:
                state.Access(state.Stack.Pop());
                state.Stack.Push(OriginStack.Unknown);
                state.Nodes++;
                break;
            case var _ when access.Kind == AccessKind.Field:
                state.Escape(state.Stack.Pop());
                state.Access(state.Stack.Pop());
                state.Nodes += 2;
                break;
            case var _ when access is { Kind: AccessKind.Element, IsWrite: false }:
                state.Stack.Pop();
                state.Access(state.Stack.Pop());
                state.Stack.Push(OriginStack.Unknown);
                state.Nodes += NodeEstimates.Element;
                break;
            case var _ when access.Kind == AccessKind.Element:
                state.Escape(state.Stack.Pop());
                state.Stack.Pop();
                state.Access(state.Stack.Pop());
                state.Nodes += NodeEstimates.Element + 1;
                break;
            case Opcode.ArrayNewDefault:
                Make(1);
                break;
            case Opcode.ArrayNew or Opcode.ArrayNewData or Opcode.ArrayNewElem:
                state.Nodes += NodeEstimates.Bulk;
                Make(2);
                break;
            case Opcode.ArrayFill or Opcode.ArrayInitData or Opcode.ArrayInitElem:
                state.PopEscaping(4);
                state.Nodes += NodeEstimates.Bulk;
                break;
            case Opcode.ArrayCopy:
                state.PopEscaping(5);
                state.Nodes += NodeEstimates.Bulk;
                break;
            default:
                return false;
        }

        state.Reader.SkipImmediates(opcode);
        return true;
    }

    private void Make(int operands, DefinedType? structure = null)
    {
        state.PopEscaping(operands);
        state.Nodes += NodeEstimates.Allocation + operands;
        state.Stack.Push(new ValueOrigin(ValueOriginKind.NewObject) { Detail = structure?.CanonicalId });
    }
}
