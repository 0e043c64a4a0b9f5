using Harness.Engine.Deoptimization;
using Harness.Engine.Runtime.Tiering;

namespace Harness.Engine.Runtime;

/// <content>
/// How optimized code comes into use in all instances, once what its deopts need is there, and how it is taken out of use when it was left by a deopt.
/// </content>
internal sealed partial class ModuleCode
{
    /// <summary>
    /// Installs optimized code for all instances, after making ready all that its deopts need; or frees it if all of the module's code
    /// was freed meanwhile.
    /// </summary>
    /// <param name="instance">The instance that asked for the code, which may be gone.</param>
    /// <param name="code">The code.</param>
    /// <param name="cancellation">Cancels the job.</param>
    /// <returns>Whether it is in use now.</returns>
    /// <exception cref="OperationCanceledException">The job was cancelled; the code is freed.</exception>
    public bool Install(Instance instance, CompiledCode code, CancellationToken cancellation = default) =>
        Install(code, replaces: true, () =>
        {
            PrepareDeopts(instance, code, new CompilationInterest(cancellation));
            Engine.Cache?.KeepOptimized(this, code);
        });

    /// <summary>Installs optimized code for all instances, once somebody has made ready what its deopts need; or frees it.</summary>
    /// <param name="code">The code.</param>
    /// <param name="replaces">Whether it comes in the place of other code of the function, or of the loop.</param>
    /// <param name="prepare">Makes it ready, while it is known but not in use.</param>
    /// <returns>Whether it is in use now.</returns>
    public bool Install(CompiledCode code, bool replaces, Action prepare)
    {
        if (!Register(code))
        {
            return false;
        }

        try
        {
            prepare();
        }
        catch
        {
            lock (_gate)
            {
                _ledger.Free(code);
            }

            throw;
        }

        lock (_gate)
        {
            if (_isFreed || (!replaces && HasOptimized(code.FunctionIndex, code.LoopOffset)))
            {
                _ledger.Free(code);
                return false;
            }

            // A loop whose own code comes has waited already.
            if (Options.Osr)
            {
                _instances.RequestLoops(code.FunctionIndex, code.LoopOffset >= 0 ? 1 : LoopEntry.FirstRequest(Options));
            }

            if (code.LoopOffset >= 0)
            {
                Loops(code.FunctionIndex)[code.LoopOffset] = code;
                return true;
            }

            var function = Function(code.FunctionIndex);
            if (function.Optimized is { } previous)
            {
                _ledger.Discard(previous);
            }

            function.Optimized = code;
            _instances.SetEntry(code.FunctionIndex, code.Block.Address);
            return true;
        }
    }

    /// <summary>
    /// Counts a deopt and takes the code out of use: functions that call it from now on run baseline code, until the budget
    /// is used up once more.
    /// </summary>
    /// <returns>Whether the code was in use until now.</returns>
    public bool Discard(CompiledCode code)
    {
        lock (_gate)
        {
            var function = Function(code.FunctionIndex);
            function.DeoptCount++;
            if (function.Loops?.GetValueOrDefault(code.LoopOffset) == code)
            {
                // Its loop asks for new code, with what has been learnt.
                function.Loops.Remove(code.LoopOffset);
                _ledger.Discard(code);
                return true;
            }

            if (function.Optimized != code)
            {
                return false;
            }

            function.Optimized = null;
            _ledger.Discard(code);
            _tiering.Reset(code.FunctionIndex);
            _instances.SetBudget(code.FunctionIndex, InitialBudget);
            _instances.SetEntry(code.FunctionIndex, LazyEntry(code.FunctionIndex));
            return true;
        }
    }

    /// <summary>Whether there is optimized code of a function, or of a loop, or none can be made. The gate is held.</summary>
    private bool HasOptimized(int functionIndex, int loop) =>
        loop < 0 ? OptimizedCode(functionIndex) is not null : _functions[functionIndex]?.Loops?.ContainsKey(loop) ?? false;

    private void PrepareDeopts(Instance instance, CompiledCode code, CompilationInterest interest)
    {
        if (code.LoopOffset >= 0)
        {
            ResumeMap(code.FunctionIndex, interest);
        }

        if (code.DeoptData is not { Points.Length: > 0 } data)
        {
            return;
        }

        foreach (var point in data.Points)
        {
            foreach (var frame in point.Frames)
            {
                Baseline(frame.FunctionIndex, interest);
                ResumeMap(frame.FunctionIndex, interest);
            }
        }

        if (Deoptimizer.IsRehearsed)
        {
            return;
        }

        Deoptimizer.CompileOwnCode();
        lock (_gate)
        {
            if (instance.CodePosition >= 0)
            {
                Deoptimizer.Rehearse(instance, code);
            }
        }
    }
}
