namespace Harness.Engine.Optimizer.Inlining;

/// <summary>How many IR nodes instructions become, by estimate.</summary>
internal static class NodeEstimates
{
    /// <summary>Nodes of a call, without its arguments.</summary>
    public const int Call = 4;

    /// <summary>Nodes that find the callee of a call through a table: bounds, element, null check, type check.</summary>
    public const int TableCall = 6;

    /// <summary>Nodes of a type test or cast.</summary>
    public const int Test = 3;

    /// <summary>Nodes of an allocation, without the fields.</summary>
    public const int Allocation = 4;

    /// <summary>Nodes of an access to an element, with null and bounds check.</summary>
    public const int Element = 3;

    /// <summary>Nodes of an instruction on many elements at once.</summary>
    public const int Bulk = 6;
}
