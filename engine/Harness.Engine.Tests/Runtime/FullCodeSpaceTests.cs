using System.Runtime.CompilerServices;
using Harness.Engine.Configuration;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Tests.Runtime;

/// <summary>The code space that all engines of the process share is full: that is an error, after which all goes on, and code that is freed makes room.</summary>
[Collection(nameof(AloneInTheProcess))]
public sealed class FullCodeSpaceTests : IDisposable
{
    private const string TwoFunctions =
        """
        (module
          (func (export "f") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
          (func (export "g") (param i32) (result i32) (i32.add (local.get 0) (i32.const 2))))
        """;

    private readonly List<CodeBlock> _taken = [];

    [Fact]
    public void WhatHasNoCodeYetCannotBeCalledUntilThereIsRoom()
    {
        using var store = new Store(EngineOptions.Default with { TierUp = TierUpMode.Never });
        var instance = store.Instantiate(HandCompiler.Module(TwoFunctions));
        Assert.Equal(6, instance.GetFunction("f").Invoke(5)[0].AsI32());
        var other = instance.GetFunction("g");
        Fill();

        var fault = Assert.Throws<InsufficientMemoryException>(() => other.Invoke(5));
        Assert.Contains("no room for", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
        Assert.Equal(6, instance.GetFunction("f").Invoke(5)[0].AsI32());
        Assert.Throws<InsufficientMemoryException>(() => other.Invoke(5));

        Release();
        Assert.Equal(7, other.Invoke(5)[0].AsI32());
    }

    [Fact]
    public void NothingIsOptimizedAndAllGoesOn()
    {
        using var store = new Store(EngineOptions.Default with { TierUp = TierUpMode.Synchronous, StressTierUpAfter = 3 });
        var failures = new List<Exception>();
        store.Engine.Events.CompilationFailed += failed => failures.Add(failed.Failure);
        var function = store.Instantiate(HandCompiler.Module(TwoFunctions)).GetFunction("f");
        Assert.Equal(1, function.Invoke(0)[0].AsI32());
        Fill();
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(i + 1, function.Invoke(i)[0].AsI32());
        }

        Assert.IsType<InsufficientMemoryException>(Assert.Single(failures));
    }

    [Fact]
    public void CodeOfDroppedModulesMakesRoom()
    {
        using var engine = new WasmEngine(EngineOptions.Default with { TierUp = TierUpMode.Never });
        FillBesideAModule(engine);

        // Garbage is not collected for this again and again.
        Thread.Sleep(TimeSpan.FromSeconds(1.2));
        using var store = new Store(engine);
        Assert.Equal(6, store.Instantiate(HandCompiler.Module(TwoFunctions)).GetFunction("f").Invoke(5)[0].AsI32());
    }

    public void Dispose() => Release();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void FillBesideAModule(WasmEngine engine)
    {
        var body = string.Concat(Enumerable.Range(2, 300).Select(i => $"(local.set 0 (i32.mul (local.get 0) (i32.const {i})))"));
        using var store = new Store(engine);
        store.Instantiate(HandCompiler.Module($"""(module (func (export "f") (param i32) {body}))""")).GetFunction("f").Invoke(1);
        Fill();
    }

    /// <summary>Takes all room there is, without writing anywhere.</summary>
    private void Fill()
    {
        for (var size = CodeSpace.DefaultRegionSize; size >= CodeSpace.BlockAlignment; size /= 2)
        {
            try
            {
                while (true)
                {
                    _taken.Add(NativeRuntime.CodeSpace.Allocate(size));
                }
            }
            catch (InsufficientMemoryException)
            {
                // The rest is smaller.
            }
        }
    }

    private void Release()
    {
        _taken.ForEach(NativeRuntime.CodeSpace.Abandon);
        _taken.Clear();
    }
}
