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
    /// Whether the result is computed in the register of the first operand (after <see cref="Swaps"/>), which must be a register of its own.
    /// Otherwise the result may be in any register, one of an operand included.
    /// </summary>
    public bool OverwritesFirst => Recipe >= VectorRecipe.FirstOverwriting;

    /// <summary>The <see cref="OpSize"/> that <see cref="Immediate"/> stands for.</summary>
    public OpSize LaneSize => (OpSize)Immediate;
}
