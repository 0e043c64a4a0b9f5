namespace Harness.Engine.Optimizer.Lowering.Selectors;

/// <summary>What is known of a node while instructions are selected.</summary>
internal struct NodeState
{
    /// <summary>How often its value is used.</summary>
    public int Uses;

    /// <summary>The block that it is in.</summary>
    public int Block;

    /// <summary>Nodes before it in its block that must be executed.</summary>
    public int Level;

    /// <summary>Nodes before it in its block at which garbage may be collected.</summary>
    public int Safepoint;

    /// <summary>Of a node with several results, the first of its further ones; 0 if none is used.</summary>
    public int FirstProjection;

    /// <summary>Of a further result, the next one; 0 if there is none.</summary>
    public int NextProjection;

    /// <summary>Whether it must be executed though nobody uses its value.</summary>
    public bool IsRequired;

    /// <summary>Whether the instruction of its user does its work.</summary>
    public bool IsCovered;
}
