using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Engine.Deoptimization;

/// <summary>
/// Replaces a frame of optimized code by the frames of baseline code that it stands for, so that execution goes on in the
/// middle of the innermost function.
/// </summary>
internal static unsafe class Deoptimizer
{
    private static readonly Lazy<bool> Prepared = new(CompileOwnCode);

    /// <summary>
    /// Has the .NET runtime compile what a deopt runs, so that the first one is not held up by that. To be called before
    /// code with deopt points is installed.
    /// </summary>
    public static void Prepare() => _ = Prepared.Value;

    /// <summary>Builds the frames.</summary>
    /// <param name="instance">The running instance.</param>
    /// <param name="registers">The registers at the guard's exit.</param>
    /// <param name="returnAddress">The return address of the call to the deopt stub.</param>
    /// <param name="framePointer">rbp of the optimized frame.</param>
    /// <returns>What to put on the stack, valid until the store's next deopt; null when the stack overflows.</returns>
    /// <exception cref="InvalidOperationException">Optimized and baseline code do not fit together.</exception>
    public static FrameTransfer* Deoptimize(
        Instance instance, RegisterFile* registers, nint returnAddress, byte* framePointer)
    {
        long start = Stopwatch.GetTimestamp();
        RegisteredCode registered = NativeRuntime.Registry.FindCaller(returnAddress)
            ?? throw new InvalidOperationException($"deopt from 0x{returnAddress:x}, outside of any function's code");
        ModuleCode owner = registered.Owner;
        DeoptPoint point = FindPoint(registered.Code, returnAddress);
        DeoptReason reason = TakeStress(instance) ? DeoptReason.Stress : point.Reason;

        FrameImage image = instance.Store.FrameImage;
        image.Begin(instance, framePointer);
        foreach (DeoptFrame frame in point.Frames)
        {
            image.AddFrame(frame, registers);
        }

        FrameTransfer* transfer = image.Build();
        owner.Engine.Events.CountDeopt(reason);
        if (reason != DeoptReason.Stress && owner.Discard(registered.Code))
        {
            owner.Engine.Events.OnCodeDiscarded(owner, registered.Code);
        }

        if (owner.Options.TraceDeopt || owner.Engine.Events.WantsDeopts)
        {
            TimeSpan time = Stopwatch.GetElapsedTime(start);
            Report(owner, image.Describe(owner.Module, registered.Code.FunctionIndex, reason, point, time));
        }

        if (instance.Store.HasRoomFor(transfer->StackPointer)) return transfer;
        instance.Store.SetPending(
            TrapKind.StackOverflow,
            CapturedStack.Capture(registered, registered.Code.FindSite(returnAddress, isTrap: false), framePointer));
        return null;
    }

    private static bool CompileOwnCode()
    {
        const BindingFlags all = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic
            | BindingFlags.Static | BindingFlags.Instance;
        foreach (Type type in (ReadOnlySpan<Type>)[typeof(Deoptimizer), typeof(FrameImage), typeof(CodeRegistry)])
        {
            foreach (MethodInfo method in type.GetMethods(all))
            {
                RuntimeHelpers.PrepareMethod(method.MethodHandle);
            }
        }

        return true;
    }

    private static DeoptPoint FindPoint(CompiledCode code, nint returnAddress)
    {
        int offset = (int)(returnAddress - code.Block.Address);
        DeoptPoint[] points = code.DeoptData?.Points ?? [];
        int low = 0;
        int high = points.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            if (points[middle].ReturnOffset == offset) return points[middle];
            if (points[middle].ReturnOffset < offset) low = middle + 1;
            else high = middle - 1;
        }

        throw new InvalidOperationException($"no deopt point at code offset 0x{offset:x}");
    }

    /// <summary>Whether the stress knob made the guard fail; if so, the next interval begins.</summary>
    private static bool TakeStress(Instance instance)
    {
        int interval = instance.Code.Options.StressGuardFailInterval;
        if (interval == 0 || instance.Header->GuardFailureCountdown > 0) return false;
        instance.Header->GuardFailureCountdown = interval;
        return true;
    }

    private static void Report(ModuleCode owner, DeoptEvent deopt)
    {
        owner.Engine.Events.OnDeoptimized(deopt);
        if (!owner.Options.TraceDeopt) return;
        FunctionInfo function = owner.Module.Functions[deopt.FunctionIndex];
        var text = new StringBuilder();
        text.Append($"[deopt] {function}: {deopt.Reason}, {deopt.Frames.Count} frames, {deopt.Duration.TotalMicroseconds:F2} us");
        foreach (RebuiltFrame frame in deopt.Frames)
        {
            text.Append($"\n  {owner.Module.Functions[frame.FunctionIndex]} at offset 0x{frame.BytecodeOffset:x}: ")
                .Append($"locals [{string.Join(' ', frame.Locals)}], operands [{string.Join(' ', frame.Operands)}]");
        }

        Console.Error.WriteLine(text);
    }
}
