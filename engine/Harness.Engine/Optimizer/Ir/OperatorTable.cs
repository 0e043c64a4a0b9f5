using System.Runtime.CompilerServices;
using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Engine.Optimizer.Ir;

/// <summary>
/// Effects and algebraic facts of every operator that a graph may hold: those of the opcode table, less what the operands of a node exclude, and those
/// of the optimizer's own operators.
/// </summary>
internal static class OperatorTable
{
    private const int OneByteOpcodes = 0x100;
    private const int OwnOperators = 0xE0;

    /// <summary>What a node may do.</summary>
    public static Effects EffectsOf(Graph graph, int id)
    {
        ref var node = ref graph[id];
        if ((int)node.Op < OneByteOpcodes)
        {
            if (node.Op == Opcode.GlobalGet)
            {
                return Access.Of(graph, id).Effects;
            }

            var effects = OpcodeTable.GetEffects(node.Op);
            if ((effects & Effects.ReadsMemory) != 0 && graph.Module.Memories[node.Aux].Type.IsShared)
            {
                return effects | Effects.Pinned;
            }

            return effects == Effects.Traps && IsHarmlessDivision(graph, id) ? Effects.None : effects;
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
            IrOp.LoadTableElement or IrOp.StoreTableElement => Access.Of(graph, id).Effects,
            IrOp.LoopStackCheck or IrOp.LoopEpochCheck or IrOp.UseFuel => Effects.Pinned | Effects.Traps,
            IrOp.NewArray => FitsAnyHeap(graph, id) ? Effects.Allocates : Effects.Pinned | Effects.Allocates,
            IrOp.NewStruct or IrOp.NewArrayFixed or IrOp.NewException => Effects.Allocates,
            IrOp.RefCast => Effects.Traps,
            Opcode.ArrayLen or Opcode.I31GetS or Opcode.I31GetU => TrapOnNull(graph, id),
            _ when (int)node.Op >> 8 == OwnOperators => Effects.None,
            _ when OpcodeTable.GetAccess(node.Op).IsObject => Access.Of(graph, id).Effects,
            _ when VectorOperators.IsAccess(node.Op) && graph.Module.Memories[VectorOperators.MemoryOf(node)].Type.IsShared =>
                OpcodeTable.GetEffects(node.Op) | Effects.Pinned,
            _ => OpcodeTable.GetEffects(node.Op),
        };
    }

    /// <summary>Whether the reference that a node accesses may be null.</summary>
    public static bool MayBeNull(Graph graph, int id) => graph[graph.Input(id, 0)].ReferenceType.IsNullable;

    /// <summary>Whether a node with two inputs gives the same with its inputs exchanged.</summary>
    public static bool IsCommutative(Opcode op) =>
        OpcodeTable.IsCommutative(op) || op == IrOp.ReferenceEqual || VectorOperators.IsCommutative(op);

    /// <summary>Whether a node is a further result of a call, which stays with the call; those of arithmetic are computed as any value is.</summary>
    public static bool IsResultOfCall(Graph graph, int id) =>
        graph[id].Op == IrOp.Projection && graph[graph.Resolve(graph.Input(id, 0))].Op is IrOp.CallDirect or IrOp.CallReference;

    /// <summary>Whether a node is a constant.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsConstant(Opcode op) =>
        op is Opcode.I32Const or Opcode.I64Const or Opcode.F32Const or Opcode.F64Const or Opcode.RefNull or Opcode.V128Const;

    /// <summary>The operator of constants of a type of numbers.</summary>
    public static Opcode ConstantOf(IrType type) => type switch
    {
        IrType.I32 => Opcode.I32Const,
        IrType.I64 => Opcode.I64Const,
        IrType.F32 => Opcode.F32Const,
        _ => Opcode.F64Const,
    };

    /// <summary>Whether an array is so small that to make it fails in a full heap only: a larger one may trap although nobody needs it.</summary>
    private static bool FitsAnyHeap(Graph graph, int id)
    {
        ref var length = ref graph[graph.Input(id, 1)];
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

    /// <summary>Whether a node is a division by a constant for which it cannot trap.</summary>
    private static bool IsHarmlessDivision(Graph graph, int id)
    {
        var traps = OpcodeTable.Get(graph[id].Op).Traps;
        if ((traps & Traps.DivisionByZero) == 0)
        {
            return false;
        }

        ref var divisor = ref graph[graph.Input(id, 1)];
        return IsConstant(divisor.Op) && divisor.Immediate != 0 && ((traps & Traps.Overflow) == 0 || divisor.Immediate != -1);
    }
}
