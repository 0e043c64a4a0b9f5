using System.Security.Cryptography;
using Harness.Engine.Configuration;
using Harness.Engine.Feedback;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer;
using Harness.Engine.Runtime;

namespace Harness.Engine.Diagnostics;

/// <summary>
/// All functions of a module compiled by one compiler, without feedback, on a number of threads that take the next function each: how fast the compilers are, and whether what they make depends on how many they are.
/// </summary>
/// <param name="Functions">Functions that were compiled.</param>
/// <param name="CodeBytes">Bytes of machine code.</param>
/// <param name="Refused">Functions that the compiler does not compile, and says so.</param>
internal sealed record WholeCompilation(int Functions, long CodeBytes, int Refused)
{
    private const int StackBytes = 16 << 20;

    /// <summary>A hash of what is known of the code of all functions in their order wherever it lies: its size, how many sites it has, and where its calls are; empty if nobody asked for it.</summary>
    public string CodeHash { get; private init; } = "";

    /// <summary>Compiles a module, and frees the code.</summary>
    /// <param name="module">The module.</param>
    /// <param name="options">The knobs: <c>tier-up</c> never means the baseline compiler, all else the optimizing one.</param>
    /// <param name="threads">How many threads compile.</param>
    /// <param name="hashes">Whether to hash the sizes of the code, its sites and its feedback.</param>
    public static WholeCompilation Run(WasmModule module, EngineOptions options, int threads, bool hashes = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        using var engine = new WasmEngine(options);
        var code = engine.CodeOf(module);
        var isBaseline = options.TierUp == TierUpMode.Never;
        using var baseline = isBaseline ? Compilers.CreateBaseline() : null;
        using var optimizing = isBaseline ? null : new OptimizingCompiler(options);
        var next = module.ImportedFunctionCount - 1;
        long bytes = 0;
        var refused = 0;
        Exception? failure = null;
        var shapes = hashes ? new string[module.Functions.Length] : [];
        if (threads == 1)
        {
            Work();
        }
        else
        {
            var all = Enumerable.Range(0, threads).Select(_ => new Thread(Work, StackBytes) { IsBackground = true, Name = "compilation" }).ToList();
            foreach (var thread in all)
            {
                thread.Start();
            }

            foreach (var thread in all)
            {
                thread.Join();
            }
        }

        if (failure is not null)
        {
            throw new InvalidOperationException(failure.Message, failure);
        }

        return new WholeCompilation(module.Functions.Length - module.ImportedFunctionCount - refused, bytes, refused)
        {
            CodeHash = hashes ? Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', shapes)))) : "",
        };

        void Work()
        {
            try
            {
                long own = 0;
                for (var i = Interlocked.Increment(ref next); i < module.Functions.Length && Volatile.Read(ref failure) is null; i = Interlocked.Increment(ref next))
                {
                    try
                    {
                        var compiled = baseline?.Compile(code, i) ?? optimizing!.Compile(code, i, NoFeedback.Instance, allowDeopt: true);
                        own += compiled.Block.Size;
                        if (hashes)
                        {
                            shapes[i] = $"{i} {compiled.Block.Size} {compiled.Sites.Length} {string.Join(' ', compiled.FeedbackCallOffsets)}";
                        }

                        NativeRuntime.CodeSpace.Free(compiled.Block);
                    }
                    catch (NotSupportedException)
                    {
                        Interlocked.Increment(ref refused);
                    }
                }

                Interlocked.Add(ref bytes, own);
            }
            catch (Exception exception)
            {
                Interlocked.CompareExchange(ref failure, exception, null);
            }
        }
    }

    /// <summary>Nothing has run yet.</summary>
    private sealed class NoFeedback : IFeedbackSource
    {
        public static NoFeedback Instance { get; } = new();

        public FunctionFeedback? FeedbackOf(int functionIndex) => null;

        public long WorkOf(int functionIndex) => 0;

        public int DeoptsAt(int bytecodeOffset) => 0;
    }
}
