using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Harness.Engine.Runtime;
using Harness.Engine.Runtime.Stacks;
using Harness.Engine.Runtime.Stubs;

namespace Harness.Engine.Deoptimization;

/// <summary>
/// Replaces a frame of optimized code by the frames of baseline code that it stands for, so that execution goes on in the
/// middle of the innermost function.
/// </summary>
internal static unsafe class Deoptimizer
{
    /// <summary>How far from rbp a rehearsal lets values lie.</summary>
    private const int RehearsalReach = 1 << 20;

    private static int _isRehearsed;

    /// <summary>Builds the frames.</summary>
    /// <param name="instance">The running instance.</param>
    /// <param name="registers">The registers at the guard's exit.</param>
    /// <param name="returnAddress">The return address of the call to the deopt stub.</param>
    /// <param name="framePointer">rbp of the optimized frame.</param>
    /// <returns>What to put on the stack, valid until the store's next deopt; null when the stack overflows, or the heap.</returns>
    /// <exception cref="InvalidOperationException">Optimized and baseline code do not fit together.</exception>
    public static FrameTransfer* Deoptimize(
        Instance instance, RegisterFile* registers, nint returnAddress, byte* framePointer)
    {
        var start = Stopwatch.GetTimestamp();
        var image = instance.Store.FrameImage;
        var registered = Find(returnAddress);
        var point = FindPoint(registered.Code, returnAddress);
        FrameTransfer* transfer;
        try
        {
            transfer = Build(image, point, instance, registers, framePointer);
        }
        catch (InsufficientMemoryException)
        {
            return Trap(TrapKind.OutOfMemory, instance, registered, returnAddress, framePointer);
        }

        var reason = TakeStress(instance) ? DeoptReason.Stress : point.Reason;
        var owner = registered.Owner;
        owner.Engine.Events.CountDeopt(reason);
        if (reason == DeoptReason.WrongCallTarget)
        {
            owner.CountDeoptAt(point.Frames[^1].BytecodeOffset);
        }

        if (reason != DeoptReason.Stress)
        {
            // Before it is out of use: who finds no code in use looks into the cache, and who writes that meanwhile is not to write it once more.
            owner.Engine.Cache?.Drop(owner, registered.Code);
            if (owner.Discard(registered.Code))
            {
                owner.Engine.Events.OnCodeDiscarded(instance.Store, owner, registered.Code);
            }
        }
        else if (ResumesAtEntry(registered.Code, point))
        {
            // The code stays, and nothing bounds how often a guard is made to fail: its loop goes on in baseline code until there is something new.
            instance.LoopRequest(registered.Code.FunctionIndex) = 0;
        }

        if (owner.Options.TraceDeopt || owner.Engine.Events.WantsDeopts)
        {
            var time = Stopwatch.GetElapsedTime(start);
            Report(instance.Store, owner, image.Describe(owner.Module, registered.Code.FunctionIndex, reason, point, time));
        }

        return instance.Store.HasRoomFor(transfer->StackPointer)
            ? transfer
            : Trap(TrapKind.StackOverflow, instance, registered, returnAddress, framePointer);
    }

    /// <summary>Whether <see cref="Rehearse"/> has nothing more to do.</summary>
    public static bool IsRehearsed => Volatile.Read(ref _isRehearsed) != 0;

    /// <summary>
    /// Builds the frames of a point of new code without a stack, once in the process, so that the first deopt need not wait
    /// for the .NET runtime to compile what it runs.
    /// </summary>
    public static void Rehearse(Instance instance, CompiledCode code)
    {
        // A rehearsal makes no objects.
        if (Array.Find(code.DeoptData!.Points, static candidate => candidate.Objects.Length == 0) is not { } rehearsed)
        {
            return;
        }

        if (Interlocked.Exchange(ref _isRehearsed, 1) != 0)
        {
            return;
        }

        var returnAddress = code.Block.Address + rehearsed.ReturnOffset;
        var point = FindPoint(Find(returnAddress).Code, returnAddress);
        foreach (var frame in point.Frames)
        {
            foreach (var value in frame.Values)
            {
                if (value.Kind == ValueLocationKind.Stack && Math.Abs(value.Payload) >= RehearsalReach)
                {
                    return;
                }
            }
        }

        var stack = (byte*)NativeMemory.AllocZeroed(2 * RehearsalReach);
        RegisterFile registers = default;
        using var image = new FrameImage();
        Build(image, point, instance, &registers, stack + RehearsalReach);
        NativeMemory.Free(stack);
    }

    private static FrameTransfer* Trap(
        TrapKind kind, Instance instance, RegisteredCode registered, nint returnAddress, byte* framePointer)
    {
        var site = registered.Code.FindSite(returnAddress, isTrap: false);
        instance.Store.SetPending(kind, CapturedStack.Capture(registered, site, framePointer));
        return null;
    }

    /// <summary>Lets the .NET runtime compile what a deopt runs.</summary>
    public static void CompileOwnCode()
    {
        const BindingFlags all = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic
            | BindingFlags.Static | BindingFlags.Instance;
        foreach (var type in (ReadOnlySpan<Type>)
                 [typeof(RuntimeCallbacks), typeof(Deoptimizer), typeof(ModuleCode), typeof(EngineEvents), typeof(Store)])
        {
            foreach (var method in type.GetMethods(all))
            {
                if (!method.ContainsGenericParameters)
                {
                    RuntimeHelpers.PrepareMethod(method.MethodHandle);
                }
            }
        }
    }

    private static RegisteredCode Find(nint returnAddress) => NativeRuntime.Registry.FindCaller(returnAddress)
        ?? throw new InvalidOperationException($"deopt from 0x{returnAddress:x}, outside of any function's code");

    private static FrameTransfer* Build(
        FrameImage image, DeoptPoint point, Instance instance, RegisterFile* registers, byte* framePointer)
    {
        image.Begin(instance, framePointer, point.Vectors);
        image.AddObjects(point.Objects, registers);
        foreach (var frame in point.Frames)
        {
            image.AddFrame(frame, registers);
        }

        return image.Build();
    }

    private static DeoptPoint FindPoint(CompiledCode code, nint returnAddress)
    {
        var offset = (int)(returnAddress - code.Block.Address);
        var points = code.DeoptData?.Points ?? [];
        var low = 0;
        var high = points.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            if (points[middle].ReturnOffset == offset)
            {
                return points[middle];
            }

            if (points[middle].ReturnOffset < offset)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        throw new InvalidOperationException($"no deopt point at code offset 0x{offset:x}");
    }

    /// <summary>Whether execution goes on at the header of the loop at which the code was entered, so that it may not have got on.</summary>
    private static bool ResumesAtEntry(CompiledCode code, DeoptPoint point) =>
        code.LoopOffset >= 0 && point.Frames is [{ Resume: ResumeKind.LoopEntry } frame] && frame.BytecodeOffset == code.LoopOffset;

    /// <summary>Whether the stress knob made the guard fail; if so, the next interval begins.</summary>
    private static bool TakeStress(Instance instance)
    {
        var interval = instance.Code.Options.StressGuardFailInterval;
        if (interval == 0 || instance.Header->GuardFailureCountdown > 0)
        {
            return false;
        }

        instance.Header->GuardFailureCountdown = interval;
        return true;
    }

    private static void Report(Store store, ModuleCode owner, DeoptEvent deopt)
    {
        owner.Engine.Events.OnDeoptimized(store, deopt);
        if (!owner.Options.TraceDeopt)
        {
            return;
        }

        var function = owner.Module.Functions[deopt.FunctionIndex];
        var text = new StringBuilder();
        text.Append($"[deopt] {function}: {deopt.Reason}, {deopt.Frames.Count} frames, {deopt.Duration.TotalMicroseconds:F2} us");
        foreach (var frame in deopt.Frames)
        {
            text.Append($"\n  {owner.Module.Functions[frame.FunctionIndex]} at offset 0x{frame.BytecodeOffset:x}: ")
                .Append($"locals [{string.Join(' ', frame.Locals)}], operands [{string.Join(' ', frame.Operands)}]");
        }

        Console.Error.WriteLine(text);
    }
}
