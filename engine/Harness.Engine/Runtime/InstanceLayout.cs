using Harness.Engine.Modules;

namespace Harness.Engine.Runtime;

/// <summary>
/// Offsets in an instance's data, which depend on the module only: code is shared by all instances of a module.
/// </summary>
/// <remarks>
/// Tables, memories and globals that the module defines lie inside the instance; of imported ones, and of shared memories, there is a pointer.
/// Functions that the module defines have their <see cref="FunctionReference"/> inside the instance, so that code knows
/// their addresses relative to the instance register.
/// </remarks>
internal sealed class InstanceLayout
{
    private readonly int _importedFunctionCount;
    private readonly int _importedFunctions;
    private readonly int _functionReferences;
    private readonly int _feedbackVectors;
    private readonly int _tieringBudgets;
    private readonly int _invocationCounts;
    private readonly int _loopRequests;
    private readonly int _tags;
    private readonly Slot[] _memories;
    private readonly Slot[] _tables;
    private readonly Slot[] _globals;

    /// <summary>Computes the layout of the instances of a module.</summary>
    /// <param name="module">The module.</param>
    /// <param name="entersLoops">Whether there is on-stack replacement.</param>
    public InstanceLayout(WasmModule module, bool entersLoops = false)
    {
        var offset = InstanceHeader.Size;

        int Reserve(int bytes)
        {
            var start = offset;
            offset += bytes;
            return start;
        }

        Slot ReserveSlot(bool isImported, int size) =>
            isImported ? new Slot(Reserve(sizeof(long)), true) : new Slot(Reserve(size), false);

        _memories = new Slot[module.Memories.Length];
        for (var i = 0; i < _memories.Length; i++)
        {
            _memories[i] = ReserveSlot(module.Memories[i].IsImported || module.Memories[i].Type.IsShared, MemoryData.Size);
        }

        _tables = new Slot[module.Tables.Length];
        for (var i = 0; i < _tables.Length; i++)
        {
            _tables[i] = ReserveSlot(module.Tables[i].IsImported, TableData.Size);
        }

        _globals = new Slot[module.Globals.Length];
        for (var i = 0; i < _globals.Length; i++)
        {
            _globals[i] = ReserveSlot(module.Globals[i].IsImported, module.Globals[i].Type.Type.WordCount * sizeof(long));
        }

        _importedFunctionCount = module.ImportedFunctionCount;
        var defined = module.Functions.Length - _importedFunctionCount;
        _importedFunctions = Reserve(_importedFunctionCount * sizeof(long));
        _tags = Reserve(module.Tags.Length * sizeof(long));
        _tieringBudgets = Reserve(((defined + 1) & ~1) * sizeof(int));
        _invocationCounts = Reserve(((defined + 1) & ~1) * sizeof(int));
        _loopRequests = entersLoops ? Reserve(((defined + 1) & ~1) * sizeof(int)) : -1;
        _feedbackVectors = Reserve(defined * sizeof(long));
        offset = (offset + FunctionReference.Size - 1) & -FunctionReference.Size;
        _functionReferences = Reserve(defined * FunctionReference.Size);
        TotalSize = offset;
    }

    /// <summary>Bytes of an instance's data.</summary>
    public int TotalSize { get; }

    /// <summary>Bytes of the part that instantiation writes anew: header, memories, tables, globals, pointers to imports and tags. What follows is the same in all new instances.</summary>
    public int OwnSize => _tieringBudgets;

    /// <summary>Where a memory's <see cref="MemoryData"/> lies.</summary>
    public Slot Memory(int index) => _memories[index];

    /// <summary>Where a table's <see cref="TableData"/> lies.</summary>
    public Slot Table(int index) => _tables[index];

    /// <summary>Where a global's value lies: 8 bytes, 16 of a vector.</summary>
    public Slot Global(int index) => _globals[index];

    /// <summary>Offset of the pointer to a tag's <see cref="TagData"/>.</summary>
    public int Tag(int index) => _tags + (index * sizeof(long));

    /// <summary>Whether a function is imported.</summary>
    public bool IsImportedFunction(int functionIndex) => functionIndex < _importedFunctionCount;

    /// <summary>Offset of the pointer to an imported function's <see cref="FunctionReference"/>.</summary>
    public int ImportedFunction(int functionIndex) => _importedFunctions + (functionIndex * sizeof(long));

    /// <summary>Offset of a defined function's own <see cref="FunctionReference"/>.</summary>
    public int FunctionReferenceOf(int functionIndex) =>
        _functionReferences + ((functionIndex - _importedFunctionCount) * FunctionReference.Size);

    /// <summary>Offset of the pointer to a defined function's feedback vector (zero until it has one).</summary>
    public int FeedbackVector(int functionIndex) => _feedbackVectors + ((functionIndex - _importedFunctionCount) * sizeof(long));

    /// <summary>Offset of a defined function's tiering budget (32 bits, signed).</summary>
    public int TieringBudget(int functionIndex) => _tieringBudgets + ((functionIndex - _importedFunctionCount) * sizeof(int));

    /// <summary>Offset of the number of times that a defined function was entered in baseline code (32 bits).</summary>
    public int InvocationCount(int functionIndex) => _invocationCounts + ((functionIndex - _importedFunctionCount) * sizeof(int));

    /// <summary>
    /// Offset of what tells baseline code of a defined function to ask at its outermost loops for optimized code of them (32 bits): 0 not to ask, else the number of headers up to the one
    /// that asks, which is 1 without <c>osr.threshold</c>; only with on-stack replacement.
    /// </summary>
    public int LoopRequest(int functionIndex) => _loopRequests + ((functionIndex - _importedFunctionCount) * sizeof(int));

    /// <summary>A place in the instance's data.</summary>
    /// <param name="Offset">Offset in bytes.</param>
    /// <param name="IsPointer">Whether a pointer to the thing lies there rather than the thing itself.</param>
    internal readonly record struct Slot(int Offset, bool IsPointer);
}
