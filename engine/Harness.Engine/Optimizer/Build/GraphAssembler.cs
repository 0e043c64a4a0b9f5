using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Runtime;

namespace Harness.Engine.Optimizer.Build;

/// <summary>
/// Where a graph grows: the current block, the position that new nodes come from, and the nodes that are made once for the
/// whole graph. Shared by the builders of a function and of those inlined into it.
/// </summary>
internal sealed class GraphAssembler(Graph graph, EngineOptions options, bool allowDeopt)
{
    private readonly Dictionary<ConstantKey, int> _constants = [];
    private readonly Block _entry = graph.NewBlock();

    /// <summary>Constants that go to the front of the entry, the last one first.</summary>
    private readonly List<int> _constantsInFront = [];

    /// <summary>The graph.</summary>
    public Graph Graph { get; } = graph;

    /// <summary>The module.</summary>
    public WasmModule Module => Graph.Module;

    /// <summary>The knobs.</summary>
    public EngineOptions Options { get; } = options;

    /// <summary>Whether guards may deoptimize.</summary>
    public bool AllowDeopt { get; } = allowDeopt;

    /// <summary>The block that nodes are appended to; null where control cannot come.</summary>
    public Block? Current { get; set; }

    /// <summary>Offset in the module's bytes of the instruction being built.</summary>
    public int BytecodeOffset { get; set; }

    /// <summary>The inlined call being built; -1 for the function itself.</summary>
    public short Inlining { get; set; } = -1;

    /// <summary>Begins the graph.</summary>
    public void Start() => Current = _entry;

    /// <summary>Ends the graph.</summary>
    public void Finish()
    {
        _constantsInFront.Reverse();
        _entry.Nodes.InsertRange(0, _constantsInFront);
    }

    /// <summary>Makes a block and gives it a frequency.</summary>
    public Block NewBlock(double frequency)
    {
        var block = Graph.NewBlock();
        block.Frequency = frequency;
        return block;
    }

    /// <summary>Appends a node to the current block.</summary>
    public int Append(Opcode op, IrType type, ReadOnlySpan<int> inputs, long immediate = 0, int aux = 0)
    {
        var id = Graph.Append(Current!, op, type, inputs, immediate, aux);
        ref var node = ref Graph[id];
        node.BytecodeOffset = BytecodeOffset;
        node.Inlining = Inlining;
        return id;
    }

    /// <summary>Appends a node for a value of a WebAssembly type to the current block.</summary>
    public int Append(Opcode op, Modules.ValueType type, ReadOnlySpan<int> inputs, long immediate = 0, int aux = 0)
    {
        var id = Append(op, TypeOf(type), inputs, immediate, aux);
        Graph[id].ReferenceType = type;
        return id;
    }

    /// <summary>
    /// A reference as one of a type that it is known to have from here on; itself if its own type says so already.
    /// </summary>
    public int Narrow(int reference, Modules.ValueType type)
    {
        var known = Graph[reference].ReferenceType;
        return known.IsSubtypeOf(type)
            ? reference
            : Append(IrOp.Narrow, ReferenceTypes.Meet(known, type), [reference]);
    }

    /// <summary>A reference that is known not to be null from here on.</summary>
    public int NarrowToNonNull(int reference) => Narrow(reference, Graph[reference].ReferenceType.WithNull(false));

    /// <summary>Whether a reference is of a type, as i32.</summary>
    public int RefTest(int reference, Modules.ValueType type) =>
        Append(IrOp.RefTest, IrType.I32, [reference], type.Bits);

    /// <summary>A constant. It is made once and dominates all blocks.</summary>
    public int Constant(Opcode op, IrType type, long bits)
    {
        var key = new ConstantKey(op, bits);
        if (!_constants.TryGetValue(key, out var id))
        {
            // Nothing comes behind a call that ends the block.
            id = Graph.NewNode(_entry.Id, op, type, [], bits);
            (_entry.Terminator.Kind == TerminatorKind.Invoke ? _constantsInFront : _entry.Nodes).Add(id);
            if (type == IrType.Ref)
            {
                Graph[id].ReferenceType = op == Opcode.RefNull
                    ? ReferenceTypes.Null
                    : ReferenceTypes.To(Module.Functions[(int)bits].CanonicalTypeId);
            }

            _constants.Add(key, id);
        }

        return id;
    }

    /// <summary>A 32-bit integer constant.</summary>
    public int I32(int value) => Constant(Opcode.I32Const, IrType.I32, value);

    /// <summary>A 64-bit integer constant.</summary>
    public int I64(long value) => Constant(Opcode.I64Const, IrType.I64, value);

    /// <summary>The canonical id of a type, as i32.</summary>
    public int TypeId(int typeId) => Constant(IrOp.TypeId, IrType.I32, typeId);

    /// <summary>The canonical id of a type and an index, as runtime functions take them.</summary>
    public int TypeAndIndex(int typeId, int index) => Constant(IrOp.TypeAndIndex, IrType.I64, ((long)typeId << 32) | (uint)index);

    /// <summary>A constant vector.</summary>
    public int Vector(V128 value) => Constant(Opcode.V128Const, IrType.V128, Graph.Vectors.NumberOf(value));

    /// <summary>The initial value of a local.</summary>
    public int Zero(IrType type) => type switch
    {
        IrType.I32 => I32(0),
        IrType.I64 => I64(0),
        IrType.F32 => Constant(Opcode.F32Const, type, 0),
        IrType.F64 => Constant(Opcode.F64Const, type, 0),
        IrType.V128 => Vector(default),
        _ => Constant(Opcode.RefNull, type, 0),
    };

    /// <summary>The reference of a function of the instance.</summary>
    public int FunctionAddress(int functionIndex) => Constant(IrOp.FunctionAddress, IrType.Ref, functionIndex);

    /// <summary>Traps if a condition holds.</summary>
    public void TrapIf(int condition, TrapKind kind) => Append(IrOp.TrapIf, IrType.None, [condition], (long)kind);

    /// <summary>Traps unless a condition holds.</summary>
    public void TrapUnless(int condition, TrapKind kind) => Append(IrOp.TrapUnless, IrType.None, [condition], (long)kind);

    /// <summary>Ends the current block.</summary>
    /// <returns>The block that ended. Its successors are yet to be set where <paramref name="successors"/> has holes.</returns>
    public Block Terminate(TerminatorKind kind, int value, ReadOnlySpan<Edge> successors, long immediate = 0, int[]? values = null)
    {
        var block = Current!;
        block.Terminator = new Terminator
        {
            Kind = kind,
            Value = value,
            Values = values ?? [],
            Immediate = immediate,
            FrameState = -1,
            BytecodeOffset = BytecodeOffset,
            Inlining = Inlining,
        };
        successors.CopyTo(block.NewSuccessors(successors.Length));
        Current = null;
        return block;
    }

    /// <summary>Whether the type that a reference is known to have includes null.</summary>
    public bool MayBeNull(int reference) => Graph[reference].ReferenceType.IsNullable;

    /// <summary>The type of nodes for values of a WebAssembly type.</summary>
    public static IrType TypeOf(ValueKind kind) => kind switch
    {
        ValueKind.I32 => IrType.I32,
        ValueKind.I64 => IrType.I64,
        ValueKind.F32 => IrType.F32,
        ValueKind.F64 => IrType.F64,
        ValueKind.Ref => IrType.Ref,
        ValueKind.V128 => IrType.V128,
        _ => throw new NotSupportedException($"values of type {kind} are not supported"),
    };

    /// <inheritdoc cref="TypeOf(ValueKind)"/>
    public static IrType TypeOf(Modules.ValueType type) => TypeOf(type.Kind);
}
