using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Analysis;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Runtime;

namespace Harness.Engine.Optimizer.Passes;

/// <summary>
/// Finds what immutable fields hold without loading them: those of objects that immutable globals are initialised with (a virtual method
/// table, say), from the module's constant expressions, and those of objects that the function makes itself. A call
/// through a reference that is then a known function becomes a direct one.
/// </summary>
internal sealed class ConstantFields : IPass
{
    private static readonly OpcodeInfo[] ObjectReads = Array.FindAll(OpcodeTable.All.ToArray(), static row => Access.ReadsObject(row.Opcode));

    /// <inheritdoc/>
    public string Name => "constant-fields";

    /// <inheritdoc/>
    public Analyses Run(Graph graph)
    {
        if (!HasSubjects(graph.Operators))
        {
            return Analyses.All;
        }

        var folder = new Folder(graph);
        foreach (var block in graph.Analyses.Order)
        {
            // The nodes come before those that use them: one walk is enough but for values that go around loops.
            foreach (var id in block.Nodes)
            {
                graph.Budget.CountStep();
                folder.Visit(id);
            }

            folder.VisitEnd(block);
        }

        folder.PlaceConstants();
        return Analyses.All;
    }

    /// <summary>Whether there is anything that may turn out to be constant. A tail call that does is of a function whose reference is a node.</summary>
    private static bool HasSubjects(OperatorSet operators) =>
        operators.ContainsAny(Opcode.ArrayLen, IrOp.ReferenceEqual, IrOp.CallReference, IrOp.FunctionAddress)
        || Array.Exists(ObjectReads, row => operators.Contains(row.Opcode));

    private sealed class Folder(Graph graph)
    {
        private readonly EntryConstants _constants = new(graph);
        private readonly Dictionary<int, ConstantObject?> _known = [];

        /// <summary>By node that passes an object on, the node that makes the object.</summary>
        private readonly Dictionary<int, int> _origins = [];

        public void PlaceConstants() => _constants.Place();

        public void Visit(int id)
        {
            switch (graph[id].Op)
            {
                case Opcode.GlobalGet:
                    Know(id, ConstantObject.OfGlobal(graph.Module, (int)graph[id].Immediate));
                    break;
                case IrOp.Narrow or IrOp.RefCast:
                    Know(id, _known.GetValueOrDefault(graph.Input(id, 0)));
                    _origins[id] = OriginOf(graph.Input(id, 0));
                    break;
                case var op when Access.ReadsObject(op):
                    VisitLoad(id);
                    break;
                case Opcode.ArrayLen:
                    VisitLength(id);
                    break;
                case IrOp.ReferenceEqual:
                    if (IsOwnFunction(graph.Input(id, 0)) && IsOwnFunction(graph.Input(id, 1)))
                    {
                        graph.Replace(id, _constants.I32(FunctionOf(graph.Input(id, 0)) == FunctionOf(graph.Input(id, 1)) ? 1 : 0));
                    }

                    break;
                case IrOp.CallReference:
                    VisitCall(id);
                    break;
            }
        }

        public void VisitEnd(Block block)
        {
            ref var terminator = ref block.Terminator;
            if (terminator.Kind == TerminatorKind.TailCall && terminator.Immediate < 0
                && graph[graph.Resolve(terminator.Values[0])].Op == IrOp.FunctionAddress)
            {
                terminator.Immediate = FunctionOf(graph.Resolve(terminator.Values[0]));
                terminator.Values = terminator.Values[1..];
            }
        }

        private void Know(int id, ConstantObject? value)
        {
            if (value is not null)
            {
                _known[id] = value;
            }
        }

        private void VisitLoad(int id)
        {
            var node = graph[id];
            var type = Access.Of(graph, id).Type;
            if (type.IsMutable || !TryFindIndex(id, out var index))
            {
                return;
            }

            var source = graph.Input(id, 0);
            if (_known.TryGetValue(source, out var constant))
            {
                if ((constant!.IsStruct || constant.IsArray) && index < constant.Operands.Length
                    && TypeRegistry.IsSubtype((int)constant.Operation.Bits, node.Aux))
                {
                    Become(id, constant.Operands[index], type);
                }

                return;
            }

            var origin = OriginOf(source);
            if (graph[origin].Op is IrOp.NewStruct or IrOp.NewArrayFixed && !type.IsPacked && index < graph[origin].InputCount
                && TypeRegistry.IsSubtype(graph[origin].Aux, node.Aux))
            {
                graph.Replace(id, graph.Input(origin, index));
            }
        }

        private bool TryFindIndex(int id, out int index)
        {
            index = (int)graph[id].Immediate;
            if (graph[id].InputCount == 1)
            {
                return true;
            }

            index = (int)graph[graph.Input(id, 1)].Immediate;
            return graph[graph.Input(id, 1)].Op == Opcode.I32Const && index >= 0;
        }

        /// <summary>Lets a load stand for the constant that it gives.</summary>
        private void Become(int id, ConstantObject value, FieldType type)
        {
            var bits = (long)value.Operation.Bits;
            switch (value.Operation.Opcode)
            {
                case Opcode.I32Const:
                    graph.Replace(id, _constants.I32(Unpack((int)bits, type.Packing, graph[id].Op)));
                    break;
                case Opcode.I64Const or Opcode.F64Const:
                    graph.Replace(id, _constants.Get(value.Operation.Opcode, graph[id].Type, bits, default));
                    break;
                case Opcode.F32Const:
                    graph.Replace(id, _constants.Get(Opcode.F32Const, IrType.F32, (int)bits, default));
                    break;
                case Opcode.V128Const:
                    graph.Replace(id, _constants.Vector(new V128(value.Operation.Bits, value.Operation.HighBits)));
                    break;
                case Opcode.RefNull:
                    graph.Replace(id, _constants.Get(Opcode.RefNull, IrType.Ref, 0, ReferenceTypes.Null));
                    break;
                case Opcode.RefFunc:
                    graph.Replace(id, _constants.Function((int)bits));
                    break;
                case Opcode.GlobalGet when graph[id].Type == IrType.Ref:
                    var global = _constants.Get(Opcode.GlobalGet, IrType.Ref, bits, graph.Module.Globals[(int)bits].Type.Type);
                    Know(global, ConstantObject.OfGlobal(graph.Module, (int)bits));
                    BecomeGlobal(id, global);
                    break;
                default:
                    Know(id, value);
                    break;
            }
        }

        /// <summary>Lets a load stand for a global, whose type may say less of it: a descriptor is not null, though the global that it comes from might be by its type.</summary>
        private void BecomeGlobal(int id, int global)
        {
            ref var load = ref graph[id];
            var type = graph[global].ReferenceType;
            if (type.IsSubtypeOf(load.ReferenceType))
            {
                graph.Replace(id, global);
                return;
            }

            graph.SetOperator(id, IrOp.Narrow);
            load.ReferenceType = ReferenceTypes.Meet(type, load.ReferenceType);
            load.Immediate = 0;
            load.Aux = 0;
            load.InputCount = 1;
            graph.Inputs(id)[0] = global;
            Know(id, _known.GetValueOrDefault(global));
        }

        private static int Unpack(int value, Packing packing, Opcode load)
        {
            var isSigned = load is Opcode.StructGetS or Opcode.ArrayGetS;
            return packing switch
            {
                Packing.I8 => isSigned ? (sbyte)value : (byte)value,
                Packing.I16 => isSigned ? (short)value : (ushort)value,
                _ => value,
            };
        }

        private void VisitLength(int id)
        {
            var source = graph.Input(id, 0);
            var origin = OriginOf(source);
            if (_known.TryGetValue(source, out var constant))
            {
                if (constant!.IsArray)
                {
                    graph.Replace(id, _constants.I32(constant.Operands.Length));
                }
            }
            else if (graph[origin].Op == IrOp.NewArray)
            {
                graph.Replace(id, graph.Input(origin, 1));
            }
            else if (graph[origin].Op == IrOp.NewArrayFixed)
            {
                graph.Replace(id, _constants.I32(graph[origin].InputCount));
            }
        }

        private void VisitCall(int id)
        {
            var callee = graph.Input(id, 0);
            if (graph[callee].Op != IrOp.FunctionAddress)
            {
                return;
            }

            var function = FunctionOf(callee);
            ref var call = ref graph[id];
            graph.SetOperator(id, IrOp.CallDirect);
            call.Immediate = function;
            call.Aux = graph.Module.Functions[function].CanonicalTypeId;
            call.InputStart++;
            call.InputCount--;
        }

        /// <summary>The node that makes an object, from one that passes it on.</summary>
        private int OriginOf(int id)
        {
            while (graph[id].Op is IrOp.Narrow or IrOp.RefCast)
            {
                id = _origins.TryGetValue(id, out var origin) ? graph.Resolve(origin) : graph.Input(id, 0);
            }

            return id;
        }

        /// <summary>Whether a node is a function that the module defines: only imported ones can be the same as another.</summary>
        private bool IsOwnFunction(int id) =>
            graph[id].Op == IrOp.FunctionAddress && !graph.Module.Functions[FunctionOf(id)].IsImported;

        private int FunctionOf(int id) => (int)graph[id].Immediate;
    }
}
