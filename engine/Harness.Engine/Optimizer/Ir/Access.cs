using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Engine.Optimizer.Ir;

/// <summary>
/// What a node reads or writes, in one description for memories, globals, tables, structures and arrays: the kind of state and the place in it, the type of
/// what lies there, the distance from the object, and what it means when the access fails. Which operators access what is said by
/// the opcode table; all else follows from the node, and is looked up when it is asked for.
/// </summary>
internal readonly struct Access
{
    private readonly Graph _graph;
    private readonly int _id;
    private readonly OperatorAccess _shape;

    private Access(Graph graph, int id, OperatorAccess shape)
    {
        _graph = graph;
        _id = id;
        _shape = shape;
    }

    /// <summary>What is accessed; <see cref="AccessKind.None"/> if the node is no access.</summary>
    public AccessKind Kind => _shape.Kind;

    /// <summary>Whether the node gives what is there.</summary>
    public bool IsRead => _shape.IsRead;

    /// <summary>Whether the node changes what is there.</summary>
    public bool IsWrite => _shape.IsWrite;

    /// <summary>What a read does with a value that is narrower than its result.</summary>
    public AccessExtension Extension => _shape.Extension;

    /// <summary>Whether a field or an element is accessed. The first input is the object then.</summary>
    public bool IsObject => _shape.IsObject;

    /// <summary>Index of the memory, global or table.</summary>
    public int Space => Kind == AccessKind.Memory ? VectorOperators.MemoryOf(_graph[_id]) : (int)_graph[_id].Immediate;

    /// <summary>The type of the place in a structure, an array, a table or a global, and whether it ever changes.</summary>
    public FieldType Type => Kind switch
    {
        AccessKind.Field => TypeRegistry.Get(_graph[_id].Aux).Slots[(int)_graph[_id].Immediate],
        AccessKind.Element => TypeRegistry.Get(_graph[_id].Aux).Array!.Element,
        AccessKind.Global => new FieldType(
            _graph.Module.Globals[Space].Type.Type, Packing.None, _graph.Module.Globals[Space].Type.IsMutable),
        AccessKind.Table => new FieldType(_graph.Module.Tables[Space].Type.ElementType, Packing.None, IsMutable: true),
        _ => throw new InvalidOperationException($"{IrNames.NameOf(_graph[_id].Op)} accesses no place with a type"),
    };

    /// <summary>Whether what is read may be another one later.</summary>
    public bool IsMutable => Kind == AccessKind.Memory || Type.IsMutable;

    /// <summary>The place in objects, by which accesses of fields and elements alias or not.</summary>
    public ObjectPlace Place =>
        ObjectPlace.Of(TypeRegistry.Get(_graph[_id].Aux), Kind == AccessKind.Field ? (int)_graph[_id].Immediate : -1);

    /// <summary>Distance in bytes of a field or of the first element from the object's address, or the static offset in a memory.</summary>
    public long Offset => Kind switch
    {
        AccessKind.Field => ObjectLayout.Of(_graph[_id].Aux).SlotOffsets[(int)_graph[_id].Immediate],
        AccessKind.Element => ObjectLayout.ArrayElements,
        AccessKind.Memory => _graph[_id].Immediate,
        _ => 0,
    };

    /// <summary>Binary logarithm of the bytes that are accessed, by which the index of an element or table element is scaled.</summary>
    public int SizeLog2 => Kind switch
    {
        AccessKind.Memory => OpcodeTable.Get(_graph[_id].Op).NaturalAlignment,
        _ => int.Log2(ObjectLayout.SizeOf(Type)),
    };

    /// <summary>The input that is the index of an element; -1 if there is none.</summary>
    public int Index => Kind == AccessKind.Element ? _graph.Input(_id, 1) : -1;

    /// <summary>The value that is written: the last input.</summary>
    public int Value => _graph.Input(_id, _graph[_id].InputCount - 1);

    /// <summary>
    /// What it means when the access fails; <see cref="TrapKind.None"/> where it cannot. Indices of elements and of table elements were checked before.
    /// </summary>
    public TrapKind Trap => !CanTrap ? TrapKind.None : Kind switch
    {
        AccessKind.Memory => TrapKind.MemoryOutOfBounds,
        AccessKind.Field => NullTrap,
        _ => TrapKind.NullArray,
    };

    /// <summary>What it means that a structure is null: to ask for its descriptor is another trap than to ask for a field.</summary>
    public TrapKind NullTrap =>
        TypeRegistry.Get(_graph[_id].Aux).DescriptorSlot == (int)_graph[_id].Immediate ? TrapKind.NullReference : TrapKind.NullStructure;

    /// <summary>The effects of the access; reads of what never changes have none but a trap.</summary>
    public Effects Effects =>
        (IsWrite || IsMutable ? _shape.Effects : Effects.None) | (CanTrap ? Effects.Traps : Effects.None);

    /// <summary>Whether the access can fail, for which no type is looked up.</summary>
    private bool CanTrap => Kind == AccessKind.Memory || (IsObject && OperatorTable.MayBeNull(_graph, _id));

    /// <summary>What a node accesses.</summary>
    public static Access Of(Graph graph, int id) => new(graph, id, ShapeOf(graph[id].Op));

    /// <summary>What an operator accesses, the optimizer's own among them.</summary>
    public static OperatorAccess ShapeOf(Opcode op) => op switch
    {
        IrOp.LoadTableElement => OperatorAccess.Read(AccessKind.Table),
        IrOp.StoreTableElement => OperatorAccess.Write(AccessKind.Table),
        _ => OpcodeTable.GetAccess(op),
    };

    /// <summary>Whether an operator reads a field or an element.</summary>
    public static bool ReadsObject(Opcode op) => OpcodeTable.GetAccess(op) is { IsObject: true, IsRead: true };

    /// <summary>Whether an operator writes a field or an element.</summary>
    public static bool WritesObject(Opcode op) => OpcodeTable.GetAccess(op) is { IsObject: true, IsWrite: true };
}
