using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Rules;

/// <summary>
/// What the rules of selection look at, and the machine instructions that they choose: a method for each, which gets the form that the rules were applied to, the size, the values in
/// the operands, and the bits of constants. <c>selection.rules</c> says what they mean.
/// </summary>
internal interface ISelectionTarget : IRulePattern
{
    /// <summary>x + a.</summary>
    void AddConstant(int id, OpSize size, int x, long a);

    /// <summary>x - a.</summary>
    void SubConstant(int id, OpSize size, int x, long a);

    /// <summary>The bits that both have.</summary>
    void AndConstant(int id, OpSize size, int x, long a);

    /// <summary>The bits that either has.</summary>
    void OrConstant(int id, OpSize size, int x, long a);

    /// <summary>The bits that one of them has.</summary>
    void XorConstant(int id, OpSize size, int x, long a);

    /// <summary>x * a.</summary>
    void MulConstant(int id, OpSize size, int x, long a);

    /// <summary>x shifted to the left by less than its width.</summary>
    void ShlConstant(int id, OpSize size, int x, long a);

    /// <summary>x shifted to the right with its sign, by less than its width.</summary>
    void ShrSConstant(int id, OpSize size, int x, long a);

    /// <summary>x shifted to the right with zeros, by less than its width.</summary>
    void ShrUConstant(int id, OpSize size, int x, long a);

    /// <summary>x rotated to the left by less than its width.</summary>
    void RotlConstant(int id, OpSize size, int x, long a);

    /// <summary>x rotated to the right by less than its width.</summary>
    void RotrConstant(int id, OpSize size, int x, long a);

    /// <summary>x + (y &lt;&lt; a), for a from 0 to 3.</summary>
    void Lea(int id, OpSize size, int x, int y, long a);

    /// <summary>-x.</summary>
    void Neg(int id, OpSize size, int x);

    /// <summary>x with all bits exchanged.</summary>
    void Not(int id, OpSize size, int x);

    /// <summary>The lowest 8 bits of x.</summary>
    void ZeroExtend8(int id, OpSize size, int x);

    /// <summary>The lowest 16 bits of x.</summary>
    void ZeroExtend16(int id, OpSize size, int x);

    /// <summary>The lowest 32 bits of x.</summary>
    void ZeroExtend32(int id, OpSize size, int x);

    /// <summary>x shifted to the left.</summary>
    void Shl(int id, OpSize size, int x, int y);

    /// <summary>x shifted to the right with its sign.</summary>
    void ShrS(int id, OpSize size, int x, int y);

    /// <summary>x shifted to the right with zeros.</summary>
    void ShrU(int id, OpSize size, int x, int y);

    /// <summary>x rotated to the left.</summary>
    void Rotl(int id, OpSize size, int x, int y);

    /// <summary>x rotated to the right.</summary>
    void Rotr(int id, OpSize size, int x, int y);
}
