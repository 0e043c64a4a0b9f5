using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Passes;

/// <summary>A transformation of a graph that keeps what it computes.</summary>
internal interface IPass
{
    /// <summary>Name in dumps; the knob that turns it off is <c>pass.</c> and this.</summary>
    string Name { get; }

    /// <summary>Transforms a graph. Inputs are resolved before and need not be after.</summary>
    void Run(Graph graph);
}
