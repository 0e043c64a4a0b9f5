namespace Harness.Engine.Heap;

/// <summary>
/// Is shown every place outside of the heap that may hold a heap reference, and changes those whose objects have moved. The words
/// may be any reference: null, an i31, a function, an object.
/// </summary>
internal unsafe interface IRootVisitor
{
    /// <summary>Visits a place. To visit a place twice does no harm.</summary>
    void Visit(ulong* slot);

    /// <summary>Visits consecutive places.</summary>
    void Visit(ulong* slots, nuint count);
}

/// <summary>Knows all roots of a heap that lie outside of it: those on the stack, in globals, tables and segments.</summary>
internal interface IRootProvider
{
    /// <summary>Shows places to a visitor. Must not allocate heap objects.</summary>
    /// <param name="visitor">The visitor.</param>
    /// <param name="onlyYoung">Whether only those places that may hold references to young objects; else all.</param>
    void VisitRoots(IRootVisitor visitor, bool onlyYoung);
}
