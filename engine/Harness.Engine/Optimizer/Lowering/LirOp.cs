namespace Harness.Engine.Optimizer.Lowering;

/// <summary>
/// Operations of the low-level representation. Each stands for one machine instruction or a short fixed sequence; the operand
/// order is the results first, then the inputs listed here, then the registers of the address if there is one.
/// </summary>
internal enum LirOp : byte
{
    /// <summary>The beginning of the function: defines the parameters.</summary>
    Entry,

    /// <summary>Result = Immediate.</summary>
    LoadConstant,

    /// <summary>Result = the float with the bits in Immediate.</summary>
    LoadFloat,

    /// <summary>Result = Immediate, in which the canonical id of a type is the high half where Sub is not 0, and all of it otherwise.</summary>
    LoadType,

    /// <summary>Result = input, of 32 bits (zero-extended) or 64 bits; between registers of any class.</summary>
    Move,

    /// <summary>Result = the address.</summary>
    Lea,

    /// <summary>Result = left op right; Sub is an <see cref="X64.AluOp"/>, right a register, slot, constant or address.</summary>
    Alu,

    /// <summary>Result = left * right.</summary>
    Multiply,

    /// <summary>Result = left shifted by the constant in Immediate; Sub is an <see cref="X64.ShiftOp"/>.</summary>
    ShiftConstant,

    /// <summary>Result = left shifted by right; Sub is an <see cref="X64.ShiftOp"/>.</summary>
    Shift,

    /// <summary>Result = op input; Sub is an <see cref="X64.UnaryOp"/>.</summary>
    Unary,

    /// <summary>Result = count of bits; Sub is an <see cref="X64.BitOp"/>.</summary>
    CountBits,

    /// <summary>Result = the input's low part of AccessSize, extended as Sub (<see cref="LoadExtension"/>) says.</summary>
    Extend,

    /// <summary>
    /// Result = quotient or remainder of left and right; Sub is the WebAssembly opcode, Immediate the
    /// <see cref="DivisionChecks"/>.
    /// </summary>
    Divide,

    /// <summary>
    /// Results = low and high half of the left number op the right one; Sub is <see cref="X64.AluOp.Add"/> or <see cref="X64.AluOp.Sub"/>.
    /// Inputs: low and high half of the left number, and of the right one, of which the last may be a constant.
    /// </summary>
    WideAlu,

    /// <summary>Results = low and high half of left * right; Sub is an <see cref="X64.UnaryOp"/>, the multiplication.</summary>
    WideMultiply,

    /// <summary>Result = [address], extended from AccessSize as Sub (<see cref="LoadExtension"/>) says.</summary>
    Load,

    /// <summary>[address] = input, or Immediate where there is no input.</summary>
    Store,

    /// <summary>Result = the float at the address.</summary>
    LoadScalar,

    /// <summary>[address] = the float.</summary>
    StoreScalar,

    /// <summary>Traps unless index + Immediate (unsigned) is at most the length at the address.</summary>
    BoundsCheck,

    /// <summary>
    /// Result, if there is one, = [address], which gets another value at the same time; Sub is a <see cref="Runtime.AtomicOperation"/>. Inputs: the
    /// operand; to compare and exchange, the expected value and the new one.
    /// </summary>
    Atomic,

    /// <summary>What comes before it in memory is seen before what comes behind.</summary>
    Fence,

    /// <summary>Result = left op right; Sub is an <see cref="X64.SseOp"/>.</summary>
    FloatBinary,

    /// <summary>Result = op input; Sub is an <see cref="X64.SseOp"/>: square root or change of width.</summary>
    FloatUnary,

    /// <summary>Result = input rounded; Sub is an <see cref="X64.RoundingMode"/>.</summary>
    FloatRound,

    /// <summary>Result = the smaller.</summary>
    FloatMin,

    /// <summary>Result = the larger.</summary>
    FloatMax,

    /// <summary>Result = input without its sign.</summary>
    FloatAbs,

    /// <summary>Result = input with the sign inverted.</summary>
    FloatNegate,

    /// <summary>Result = the magnitude of left with the sign of right.</summary>
    FloatCopySign,

    /// <summary>Result = the bits of the input, in the other register class.</summary>
    Reinterpret,

    /// <summary>Result = the integer converted; Sub is the WebAssembly opcode.</summary>
    ConvertToFloat,

    /// <summary>Result = the float truncated, or a trap; Sub is the WebAssembly opcode.</summary>
    Truncate,

    /// <summary>Result = the float truncated, saturating; Sub is the WebAssembly opcode.</summary>
    TruncateSaturating,

    /// <summary>Result = the vector with the number in Immediate (<see cref="Ir.Graph.Vectors"/>).</summary>
    LoadVector,

    /// <summary>
    /// Result = the vector instruction Sub, an opcode, of its operands; Immediate is the lane, or the number of a shuffle's byte numbers. A
    /// second result is a register for the sequence to use.
    /// </summary>
    Vector,

    /// <summary>
    /// Result = the vector instruction Sub, one operation with two operands, of which the second is a register, slot or address, or the vector
    /// with the number in Immediate.
    /// </summary>
    VectorBinary,

    /// <summary>Result = the vector instruction Sub, a shift, of the input and the count in Immediate.</summary>
    VectorShift,

    /// <summary>
    /// Result = what the vector instruction Sub loads from the address; the only input is the vector of which it replaces lane Immediate.
    /// </summary>
    VectorLoad,

    /// <summary>[address] = the input, as the vector instruction Sub stores it; Immediate is the lane.</summary>
    VectorStore,

    /// <summary>Result = 1 or 0 by the comparison.</summary>
    SetCondition,

    /// <summary>Result = first input if the comparison holds, else the second.</summary>
    Select,

    /// <summary>Traps if the comparison holds; Sub is the <see cref="Runtime.TrapKind"/>.</summary>
    TrapIf,

    /// <summary>Deoptimizes if the comparison holds; Sub is the reason, Aux the frame state.</summary>
    DeoptimizeIf,

    /// <summary>Checks for interrupts and for the end of the stack.</summary>
    StackCheck,

    /// <summary>Checks whether the store's deadline has come.</summary>
    EpochCheck,

    /// <summary>Uses up Immediate units of fuel, and checks whether there were so many if Sub is not 0.</summary>
    UseFuel,

    /// <summary>
    /// Result = a new object of Immediate bytes, its header written: type Aux, <see cref="Heap.ObjectFlags"/> Sub. May collect garbage,
    /// but overwrites no registers.
    /// </summary>
    Allocate,

    /// <summary>
    /// First result = a new array of type Aux; second result = scratch. Inputs: length, and the element unless it is zero. The same as
    /// <see cref="Allocate"/> otherwise.
    /// </summary>
    AllocateArray,

    /// <summary>
    /// Tells the collector that a reference has been stored into the object, the first input. In an array, Immediate is the offset of the place, to
    /// which the second input, if there is one, adds as an index; else Immediate is 0.
    /// </summary>
    WriteBarrier,

    /// <summary>Result = 1 if the input is of a type, else 0; Immediate and Sub are a <see cref="TypeTest"/>.</summary>
    TestType,

    /// <summary>Traps unless the input is of a type; Immediate and Sub are a <see cref="TypeTest"/>.</summary>
    CheckType,

    /// <summary>Result = the exception with which control comes here: the first instruction of its block.</summary>
    Catch,

    /// <summary>Calls a function by index: Aux.</summary>
    CallDirect,

    /// <summary>Calls an imported function by index: Aux.</summary>
    CallImport,

    /// <summary>Calls through a reference, the first input.</summary>
    CallReference,

    /// <summary>Calls the runtime function Sub.</summary>
    CallBuiltin,

    /// <summary>Ends a block: goes to the only successor, whose parameters get the inputs.</summary>
    Jump,

    /// <summary>Ends a block: goes to the first successor if the comparison holds, else to the second.</summary>
    Branch,

    /// <summary>Ends a block: goes to the successor with the number of the input, or to the last one.</summary>
    Switch,

    /// <summary>Ends a block: returns the inputs.</summary>
    Return,

    /// <summary>Ends a block: traps; Sub is the kind.</summary>
    Trap,

    /// <summary>Ends a block: deoptimizes; Sub is the reason, Aux the frame state.</summary>
    Deoptimize,

    /// <summary>
    /// Ends a block: goes to the first successor if the input is of a type, else to the second; Immediate and Sub are a
    /// <see cref="TypeTest"/>, and the condition is equal, or not equal if the successors are exchanged.
    /// </summary>
    BranchOnType,

    /// <summary>Ends a block: throws the exception that is the input.</summary>
    Throw,

    /// <summary>
    /// Ends a block behind a call: goes to the first successor. Exceptions of the call come to the second one, with all values where they
    /// are while the call runs.
    /// </summary>
    Invoke,

    /// <summary>
    /// Ends a block: calls function Aux in place of this one, or if that is -1 the first input; Immediate is the canonical type.
    /// </summary>
    TailCall,
}

/// <summary>How a load fills the rest of its register.</summary>
internal enum LoadExtension : ushort
{
    /// <summary>With zeros, up to 64 bits.</summary>
    Zero,

    /// <summary>With the sign, up to 32 bits; zeros above.</summary>
    SignTo32,

    /// <summary>With the sign, up to 64 bits.</summary>
    SignTo64,
}

/// <summary>How an instruction with a comparison sets the flags.</summary>
internal enum CompareKind : byte
{
    /// <summary>The instruction has no comparison.</summary>
    None,

    /// <summary><c>cmp</c>.</summary>
    Integer,

    /// <summary><c>test</c>.</summary>
    Test,

    /// <summary><c>ucomiss</c> or <c>ucomisd</c>.</summary>
    Float,

    /// <summary><c>ptest</c>, by which the vector instruction in Immediate, an opcode, is answered of the only operand.</summary>
    Vector,
}

/// <summary>What a division must look out for.</summary>
[Flags]
internal enum DivisionChecks
{
    /// <summary>The divisor is known to be harmless.</summary>
    None = 0,

    /// <summary>The divisor may be zero.</summary>
    Zero = 1,

    /// <summary>The divisor may be -1, for which the quotient may overflow.</summary>
    MinusOne = 2,
}
