using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Runtime;

namespace Harness.Engine.Optimizer.Build.Builders;

/// <summary>What a call goes through: a guard asks whether it is a certain function, a generic call loads and checks it.</summary>
internal abstract class Callee
{
    /// <summary>Builds the question whether it is a function of the module, as i32.</summary>
    public abstract int IsFunction(int functionIndex);

    /// <summary>Builds the checks that a generic call needs.</summary>
    /// <returns>The reference as it is known to be then.</returns>
    public abstract int Checked();
}

/// <summary>The callee of a <c>call_ref</c>: an operand.</summary>
internal sealed class ReferenceCallee(int reference, ReferenceChecks checks, GraphAssembler assembler) : Callee
{
    /// <inheritdoc/>
    public override int IsFunction(int functionIndex) =>
        assembler.Append(IrOp.ReferenceEqual, IrType.I32, [reference, assembler.FunctionAddress(functionIndex)]);

    /// <inheritdoc/>
    public override int Checked() => checks.CheckNotNull(reference, TrapKind.NullFunctionReference);
}

/// <summary>
/// The callee of a <c>call_indirect</c>: an element of a table. It is loaded when first something asks for it. Whether it is a function that stands in one place of a table that nobody can
/// change (<see cref="ConstantTable"/>) is asked of the index, which is in bounds then.
/// </summary>
internal sealed class ElementCallee(int table, int index, int typeId, ReferenceChecks checks, TableBuilder tables, GraphAssembler assembler) : Callee
{
    private int _element = -1;

    /// <inheritdoc/>
    public override int IsFunction(int functionIndex) =>
        tables.TryFindRun(table, functionIndex, out var run)
            ? tables.IsIndexIn(table, index, run)
            : assembler.Append(IrOp.ReferenceEqual, IrType.I32, [Element(), assembler.FunctionAddress(functionIndex)]);

    /// <inheritdoc/>
    public override int Checked()
    {
        var function = checks.CheckNotNull(Element(), TrapKind.UninitializedElement);
        if (!assembler.Graph[function].ReferenceType.HeapType.IsSubtypeOf(HeapType.Defined(typeId)))
        {
            checks.CheckType(function, typeId);
        }

        return assembler.Narrow(function, ReferenceTypes.To(typeId));
    }

    /// <summary>The element. What is built later lies behind the first place that asks for it.</summary>
    private int Element()
    {
        if (_element < 0)
        {
            _element = tables.LoadElement(table, index, TrapKind.UndefinedElement);
        }

        return _element;
    }
}
