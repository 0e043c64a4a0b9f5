using Harness.Engine.Modules;

namespace Harness.Engine.Runtime;

/// <summary>A place of a function where fuel is used up.</summary>
/// <param name="Offset">Offset in the module's bytes of the first instruction that is paid for here.</param>
/// <param name="Units">What is used up.</param>
/// <param name="IsChecked">Whether execution stops here once there is none left: at the entry of the function, and at headers of loops.</param>
internal readonly record struct FuelCharge(int Offset, int Units, bool IsChecked);

/// <summary>
/// Where a function uses up fuel, and how much: what both compilers follow, so that a program uses up the same whatever code it runs in,
/// and wherever it changes from one to the other. A stretch of instructions that control enters at its beginning only is paid for as a whole when it is
/// entered, also where a trap or an exception ends it before its end. As in Wasmtime (<c>consume_fuel</c>), an instruction is one unit and a call of a function
/// one more; <c>nop</c>, <c>drop</c> and what only structures control are none.
/// </summary>
internal sealed class FuelPlan
{
    private readonly List<FuelCharge> _charges = [];
    private readonly List<Construct> _open = [];
    private int _start;
    private int _units = 1;
    private bool _isChecked = true;
    private bool _isReachable = true;
    private int _next;

    private FuelPlan(WasmModule module, FunctionInfo function)
    {
        var reader = module.OpenBody(function);
        reader.SkipLocals();
        _start = reader.Offset;
        _open.Add(new Construct(Opcode.Block, IsEntered: true));
        while (_open.Count > 0)
        {
            Visit(ref reader);
        }

        GC.KeepAlive(module);
    }

    /// <summary>Plans a defined function.</summary>
    public static FuelPlan Of(WasmModule module, FunctionInfo function) => new(module, function);

    /// <summary>Goes back to the first place.</summary>
    public void Rewind() => _next = 0;

    /// <summary>Finds the place at an offset, going forward from the one found last; false if there is none.</summary>
    public bool TryFind(int offset, out FuelCharge charge)
    {
        while (_next < _charges.Count && _charges[_next].Offset < offset)
        {
            _next++;
        }

        var isFound = _next < _charges.Count && _charges[_next].Offset == offset;
        charge = isFound ? _charges[_next] : default;
        return isFound;
    }

    private void Visit(ref BytecodeReader reader)
    {
        var opcode = reader.ReadOpcode();
        if (_isReachable)
        {
            _units += CostOf(opcode);
        }

        switch (opcode)
        {
            case Opcode.Block or Opcode.Try:
                reader.SkipImmediates(opcode);
                _open.Add(new Construct(opcode, _isReachable));
                break;
            case Opcode.TryTable:
                reader.ReadBlockType();
                for (var clauses = reader.ReadIndex(); clauses > 0; clauses--)
                {
                    BranchTo((int)reader.ReadCatch().Label);
                }

                _open.Add(new Construct(opcode, _isReachable));
                break;
            case Opcode.Loop:
                reader.SkipImmediates(opcode);
                _open.Add(new Construct(opcode, _isReachable));
                GoOnAt(reader.Offset, _isReachable, isChecked: true);
                break;
            case Opcode.If:
                reader.SkipImmediates(opcode);
                _open.Add(new Construct(opcode, _isReachable));
                GoOnAt(reader.Offset, _isReachable);
                break;
            case Opcode.Else or Opcode.Catch or Opcode.CatchAll:
                reader.SkipImmediates(opcode);
                BranchTo(0);
                var arm = _open[^1];
                _open[^1] = arm with { Kind = opcode };
                GoOnAt(reader.Offset, arm.IsEntered);
                break;
            case Opcode.End or Opcode.Delegate:
                reader.SkipImmediates(opcode);
                Close(reader.Offset);
                break;
            case Opcode.Br:
                BranchTo(reader.ReadIndex());
                Stop();
                break;
            case Opcode.BrTable:
                for (var labels = reader.ReadBrTable(); labels >= 0; labels--)
                {
                    BranchTo(reader.ReadIndex());
                }

                Stop();
                break;
            case Opcode.BrIf or Opcode.BrOnNull or Opcode.BrOnNonNull:
                BranchTo(reader.ReadIndex());
                GoOnAt(reader.Offset, _isReachable);
                break;
            case Opcode.BrOnCast or Opcode.BrOnCastFail or Opcode.BrOnCastDescEq or Opcode.BrOnCastDescEqFail:
                var immediates = reader;
                immediates.ReadByte();
                BranchTo(immediates.ReadIndex());
                reader.SkipImmediates(opcode);
                GoOnAt(reader.Offset, _isReachable);
                break;
            case Opcode.Unreachable or Opcode.Return or Opcode.ReturnCall or Opcode.ReturnCallIndirect or Opcode.ReturnCallRef:
            case Opcode.Throw or Opcode.ThrowRef or Opcode.Rethrow:
                reader.SkipImmediates(opcode);
                Stop();
                break;
            default:
                reader.SkipImmediates(opcode);
                break;
        }
    }

    /// <summary>Control may come to the end of a construct from here.</summary>
    private void BranchTo(int depth)
    {
        if (_isReachable)
        {
            _open[^(depth + 1)] = _open[^(depth + 1)] with { IsTarget = true };
        }
    }

    private void Close(int offset)
    {
        var closed = _open[^1];
        _open.RemoveAt(_open.Count - 1);
        if (_open.Count == 0)
        {
            Stop();
            return;
        }

        // A branch to a loop goes to its header. An if without else is left where its condition does not hold.
        var isJoined = closed.Kind == Opcode.If ? closed.IsEntered : closed.IsTarget && closed.Kind != Opcode.Loop;
        if (isJoined)
        {
            GoOnAt(offset, isReachable: true);
        }
    }

    private void Stop() => GoOnAt(_start, isReachable: false);

    /// <summary>Ends a stretch, and begins another one.</summary>
    private void GoOnAt(int offset, bool isReachable, bool isChecked = false)
    {
        if (_isReachable && (_units > 0 || _isChecked))
        {
            _charges.Add(new FuelCharge(_start, _units, _isChecked));
        }

        _start = offset;
        _units = 0;
        _isChecked = isChecked;
        _isReachable = isReachable;
    }

    private static int CostOf(Opcode opcode) => opcode switch
    {
        Opcode.Nop or Opcode.Drop or Opcode.Block or Opcode.Loop or Opcode.Else or Opcode.End or Opcode.Unreachable or Opcode.Return => 0,
        Opcode.Try or Opcode.Catch or Opcode.CatchAll or Opcode.Delegate => 0,
        _ => 1,
    };

    /// <summary>A construct of structured control that is open.</summary>
    /// <param name="Kind">What opened it, or its last arm.</param>
    /// <param name="IsEntered">Whether control comes to its beginning.</param>
    private readonly record struct Construct(Opcode Kind, bool IsEntered)
    {
        /// <summary>Whether control comes to its end (a loop's: to its header) by a branch, or from an arm before the last.</summary>
        public bool IsTarget { get; init; }
    }
}
