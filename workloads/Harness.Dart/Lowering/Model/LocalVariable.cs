using Harness.Dart.Ir;
using Harness.Dart.Lowering.Bodies;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;

namespace Harness.Dart.Lowering.Model;

/// <summary>A local variable or parameter.</summary>
internal sealed class LocalVariable(string name, DartType type)
{
    public string Name { get; } = name;
    public DartType Type { get; set; } = type;
    public WType Repr { get; set; }

    /// <summary>Its place, in the function that declares it; the cell where it is boxed.</summary>
    public IrLocal? Local { get; set; }

    /// <summary>The cell of a variable that a closure shares and somebody changes.</summary>
    public StructDef? Cell { get; set; }
    public FunctionLowering? Owner { get; set; }
    public bool IsFinal { get; set; }
    public bool IsLate { get; set; }
    public Expr? LateInit { get; set; }
    public ConstValue? Constant { get; set; }

    /// <summary>Whether it is assigned after its declaration at all.</summary>
    public bool IsAssigned { get; set; }
    public bool IsAssignedInClosure { get; set; }
    /// <summary>A final variable that was declared without a value, and may get one once.</summary>
    public bool IsUnassignedFinal { get; set; }
    public FunctionType? FunctionType { get; set; }
}
