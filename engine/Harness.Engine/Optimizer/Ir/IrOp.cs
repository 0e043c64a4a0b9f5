using Harness.Engine.Modules;

namespace Harness.Engine.Optimizer.Ir;

/// <summary>
/// Operators of the intermediate representation that are not WebAssembly instructions. WebAssembly's own numeric, memory
/// and reference instructions keep their <see cref="Opcode"/>: one vocabulary from the bytes to the machine.
/// </summary>
/// <remarks>
/// Accesses to objects keep their opcodes: <c>struct.get</c> and <c>struct.set</c> (inputs: the structure, and the value; Immediate =
/// slot, Aux = canonical type id), of which one with the slot of the descriptor is <c>ref.get_desc</c>, <c>array.len</c>, <c>array.get</c> and <c>array.set</c> (inputs: the array, the index known to be in
/// bounds, and the value; Aux = canonical type id). They trap on null where the reference's type says that it may be null.
/// <c>Immediate</c> and <c>Aux</c> are the node's fields of these names. What a node accesses is described by <see cref="Access"/>; the effects of each
/// operator, of both kinds, are in <see cref="OperatorTable"/>.
/// </remarks>
internal static class IrOp
{
    /// <summary>Nothing: a node that a pass has removed.</summary>
    public const Opcode Nop = (Opcode)0xE000;

    /// <summary>Stands for another node (Immediate = its id) after a replacement; see <see cref="Graph.Resolve"/>.</summary>
    public const Opcode Alias = (Opcode)0xE001;

    /// <summary>A parameter of a block.</summary>
    public const Opcode BlockParameter = (Opcode)0xE002;

    /// <summary>A parameter of the compiled function. Immediate = its index.</summary>
    public const Opcode Argument = (Opcode)0xE003;

    /// <summary>
    /// A further result of a call or of arithmetic on 128 bits. Input: the node. Immediate = result index, from 1 (the node itself is result 0).
    /// </summary>
    public const Opcode Projection = (Opcode)0xE004;

    /// <summary>Call of a function by index, defined or imported. Inputs: arguments. Immediate = function index. Aux = canonical type id.</summary>
    public const Opcode CallDirect = (Opcode)0xE005;

    /// <summary>
    /// Call through a function reference known to be non-null and of the right type. Inputs: the reference, then the
    /// arguments. Aux = canonical type id.
    /// </summary>
    public const Opcode CallReference = (Opcode)0xE006;

    /// <summary>
    /// Call of a runtime function. Inputs: its arguments (without the instance), each 64 bits wide or an i32. Immediate = the
    /// <see cref="Runtime.Builtin"/>.
    /// </summary>
    public const Opcode CallBuiltin = (Opcode)0xE007;

    /// <summary>Traps when the input is not 0. Immediate = the <see cref="Runtime.TrapKind"/>.</summary>
    public const Opcode TrapIf = (Opcode)0xE008;

    /// <summary>Traps when the input is 0. Immediate = the <see cref="Runtime.TrapKind"/>.</summary>
    public const Opcode TrapUnless = (Opcode)0xE009;

    /// <summary>
    /// Deoptimizes when the input is 0. Immediate = the <see cref="Deoptimization.DeoptReason"/>. Aux = the frame state's index.
    /// </summary>
    public const Opcode Guard = (Opcode)0xE00A;

    /// <summary>Number of elements of a table, in the type of its indices (i32 or i64). Immediate = table.</summary>
    public const Opcode TableLength = (Opcode)0xE00B;

    /// <summary>An element of a table, index known to be in bounds. Input: the index (i32 or i64). Immediate = table.</summary>
    public const Opcode LoadTableElement = (Opcode)0xE00C;

    /// <summary>Sets an element of a table, index known to be in bounds. Inputs: index, element. Immediate = table.</summary>
    public const Opcode StoreTableElement = (Opcode)0xE00D;

    /// <summary>The canonical type id (i32) of a function reference that is not null. Never changes.</summary>
    public const Opcode LoadReferenceType = (Opcode)0xE00E;

    /// <summary>The reference of a function of this instance, defined or imported. Immediate = function index. Never null.</summary>
    public const Opcode FunctionAddress = (Opcode)0xE00F;

    /// <summary>Size of a memory in bytes, as i64. Immediate = memory.</summary>
    public const Opcode MemoryByteLength = (Opcode)0xE010;

    /// <summary>A loop's check for interrupts and stack; no inputs.</summary>
    public const Opcode LoopStackCheck = (Opcode)0xE011;

    /// <summary>A loop's check whether the store's deadline has come; no inputs.</summary>
    public const Opcode LoopEpochCheck = (Opcode)0xE01D;

    /// <summary>
    /// Uses up fuel, by a <see cref="Runtime.FuelPlan"/>; no inputs. Immediate = units, Aux = 1 if it also checks whether there was so much, else 0. Stays where it is, and is copied with its block:
    /// every place where a deopt or on-stack replacement changes the code lies before or behind it in both tiers, so that a program uses up the same however it runs.
    /// </summary>
    public const Opcode UseFuel = (Opcode)0xE01E;

    /// <summary>Compares two references for identity, giving an i32.</summary>
    public const Opcode ReferenceEqual = (Opcode)0xE012;

    /// <summary>The input, known to be of the node's <see cref="Node.ReferenceType"/> from here on. No code.</summary>
    public const Opcode Narrow = (Opcode)0xE013;

    /// <summary>
    /// Whether a reference is of a type, as i32. Input: the reference. Immediate = the type's <see cref="ValueType.Bits"/>.
    /// Depends on nothing that changes.
    /// </summary>
    public const Opcode RefTest = (Opcode)0xE014;

    /// <summary>The input as the node's <see cref="Node.ReferenceType"/>; traps if it is not of that type.</summary>
    public const Opcode RefCast = (Opcode)0xE015;

    /// <summary>A new structure. Inputs: the values of all slots (<see cref="DefinedType.Slots"/>). Aux = canonical type id.</summary>
    public const Opcode NewStruct = (Opcode)0xE016;

    /// <summary>A new array with equal elements. Inputs: the element, the length (i32). Aux = canonical type id.</summary>
    public const Opcode NewArray = (Opcode)0xE017;

    /// <summary>A new array. Inputs: the elements. Aux = canonical type id.</summary>
    public const Opcode NewArrayFixed = (Opcode)0xE018;

    /// <summary>A new exception. Inputs: its values. Immediate = tag index.</summary>
    public const Opcode NewException = (Opcode)0xE019;

    /// <summary>
    /// The exception that the call before threw: the first node of a block to which <see cref="TerminatorKind.Invoke"/> leads in that case.
    /// </summary>
    public const Opcode CaughtException = (Opcode)0xE01A;

    /// <summary>Whether an exception, not null, has a tag, as i32. Immediate = tag index. Depends on nothing that changes.</summary>
    public const Opcode HasTag = (Opcode)0xE01B;

    /// <summary>A value of an exception known to have a tag. Immediate = index of the value, Aux = tag index. Never changes.</summary>
    public const Opcode ExceptionValue = (Opcode)0xE01C;

    /// <summary>
    /// An object that has no memory: a value of frame states only, in no block, of which a deopt makes an object anew. Inputs: its
    /// fields or elements, <see cref="VirtualObject"/>s among them. Aux = canonical type id.
    /// </summary>
    public const Opcode VirtualObject = (Opcode)0xE020;

    /// <summary>
    /// The canonical id of a type (i32), which is the same for the whole process and another in the next one: no number that folds with others. No inputs. Immediate = the id.
    /// </summary>
    public const Opcode TypeId = (Opcode)0xE021;

    /// <summary>Two words in one, as runtime functions take them (i64): the canonical id of a type in the high half, and an index. No inputs. Immediate = both.</summary>
    public const Opcode TypeAndIndex = (Opcode)0xE022;
}
