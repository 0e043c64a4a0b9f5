using System.Runtime.CompilerServices;
using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Engine.Optimizer.Ir;

/// <summary>What an operator does besides computing its result from its inputs.</summary>
[Flags]
internal enum Effects : ushort
{
    /// <summary>Nothing: it can be moved, merged with an equal one and removed.</summary>
    None = 0,

    /// <summary>Reads the contents of a memory.</summary>
    ReadsMemory = 1 << 0,

    /// <summary>Writes the contents of a memory.</summary>
    WritesMemory = 1 << 1,

    /// <summary>Reads the elements of a table.</summary>
    ReadsTable = 1 << 2,

    /// <summary>Writes the elements of a table.</summary>
    WritesTable = 1 << 3,

    /// <summary>Reads a mutable global.</summary>
    ReadsGlobal = 1 << 4,

    /// <summary>Writes a global.</summary>
    WritesGlobal = 1 << 5,

    /// <summary>Depends on the size of a memory or table.</summary>
    ReadsSize = 1 << 6,

    /// <summary>Changes the size of a memory or table.</summary>
    WritesSize = 1 << 7,

    /// <summary>May trap.</summary>
    Traps = 1 << 8,

    /// <summary>May leave the optimized code by a deopt.</summary>
    Deoptimizes = 1 << 9,

    /// <summary>Must stay where it is, as often as it is executed, for a reason of its own.</summary>
    Pinned = 1 << 10,

    /// <summary>Reads a mutable field or element of an object.</summary>
    ReadsHeap = 1 << 11,

    /// <summary>Writes a field or element of an object.</summary>
    WritesHeap = 1 << 12,

    /// <summary>
    /// Makes a new object each time: it may collect garbage, and has another result than an equal node, but is not needed where
    /// nobody uses it.
    /// </summary>
    Allocates = 1 << 13,

    /// <summary>All that may change under a call.</summary>
    AnyWrite = WritesMemory | WritesTable | WritesGlobal | WritesSize | WritesHeap,

    /// <summary>The state that a node may depend on.</summary>
    AnyRead = ReadsMemory | ReadsTable | ReadsGlobal | ReadsSize | ReadsHeap,

    /// <summary>What makes two equal nodes different, and forbids moving them.</summary>
    Unique = Pinned | Deoptimizes | Allocates,

    /// <summary>What keeps a node without uses alive.</summary>
    Required = AnyWrite | Traps | Deoptimizes | Pinned,

    /// <summary>
    /// An atomic access, a fence, or a wait: what another thread has done before is seen behind it, be it to a memory's contents or size.
    /// </summary>
    Synchronizes = ReadsMemory | WritesMemory | WritesSize | Pinned,

    /// <summary>A call of unknown code.</summary>
    Call = AnyWrite | AnyRead | Traps | Pinned,
}

/// <summary>Effects and algebraic facts of every operator that a graph may hold.</summary>
internal static class OperatorTable
{
    private const int DenseSize = 0x100;

    private static readonly Effects[] Dense = MakeDense();

    /// <summary>What a node may do.</summary>
    public static Effects EffectsOf(Graph graph, int id)
    {
        ref Node node = ref graph[id];
        if ((int)node.Op < DenseSize)
        {
            return node.Op switch
            {
                Opcode.GlobalGet when !graph.Module.Globals[(int)node.Immediate].Type.IsMutable => Effects.None,
                Opcode.I32DivU or Opcode.I64DivU or Opcode.I32RemS or Opcode.I64RemS or Opcode.I32RemU or Opcode.I64RemU
                    when IsNonZeroConstant(graph, graph.Input(id, 1)) => Effects.None,
                Opcode.I32DivS or Opcode.I64DivS
                    when IsNonZeroConstant(graph, graph.Input(id, 1)) && !IsMinusOne(graph, graph.Input(id, 1)) => Effects.None,
                >= Opcode.I32Load and <= Opcode.I64Load32U when graph.Module.Memories[node.Aux].Type.IsShared =>
                    Dense[(int)node.Op] | Effects.Pinned,
                _ => Dense[(int)node.Op],
            };
        }

        return node.Op switch
        {
            IrOp.Argument or IrOp.BlockParameter or IrOp.CaughtException => Effects.Pinned,
            IrOp.CallDirect or IrOp.CallReference => Effects.Call,
            IrOp.CallBuiltin => EffectsOfBuiltin((Builtin)node.Immediate),
            IrOp.TrapIf or IrOp.TrapUnless => Effects.Traps,
            IrOp.Guard => Effects.Deoptimizes,
            IrOp.MemoryByteLength when graph.Module.Memories[(int)node.Immediate].Type.IsShared => Effects.ReadsSize | Effects.Pinned,
            IrOp.TableLength or IrOp.MemoryByteLength => Effects.ReadsSize,
            Opcode.AtomicFence => Effects.Synchronizes,
            >= Opcode.MemoryAtomicNotify => Effects.Synchronizes | Effects.Traps,
            IrOp.LoadTableElement => Effects.ReadsTable,
            IrOp.StoreTableElement => Effects.WritesTable,
            IrOp.LoopStackCheck or IrOp.LoopEpochCheck or IrOp.UseFuel => Effects.Pinned | Effects.Traps,
            IrOp.NewArray => FitsAnyHeap(graph, id) ? Effects.Allocates : Effects.Pinned | Effects.Allocates,
            IrOp.NewStruct or IrOp.NewArrayFixed or IrOp.NewException => Effects.Allocates,
            IrOp.RefCast => Effects.Traps,
            Opcode.ArrayLen or Opcode.I31GetS or Opcode.I31GetU => TrapOnNull(graph, id),
            >= Opcode.V128Load => VectorOperators.EffectsOf(node.Op),
            _ when ObjectAccess.IsRead(node.Op) =>
                TrapOnNull(graph, id) | (ObjectAccess.FieldOf(in node).IsMutable ? Effects.ReadsHeap : Effects.None),
            _ when ObjectAccess.IsWrite(node.Op) => TrapOnNull(graph, id) | Effects.WritesHeap,
            _ => Effects.None,
        };
    }

    /// <summary>Whether the reference that a node accesses may be null.</summary>
    public static bool MayBeNull(Graph graph, int id) => graph[graph.Input(id, 0)].ReferenceType.IsNullable;

    /// <summary>Whether a node with two inputs gives the same with its inputs exchanged.</summary>
    public static bool IsCommutative(Opcode op) => op is
        Opcode.I32Add or Opcode.I32Mul or Opcode.I32And or Opcode.I32Or or Opcode.I32Xor or Opcode.I32Eq or Opcode.I32Ne or
        Opcode.I64Add or Opcode.I64Mul or Opcode.I64And or Opcode.I64Or or Opcode.I64Xor or Opcode.I64Eq or Opcode.I64Ne or
        Opcode.F32Eq or Opcode.F32Ne or Opcode.F64Eq or Opcode.F64Ne or IrOp.ReferenceEqual
        || VectorOperators.IsCommutative(op);

    /// <summary>Whether a node is a constant.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsConstant(Opcode op) =>
        op is Opcode.I32Const or Opcode.I64Const or Opcode.F32Const or Opcode.F64Const or Opcode.RefNull or Opcode.V128Const;

    /// <summary>Whether an array is so small that to make it fails in a full heap only: a larger one may trap although nobody needs it.</summary>
    private static bool FitsAnyHeap(Graph graph, int id)
    {
        ref Node length = ref graph[graph.Input(id, 1)];
        return length.Op == Opcode.I32Const && ObjectLayout.Of(graph[id].Aux).ArraySize((uint)length.Immediate) <= ObjectHeap.MaxInlineSize;
    }

    private static Effects EffectsOfBuiltin(Builtin builtin) => builtin switch
    {
        Builtin.MemoryGrow or Builtin.TableGrow => Effects.WritesSize | Effects.WritesTable,
        Builtin.MemoryFill or Builtin.MemoryCopy or Builtin.MemoryInit => Effects.ReadsMemory | Effects.WritesMemory | Effects.Traps,
        Builtin.MemoryWait32 or Builtin.MemoryWait64 or Builtin.MemoryNotify => Effects.Synchronizes | Effects.Traps,
        Builtin.TableFill or Builtin.TableCopy or Builtin.TableInit => Effects.ReadsTable | Effects.WritesTable | Effects.Traps,
        Builtin.ArrayFill or Builtin.ArrayFillVector or Builtin.ArrayInitData or Builtin.ArrayInitElem => Effects.WritesHeap | Effects.Traps,
        Builtin.ArrayCopy => Effects.ReadsHeap | Effects.WritesHeap | Effects.Traps,
        Builtin.ArrayNew or Builtin.ArrayNewData or Builtin.ArrayNewElem or Builtin.ExceptionNew =>
            Effects.Pinned | Effects.Allocates,
        Builtin.IsSubtype or Builtin.StringEquals => Effects.None,
        _ => Effects.Pinned,
    };

    private static Effects TrapOnNull(Graph graph, int id) => MayBeNull(graph, id) ? Effects.Traps : Effects.None;

    private static bool IsNonZeroConstant(Graph graph, int id) => IsConstant(graph[id].Op) && graph[id].Immediate != 0;

    private static bool IsMinusOne(Graph graph, int id) => graph[id].Immediate == -1;

    private static Effects[] MakeDense()
    {
        var effects = new Effects[DenseSize];

        void Set(Opcode first, Opcode last, Effects value)
        {
            for (int op = (int)first; op <= (int)last; op++)
            {
                effects[op] = value;
            }
        }

        Set(Opcode.I32Load, Opcode.I64Load32U, Effects.ReadsMemory | Effects.Traps);
        Set(Opcode.I32Store, Opcode.I64Store32, Effects.WritesMemory | Effects.Traps);
        Set(Opcode.GlobalGet, Opcode.GlobalGet, Effects.ReadsGlobal);
        Set(Opcode.GlobalSet, Opcode.GlobalSet, Effects.WritesGlobal);
        Set(Opcode.I32DivS, Opcode.I32RemU, Effects.Traps);
        Set(Opcode.I64DivS, Opcode.I64RemU, Effects.Traps);
        Set(Opcode.I32TruncF32S, Opcode.I32TruncF64U, Effects.Traps);
        Set(Opcode.I64TruncF32S, Opcode.I64TruncF64U, Effects.Traps);
        Set(Opcode.RefAsNonNull, Opcode.RefAsNonNull, Effects.Traps);
        return effects;
    }
}
