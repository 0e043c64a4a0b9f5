namespace Harness.Engine.Heap;

/// <summary>Told during a collection where references lie that keep objects alive, and updates them when objects move.</summary>
internal unsafe interface IRootVisitor
{
    /// <summary>A word with a reference of any kind: null, an i31 and the address of a function are passed over.</summary>
    void Visit(ulong* slot);

    /// <summary>Words with references, one behind the other.</summary>
    void Visit(ulong* slots, long count);
}

/// <summary>Knows the references that keep a heap's objects alive, those of C# handles aside, which the heap knows itself.</summary>
internal interface IRootSource
{
    /// <summary>Names all of them to a visitor. Called with the world stopped: nothing else touches the heap meanwhile.</summary>
    void VisitRoots(IRootVisitor visitor);
}
