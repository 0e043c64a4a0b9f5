using Harness.Engine.Modules;

namespace Harness.Engine.Optimizer.Inlining;

/// <summary>
/// Looks through a function's bytes once, with an operand stack that holds where values come from. A local stands for the value that is
/// assigned to it if there is one assignment only; where control joins, nothing is known. What an instruction does not tell is taken for
/// unknown, so that no body can lead it astray.
/// </summary>
internal sealed class SummaryWalk
{
    private readonly SummaryState _state;
    private readonly ObjectSummary _objects;
    private readonly NumberSummary _numbers;
    private readonly Dictionary<int, ValueOrigin[]> _arguments = [];
    private ValueOrigin[] _locals = [];
    private byte[] _assignments = [];
    private bool _hasLoop;
    private bool _returnsOnlyNew = true;
    private bool _returnsSomething;
    private bool _isUnreachable;
    private int _skippedScopes;

    /// <summary>Prepares for a function that the module defines.</summary>
    public SummaryWalk(WasmModule module, FunctionInfo function)
    {
        _state = new SummaryState(module, function);
        _objects = new ObjectSummary(_state);
        _numbers = new NumberSummary(_state);
    }

    /// <summary>Looks through the function.</summary>
    public FunctionSummary Run()
    {
        ReadLocals();
        CountAssignments();
        for (var i = 0; i < _state.Uses.Length; i++)
        {
            _locals[i] = _assignments[i] == 0 ? new ValueOrigin(ValueOriginKind.Parameter, i) : OriginStack.Unknown;
        }

        _state.Stack.Open(0, _state.Function.Type.Results.Length);
        while (!_state.Reader.IsAtEnd && _state.Stack.Depth > 0)
        {
            var offset = _state.Reader.Offset;
            var opcode = _state.Reader.ReadOpcode();
            if (_isUnreachable)
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
            Nodes = _state.Nodes,
            HasLoop = _hasLoop,
            ReturnsNewObject = _returnsSomething && _returnsOnlyNew,
            Parameters = _state.Uses,
            Arguments = _arguments,
        };
    }

    private void ReadLocals()
    {
        var count = _state.Uses.Length;
        for (var groups = _state.Reader.ReadIndex(); groups > 0; groups--)
        {
            count += _state.Reader.ReadIndex();
            _state.Reader.ReadValueType();
        }

        _locals = new ValueOrigin[count];
        _assignments = new byte[count];
    }

    /// <summary>Counts the assignments to each local, up to two.</summary>
    private void CountAssignments()
    {
        var ahead = _state.Reader;
        while (!ahead.IsAtEnd)
        {
            var opcode = ahead.ReadOpcode();
            if (opcode is Opcode.LocalSet or Opcode.LocalTee)
            {
                ref var count = ref _assignments[ahead.ReadIndex()];
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
                _skippedScopes++;
                break;
            case Opcode.End or Opcode.Delegate when _skippedScopes > 0:
                _skippedScopes--;
                break;
            case Opcode.End or Opcode.Else or Opcode.Catch or Opcode.CatchAll or Opcode.Delegate when _skippedScopes == 0:
                _isUnreachable = false;
                VisitScope(opcode, leaves: true);
                return;
        }

        _state.Reader.SkipImmediates(opcode);
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
                _state.Stack.Push(_locals[_state.Reader.ReadIndex()]);
                break;
            case Opcode.LocalSet:
                Assign(_state.Reader.ReadIndex(), _state.Stack.Pop());
                break;
            case Opcode.LocalTee:
                var value = _state.Stack.Pop();
                Assign(_state.Reader.ReadIndex(), value);
                _state.Stack.Push(value);
                break;
            case Opcode.GlobalGet:
                VisitGlobal(_state.Reader.ReadIndex());
                break;
            case Opcode.GlobalSet:
                _state.Reader.SkipImmediates(opcode);
                _state.Escape(_state.Stack.Pop());
                _state.Nodes++;
                break;
            case Opcode.I32Const:
                PushConstant(_state.Reader.ReadVarI32());
                break;
            case Opcode.I64Const:
                PushConstant(_state.Reader.ReadVarI64());
                break;
            case Opcode.F32Const:
                PushConstant((int)_state.Reader.ReadF32Bits());
                break;
            case Opcode.F64Const:
                PushConstant((long)_state.Reader.ReadF64Bits());
                break;
            case Opcode.Drop:
                _state.Stack.Pop();
                break;
            case Opcode.Select or Opcode.SelectTyped:
                _state.Reader.SkipImmediates(opcode);
                _state.Decide(_state.Stack.Pop());
                _state.Stack.Replace(2, 1);
                _state.Nodes++;
                break;
            case Opcode.Br or Opcode.BrIf or Opcode.BrTable or Opcode.Return or Opcode.Unreachable or Opcode.ThrowRef or Opcode.Rethrow:
                VisitBranch(opcode);
                break;
            case Opcode.Throw:
                _state.PopEscaping(_state.Module.Tags[_state.Reader.ReadIndex()].Type.Type.Parameters.Length);
                _state.Nodes += NodeEstimates.Call;
                _isUnreachable = true;
                break;
            case >= Opcode.Call and <= Opcode.ReturnCallRef:
                VisitCall(opcode, offset);
                break;
            default:
                if (!_objects.TryVisit(opcode))
                {
                    _numbers.Visit(opcode);
                }

                break;
        }
    }

    private void Open(Opcode opcode)
    {
        var ahead = _state.Reader;
        var signature = ahead.ReadBlockType();
        _state.Reader.SkipImmediates(opcode);
        _hasLoop |= opcode == Opcode.Loop;
        if (opcode == Opcode.If)
        {
            _state.Decide(_state.Stack.Pop());
            _state.Nodes++;
        }

        _state.Stack.Replace(signature.ParameterCount, signature.ParameterCount);
        _state.Stack.Open(signature.ParameterCount, signature.ResultCount);
    }

    /// <summary>An instruction that ends a scope, or begins the next part of it.</summary>
    private void VisitScope(Opcode opcode, bool leaves)
    {
        _state.Reader.SkipImmediates(opcode);
        if (opcode is Opcode.End or Opcode.Delegate)
        {
            if (_state.Stack.Depth == 1 && !leaves)
            {
                NoteReturn();
            }

            _state.Stack.Close();
            return;
        }

        // What the other part begins with is missing on the state.Stack: operands that are not there are unknown.
        _state.Stack.Clear();
    }

    private void VisitBranch(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.BrIf:
                _state.Reader.SkipImmediates(opcode);
                _state.Decide(_state.Stack.Pop());
                _state.Nodes++;
                return;
            case Opcode.Br when _state.Reader.ReadIndex() == _state.Stack.Depth - 1:
            case Opcode.Return:
                NoteReturn();
                break;
            case Opcode.BrTable:
                _state.Reader.SkipImmediates(opcode);
                _state.Decide(_state.Stack.Pop());
                _state.Nodes += 2;
                break;
            case Opcode.Rethrow:
                _state.Reader.SkipImmediates(opcode);
                _state.Nodes += NodeEstimates.Call;
                break;
        }

        _isUnreachable = true;
    }

    private void VisitCall(Opcode opcode, int offset)
    {
        FunctionType type;
        switch (opcode)
        {
            case Opcode.Call or Opcode.ReturnCall:
                type = _state.Module.Functions[_state.Reader.ReadIndex()].Type;
                break;
            case Opcode.CallIndirect or Opcode.ReturnCallIndirect:
                type = _state.Module.GetType(_state.Reader.ReadIndex()).Function!;
                _state.Reader.ReadIndex();
                _state.Stack.Pop();
                _state.Nodes += NodeEstimates.TableCall;
                break;
            default:
                type = _state.Module.GetType(_state.Reader.ReadIndex()).Function!;
                var callee = _state.Stack.Pop();
                if (callee.Kind == ValueOriginKind.Parameter)
                {
                    _state.Uses[callee.Index].Calls++;
                }

                _state.Nodes++;
                break;
        }

        var passed = new ValueOrigin[type.Parameters.Length];
        for (var i = passed.Length - 1; i >= 0; i--)
        {
            passed[i] = _state.Stack.Pop();
            _state.Escape(passed[i]);
        }

        _arguments[offset] = passed;
        _state.Nodes += NodeEstimates.Call + passed.Length;
        _state.Stack.PushUnknown(type.Results.Length);
        if (opcode is Opcode.ReturnCall or Opcode.ReturnCallIndirect or Opcode.ReturnCallRef)
        {
            _returnsOnlyNew = false;
            _isUnreachable = true;
        }
    }

    private void PushConstant(long bits) => _state.Stack.Push(new ValueOrigin(ValueOriginKind.Constant) { Detail = bits });

    private void VisitGlobal(int index)
    {
        var global = _state.Module.Globals[index];
        _state.Nodes++;
        var isKnown = global is { IsImported: false, Type.IsMutable: false };
        _state.Stack.Push(
            !isKnown ? OriginStack.Unknown
            : global.Type.Type.IsReference ? new ValueOrigin(ValueOriginKind.ConstantObject) { Detail = index }
            : new ValueOrigin(ValueOriginKind.Constant));
    }

    private void Assign(int local, ValueOrigin value) => _locals[local] = _assignments[local] == 1 ? value : OriginStack.Unknown;

    private void NoteReturn()
    {
        if (_state.Function.Type.Results.Length > 0)
        {
            var value = _state.Stack.Peek();
            _state.Escape(value);
            _returnsSomething = true;
            _returnsOnlyNew &= value.Kind == ValueOriginKind.NewObject;
        }
    }
}
