using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Harness.Engine.Configuration;

namespace Harness.Engine.Runtime;

/// <summary>Runs code on a thread with a stack as large as the options say, for WebAssembly code that recurses deeply.</summary>
public static class ExecutionThread
{
    /// <summary>Runs an action to its end on a thread of its own; what it throws is thrown here.</summary>
    /// <param name="options">Says how large the stack is.</param>
    /// <param name="action">What to run.</param>
    public static void Run(EngineOptions options, Action action)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(action);
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    RunBelow(RandomLayout.StackOffset(options.LayoutSeed), action);
                }
                catch (Exception e)
                {
                    failure = ExceptionDispatchInfo.Capture(e);
                }
            },
            checked(options.StackSize * 1024));
        thread.Start();
        thread.Join();
        failure?.Throw();
    }

    /// <summary>Runs an action with its frames some bytes deeper in the stack than they would be.</summary>
    private static void RunBelow(int offset, Action action)
    {
        if (offset == 0)
        {
            action();
            return;
        }

        Span<byte> skipped = stackalloc byte[offset];
        Keep(skipped);
        action();
        Keep(skipped);
    }

    /// <summary>Looks like a use, so that the bytes are there as long as what runs below them.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Keep(Span<byte> bytes) => bytes[0] = 1;

    /// <summary>As <see cref="Run(EngineOptions, Action)"/>, with a result.</summary>
    /// <param name="options">Says how large the stack is.</param>
    /// <param name="function">What to run.</param>
    /// <returns>What it returns.</returns>
    public static T Run<T>(EngineOptions options, Func<T> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        T result = default!;
        Run(options, () => { result = function(); });
        return result;
    }
}
