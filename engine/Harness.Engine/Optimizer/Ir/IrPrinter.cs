using System.Globalization;
using System.Text;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Engine.Optimizer.Ir;

/// <summary>
/// Writes a graph as text, for people and for golden tests. Nodes and blocks are numbered by their order in the text, so that
/// the numbers do not depend on how the graph came about.
/// </summary>
internal sealed class IrPrinter
{
    /// <summary>Objects in objects deeper than this are left out.</summary>
    private const int MostNested = 32;

    private readonly Graph _graph;
    private readonly StringBuilder _text = new();
    private readonly Dictionary<int, int> _nodeNumbers = [];
    private readonly Dictionary<int, int> _blockNumbers = [];
    private readonly Dictionary<int, int> _objectNumbers = [];
    private int _objectDepth;

    private IrPrinter(Graph graph) => _graph = graph;

    /// <summary>The text of a graph.</summary>
    public static string Print(Graph graph) => new IrPrinter(graph).Run();

    private string Run()
    {
        var order = _graph.ReversePostorder();
        foreach (var block in order)
        {
            _blockNumbers.Add(block.Id, _blockNumbers.Count);
            foreach (var id in block.Parameters.Concat(block.Nodes))
            {
                if (IsShown(id))
                {
                    _nodeNumbers.TryAdd(id, _nodeNumbers.Count);
                }
            }
        }

        foreach (var block in order)
        {
            Print(block);
        }

        return _text.ToString();
    }

    private void Print(Block block)
    {
        _text.Append(CultureInfo.InvariantCulture, $"b{_blockNumbers[block.Id]}");
        if (block.Parameters.Count > 0)
        {
            _text.Append('(').AppendJoin(", ", block.Parameters.Select(id => $"{Name(id)}: {TypeName(id)}")).Append(')');
        }

        _text.Append(':').Append(block.IsLoopHeader ? "  ; loop" : string.Empty).Append('\n');
        foreach (var id in block.Nodes)
        {
            if (IsShown(id))
            {
                Print(id);
            }
        }

        Print(block.Terminator, block.Successors);
    }

    private void Print(int id)
    {
        var node = _graph[id];
        _text.Append("  ");
        if (node.Type != IrType.None)
        {
            _text.Append(CultureInfo.InvariantCulture, $"{Name(id)}: {TypeName(id)} = ");
        }

        _text.Append(IrNames.NameOf(node.Op));
        string[] operands = [.. ImmediatesOf(node), .. _graph.Inputs(id).ToArray().Select(Name)];
        if (operands.Length > 0)
        {
            _text.Append(' ').AppendJoin(", ", operands);
        }

        PrintFrameState(_graph.StateOf(id));

        _text.Append('\n');
    }

    private IEnumerable<string> ImmediatesOf(Node node) => node.Op switch
    {
        Opcode.I32Const or Opcode.I64Const => [node.Immediate.ToString(CultureInfo.InvariantCulture)],
        Opcode.F32Const => [BitConverter.Int32BitsToSingle((int)node.Immediate).ToString("R", CultureInfo.InvariantCulture)],
        Opcode.F64Const => [BitConverter.Int64BitsToDouble(node.Immediate).ToString("R", CultureInfo.InvariantCulture)],
        Opcode.GlobalGet or Opcode.GlobalSet or IrOp.Argument or IrOp.Projection or IrOp.TableLength
            or IrOp.LoadTableElement or IrOp.StoreTableElement or IrOp.MemoryByteLength => [$"#{node.Immediate}"],
        IrOp.UseFuel => [node.Aux != 0 ? $"{node.Immediate} checked" : $"{node.Immediate}"],
        IrOp.CallDirect or IrOp.FunctionAddress => [$"@{_graph.Module.Functions[(int)node.Immediate]}"],
        IrOp.CallBuiltin => [$"@{(Builtin)node.Immediate}"],
        IrOp.TrapIf or IrOp.TrapUnless => [$"{(TrapKind)node.Immediate}"],
        IrOp.RefTest => [NameOf(Modules.ValueType.FromBits((uint)node.Immediate))],
        IrOp.NewStruct or IrOp.NewArray or IrOp.NewArrayFixed => [NameOfType(node.Aux)],
        IrOp.NewException or IrOp.HasTag => [$"tag#{node.Immediate}"],
        IrOp.ExceptionValue => [$"tag#{node.Aux}", $"#{node.Immediate}"],
        IrOp.TypeId => [NameOfType((int)node.Immediate)],
        IrOp.TypeAndIndex => [NameOfType((int)(node.Immediate >> 32)), $"#{(uint)node.Immediate}"],
        Opcode.V128Const => [_graph.Vectors[node.Immediate].ToString()],
        Opcode.I8x16Shuffle => [BytesOf(_graph.Vectors[node.Immediate])],
        _ => OpcodeTable.GetAccess(node.Op).Kind switch
        {
            AccessKind.Field => [NameOfType(node.Aux), NameOfSlot(node)],
            AccessKind.Element => [NameOfType(node.Aux)],
            AccessKind.Memory => PlaceOf(node),
            _ when VectorOperators.IsVector(node.Op) && OpcodeTable.Get(node.Op).Immediates == ImmediateKind.Lane =>
                [$"lane#{node.Immediate}"],
            _ => [],
        },
    };

    private static IEnumerable<string> PlaceOf(Node node)
    {
        if (VectorOperators.MemoryOf(node) != 0)
        {
            yield return $"memory#{VectorOperators.MemoryOf(node)}";
        }

        yield return $"+{node.Immediate}";
        if (VectorOperators.IsVector(node.Op) && OpcodeTable.Get(node.Op).Immediates == ImmediateKind.MemoryLane)
        {
            yield return $"lane#{VectorOperators.LaneOf(node)}";
        }
    }

    /// <summary>The numbers of a shuffle's bytes.</summary>
    private static string BytesOf(V128 numbers)
    {
        Span<byte> bytes = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(bytes, numbers.Low);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], numbers.High);
        return string.Join(' ', bytes.ToArray());
    }

    private void PrintFrameState(int index)
    {
        _objectNumbers.Clear();
        for (var separator = "  ; "; index >= 0; separator = " in ")
        {
            var state = _graph.FrameStates[index];
            _text.Append(separator)
                .Append(_graph.Module.Functions[state.FunctionIndex])
                .Append(CultureInfo.InvariantCulture, $" {state.Resume} +{OffsetIn(state)} [")
                .AppendJoin(", ", state.Values.Select(Name))
                .Append(']');
            index = state.Parent;
        }
    }

    private int OffsetIn(FrameState state) => state.BytecodeOffset - _graph.Module.Functions[state.FunctionIndex].BodyStart;

    private void Print(Terminator terminator, Edge[] successors)
    {
        string[] operands = terminator.Kind switch
        {
            TerminatorKind.Branch or TerminatorKind.Switch => [Name(terminator.Value)],
            TerminatorKind.Return or TerminatorKind.Throw => [.. terminator.Values.Select(Name)],
            TerminatorKind.TailCall when terminator.Immediate >= 0 =>
                [$"@{_graph.Module.Functions[(int)terminator.Immediate]}", .. terminator.Values.Select(Name)],
            TerminatorKind.TailCall => [.. terminator.Values.Select(Name)],
            TerminatorKind.Trap => [$"{(TrapKind)terminator.Immediate}"],
            _ => [],
        };
        _text.Append("  ").Append(terminator.Kind.ToString().ToLowerInvariant());
        if (operands.Length + successors.Length > 0)
        {
            _text.Append(' ').AppendJoin(", ", [.. operands, .. successors.Select(NameOf)]);
        }

        if (terminator.Kind == TerminatorKind.Deoptimize)
        {
            PrintFrameState(terminator.FrameState);
        }

        _text.Append('\n');
    }

    private bool IsShown(int id) => _graph[id].Op is not (IrOp.Alias or IrOp.Nop);

    private string NameOf(Edge edge)
    {
        var target = $"b{_blockNumbers[edge.Target]}";
        return edge.Arguments.Length == 0 ? target : $"{target}({string.Join(", ", edge.Arguments.Select(Name))})";
    }

    private string Name(int id)
    {
        var resolved = _graph.Resolve(id);
        return _graph[resolved].Op == IrOp.VirtualObject
            ? ObjectName(resolved)
            : NumberedName(id);
    }

    /// <summary>An object of a frame state: with its fields where the state mentions it first.</summary>
    private string ObjectName(int id)
    {
        if (_objectNumbers.TryGetValue(id, out var number))
        {
            return $"object{number}";
        }

        number = _objectNumbers.Count;
        _objectNumbers.Add(id, number);
        if (_objectDepth == MostNested)
        {
            return $"object{number}{{...}}";
        }

        _objectDepth++;
        var fields = string.Join(", ", _graph.Inputs(id).ToArray().Select(Name));
        _objectDepth--;
        return $"object{number}{{{fields}}}";
    }

    private string NumberedName(int id) => _nodeNumbers.TryGetValue(_graph.Resolve(id), out var number) ? $"v{number}" : $"?{id}";

    private string TypeName(int id) => _graph[id].Type == IrType.Ref
        ? NameOf(_graph[id].ReferenceType)
        : _graph[id].Type.ToString().ToLowerInvariant();

    /// <summary>A reference type, with the module's index for a defined type: canonical ids differ from run to run.</summary>
    private string NameOf(Modules.ValueType type)
    {
        if (!type.IsReference)
        {
            return "ref";
        }

        var heapType = type.HeapType.IsDefined ? NameOfType(type.HeapType.CanonicalId) : type.HeapType.ToString();
        if (type.HeapType.IsExact)
        {
            heapType = $"(exact {heapType})";
        }

        return type.IsNullable ? $"(ref null {heapType})" : $"(ref {heapType})";
    }

    /// <summary>The number of the field that a node accesses, or what else is there.</summary>
    private static string NameOfSlot(Node node)
    {
        var type = TypeRegistry.Get(node.Aux);
        var slot = (int)node.Immediate;
        return slot == type.DescriptorSlot ? "descriptor" : $"#{type.FieldIn(slot)}";
    }

    private string NameOfType(int canonicalId)
    {
        var index = Array.IndexOf(_graph.Module.CanonicalTypeIds, canonicalId);
        return canonicalId == TypeRegistry.StringId ? "string" : index < 0 ? "type" : $"type#{index}";
    }
}
