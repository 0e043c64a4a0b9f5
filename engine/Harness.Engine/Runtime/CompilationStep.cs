namespace Harness.Engine.Runtime;

/// <summary>
/// Something that a compiler has just made on the way to machine code, for whoever wants to look at it. The result is the
/// compiler's own, to be looked at during the event only: it changes afterwards.
/// </summary>
/// <param name="Code">The module's code.</param>
/// <param name="FunctionIndex">The function that is compiled.</param>
/// <param name="Name">What was done: the name of a pass, for example.</param>
/// <param name="Result">The inlining tree, the graph, or the code of a lower level.</param>
/// <param name="Duration">How long the step took.</param>
internal sealed record CompilationStep(ModuleCode Code, int FunctionIndex, string Name, object Result, TimeSpan Duration);
