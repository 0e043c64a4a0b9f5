using Harness.Engine.Deoptimization;

namespace Harness.Engine.Runtime;

/// <summary>The single-pass compiler as the runtime sees it. Implementations are safe for use by several threads.</summary>
internal interface IBaselineCompiler : IDisposable
{
    /// <summary>Compiles a defined function and puts its code into the code space; the caller registers and installs it.</summary>
    CompiledCode Compile(ModuleCode code, int functionIndex);

    /// <summary>
    /// Describes where a function's baseline code can be entered in the middle, by compiling it again without keeping the
    /// code.
    /// </summary>
    ResumeMap DescribeResumePoints(ModuleCode code, int functionIndex);
}
