using System.Runtime.InteropServices;

namespace Harness.Engine.Runtime;

/// <summary>
/// The head of an instance's data in native memory, which compiled code addresses through the pinned instance register.
/// What follows it depends on the module: see <see cref="InstanceLayout"/>.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal unsafe struct InstanceHeader
{
    /// <summary>Bytes before the part that depends on the module.</summary>
    public const int Size = 0x40;

    /// <summary>Offset of <see cref="StackLimit"/>.</summary>
    public const int StackLimitOffset = 0x00;

    /// <summary>Offset of <see cref="MemoryBase"/>.</summary>
    public const int MemoryBaseOffset = 0x08;

    /// <summary>Offset of <see cref="Context"/>.</summary>
    public const int ContextOffset = 0x10;

    /// <summary>Offset of <see cref="Builtins"/>.</summary>
    public const int BuiltinsOffset = 0x18;

    /// <summary>Offset of <see cref="TypeDisplays"/>.</summary>
    public const int TypeDisplaysOffset = 0x30;

    /// <summary>Offset of <see cref="Memory"/>.</summary>
    public const int MemoryOffset = 0x38;

    /// <summary>Offset of <see cref="GuardFailureCountdown"/>.</summary>
    public const int GuardFailureCountdownOffset = 0x28;

    /// <summary>
    /// Prologues and loop headers call the stack guard when rsp is below: the end of the stack, or the highest address
    /// while an interrupt is requested or a call is cancelled (<see cref="Interruption"/>).
    /// </summary>
    [FieldOffset(StackLimitOffset)]
    public nuint StackLimit;

    /// <summary>Base of memory 0, which never moves; zero without a memory.</summary>
    [FieldOffset(MemoryBaseOffset)]
    public byte* MemoryBase;

    /// <summary>The store this instance belongs to.</summary>
    [FieldOffset(ContextOffset)]
    public StoreContext* Context;

    /// <summary>Addresses of the runtime functions, indexed by <see cref="Builtin"/>.</summary>
    [FieldOffset(BuiltinsOffset)]
    public nint* Builtins;

    /// <summary>Identifies the managed instance.</summary>
    [FieldOffset(0x20)]
    public nint Handle;

    /// <summary>Under <c>stress.guard-fail-interval</c>, guards left until one fails although it holds.</summary>
    [FieldOffset(GuardFailureCountdownOffset)]
    public long GuardFailureCountdown;

    /// <summary><see cref="Heap.TypeDisplays.Base"/>.</summary>
    [FieldOffset(TypeDisplaysOffset)]
    public byte* TypeDisplays;

    /// <summary>Memory 0; null without a memory.</summary>
    [FieldOffset(MemoryOffset)]
    public MemoryData* Memory;
}

/// <summary>What all instances of a store share, in native memory.</summary>
[StructLayout(LayoutKind.Explicit, Size = ResultsOffset + (16 * ResultCapacity))]
internal unsafe struct StoreContext
{
    /// <summary>Most results a function may have (as in the JavaScript API's implementation limits).</summary>
    public const int ResultCapacity = 1000;

    /// <summary>Offset of <see cref="EntryStackPointer"/>.</summary>
    public const int EntryStackPointerOffset = 0x00;

    /// <summary>Offset of <see cref="PendingTrap"/>.</summary>
    public const int PendingTrapOffset = 0x08;

    /// <summary>Offset of <see cref="ExitFrame"/>.</summary>
    public const int ExitFrameOffset = 0x18;

    /// <summary>Offset of <see cref="AllocationTop"/>.</summary>
    public const int AllocationTopOffset = 0x20;

    /// <summary>Offset of <see cref="AllocationLimit"/>.</summary>
    public const int AllocationLimitOffset = 0x28;

    /// <summary>Offset of <see cref="RememberedTop"/>.</summary>
    public const int RememberedTopOffset = 0x30;

    /// <summary>Offset of <see cref="Cards"/>.</summary>
    public const int CardsOffset = 0x38;

    /// <summary>Offset of <see cref="Fuel"/>.</summary>
    public const int FuelOffset = 0x40;

    /// <summary>Offset of <see cref="EpochsLeft"/>.</summary>
    public const int EpochsLeftOffset = 0x48;

    /// <summary>Offset of <see cref="OpenStack"/>.</summary>
    public const int OpenStackOffset = 0x50;

    /// <summary>Offset of <see cref="OpenStackSize"/>.</summary>
    public const int OpenStackSizeOffset = 0x58;

    /// <summary>Offset of the result area: the results that do not fit in registers, 8 bytes each, a vector 16.</summary>
    public const int ResultsOffset = 0x80;

    /// <summary>rsp of the innermost entry stub, which a trap goes back to; zero outside WebAssembly.</summary>
    [FieldOffset(EntryStackPointerOffset)]
    public nuint EntryStackPointer;

    /// <summary>The trap that a runtime function found, for code sites of kind <see cref="TrapKind.Pending"/>.</summary>
    [FieldOffset(PendingTrapOffset)]
    public TrapKind PendingTrap;

    /// <summary>Identifies the managed store.</summary>
    [FieldOffset(0x10)]
    public nint Handle;

    /// <summary>
    /// rbp of the last call that left WebAssembly for the host, for a runtime function that may collect, or for the collector: its
    /// return address is in compiled code, and stack walks start there. Entry stubs save it, so that stacks can be walked through the
    /// host. Null outside of WebAssembly.
    /// </summary>
    [FieldOffset(ExitFrameOffset)]
    public byte* ExitFrame;

    /// <summary>
    /// Where the next object goes in the nursery. An allocation of n bytes takes it as the address and adds n, unless the sum is
    /// above <see cref="AllocationLimit"/>: then it calls <see cref="Stub.CollectGarbage"/> and tries again.
    /// </summary>
    [FieldOffset(AllocationTopOffset)]
    public byte* AllocationTop;

    /// <summary>
    /// The end of the nursery; zero where every allocation is to go through the stub: before the heap exists, and under
    /// <c>stress.gc-interval</c>.
    /// </summary>
    [FieldOffset(AllocationLimitOffset)]
    public byte* AllocationLimit;

    /// <summary>Where <see cref="Stub.Remember"/> puts the next object.</summary>
    [FieldOffset(RememberedTopOffset)]
    public ulong* RememberedTop;

    /// <summary>Where the card of address 0 would be (<see cref="Heap.CardTable"/>); null before the heap exists.</summary>
    [FieldOffset(CardsOffset)]
    public byte* Cards;

    /// <summary>
    /// Fuel that is left, which compiled code uses up by its <see cref="FuelPlan"/> under <c>interrupt.fuel</c>. It is below zero once more was used up than there was:
    /// execution stops at the next check.
    /// </summary>
    [FieldOffset(FuelOffset)]
    public long Fuel;

    /// <summary>Epochs until the store's deadline, which compiled code looks at under <c>interrupt.epochs</c>: not above zero once it has come.</summary>
    [FieldOffset(EpochsLeftOffset)]
    public long EpochsLeft;

    /// <summary>The lowest address of the stack of the thread that may call an entry adapter without anything done before (<see cref="Store.CatchUpOnCollection"/>).</summary>
    [FieldOffset(OpenStackOffset)]
    public nuint OpenStack;

    /// <summary>Bytes of that stack; zero while no thread may: the store belongs to none, or a collection was put off.</summary>
    [FieldOffset(OpenStackSizeOffset)]
    public nuint OpenStackSize;
}

/// <summary>The identity of a tag in native memory; exceptions point to it.</summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal unsafe struct TagData
{
    /// <summary>Bytes of this structure.</summary>
    public const int Size = 0x18;

    /// <summary>Identifies the managed <see cref="Tag"/>.</summary>
    [FieldOffset(0x00)]
    public nint Handle;

    /// <summary>Number of 8-byte words of the values of an exception with this tag.</summary>
    [FieldOffset(0x08)]
    public int ValueCount;

    /// <summary>
    /// Which values the collector follows: bit i % 64 of word i / 64 of the mask stands for word i of the values. Null where it follows none.
    /// </summary>
    [FieldOffset(0x10)]
    public ulong* ReferenceMask;
}

/// <summary>
/// A function of an instance, or of the host: what a <c>funcref</c> points to. Comparing its address compares function and
/// instance, and so type and code.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal unsafe struct FunctionReference
{
    /// <summary>Bytes of a function reference.</summary>
    public const int Size = 0x20;

    /// <summary>Offset of <see cref="Entry"/>.</summary>
    public const int EntryOffset = 0x00;

    /// <summary>Offset of <see cref="Instance"/>.</summary>
    public const int InstanceOffset = 0x08;

    /// <summary>Offset of <see cref="TypeId"/>.</summary>
    public const int TypeIdOffset = 0x10;

    /// <summary>Offset of <see cref="HostHandle"/>.</summary>
    public const int HostHandleOffset = 0x18;

    /// <summary>The code to call now: lazy-compilation stub, baseline or optimized code, or a host adapter.</summary>
    [FieldOffset(EntryOffset)]
    public nint Entry;

    /// <summary>The instance data to run with.</summary>
    [FieldOffset(InstanceOffset)]
    public InstanceHeader* Instance;

    /// <summary>Canonical type identity.</summary>
    [FieldOffset(TypeIdOffset)]
    public int TypeId;

    /// <summary>Index in the module of the instance; -1 for a host function.</summary>
    [FieldOffset(0x14)]
    public int FunctionIndex;

    /// <summary>Identifies the managed host function; zero for others.</summary>
    [FieldOffset(HostHandleOffset)]
    public nint HostHandle;
}

/// <summary>A memory as compiled code sees it.</summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal unsafe struct MemoryData
{
    /// <summary>Bytes of this structure.</summary>
    public const int Size = 0x10;

    /// <summary>Offset of <see cref="Base"/>.</summary>
    public const int BaseOffset = 0x00;

    /// <summary>Offset of <see cref="ByteLength"/>.</summary>
    public const int ByteLengthOffset = 0x08;

    /// <summary>First byte; never moves while the memory lives.</summary>
    [FieldOffset(BaseOffset)]
    public byte* Base;

    /// <summary>Current size in bytes.</summary>
    [FieldOffset(ByteLengthOffset)]
    public ulong ByteLength;
}

/// <summary>
/// A table as compiled code sees it. Elements are references, 8 bytes each.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal unsafe struct TableData
{
    /// <summary>Bytes of this structure.</summary>
    public const int Size = 0x18;

    /// <summary>Offset of <see cref="Elements"/>.</summary>
    public const int ElementsOffset = 0x00;

    /// <summary>Offset of <see cref="Length"/>.</summary>
    public const int LengthOffset = 0x08;

    /// <summary>Offset of <see cref="Cards"/>.</summary>
    public const int CardsOffset = 0x10;

    /// <summary>Binary logarithm of the elements that share a card.</summary>
    public const int CardShift = 6;

    /// <summary>The elements; may move when the table grows.</summary>
    [FieldOffset(ElementsOffset)]
    public nint* Elements;

    /// <summary>Number of elements (below 2^32).</summary>
    [FieldOffset(LengthOffset)]
    public ulong Length;

    /// <summary>
    /// A byte for each <see cref="CardShift">group</see> of elements: who stores a reference to an object in one makes it 1, and the collector looks
    /// at no other. Null in a table of functions.
    /// </summary>
    [FieldOffset(CardsOffset)]
    public byte* Cards;
}
