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

    private readonly Graph graph;
    private readonly StringBuilder text = new();
    private readonly Dictionary<int, int> nodeNumbers = [];
    private readonly Dictionary<int, int> blockNumbers = [];
    private readonly Dictionary<int, int> objectNumbers = [];
    private int objectDepth;

    private IrPrinter(Graph graph) => this.graph = graph;

    /// <summary>The text of a graph.</summary>
    public static string Print(Graph graph) => new IrPrinter(graph).Run();

    private string Run()
    {
        List<Block> order = graph.ReversePostorder();
        foreach (Block block in order)
        {
            blockNumbers.Add(block.Id, blockNumbers.Count);
            foreach (int id in block.Parameters.Concat(block.Nodes))
            {
                if (IsShown(id))
                {
                    nodeNumbers.TryAdd(id, nodeNumbers.Count);
                }
            }
        }

        foreach (Block block in order)
        {
            Print(block);
        }

        return text.ToString();
    }

    private void Print(Block block)
    {
        text.Append(CultureInfo.InvariantCulture, $"b{blockNumbers[block.Id]}");
        if (block.Parameters.Count > 0)
        {
            text.Append('(').AppendJoin(", ", block.Parameters.Select(id => $"{Name(id)}: {TypeName(id)}")).Append(')');
        }

        text.Append(':').Append(block.IsLoopHeader ? "  ; loop" : string.Empty).Append('\n');
        foreach (int id in block.Nodes)
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
        Node node = graph[id];
        text.Append("  ");
        if (node.Type != IrType.None)
        {
            text.Append(CultureInfo.InvariantCulture, $"{Name(id)}: {TypeName(id)} = ");
        }

        text.Append(IrNames.NameOf(node.Op));
        string[] operands = [.. ImmediatesOf(node), .. graph.Inputs(id).ToArray().Select(Name)];
        if (operands.Length > 0)
        {
            text.Append(' ').AppendJoin(", ", operands);
        }

        PrintFrameState(graph.StateOf(id));

        text.Append('\n');
    }

    private IEnumerable<string> ImmediatesOf(Node node) => node.Op switch
    {
        Opcode.I32Const or Opcode.I64Const => [node.Immediate.ToString(CultureInfo.InvariantCulture)],
        Opcode.F32Const => [BitConverter.Int32BitsToSingle((int)node.Immediate).ToString("R", CultureInfo.InvariantCulture)],
        Opcode.F64Const => [BitConverter.Int64BitsToDouble(node.Immediate).ToString("R", CultureInfo.InvariantCulture)],
        Opcode.GlobalGet or Opcode.GlobalSet or IrOp.Argument or IrOp.Projection or IrOp.TableLength
            or IrOp.LoadTableElement or IrOp.StoreTableElement or IrOp.MemoryByteLength => [$"#{node.Immediate}"],
        IrOp.UseFuel => [node.Aux != 0 ? $"{node.Immediate} checked" : $"{node.Immediate}"],
        IrOp.CallDirect or IrOp.FunctionAddress => [$"@{graph.Module.Functions[(int)node.Immediate]}"],
        IrOp.CallBuiltin => [$"@{(Builtin)node.Immediate}"],
        IrOp.TrapIf or IrOp.TrapUnless => [$"{(TrapKind)node.Immediate}"],
        IrOp.RefTest => [NameOf(Modules.ValueType.FromBits((uint)node.Immediate))],
        IrOp.NewStruct or IrOp.NewArray or IrOp.NewArrayFixed => [NameOfType(node.Aux)],
        IrOp.NewException or IrOp.HasTag => [$"tag#{node.Immediate}"],
        IrOp.ExceptionValue => [$"tag#{node.Aux}", $"#{node.Immediate}"],
        IrOp.TypeId => [NameOfType((int)node.Immediate)],
        IrOp.TypeAndIndex => [NameOfType((int)(node.Immediate >> 32)), $"#{(uint)node.Immediate}"],
        Opcode.V128Const => [graph.Vectors[node.Immediate].ToString()],
        Opcode.I8x16Shuffle => [BytesOf(graph.Vectors[node.Immediate])],
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
        if (VectorOperators.MemoryOf(node) != 0) yield return $"memory#{VectorOperators.MemoryOf(node)}";
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
        objectNumbers.Clear();
        for (string separator = "  ; "; index >= 0; separator = " in ")
        {
            FrameState state = graph.FrameStates[index];
            text.Append(separator)
                .Append(graph.Module.Functions[state.FunctionIndex])
                .Append(CultureInfo.InvariantCulture, $" {state.Resume} +{OffsetIn(state)} [")
                .AppendJoin(", ", state.Values.Select(Name))
                .Append(']');
            index = state.Parent;
        }
    }

    private int OffsetIn(FrameState state) => state.BytecodeOffset - graph.Module.Functions[state.FunctionIndex].BodyStart;

    private void Print(Terminator terminator, Edge[] successors)
    {
        string[] operands = terminator.Kind switch
        {
            TerminatorKind.Branch or TerminatorKind.Switch => [Name(terminator.Value)],
            TerminatorKind.Return or TerminatorKind.Throw => [.. terminator.Values.Select(Name)],
            TerminatorKind.TailCall when terminator.Immediate >= 0 =>
                [$"@{graph.Module.Functions[(int)terminator.Immediate]}", .. terminator.Values.Select(Name)],
            TerminatorKind.TailCall => [.. terminator.Values.Select(Name)],
            TerminatorKind.Trap => [$"{(TrapKind)terminator.Immediate}"],
            _ => [],
        };
        text.Append("  ").Append(terminator.Kind.ToString().ToLowerInvariant());
        if (operands.Length + successors.Length > 0)
        {
            text.Append(' ').AppendJoin(", ", [.. operands, .. successors.Select(NameOf)]);
        }

        if (terminator.Kind == TerminatorKind.Deoptimize)
        {
            PrintFrameState(terminator.FrameState);
        }

        text.Append('\n');
    }

    private bool IsShown(int id) => graph[id].Op is not (IrOp.Alias or IrOp.Nop);

    private string NameOf(Edge edge)
    {
        string target = $"b{blockNumbers[edge.Target]}";
        return edge.Arguments.Length == 0 ? target : $"{target}({string.Join(", ", edge.Arguments.Select(Name))})";
    }

    private string Name(int id)
    {
        int resolved = graph.Resolve(id);
        return graph[resolved].Op == IrOp.VirtualObject
            ? ObjectName(resolved)
            : NumberedName(id);
    }

    /// <summary>An object of a frame state: with its fields where the state mentions it first.</summary>
    private string ObjectName(int id)
    {
        if (objectNumbers.TryGetValue(id, out int number))
        {
            return $"object{number}";
        }

        number = objectNumbers.Count;
        objectNumbers.Add(id, number);
        if (objectDepth == MostNested)
        {
            return $"object{number}{{...}}";
        }

        objectDepth++;
        string fields = string.Join(", ", graph.Inputs(id).ToArray().Select(Name));
        objectDepth--;
        return $"object{number}{{{fields}}}";
    }

    private string NumberedName(int id) => nodeNumbers.TryGetValue(graph.Resolve(id), out int number) ? $"v{number}" : $"?{id}";

    private string TypeName(int id) => graph[id].Type == IrType.Ref
        ? NameOf(graph[id].ReferenceType)
        : graph[id].Type.ToString().ToLowerInvariant();

    /// <summary>A reference type, with the module's index for a defined type: canonical ids differ from run to run.</summary>
    private string NameOf(Modules.ValueType type)
    {
        if (!type.IsReference)
        {
            return "ref";
        }

        string heapType = type.HeapType.IsDefined ? NameOfType(type.HeapType.CanonicalId) : type.HeapType.ToString();
        if (type.HeapType.IsExact)
        {
            heapType = $"(exact {heapType})";
        }

        return type.IsNullable ? $"(ref null {heapType})" : $"(ref {heapType})";
    }

    /// <summary>The number of the field that a node accesses, or what else is there.</summary>
    private static string NameOfSlot(Node node)
    {
        DefinedType type = TypeRegistry.Get(node.Aux);
        int slot = (int)node.Immediate;
        return slot == type.DescriptorSlot ? "descriptor" : $"#{type.FieldIn(slot)}";
    }

    private string NameOfType(int canonicalId)
    {
        int index = Array.IndexOf(graph.Module.CanonicalTypeIds, canonicalId);
        return canonicalId == TypeRegistry.StringId ? "string" : index < 0 ? "type" : $"type#{index}";
    }
}
