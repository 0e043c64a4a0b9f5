using Harness.Dart.Ir;
using Harness.Dart.Lowering.Bodies;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;

namespace Harness.Dart.Lowering.Model;

/// <summary>A local variable or parameter.</summary>
internal sealed class LocalVariable(string name, DartType type)
{
    /// <summary>Its name in the source.</summary>
    public string Name { get; } = name;

    /// <summary>Its declared or inferred type.</summary>
    public DartType Type { get; set; } = type;

    /// <summary>How its value is held.</summary>
    public WType Repr { get; set; }

    /// <summary>Its place, in the function that declares it; the cell where it is boxed.</summary>
    public IrLocal? Local { get; set; }

    /// <summary>The cell of a variable that a closure shares and somebody changes.</summary>
    public StructDef? Cell { get; set; }

    /// <summary>The function that declares it.</summary>
    public FunctionLowering? Owner { get; set; }

    /// <summary>Whether it is final.</summary>
    public bool IsFinal { get; set; }

    /// <summary>Whether another head of the same case has it with another type, or final there only: the body can't tell which it is.</summary>
    public bool DiffersBetweenHeads { get; set; }

    /// <summary>Whether it is late.</summary>
    public bool IsLate { get; set; }

    /// <summary>The initializer of a late one.</summary>
    public Expr? LateInit { get; set; }

    /// <summary>The scope that the initializer of a late one stands in.</summary>
    public NameScope? LateScope { get; set; }

    /// <summary>What is known where the initializer of a late one stands of what nobody assigns: it runs later, as a closure's body does.</summary>
    public Flow? LateFlow { get; set; }

    /// <summary>Whether the initializer of a late one is being lowered, which can't read the variable itself.</summary>
    public bool IsInitializing { get; set; }

    /// <summary>The value of a constant.</summary>
    public ConstValue? Constant { get; set; }

    /// <summary>Whether it is assigned after its declaration at all.</summary>
    public bool IsAssigned { get; set; }

    /// <summary>Whether a closure assigns it.</summary>
    public bool IsAssignedInClosure { get; set; }

    /// <summary>Whether a type of a <see cref="FieldPath"/> that begins with it was noted anywhere.</summary>
    public bool HasKnownFields { get; set; }

    /// <summary>A final variable that was declared without a value, and may get one once.</summary>
    public bool IsUnassignedFinal { get; set; }

    /// <summary>The type of a local function.</summary>
    public FunctionType? FunctionType { get; set; }
}
