using Harness.Engine.Modules;
using Harness.Engine.X64;

namespace Harness.Engine.Vectors;

/// <summary>What machine code a vector instruction becomes, and what registers that takes.</summary>
internal readonly struct VectorSelection
{
    /// <summary>A row with one or two operations on all lanes.</summary>
    /// <param name="opcode">The instruction.</param>
    /// <param name="recipe">How they are put together.</param>
    /// <param name="operation">The first operation.</param>
    /// <param name="second">Another operation.</param>
    /// <param name="immediate">See <see cref="Immediate"/>.</param>
    /// <param name="temporaries">See <see cref="Temporaries"/>.</param>
    /// <param name="swaps">See <see cref="Swaps"/>.</param>
    public VectorSelection(
        Opcode opcode, VectorRecipe recipe, PackedOp operation = PackedOp.None, PackedOp second = PackedOp.None,
        int immediate = 0, int temporaries = 0, bool swaps = false)
    {
        Opcode = opcode;
        Recipe = recipe;
        Operation = operation;
        Second = second;
        Immediate = immediate;
        Temporaries = temporaries;
        Swaps = swaps;
    }

    /// <summary>A row with an operation that has an immediate.</summary>
    public VectorSelection(
        Opcode opcode, VectorRecipe recipe, PackedImmediateOp operation, int immediate, bool swaps = false)
        : this(opcode, recipe, immediate: immediate, swaps: swaps) => ImmediateOperation = operation;

    /// <summary>The instruction.</summary>
    public Opcode Opcode { get; }

    /// <summary>How the operations are put together.</summary>
    public VectorRecipe Recipe { get; }

    /// <summary>The operation that the recipe is about.</summary>
    public PackedOp Operation { get; }

    /// <summary>Another operation of the recipe.</summary>
    public PackedOp Second { get; }

    /// <summary>The operation of a recipe that is about one with an immediate.</summary>
    public PackedImmediateOp ImmediateOperation { get; }

    /// <summary>
    /// What distinguishes the row, by the recipe: an immediate, the <see cref="OpSize"/> of a lane, or a mask for shift counts.
    /// </summary>
    public int Immediate { get; }

    /// <summary>How many vector registers are wanted besides those of operands and result, and the scratch registers: 0 or 1.</summary>
    public int Temporaries { get; }

    /// <summary>Whether the second operand takes the place of the first, and the other way round.</summary>
    public bool Swaps { get; }

    /// <summary>
    /// Whether the result is computed in the register of an operand, which must be a register of its own: <see cref="OverwrittenOperand"/>.
    /// Otherwise the result may be in any register, one of an operand included.
    /// </summary>
    public bool OverwritesFirst => Recipe >= VectorRecipe.FirstOverwriting;

    /// <summary>Whether it is a product and a sum, which may be one instruction (<see cref="VectorFeatures.FusesMultiplyAdd"/>).</summary>
    public bool IsMultiplyAdd => Recipe is VectorRecipe.MultiplyAdd or VectorRecipe.NegatedMultiplyAdd;

    /// <summary>Whether the operation is one machine instruction with two operands, of which the second may be in memory.</summary>
    public bool IsBinary => Recipe is VectorRecipe.Binary or VectorRecipe.BinaryImmediate;

    /// <summary>Whether it is a question about all lanes.</summary>
    public bool IsTest => Recipe is VectorRecipe.AnyTrue or VectorRecipe.AllTrue;

    /// <summary>The condition that holds after <see cref="VectorEmitter.EmitTest"/> where the answer to such a question is yes.</summary>
    public Condition WhenTrue => Recipe == VectorRecipe.AnyTrue ? Condition.NotZero : Condition.Zero;

    /// <summary>Whether all lanes are shifted by an integer.</summary>
    public bool IsShift => Recipe is >= VectorRecipe.Shift and <= VectorRecipe.ShiftRightSigned64;

    /// <summary>
    /// Whether exchanging the operands changes no bit of the result. Arithmetic on floats is not among them: of two NaNs the first one's
    /// payload may count.
    /// </summary>
    public bool IsCommutative => Recipe switch
    {
        VectorRecipe.MultiplyQ15 or VectorRecipe.MultiplyLow8 or VectorRecipe.MultiplyHigh8 or VectorRecipe.Multiply16
            or VectorRecipe.Multiply32 or VectorRecipe.Multiply64 => true,
        VectorRecipe.Binary or VectorRecipe.InvertedBinary => IsCommutativeOperation(Operation),
        _ => false,
    };

    /// <summary>
    /// The number of the operand, as the instruction has them, that the result best takes the place of: the first one after
    /// <see cref="Swaps"/>, but what is added where that takes one instruction, since sums mostly grow in loops.
    /// </summary>
    public int OverwrittenOperand(VectorFeatures features) =>
        IsMultiplyAdd && features.FusesMultiplyAdd ? 2 : Swaps ? 1 : 0;

    /// <summary>The <see cref="OpSize"/> that <see cref="Immediate"/> stands for.</summary>
    public OpSize LaneSize => (OpSize)Immediate;

    private static bool IsCommutativeOperation(PackedOp operation) => operation is
        PackedOp.Pand or PackedOp.Por or PackedOp.Pxor
        or PackedOp.Paddb or PackedOp.Paddw or PackedOp.Paddd or PackedOp.Paddq
        or PackedOp.PaddSb or PackedOp.PaddSw or PackedOp.PaddUsb or PackedOp.PaddUsw
        or PackedOp.PmulLw or PackedOp.PmulLd or PackedOp.PmulHrsw or PackedOp.PmaddWd or PackedOp.Pavgb or PackedOp.Pavgw
        or PackedOp.PminSb or PackedOp.PminSw or PackedOp.PminSd or PackedOp.PminUb or PackedOp.PminUw or PackedOp.PminUd
        or PackedOp.PmaxSb or PackedOp.PmaxSw or PackedOp.PmaxSd or PackedOp.PmaxUb or PackedOp.PmaxUw or PackedOp.PmaxUd
        or PackedOp.PcmpEqb or PackedOp.PcmpEqw or PackedOp.PcmpEqd or PackedOp.PcmpEqq;
}
