using System.Buffers.Binary;
using System.Globalization;
using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Build;
using Harness.Engine.Optimizer.Inlining;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Optimizer;

/// <summary>
/// Runs a graph as it stands, so that a graph can be compared with what a pass has made of it. Calls run the callee's graph as the
/// builder makes it. Values are bits, those of 32-bit types zero-extended; a reference to function i is i + 1.
/// </summary>
internal sealed class GraphEvaluator
{
    private const int MaxDepth = 150;
    private const int MaxMemoryPages = 64;

    private readonly WasmModule _module;
    private readonly Dictionary<int, Graph> _callees = [];
    private readonly byte[][] _memories;
    private readonly ulong[] _globals;
    private readonly List<ulong>[] _tables;
    private int _fuel;
    private int _depth;

    /// <summary>Makes the state that the module begins with.</summary>
    /// <param name="module">The module, without imports.</param>
    /// <param name="fuel">After how many nodes to give up.</param>
    public GraphEvaluator(WasmModule module, int fuel)
    {
        _module = module;
        _fuel = fuel;
        _globals = new ulong[module.Globals.Length];
        for (var i = 0; i < _globals.Length; i++)
        {
            _globals[i] = Constant(module.Globals[i].Initializer!);
        }

        _memories = [.. module.Memories.Select(memory => new byte[memory.Type.InitialBytes])];
        _tables = [.. module.Tables.Select(table => new List<ulong>(Enumerable.Repeat(
            table.Initializer is null ? 0 : Constant(table.Initializer), (int)table.Type.Limits.Minimum)))];
        foreach (var data in module.Data.Where(data => data.Mode == SegmentMode.Active))
        {
            module.Bytes.Slice(data.Start, data.Length).CopyTo(_memories[data.MemoryIndex].AsSpan((int)Constant(data.Offset!)));
        }

        foreach (var elements in module.Elements.Where(elements => elements.Mode == SegmentMode.Active))
        {
            var offset = (int)Constant(elements.Offset!);
            for (var i = 0; i < elements.Count; i++)
            {
                _tables[elements.TableIndex][offset + i] = elements.FunctionIndices.IsDefault
                    ? Constant(elements.Expressions[i])
                    : (ulong)(elements.FunctionIndices[i] + 1);
            }
        }
    }

    /// <summary>Units of fuel that the graphs have used up so far.</summary>
    public long UsedFuel { get; private set; }

    /// <summary>
    /// Runs a function's graph: gives the results, or how it ended, and what it has left in memories, globals and tables.
    /// </summary>
    public string Outcome(Graph graph, params ulong[] arguments)
    {
        string end;
        try
        {
            end = string.Join(' ', Run(graph, arguments).Select(value => value.ToString("x", CultureInfo.InvariantCulture)));
        }
        catch (ReferenceTrapException trap)
        {
            end = trap.Message;
        }

        var hash = default(HashCode);
        foreach (var memory in _memories)
        {
            hash.AddBytes(memory);
        }

        foreach (var value in _globals.Concat(_tables.SelectMany(table => table)))
        {
            hash.Add(value);
        }

        return $"{end} / {hash.ToHashCode():x}";
    }

    private ulong[] Run(Graph graph, ulong[] arguments)
    {
        if (++_depth > MaxDepth)
        {
            throw new EvaluationException("too deep");
        }

        var values = new ulong[graph.NodeCount];
        var results = new Dictionary<int, ulong[]>();
        var block = graph.Blocks[0];
        while (true)
        {
            foreach (var id in block.Nodes)
            {
                if (--_fuel < 0)
                {
                    throw new EvaluationException("out of fuel");
                }

                values[id] = Evaluate(graph, id, values, results, arguments);
            }

            ref var terminator = ref block.Terminator;
            Edge edge;
            switch (terminator.Kind)
            {
                case TerminatorKind.Jump:
                    edge = block.Successors[0];
                    break;
                case TerminatorKind.Branch:
                    edge = block.Successors[values[graph.Resolve(terminator.Value)] != 0 ? 0 : 1];
                    break;
                case TerminatorKind.Switch:
                    var index = values[graph.Resolve(terminator.Value)];
                    edge = block.Successors[(int)Math.Min(index, (ulong)block.Successors.Length - 1)];
                    break;
                case TerminatorKind.Return:
                    _depth--;
                    return [.. terminator.Values.Select(id => values[graph.Resolve(id)])];
                case TerminatorKind.Trap:
                    throw new ReferenceTrapException((TrapKind)terminator.Immediate);
                default:
                    throw new EvaluationException($"block {block.Id} ends in {terminator.Kind}");
            }

            ulong[] given = [.. edge.Arguments.Select(id => values[graph.Resolve(id)])];
            block = graph.Blocks[edge.Target];
            for (var i = 0; i < given.Length; i++)
            {
                values[block.Parameters[i]] = given[i];
            }
        }
    }

    private ulong Evaluate(
        Graph graph, int id, ulong[] values, Dictionary<int, ulong[]> results, ulong[] arguments)
    {
        var node = graph[id];
        ulong[] inputs = [.. graph.Inputs(id).ToArray().Select(input => values[graph.Resolve(input)])];
        switch (node.Op)
        {
            case IrOp.Alias or IrOp.Nop or IrOp.LoopStackCheck or IrOp.LoopEpochCheck or Opcode.RefNull:
                return 0;
            case IrOp.UseFuel:
                UsedFuel += node.Immediate;
                return 0;
            case IrOp.Argument:
                return arguments[node.Immediate];
            case Opcode.I32Const or Opcode.F32Const:
                return (uint)node.Immediate;
            case Opcode.I64Const or Opcode.F64Const or IrOp.TypeId:
                return (ulong)node.Immediate;
            case Opcode.GlobalGet:
                return _globals[node.Immediate];
            case Opcode.GlobalSet:
                return _globals[node.Immediate] = inputs[0];
            case Opcode.Select:
                return (uint)inputs[2] != 0 ? inputs[0] : inputs[1];
            case Opcode.RefIsNull:
                return inputs[0] == 0 ? 1u : 0;
            case IrOp.ReferenceEqual:
                return inputs[0] == inputs[1] ? 1u : 0;
            case IrOp.Narrow:
                return inputs[0];
            case IrOp.FunctionAddress:
                return (ulong)node.Immediate + 1;
            case IrOp.LoadReferenceType:
                return (ulong)_module.Functions[FunctionOf(inputs[0])].CanonicalTypeId;
            case IrOp.MemoryByteLength:
                return (ulong)_memories[node.Immediate].Length;
            case IrOp.TableLength:
                return (ulong)_tables[node.Immediate].Count;
            case IrOp.LoadTableElement:
                return _tables[node.Immediate][(int)inputs[0]];
            case IrOp.StoreTableElement:
                return _tables[node.Immediate][(int)inputs[0]] = inputs[1];
            case IrOp.TrapIf or IrOp.TrapUnless:
                if ((uint)inputs[0] != 0 == (node.Op == IrOp.TrapIf))
                {
                    throw new ReferenceTrapException((TrapKind)node.Immediate);
                }

                return 0;
            case IrOp.Guard:
                return (uint)inputs[0] != 0 ? 0UL : throw new EvaluationException("deopt");
            case IrOp.CallDirect:
                return Call((int)node.Immediate, inputs);
            case IrOp.CallReference:
                return Call(FunctionOf(inputs[0]), inputs[1..]);
            case IrOp.CallBuiltin:
                return CallBuiltin((Builtin)node.Immediate, inputs);
            case IrOp.Projection:
                return results[graph.Resolve(graph.Input(id, 0))][node.Immediate];
            case >= Opcode.I64Add128 and <= Opcode.I64MulWideU:
                results[id] = NumericReference.EvaluateWide(node.Op, inputs);
                return results[id][0];
            default:
                return OpcodeTable.GetAccess(node.Op).Kind == AccessKind.Memory ? Access(node, inputs) : NumericReference.Evaluate(node.Op, inputs);
        }

        ulong Call(int function, ulong[] given)
        {
            if (!_callees.TryGetValue(function, out var callee))
            {
                var tree = new InliningTree(function, null, 0, 0, 0) { Decision = InliningDecision.Inlined };
                callee = GraphBuilder.Build(_module, EngineOptions.Default, tree, allowDeopt: false);
                _callees.Add(function, callee);
            }

            var returned = Run(callee, given);
            results[id] = returned;
            return returned.Length > 0 ? returned[0] : 0;
        }
    }

    private ulong Access(Node node, ulong[] inputs)
    {
        var memory = _memories[node.Aux];
        var info = OpcodeTable.Get(node.Op);
        var size = 1 << info.NaturalAlignment;
        var address = (UInt128)inputs[0] + (ulong)node.Immediate;
        if (address + (uint)size > (UInt128)memory.Length)
        {
            throw new ReferenceTrapException(TrapKind.MemoryOutOfBounds);
        }

        var place = memory.AsSpan((int)address, size);
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        if (info.Results.Length == 0)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, inputs[1]);
            bytes[..size].CopyTo(place);
            return 0;
        }

        bytes.Clear();
        place.CopyTo(bytes);
        var value = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        if (info.Name.EndsWith("_s", StringComparison.Ordinal))
        {
            var unused = 64 - (size * 8);
            value = (ulong)((long)(value << unused) >> unused);
        }

        return node.Type is IrType.I32 or IrType.F32 ? (uint)value : value;
    }

    private ulong CallBuiltin(Builtin builtin, ulong[] inputs)
    {
        switch (builtin)
        {
            case Builtin.IsSubtype:
                return TypeRegistry.IsSubtype((int)inputs[0], (int)inputs[1]) ? 1u : 0;
            case Builtin.MemoryGrow:
                var pageSize = _module.Memories[(int)inputs[0]].Type.PageSize;
                var pages = _memories[inputs[0]].Length / pageSize;
                if (inputs[1] + (ulong)pages > MaxMemoryPages)
                {
                    return ulong.MaxValue;
                }

                Array.Resize(ref _memories[inputs[0]], (pages + (int)inputs[1]) * pageSize);
                return (ulong)pages;
            case Builtin.MemoryFill:
                if (!IsInMemory(inputs[0], inputs[1], inputs[3]))
                {
                    return 1;
                }

                _memories[inputs[0]].AsSpan((int)inputs[1], (int)inputs[3]).Fill((byte)inputs[2]);
                return 0;
            case Builtin.MemoryCopy:
                var to = inputs[0] >> 32;
                ulong from = (uint)inputs[0];
                if (!IsInMemory(to, inputs[1], inputs[3]) || !IsInMemory(from, inputs[2], inputs[3]))
                {
                    return 1;
                }

                _memories[from].AsSpan((int)inputs[2], (int)inputs[3]).CopyTo(_memories[to].AsSpan((int)inputs[1]));
                return 0;
            default:
                throw new EvaluationException($"{builtin} is not evaluated");
        }
    }

    private bool IsInMemory(ulong memory, ulong start, ulong count) =>
        (UInt128)start + count <= (UInt128)_memories[memory].Length;

    private static int FunctionOf(ulong reference) => (int)reference - 1;

    private ulong Constant(ConstExpression expression)
    {
        var operation = Assert.Single(expression.Operations);
        return operation.Opcode switch
        {
            Opcode.I32Const or Opcode.I64Const or Opcode.F32Const or Opcode.F64Const => operation.Bits,
            Opcode.RefFunc => operation.Bits + 1,
            Opcode.RefNull => 0,
            Opcode.GlobalGet => _globals[operation.Bits],
            _ => throw new EvaluationException($"{operation.Opcode} in a constant expression is not evaluated"),
        };
    }
}

/// <summary>The evaluator cannot go on: the program runs too long, or leaves optimized code.</summary>
internal sealed class EvaluationException(string message) : Exception(message);
