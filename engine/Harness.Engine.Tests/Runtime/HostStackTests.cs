using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Runtime;

/// <summary>Functions of the host see the WebAssembly functions that are active, whatever compiled them.</summary>
public sealed class HostStackTests
{
    private const byte Call = 0x10;

    private const string Program = """
        (module
          (import "m" "h" (func $h))
          (func $inner (call $h))
          (func $outer (export "outer") (call $inner))
          (func $again (export "again") (call $h)))
        """;

    [Theory]
    [InlineData(TierUpMode.Never)]
    [InlineData(TierUpMode.Eager)]
    public void TheStackIsThatOfTheCallAlsoBehindOthers(TierUpMode tierUp)
    {
        var stacks = new List<IReadOnlyList<WasmFrame>>();
        using var store = new Store(EngineOptions.Default with { TierUp = tierUp });
        Instance? instance = null;
        void Look(HostCaller caller, ReadOnlySpan<WasmValue> arguments, Span<WasmValue> results)
        {
            if (stacks.Count == 0)
            {
                stacks.Add(caller.CaptureStack().Symbolize());
                instance!.GetFunction("again").Invoke();
            }

            stacks.Add(caller.CaptureStack().Symbolize());
        }

        instance = store.Instantiate(HandCompiler.Module(Program), new Imports().Define("m", "h", HostFunction.Create(FunctionType.Of([], []), Look)));
        instance.GetFunction("outer").Invoke();

        Assert.Equal(["inner outer", "again inner outer", "inner outer"], stacks.Select(stack => string.Join(' ', stack.Select(frame => frame.FunctionName))));
        Assert.All(stacks.SelectMany(stack => stack), frame => Assert.Equal(Call, frame.Module.Bytes[frame.BytecodeOffset]));
    }

    [Fact]
    public void TheHostItselfHasNoStack()
    {
        using var store = new Store(EngineOptions.Default);
        Assert.Empty(new HostCaller(store, null).CaptureStack().Symbolize());
    }
}
