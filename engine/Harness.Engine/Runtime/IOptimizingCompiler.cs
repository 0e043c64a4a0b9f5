using Harness.Engine.Feedback;

namespace Harness.Engine.Runtime;

/// <summary>The optimizing compiler as the runtime sees it. Implementations are safe for use by several threads.</summary>
internal interface IOptimizingCompiler : IDisposable
{
    /// <summary>Compiles a defined function and puts its code into the code space; the caller registers and installs it.</summary>
    /// <param name="code">The module's code.</param>
    /// <param name="functionIndex">The function.</param>
    /// <param name="feedback">What the call sites of the instance that asked for the code have seen.</param>
    /// <param name="allowDeopt">
    /// Whether failed guards may leave the code; if not, every slow path stays in it.
    /// </param>
    /// <param name="cancellation">Asked between steps whether the code is still wanted.</param>
    /// <exception cref="NotSupportedException">The function is beyond what optimized code can do.</exception>
    /// <exception cref="OperationCanceledException">The code is not wanted any more.</exception>
    CompiledCode Compile(
        ModuleCode code, int functionIndex, IFeedbackSource feedback, bool allowDeopt, CancellationToken cancellation = default);

    /// <summary>The same from a loop on, for on-stack replacement.</summary>
    /// <param name="code">The module's code.</param>
    /// <param name="functionIndex">The function.</param>
    /// <param name="loop">Offset in the module's bytes of the loop, which is in no other.</param>
    /// <param name="feedback">What the call sites of the instance that asked for the code have seen.</param>
    /// <param name="allowDeopt">Whether failed guards may leave the code.</param>
    /// <param name="cancellation">Asked between steps whether the code is still wanted.</param>
    /// <exception cref="NotSupportedException">The loop cannot be entered in optimized code.</exception>
    /// <exception cref="OperationCanceledException">The code is not wanted any more.</exception>
    CompiledCode CompileLoop(
        ModuleCode code, int functionIndex, int loop, IFeedbackSource feedback, bool allowDeopt, CancellationToken cancellation = default) =>
        throw new NotSupportedException("this compiler begins at functions only");
}
