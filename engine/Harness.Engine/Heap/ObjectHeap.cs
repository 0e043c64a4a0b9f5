namespace Harness.Engine.Heap;

/// <summary>The heap of a store.</summary>
internal sealed class ObjectHeap
{
    /// <summary>
    /// Most bytes of an object that compiled code allocates itself, through <see cref="Runtime.Stub.CollectGarbage"/> where it does not
    /// fit; larger than any structure. Larger arrays are made by <see cref="Runtime.Builtin.ArrayNew"/>.
    /// </summary>
    public const int MaxInlineSize = 96 * 1024;
}
