namespace Harness.Engine.Modules;

/// <summary>
/// What validation finds out about the function bodies of a module, as far as anything after it depends on it. Whoever knows this of the very same bytes, and that they were
/// valid, need not have them validated again.
/// </summary>
/// <param name="WrittenTables">By table, whether an instruction may change it.</param>
/// <param name="ReferencedFunctions">By function, whether a body takes a reference to it.</param>
/// <param name="VectorFunctions">By function, whether it has anything to do with vectors.</param>
/// <param name="LeavingFunctions">By function, whether a call of it may return from another instance.</param>
internal sealed record ValidatedBodies(bool[] WrittenTables, bool[] ReferencedFunctions, bool[] VectorFunctions, bool[] LeavingFunctions)
{
    /// <summary>What was found out about a module.</summary>
    public static ValidatedBodies Of(WasmModule module)
    {
        var functions = module.Functions;
        var written = new bool[module.Tables.Length];
        for (var i = 0; i < written.Length; i++)
        {
            written[i] = module.Bodies.IsWritten(i);
        }

        var referenced = new bool[functions.Length];
        var vectors = new bool[functions.Length];
        var leaving = new bool[functions.Length];
        for (var i = 0; i < functions.Length; i++)
        {
            referenced[i] = module.Bodies.IsReferenced(i);
            vectors[i] = functions[i].HasVectors;
            leaving[i] = functions[i].MayLeaveInstance;
        }

        return new ValidatedBodies(written, referenced, vectors, leaving);
    }

    /// <summary>Whether it can be said of a module with so many tables and functions.</summary>
    public bool Fits(int tables, int functions) =>
        WrittenTables.Length == tables && ReferencedFunctions.Length == functions && VectorFunctions.Length == functions && LeavingFunctions.Length == functions;
}
