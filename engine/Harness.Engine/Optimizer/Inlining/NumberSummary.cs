using Harness.Engine.Modules;

namespace Harness.Engine.Optimizer.Inlining;

/// <summary>Looks at instructions on numbers, memories and tables for <see cref="SummaryWalk"/>.</summary>
internal sealed class NumberSummary(SummaryState state)
{
    /// <summary>Looks at an instruction.</summary>
    public void Visit(Opcode opcode)
    {
        state.Reader.SkipImmediates(opcode);
        state.Nodes++;
        switch (opcode)
        {
            case Opcode.Nop:
                state.Nodes--;
                return;
            case Opcode.TableGet:
                state.Stack.Replace(1, 1);
                state.Nodes += NodeEstimates.Element - 1;
                return;
            case Opcode.TableSet:
                state.Stack.Pop();
                state.Escape(state.Stack.Pop());
                state.Nodes += NodeEstimates.Element;
                return;
            case Opcode.MemorySize or Opcode.TableSize:
                state.Stack.Push(OriginStack.Unknown);
                return;
            case Opcode.MemoryGrow:
                state.Stack.Replace(1, 1);
                return;
            case Opcode.TableGrow:
                state.PopEscaping(2);
                state.Stack.Push(OriginStack.Unknown);
                return;
            case Opcode.MemoryCopy or Opcode.MemoryFill or Opcode.MemoryInit or Opcode.TableCopy or Opcode.TableFill or Opcode.TableInit:
                state.PopEscaping(3);
                state.Nodes += NodeEstimates.Bulk - 1;
                return;
        }

        if (OpcodeTable.TryGet(opcode, out var info) && info.HasSignature)
        {
            var isPure = info.Immediates is ImmediateKind.None or ImmediateKind.Lane or ImmediateKind.Shuffle or ImmediateKind.V128;
            VisitOperation(info.Parameters.Length, info.Results.Length, isPure);
            state.Nodes += isPure ? 0 : 1;
            return;
        }

        // The table does not tell what the instruction takes and gives: all operands are unknown from here to the end of the scope.
        state.Stack.Clear();
    }

    /// <summary>An operation on numbers. One on constants and one parameter alone is again as constant as the parameter.</summary>
    private void VisitOperation(int parameterCount, int resultCount, bool isPure)
    {
        var parameter = -1;
        var folds = isPure;
        for (var i = 0; i < parameterCount; i++)
        {
            var operand = state.Stack.Pop();
            if (operand.Kind == ValueOriginKind.Parameter && (parameter < 0 || parameter == operand.Index))
            {
                parameter = operand.Index;
            }
            else
            {
                folds &= operand.IsConstant;
            }
        }

        var result = !folds ? OriginStack.Unknown
            : parameter >= 0 ? new ValueOrigin(ValueOriginKind.Parameter, parameter) { IsDerived = true }
            : new ValueOrigin(ValueOriginKind.Constant);
        if (folds && parameter >= 0)
        {
            state.Uses[parameter].Operations++;
        }

        for (var i = 0; i < resultCount; i++)
        {
            state.Stack.Push(result);
        }
    }
}
