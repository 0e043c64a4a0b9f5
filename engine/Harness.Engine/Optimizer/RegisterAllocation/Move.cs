using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.RegisterAllocation;

/// <summary>A value goes from one place to another, together with all others of its group at the same time.</summary>
/// <param name="From">Where it comes from; nowhere for a constant.</param>
/// <param name="To">Where it goes.</param>
/// <param name="Type">Its type.</param>
/// <param name="Constant">The bits of a constant.</param>
internal readonly record struct Move(Location From, Location To, IrType Type, long Constant = 0);

/// <summary>When a group of moves happens, among those before the same instruction. The order counts.</summary>
internal enum MoveGroup
{
    /// <summary>On the only edge to the block that begins here.</summary>
    BlockStart,

    /// <summary>Copies to the frame of what the instruction before has made.</summary>
    Spill,

    /// <summary>Between the intervals of a value.</summary>
    Split,

    /// <summary>On the only edge from the block that ends here.</summary>
    BlockEnd,
}
