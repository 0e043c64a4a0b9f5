using Harness.Engine.Modules;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Rules;

/// <summary>
/// What the rules of conditions look at, and the instructions that set flags which they choose: a method for each, which gets the form that the rules were applied to, the relation that
/// the flags are asked, the size, the values in the operands, and the bits of constants. <c>conditions.rules</c> says what they mean.
/// </summary>
internal interface IConditionTarget : IRulePattern
{
    /// <summary>x compared with y.</summary>
    void Cmp(int id, Opcode relation, OpSize size, int x, int y);

    /// <summary>x compared with a.</summary>
    void CmpConstant(int id, Opcode relation, OpSize size, int x, long a);

    /// <summary>x compared with y, where neither is less than the other if one is not a number.</summary>
    void Ucomis(int id, Opcode relation, OpSize size, int x, int y);

    /// <summary>The bits that both have, compared with 0.</summary>
    void Test(int id, Opcode relation, OpSize size, int x, int y);

    /// <summary>The bits that both have, compared with 0.</summary>
    void TestConstant(int id, Opcode relation, OpSize size, int x, long a);

    /// <summary>x compared with 0.</summary>
    void TestSelf(int id, Opcode relation, OpSize size, int x);
}
