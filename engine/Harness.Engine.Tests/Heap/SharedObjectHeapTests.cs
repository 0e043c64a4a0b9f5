namespace Harness.Engine.Tests.Heap;

/// <summary>The same as on one thread, where full collections of whatever size are shared.</summary>
[Collection(nameof(ObjectHeapTests))]
public sealed class SharedObjectHeapTests : ObjectHeapTests
{
    protected override (string Name, string Value)[] Knobs => [("heap.collection-threads", "3"), ("heap.parallel-threshold", "0")];
}
