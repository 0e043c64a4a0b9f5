using Harness.Engine.Deoptimization;
using Harness.Engine.Runtime.Tiering;

namespace Harness.Engine.Runtime;

/// <summary>The single-pass compiler as the runtime sees it. Implementations are safe for use by several threads.</summary>
internal interface IBaselineCompiler : IDisposable
{
    /// <summary>Compiles a defined function and puts its code into the code space; the caller registers and installs it.</summary>
    /// <param name="code">The code of the function's module.</param>
    /// <param name="functionIndex">The function.</param>
    /// <param name="interest">Asked now and then whether to go on.</param>
    /// <exception cref="OperationCanceledException">The code is not wanted any more.</exception>
    CompiledCode Compile(ModuleCode code, int functionIndex, CompilationInterest interest = default);

    /// <summary>
    /// Describes where a function's baseline code can be entered in the middle, by compiling it again without keeping the
    /// code.
    /// </summary>
    /// <inheritdoc cref="Compile"/>
    ResumeMap DescribeResumePoints(ModuleCode code, int functionIndex, CompilationInterest interest = default);
}
