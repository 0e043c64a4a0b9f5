using Harness.Engine.Configuration;
using Harness.Engine.Runtime;
using Harness.Engine.Runtime.Stacks;
using Harness.Engine.Runtime.Tiering;

namespace Harness.Engine.Deoptimization;

/// <summary>
/// On-stack replacement, the opposite of a deopt: replaces a frame of baseline code that stands at the header of an outermost loop by
/// one of optimized code that begins there (Hölzle and Ungar, "Adaptive optimization for Self", 1994; Fink and Qian, "Design,
/// implementation and evaluation of adaptive recompilation with on-stack replacement", CGO 2003).
/// </summary>
/// <remarks>
/// Baseline code looks at the header of each outermost loop at a word of the instance (<see cref="InstanceLayout.LoopRequest"/>): it is set when the function's optimized code, or the loop's, is
/// installed, and cleared when the loop has asked, until there is something new, and when <c>stress.guard-fail-interval</c> has let a guard fail that resumes at the header itself, since the loop might
/// be entered and left there for ever.
/// With <c>osr.threshold</c> the word is the number of headers up to the one that asks, and the cold path of the header counts it down. The values of the loop lie below the spill slots of
/// the new frame, which takes the place of the old one.
/// </remarks>
internal static unsafe class LoopEntry
{
    /// <summary>What <see cref="InstanceLayout.LoopRequest"/> is set to when a function may begin to count the iterations of its loops.</summary>
    public static int FirstRequest(EngineOptions options) => options.OsrThreshold + 1;

    /// <summary>Enters the optimized code of a loop, or asks for it.</summary>
    /// <param name="instance">The running instance.</param>
    /// <param name="registers">The registers at the loop's header.</param>
    /// <param name="returnAddress">The return address of the call to the stub.</param>
    /// <param name="framePointer">rbp of the baseline frame.</param>
    /// <returns>What to put on the stack, valid until the store's next transfer; null to go on in baseline code.</returns>
    public static FrameTransfer* Enter(Instance instance, RegisterFile* registers, nint returnAddress, byte* framePointer)
    {
        var baseline = NativeRuntime.Registry.FindCaller(returnAddress)!.Code;
        var loop = baseline.Sites[baseline.FindSite(returnAddress, isTrap: false)].BytecodeOffset;
        var code = instance.Code;
        if (code.LoopCode(baseline.FunctionIndex, loop) is not { } optimized)
        {
            // Nobody asks again until there is something new.
            instance.LoopRequest(baseline.FunctionIndex) = 0;
            code.Engine.TierUp.OptimizeLoop(instance, baseline.FunctionIndex, loop);
            if (code.LoopCode(baseline.FunctionIndex, loop) is not { } made)
            {
                return null;
            }

            optimized = made;
        }

        // Whoever comes to a header of the function from now on counts anew.
        instance.LoopRequest(baseline.FunctionIndex) = FirstRequest(code.Options);
        var header = code.ResumeMap(baseline.FunctionIndex, new CompilationInterest(default, instance.Store)).Find(loop, ResumeKind.LoopEntry)
            ?? throw new InvalidOperationException($"baseline code of function {baseline.FunctionIndex} has no loop at offset 0x{loop:x}");
        var transfer = instance.Store.FrameImage.BuildLoop(instance, framePointer, registers, header.Values, optimized);
        return instance.Store.HasRoomFor(transfer->StackPointer) ? transfer : null;
    }
}
