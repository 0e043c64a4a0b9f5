using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Harness.Engine.Modules.Decoding;
using Harness.Engine.Modules.Text;
using Harness.Engine.Modules.Validation;

namespace Harness.Engine.Modules;

/// <summary>
/// A decoded and validated module (specification, section 2.5); the bodies of functions may still be validated when they are first needed. It is immutable, so that instances and threads can
/// share it. Function bodies stay bytes, which <see cref="BytecodeReader"/> reads.
/// </summary>
public sealed class WasmModule
{
    private readonly byte[] _bytes;
    private readonly ExportTable _exports;
    private readonly Lazy<NameSection> _names;
    private readonly Lazy<BranchHints> _branchHints;
    private readonly Lazy<ConstantTable?[]> _constantTables;

    /// <param name="bytes">The module's bytes, in a pinned array that nobody writes to.</param>
    /// <param name="canonicalTypeIds">For each type index, the canonical id.</param>
    /// <param name="exports">What the module exports.</param>
    /// <param name="names">Where the content of the name section starts and ends; both zero without one.</param>
    /// <param name="branchHints">The same of the section of branch hints.</param>
    internal WasmModule(byte[] bytes, int[] canonicalTypeIds, ExportTable exports, (int Start, int End) names, (int Start, int End) branchHints)
    {
        _bytes = bytes;
        CanonicalTypeIds = canonicalTypeIds;
        _exports = exports;
        _names = new Lazy<NameSection>(() => ReadNames(names));
        _branchHints = new Lazy<BranchHints>(() => ReadBranchHints(branchHints));
        _constantTables = new Lazy<ConstantTable?[]>(() => ConstantTable.Of(this));
    }

    /// <summary>The module in the binary format.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The imports in the order of the binary.</summary>
    public ImmutableArray<Import> Imports { get; internal init; } = [];

    /// <summary>The exports in the order of the binary. They are read at first use.</summary>
    public ImmutableArray<Export> Exports
    {
        get
        {
            var exports = _exports.All;
            GC.KeepAlive(this);
            return exports;
        }
    }

    /// <summary>All functions, imported ones first.</summary>
    public ImmutableArray<FunctionInfo> Functions { get; internal set; } = [];

    /// <summary>All tables, imported ones first.</summary>
    public ImmutableArray<TableInfo> Tables { get; internal init; } = [];

    /// <summary>All memories, imported ones first.</summary>
    public ImmutableArray<MemoryInfo> Memories { get; internal init; } = [];

    /// <summary>All globals, imported ones first.</summary>
    public ImmutableArray<GlobalInfo> Globals { get; internal init; } = [];

    /// <summary>All tags, imported ones first.</summary>
    public ImmutableArray<TagInfo> Tags { get; internal init; } = [];

    /// <summary>The element segments.</summary>
    public ImmutableArray<ElementSegment> Elements { get; internal init; } = [];

    /// <summary>The data segments.</summary>
    public ImmutableArray<DataSegment> Data { get; internal init; } = [];

    /// <summary>The index of the function to run at instantiation, or null.</summary>
    public int? StartFunction { get; internal init; }

    /// <summary>The number of imported functions: the index of the first defined one.</summary>
    public int ImportedFunctionCount { get; internal init; }

    /// <summary>
    /// Time that passed while the function bodies were validated, which decodes their instructions on the way; zero where they were known to be valid and not looked at. Of bodies that are
    /// validated when they are first needed it has nothing.
    /// </summary>
    public TimeSpan ValidationTime { get; internal init; }

    /// <summary>The names for people. They are read at first use, as far as the name section is well-formed.</summary>
    public NameSection Names => _names.Value;

    /// <summary>What the module says of its branches. It is read at first use; a malformed section says nothing.</summary>
    internal BranchHints BranchHints => _branchHints.Value;

    /// <summary>SHA-256 of the bytes. It is computed at first use.</summary>
    internal byte[] Hash { get => field ??= SHA256.HashData(_bytes); init; }

    /// <summary>The functions that the engine provides to the module.</summary>
    internal BuiltinSets BuiltinSets { get; init; }

    /// <summary>What the function bodies do to tables and references.</summary>
    internal BodyFacts Bodies { get => Late?.Facts ?? field; init; } = new(0, 0);

    /// <summary>Validates the function bodies when they are first needed; null where all of them are valid.</summary>
    internal LateValidation? Late { get; init; }

    /// <summary>By table, what it contains for ever; null for those that may change. Found out at first use.</summary>
    internal ReadOnlySpan<ConstantTable?> ConstantTables => _constantTables.Value;

    /// <summary>For each type index of the module, the canonical id of the type.</summary>
    internal int[] CanonicalTypeIds { get; }

    /// <summary>The recursion groups of the module's types, which live at least as long as the module.</summary>
    internal ImmutableArray<TypeGroup> TypeGroups { get; init; } = [];

    /// <summary>The address of the module's first byte, valid as long as the module is reachable.</summary>
    internal unsafe byte* BytesAddress => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_bytes));

    /// <summary>Decodes and validates a module in the binary format. The bytes are copied.</summary>
    /// <param name="bytes">The module.</param>
    /// <param name="builtinSets">The functions that the engine provides; the module is not valid if it imports one with another type.</param>
    /// <param name="validationThreads">Most threads that validate function bodies, the caller's among them: the knob <c>compile.validation-threads</c>.</param>
    /// <param name="lazyValidation">
    /// Whether a function's body is validated only when it is first needed, at the latest when the function is first called, which then fails with what this method would have thrown: the knob
    /// <c>compile.lazy-validation</c>.
    /// </param>
    /// <exception cref="MalformedModuleException">The bytes are not a module.</exception>
    /// <exception cref="InvalidModuleException">The module is not valid, or beyond
    /// <see cref="ImplementationLimits"/>.</exception>
    public static WasmModule Decode(ReadOnlySpan<byte> bytes, BuiltinSets builtinSets = BuiltinSets.None, int validationThreads = 1, bool lazyValidation = false) =>
        ModuleDecoder.Decode(bytes, builtinSets, validationThreads, lazyValidation);

    /// <summary>
    /// Loads a module from a file, in the binary format if it begins with its magic number, else in the text format.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="builtinSets">See <see cref="Decode"/>.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="WatException">The text is malformed or needs something unsupported.</exception>
    /// <exception cref="ModuleException">The module is malformed or not valid.</exception>
    public static WasmModule FromFile(string path, BuiltinSets builtinSets = BuiltinSets.None)
    {
        var content = File.ReadAllBytes(path);
        return Decode(content.AsSpan().StartsWith("\0asm"u8) ? content : WatAssembler.Assemble(content), builtinSets);
    }

    /// <summary>The definition of the type with an index in this module.</summary>
    public DefinedType GetType(int typeIndex) => TypeRegistry.Get(CanonicalTypeIds[typeIndex]);

    /// <summary>The export with a name, or null.</summary>
    public Export? FindExport(string name)
    {
        var export = _exports.Find(name);
        GC.KeepAlive(this);
        return export;
    }

    /// <summary>The items of a kind that the module exports, by index. All exports are read for it.</summary>
    internal HashSet<int> ExportedItems(ExternalKind kind)
    {
        var items = _exports.ItemsOf(kind);
        GC.KeepAlive(this);
        return items;
    }

    /// <summary>A reader of the function's body that stands on the vector of locals.</summary>
    /// <exception cref="ModuleException">The body, which was not validated before, is not valid.</exception>
    internal BytecodeReader OpenBody(FunctionInfo function)
    {
        RequireValid(function);
        return new BytecodeReader(this, function.BodyStart, function.BodyEnd);
    }

    /// <summary>Whether a function's body is valid, which is found out now if it was not before.</summary>
    internal bool IsValid(int functionIndex) => Late?.FaultOf(functionIndex) is null;

    /// <summary>Validates a function's body, unless it was validated before.</summary>
    /// <exception cref="ModuleException">It is not valid.</exception>
    internal void RequireValid(FunctionInfo function)
    {
        if (Late?.FaultOf(function.Index) is { } fault)
        {
            throw fault.FoundLate(function);
        }
    }

    private unsafe NameSection ReadNames((int Start, int End) section)
    {
        var reader = new ModuleReader(BytesAddress, _bytes.Length).Slice(section.Start, section.End);
        var names = NameSectionReader.Read(reader);
        GC.KeepAlive(this);
        return names;
    }

    private unsafe BranchHints ReadBranchHints((int Start, int End) section)
    {
        var hints = new BranchHints(new ModuleReader(BytesAddress, _bytes.Length).Slice(section.Start, section.End));
        GC.KeepAlive(this);
        return hints;
    }
}
