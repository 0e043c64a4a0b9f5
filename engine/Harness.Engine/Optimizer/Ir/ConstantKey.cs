using Harness.Engine.Modules;

namespace Harness.Engine.Optimizer.Ir;

/// <summary>
/// What a node without inputs gives, by which it is made once. It compares the operation itself: the framework's comparer of an enumeration, which a tuple or a record asks, is compiled anew in each
/// process.
/// </summary>
/// <param name="Op">The operation.</param>
/// <param name="Bits">Its immediate.</param>
internal readonly record struct ConstantKey(Opcode Op, long Bits)
{
    /// <inheritdoc/>
    public bool Equals(ConstantKey other) => Op == other.Op && Bits == other.Bits;

    /// <inheritdoc/>
    public override int GetHashCode() => ((int)Op << 16) ^ Bits.GetHashCode();
}
