using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Lowering;

/// <content>Memories, tables, globals and addresses.</content>
internal sealed partial class InstructionSelector
{
    private void SelectAccess(int id, Opcode op)
    {
        var access = Access.Of(graph, id);
        int accessed = access.SizeLog2;
        if (access.IsWrite)
        {
            SelectStore(id, op, (OpSize)accessed);
            return;
        }

        Address address = MemoryAddress(id, accessed);
        if (op is Opcode.F32Load or Opcode.F64Load)
        {
            EmitWithAddress(LirOp.LoadScalar, (OpSize)accessed, Value(id), address);
            return;
        }

        LoadExtension extension = access.Extension != AccessExtension.Sign ? LoadExtension.Zero
            : graph[id].Type == IrType.I64 ? LoadExtension.SignTo64
            : LoadExtension.SignTo32;
        Load(Value(id), address, (OpSize)accessed, extension);
    }

    private void SelectStore(int id, Opcode op, OpSize size)
    {
        int stored = graph.Input(id, 1);
        bool isConstant = TryStoredConstant(stored, size, out long bits);
        int value = isConstant ? 0 : Register(StripExtension(stored, size));
        Address address = MemoryAddress(id, (int)size);
        bool isFloat = op is Opcode.F32Store or Opcode.F64Store;
        Store(address, size, isFloat, value, bits);
    }

    /// <summary>The constant to store, if it fits in the instruction.</summary>
    private bool TryStoredConstant(int id, OpSize size, out long bits)
    {
        bits = 0;
        if (!Constants.IsConstant(graph, id))
        {
            return false;
        }

        bits = Constants.RegisterBits(graph, id);
        if (size != OpSize.Qword)
        {
            bits = (int)bits;
        }

        return FitsInt32(bits);
    }

    /// <summary>What to store instead of a value whose upper bits are cut off anyway.</summary>
    private int StripExtension(int id, OpSize size) =>
        size <= OpSize.Dword && graph[id].Op == Opcode.I32WrapI64 && IsOnlyHere(id) ? graph.Input(id, 0) : id;

    private void Store(in Address address, OpSize size, bool isFloat, int value, long bits)
    {
        ref LirInstruction instruction = ref Emit(isFloat && value != 0 ? LirOp.StoreScalar : LirOp.Store, size);
        instruction.AccessSize = size;
        if (value == 0)
        {
            instruction.HasImmediate = true;
            instruction.Immediate = bits;
        }
        else
        {
            Use(value);
        }

        AddAddress(ref instruction, address, OperandRole.Use);
    }

    private void Load(int value, in Address address, OpSize size, LoadExtension extension = LoadExtension.Zero)
    {
        ref LirInstruction instruction = ref EmitWithAddress(LirOp.Load, size, value, address);
        instruction.Sub = (ushort)extension;
    }

    private void Lea(int value, in Address address, OpSize size) => EmitWithAddress(LirOp.Lea, size, value, address);

    private ref LirInstruction EmitWithAddress(LirOp op, OpSize size, int result, in Address address)
    {
        ref LirInstruction instruction = ref Emit(op, size);
        instruction.AccessSize = size;
        Def(result);
        AddAddress(ref instruction, address, OperandRole.Use);
        return ref instruction;
    }

    private void AddAddress(ref LirInstruction instruction, in Address address, OperandRole role)
    {
        instruction.HasAddress = true;
        instruction.FixedBase = address.FixedBase;
        instruction.ScaleLog2 = address.ScaleLog2;
        instruction.Displacement = address.Displacement;
        instruction.Fault = address.Fault;
        if (address.Base != 0)
        {
            instruction.HasBase = true;
            Use(address.Base, role: role);
        }

        if (address.Index != 0)
        {
            instruction.HasIndex = true;
            Use(address.Index, role: role);
        }
    }

    /// <summary>The address of an access to a memory, after the check that it may need.</summary>
    private Address MemoryAddress(int id, int bytesLog2)
    {
        int memory = VectorOperators.MemoryOf(in graph[id]);
        int index = graph.Input(id, 0);
        ulong offset = (ulong)graph[id].Immediate;
        bool is64 = Module.Memories[memory].Type.Is64;
        bool isGuarded = !is64 && module.Options.MemoryGuardPages;
        if (!isGuarded)
        {
            CheckBounds(memory, index, offset, 1u << bytesLog2);
        }

        var address = new Address
        {
            FixedBase = Gpr.None,
            Fault = isGuarded ? TrapKind.MemoryOutOfBounds : TrapKind.None,
        };
        if (memory == 0)
        {
            address.FixedBase = CallingConvention.MemoryBase;
        }
        else
        {
            address.Base = code.NewValue(IrType.I64);
            Load(address.Base, MemoryField(memory, MemoryData.BaseOffset), OpSize.Qword);
        }

        if (Constants.TryGetInteger(graph, index, out _))
        {
            ulong constant = (ulong)Constants.RegisterBits(graph, index) + offset;
            if (constant <= int.MaxValue)
            {
                address.Displacement = (int)constant;
            }
            else
            {
                address.Index = Constant((long)constant);
            }
        }
        else if (offset <= int.MaxValue)
        {
            address.Index = Value(index);
            address.Displacement = (int)offset;
        }
        else
        {
            int far = Constant((long)offset);
            address.Index = code.NewValue(IrType.I64);
            ref LirInstruction add = ref Emit(LirOp.Alu, OpSize.Qword);
            add.Sub = (ushort)AluOp.Add;
            Def(address.Index);
            Use(far);
            Use(Value(index), OperandPlace.Any);
            Hint(address.Index, far);
        }

        return address;
    }

    private void CheckBounds(int memory, int index, ulong offset, uint bytes)
    {
        ulong end = offset > ulong.MaxValue - bytes ? ulong.MaxValue : offset + bytes;
        int value = Register(index);
        Address length = MemoryField(memory, MemoryData.ByteLengthOffset);
        ref LirInstruction check = ref Emit(LirOp.BoundsCheck, OpSize.Qword);
        check.Immediate = (long)end;
        Use(value);
        AddAddress(ref check, length, OperandRole.Use);
    }

    /// <summary>A field of a memory's data.</summary>
    private Address MemoryField(int memory, int field) => Field(module.Layout.Memory(memory), field);

    /// <summary>A field of the data of the table that a node names.</summary>
    private Address TableField(int id, int field) => Field(module.Layout.Table((int)graph[id].Immediate), field);

    private Address Field(InstanceLayout.Slot slot, int field)
    {
        if (!slot.IsPointer)
        {
            return Address.OfInstance(slot.Offset + field);
        }

        int pointer = code.NewValue(IrType.I64);
        Load(pointer, Address.OfInstance(slot.Offset), OpSize.Qword);
        return Address.OfBase(pointer, field);
    }

    private Address TableElement(int id)
    {
        int elements = code.NewValue(IrType.I64);
        Load(elements, TableField(id, TableData.ElementsOffset), OpSize.Qword);
        Address address = Address.OfBase(elements, 0);
        int index = graph.Input(id, 0);
        if (Constants.TryGetInteger(graph, index, out _)
            && (ulong)Constants.RegisterBits(graph, index) < int.MaxValue / sizeof(long))
        {
            address.Displacement = (int)Constants.RegisterBits(graph, index) * sizeof(long);
        }
        else
        {
            address.Index = Register(index);
            address.ScaleLog2 = 3;
        }

        return address;
    }

    private void SelectStoreTableElement(int id)
    {
        int value = Constants.IsConstant(graph, graph.Input(id, 1)) ? 0 : Register(graph.Input(id, 1));
        Store(TableElement(id), OpSize.Qword, isFloat: false, value, 0);
        if (ObjectLayout.IsHeapReference(module.Module.Tables[(int)graph[id].Immediate].Type.ElementType) && MayBeObject(graph.Input(id, 1)))
        {
            Store(TableCard(id), OpSize.Byte, isFloat: false, 0, 1);
        }
    }

    /// <summary>The card of the table element that a node writes.</summary>
    private Address TableCard(int id)
    {
        int cards = code.NewValue(IrType.I64);
        Load(cards, TableField(id, TableData.CardsOffset), OpSize.Qword);
        Address address = Address.OfBase(cards, 0);
        int index = graph.Input(id, 0);
        if (Constants.TryGetInteger(graph, index, out _) && (ulong)Constants.RegisterBits(graph, index) < int.MaxValue)
        {
            address.Displacement = (int)Constants.RegisterBits(graph, index) >> TableData.CardShift;
        }
        else
        {
            int element = Register(index);
            address.Index = code.NewValue(IrType.I64);
            ref LirInstruction shift = ref Emit(LirOp.ShiftConstant, OpSize.Qword);
            shift.Sub = (ushort)ShiftOp.Shr;
            shift.Immediate = TableData.CardShift;
            Def(address.Index);
            Use(element);
        }

        return address;
    }

    private void SelectGlobalGet(int id)
    {
        IrType type = graph[id].Type;
        Address address = Field(module.Layout.Global((int)graph[id].Immediate), 0);
        if (type is IrType.F32 or IrType.F64)
        {
            EmitWithAddress(LirOp.LoadScalar, SizeOf(type), Value(id), address);
        }
        else if (type == IrType.V128)
        {
            LoadVector(Value(id), address);
        }
        else
        {
            Load(Value(id), address, SizeOf(type));
        }
    }

    private void SelectGlobalSet(int id)
    {
        int stored = graph.Input(id, 0);
        IrType type = graph[stored].Type;
        if (type == IrType.V128)
        {
            int vector = Register(stored);
            StoreVector(Field(module.Layout.Global((int)graph[id].Immediate), 0), vector);
            return;
        }

        OpSize size = SizeOf(type);
        bool isConstant = TryStoredConstant(stored, size, out long bits);
        int value = isConstant ? 0 : Register(stored);
        Address address = Field(module.Layout.Global((int)graph[id].Immediate), 0);
        Store(address, size, type is IrType.F32 or IrType.F64, value, bits);
    }

    /// <summary>
    /// The address to read an operand from instead of loading it before, if it is loaded only for this and nothing with an effect
    /// lies between.
    /// </summary>
    private bool TryCoverLoad(int id, OpSize size, out Address address)
    {
        address = default;
        ref Node node = ref graph[id];
        bool isWhole = node.Op switch
        {
            Opcode.I32Load or Opcode.F32Load => size == OpSize.Dword,
            Opcode.I64Load or Opcode.F64Load => size == OpSize.Qword,
            IrOp.TableLength => SizeOf(node.Type) == size && !module.Layout.Table((int)node.Immediate).IsPointer,
            IrOp.MemoryByteLength => size == OpSize.Qword && !module.Layout.Memory((int)node.Immediate).IsPointer,
            IrOp.LoadReferenceType or Opcode.ArrayLen => size == OpSize.Dword,
            Opcode.StructGet or Opcode.ArrayGet => SizeOf(node.Type) == size,
            _ => false,
        };
        if (!isWhole || !IsOnlyHere(id) || (LevelAfter(id) != level && node.Op != IrOp.LoadReferenceType))
        {
            return false;
        }

        nodes[id].IsCovered = true;
        address = node.Op switch
        {
            IrOp.TableLength => TableField(id, TableData.LengthOffset),
            IrOp.MemoryByteLength => MemoryField((int)node.Immediate, MemoryData.ByteLengthOffset),
            IrOp.LoadReferenceType => ReferenceType(id),
            Opcode.StructGet => FieldAddress(id),
            Opcode.ArrayGet => ElementAddress(id),
            Opcode.ArrayLen => LengthAddress(id),
            _ => MemoryAddress(id, (int)size),
        };
        return true;
    }

    /// <summary>The field with the type of the function that a node's input refers to.</summary>
    private Address ReferenceType(int id) =>
        Address.OfBase(Register(graph.Input(id, 0)), FunctionReference.TypeIdOffset);
}
