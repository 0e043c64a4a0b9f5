namespace Harness.Engine.Modules;

/// <summary>
/// What the function bodies of a module do to its items, as far as instances depend on it. Several threads note it while they validate: what is noted once stays.
/// </summary>
internal sealed class BodyFacts
{
    private readonly bool[] _writtenTables;
    private readonly bool[] _referencedFunctions;

    /// <summary>Nothing is noted yet.</summary>
    /// <param name="tables">Number of tables.</param>
    /// <param name="functions">Number of functions.</param>
    public BodyFacts(int tables, int functions)
    {
        _writtenTables = new bool[tables];
        _referencedFunctions = new bool[functions];
    }

    /// <summary>What was noted of the same bodies before.</summary>
    public BodyFacts(ValidatedBodies bodies)
    {
        _writtenTables = bodies.WrittenTables;
        _referencedFunctions = bodies.ReferencedFunctions;
    }

    /// <summary>An instruction stores elements in a table, or lets it grow.</summary>
    public void NoteWrite(int table) => _writtenTables[table] = true;

    /// <summary>A <c>ref.func</c> takes a reference to a function.</summary>
    public void NoteReference(int function) => _referencedFunctions[function] = true;

    /// <summary>Whether an instruction may change a table.</summary>
    public bool IsWritten(int table) => _writtenTables[table];

    /// <summary>Whether a body takes a reference to a function.</summary>
    public bool IsReferenced(int function) => _referencedFunctions[function];
}
