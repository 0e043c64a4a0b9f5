using System.Runtime.InteropServices;
using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Runtime.Instances;

namespace Harness.Engine.Runtime;

/// <summary>An instance of a module: the module's code with memories, tables and globals of its own.</summary>
public sealed unsafe class Instance
{
    /// <summary>Binary logarithm of the functions that share an array.</summary>
    private const int FunctionShift = 8;

    private readonly WasmFunction?[]?[] _functions;
    private readonly bool[] _isDataDropped;

    /// <summary>The elements of segments; null of a segment of function indices until it is asked for.</summary>
    private readonly ulong[]?[] _elements;

    /// <summary>Makes the native data: all of it but memories, tables and globals, which the instantiation fills in.</summary>
    internal Instance(Store store, ModuleCode code)
    {
        Store = store;
        Code = code;
        var module = code.Module;
        _functions = new WasmFunction?[]?[(module.Functions.Length >> FunctionShift) + 1];
        _isDataDropped = new bool[module.Data.Length];
        _elements = new ulong[]?[module.Elements.Length];
        Memories = new Memory[module.Memories.Length];
        Tables = new Table[module.Tables.Length];
        Globals = new Global[module.Globals.Length];
        Tags = new Tag[module.Tags.Length];
        Slot = code.Slots.Take();
        store.Own(Slot);
        if (code.Options.StressInstancePool)
        {
            Slot.VerifyData();
        }

        Header = (InstanceHeader*)Slot.Data;
        Header->Context = store.Context;
        Header->Builtins = NativeRuntime.Builtins;
        Header->TypeDisplays = TypeDisplays.Base;
        Header->GuardFailureCountdown = code.Options.StressGuardFailInterval;
        Header->Handle = store.HandleOf(this);
    }

    /// <summary>The module.</summary>
    public WasmModule Module => Code.Module;

    /// <summary>The store that the instance lives in.</summary>
    public Store Store { get; }

    internal ModuleCode Code { get; }

    /// <summary>The native memory that the instance has.</summary>
    internal InstanceSlot Slot { get; }

    /// <summary>The place in its code's list of instances; -1 if it is in none.</summary>
    internal int CodePosition { get; set; } = -1;

    internal InstanceHeader* Header { get; }

    internal Memory[] Memories { get; }

    internal Table[] Tables { get; }

    internal Global[] Globals { get; }

    internal Tag[] Tags { get; }

    /// <summary>An exported item, or null if there is none of this name.</summary>
    public Extern? Export(string name) => Module.FindExport(name) is { } export ? Export(export) : null;

    /// <summary>An exported function.</summary>
    /// <exception cref="KeyNotFoundException">The module exports no function of this name.</exception>
    public WasmFunction GetFunction(string name) => Exported<WasmFunction>(name, "function");

    /// <summary>An exported memory.</summary>
    /// <exception cref="KeyNotFoundException">The module exports no memory of this name.</exception>
    public Memory GetMemory(string name) => Exported<Memory>(name, "memory");

    /// <summary>An exported table.</summary>
    /// <exception cref="KeyNotFoundException">The module exports no table of this name.</exception>
    public Table GetTable(string name) => Exported<Table>(name, "table");

    /// <summary>An exported global variable.</summary>
    /// <exception cref="KeyNotFoundException">The module exports no global variable of this name.</exception>
    public Global GetGlobal(string name) => Exported<Global>(name, "global");

    /// <summary>The instance that native data belongs to; null for null, and for what stands for the host.</summary>
    internal static Instance? Of(InstanceHeader* header) =>
        header == null || header->Handle == 0 ? null : (Instance)GCHandle.FromIntPtr(header->Handle).Target!;

    internal Extern Export(Export export) => export.Kind switch
    {
        ExternalKind.Function => Function(export.Index),
        ExternalKind.Table => Tables[export.Index],
        ExternalKind.Memory => Memories[export.Index],
        ExternalKind.Global => Globals[export.Index],
        _ => Tags[export.Index],
    };

    /// <summary>The function with an index, imported or defined.</summary>
    internal WasmFunction Function(int index)
    {
        ref var known = ref (_functions[index >> FunctionShift] ??= new WasmFunction?[1 << FunctionShift])[index & ((1 << FunctionShift) - 1)];
        if (known is { } function)
        {
            return function;
        }

        Store.ThrowIfDisposed();
        var reference = FunctionReference(index);
        function = Code.Layout.IsImportedFunction(index)
            ? Store.FunctionOf(reference)
            : new WasmFunction(Store, reference, this, null);
        known = function;
        return function;
    }

    /// <summary>What a reference to the function with an index points to.</summary>
    internal FunctionReference* FunctionReference(int index)
    {
        if (Code.Layout.IsImportedFunction(index))
        {
            return *(FunctionReference**)At(Code.Layout.ImportedFunction(index));
        }

        var reference = (FunctionReference*)At(Code.Layout.FunctionReferenceOf(index));

        // One that nobody has taken so far may lack its instance.
        if (reference->Instance == null)
        {
            reference->Instance = Header;
        }

        return reference;
    }

    /// <summary>The code of a function that the module defines.</summary>
    internal ref nint EntryOf(int index) => ref ((FunctionReference*)At(Code.Layout.FunctionReferenceOf(index)))->Entry;

    /// <summary>What is left of a function's budget before it is optimized.</summary>
    internal ref int TieringBudget(int functionIndex) => ref *(int*)At(Code.Layout.TieringBudget(functionIndex));

    /// <summary>
    /// How many wire bytes a function has run in baseline code, by the budgets that it has used up: here, and in instances that lived at
    /// the same time.
    /// </summary>
    internal long WorkOf(int functionIndex) =>
        ((long)Code.UsedUpBudgets(functionIndex) * Code.InitialBudget) + Math.Max(0, (long)Code.InitialBudget - TieringBudget(functionIndex));

    /// <summary>What is left of the budgets of all functions that the module defines, in their order.</summary>
    internal Span<int> TieringBudgets() =>
        new(At(Code.Layout.TieringBudget(Module.ImportedFunctionCount)), Module.Functions.Length - Module.ImportedFunctionCount);

    /// <summary>How often a function that calls others was entered in baseline code.</summary>
    /// <inheritdoc cref="InstanceLayout.LoopRequest"/>
    internal ref int LoopRequest(int functionIndex) => ref *(int*)At(Code.Layout.LoopRequest(functionIndex));

    internal ref uint InvocationCount(int functionIndex) => ref *(uint*)At(Code.Layout.InvocationCount(functionIndex));

    /// <summary>The address of a function's feedback vector; null until it has one.</summary>
    internal ref nint FeedbackVector(int functionIndex) => ref *(nint*)At(Code.Layout.FeedbackVector(functionIndex));

    internal byte* At(int offset) => (byte*)Header + offset;

    /// <summary>The bytes of a data segment: none after it was dropped.</summary>
    internal ReadOnlySpan<byte> Data(int index) => _isDataDropped[index]
        ? []
        : Module.Bytes.Slice(Module.Data[index].Start, Module.Data[index].Length);

    internal void DropData(int index) => _isDataDropped[index] = true;

    /// <summary>The references of an element segment: none after it was dropped, nor of a declarative one.</summary>
    internal Span<ulong> Elements(int index) => _elements[index] ??= FunctionsOf(Module.Elements[index]);

    internal void SetElements(int index, ulong[] elements) => _elements[index] = elements;

    internal void DropElements(int index) => _elements[index] = [];

    private ulong[] FunctionsOf(ElementSegment segment)
    {
        if (segment.Mode == SegmentMode.Declarative || segment.FunctionIndices.IsDefault)
        {
            return [];
        }

        var references = new ulong[segment.Count];
        for (var i = 0; i < references.Length; i++)
        {
            if (segment.FunctionIndices[i] is >= 0 and int function)
            {
                references[i] = (ulong)FunctionReference(function);
            }
        }

        return references;
    }

    private T Exported<T>(string name, string what)
        where T : Extern =>
        Export(name) as T ?? throw new KeyNotFoundException($"the module exports no {what} \"{name}\"");
}
