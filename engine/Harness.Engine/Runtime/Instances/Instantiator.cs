using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Runtime.Stacks;
using Harness.Engine.Runtime.Stubs;

namespace Harness.Engine.Runtime.Instances;

/// <summary>Makes instances (specification, section 4.7.2).</summary>
internal static unsafe class Instantiator
{
    /// <summary>
    /// Characters of the texts on missing imports after which no more are looked for. A module may have a million that share the name of their module, and a type.
    /// </summary>
    private const int MostMissingText = 10_000;

    /// <summary>Checks the imports, makes an instance, copies the active segments and runs the start function.</summary>
    public static Instance Instantiate(Store store, WasmModule module, Imports imports)
    {
        var imported = Resolve(store, module, imports);
        var instance = new Instance(store, store.Engine.CodeOf(module));
        for (var i = 0; i < imported.Length; i++)
        {
            Import(instance, module.Imports[i], imported[i]);
        }

        AllocateTags(instance);
        AllocateMemories(instance);
        AllocateGlobals(instance);
        AllocateTables(instance);
        store.Add(instance);
        store.Roots.Add(instance);
        for (var i = 0; i < module.Elements.Length; i++)
        {
            if (module.Elements[i].FunctionIndices.IsDefault)
            {
                SetElements(instance, i);
            }
        }

        CopyElements(instance);
        CopyData(instance);
        if (module.StartFunction is { } start)
        {
            instance.Function(start).Invoke();
        }

        return instance;
    }

    private static Extern[] Resolve(Store store, WasmModule module, Imports imports)
    {
        var items = new Extern[module.Imports.Length];
        List<string>? missing = null;
        var missingText = 0;
        for (var i = 0; i < items.Length; i++)
        {
            var import = module.Imports[i];
            if (imports.Find(store, module, import) is not { } found)
            {
                if (missingText > MostMissingText)
                {
                    throw Missing([.. missing!, "and more"]);
                }

                var text = $"{NameOf(import)}: {Describe(module, import)}";
                (missing ??= []).Add(text);
                missingText += text.Length;
                continue;
            }

            items[i] = found;
            if (items[i].Store != store)
            {
                throw new ArgumentException($"{NameOf(import)} is of another store", nameof(imports));
            }

            if (!Matches(module, import, items[i]))
            {
                throw new LinkException($"incompatible import type: {NameOf(import)}");
            }
        }

        return missing is null ? items : throw Missing(missing);
    }

    private static LinkException Missing(List<string> imports) => new($"unknown import: {string.Join("; ", imports)}");

    private static string NameOf(Import import) => $"\"{NameText.Of(import.ModuleName)}\" \"{NameText.Of(import.Name)}\"";

    /// <summary>Kind and type of an import, for people.</summary>
    private static string Describe(WasmModule module, Import import) => import.Kind switch
    {
        ExternalKind.Function => $"function {(module.Functions[import.Index].HasExactType ? "exactly " : string.Empty)}{module.Functions[import.Index].Type}",
        ExternalKind.Memory => Describe(module.Memories[import.Index].Type),
        ExternalKind.Table => $"table of {Describe(module.Tables[import.Index].Type.Limits)} {module.Tables[import.Index].Type.ElementType}",
        ExternalKind.Global => $"global {(module.Globals[import.Index].Type.IsMutable ? "mut " : string.Empty)}{module.Globals[import.Index].Type.Type}",
        _ => $"tag {module.Tags[import.Index].Type.Type}",
    };

    private static string Describe(MemoryType type) =>
        $"memory of {Describe(type.Limits)} {(type.PageSize == 1 ? "bytes" : "pages")}{(type.IsShared ? ", shared" : string.Empty)}";

    private static string Describe(Limits limits) => limits.Maximum is { } maximum ? $"{limits.Minimum} to {maximum}" : $"{limits.Minimum} or more";

    private static bool Matches(WasmModule module, Import import, Extern item)
    {
        if (item.Kind != import.Kind)
        {
            return false;
        }

        switch (item)
        {
            case WasmFunction function:
                var asked = module.Functions[import.Index];
                return asked.HasExactType
                    ? function.Reference->TypeId == asked.CanonicalTypeId
                    : TypeRegistry.IsSubtype(function.Reference->TypeId, asked.CanonicalTypeId);
            case Memory memory:
                var memoryType = module.Memories[import.Index].Type;
                return memory.Type.Is64 == memoryType.Is64
                    && memory.Type.IsShared == memoryType.IsShared
                    && memory.Type.PageSizeLog2 == memoryType.PageSizeLog2
                    && new Limits(memory.Pages, memory.Type.Limits.Maximum).Matches(memoryType.Limits);
            case Table table:
                var tableType = module.Tables[import.Index].Type;
                return table.Type.Is64 == tableType.Is64
                    && table.Type.ElementType == tableType.ElementType
                    && new Limits(table.Length, table.Type.Limits.Maximum).Matches(tableType.Limits);
            case Global global:
                var globalType = module.Globals[import.Index].Type;
                return global.Type.IsMutable == globalType.IsMutable
                    && (globalType.IsMutable
                        ? global.Type.Type == globalType.Type
                        : global.Type.Type.IsSubtypeOf(globalType.Type));
            default:
                return ((Tag)item).Type.CanonicalTypeId == module.Tags[import.Index].Type.CanonicalTypeId;
        }
    }

    private static void Import(Instance instance, Import import, Extern item)
    {
        var layout = instance.Code.Layout;
        switch (item)
        {
            case WasmFunction function:
                *(FunctionReference**)instance.At(layout.ImportedFunction(import.Index)) = function.Reference;
                break;
            case Memory memory:
                *(MemoryData**)instance.At(layout.Memory(import.Index).Offset) = memory.Data;
                instance.Memories[import.Index] = memory;
                break;
            case Table table:
                *(TableData**)instance.At(layout.Table(import.Index).Offset) = table.Data;
                instance.Tables[import.Index] = table;
                table.MarkChanged();
                break;
            case Global global:
                *(ulong**)instance.At(layout.Global(import.Index).Offset) = global.Address;
                instance.Globals[import.Index] = global;
                break;
            case Tag tag:
                SetTag(instance, import.Index, tag);
                break;
        }
    }

    private static void AllocateMemories(Instance instance)
    {
        var memories = instance.Module.Memories;
        for (var i = 0; i < memories.Length; i++)
        {
            if (memories[i].IsImported)
            {
                continue;
            }

            var slot = instance.At(instance.Code.Layout.Memory(i).Offset);
            if (memories[i].Type.IsShared)
            {
                instance.Memories[i] = new Memory(instance.Store, memories[i].Type);
                *(MemoryData**)slot = instance.Memories[i].Data;
            }
            else
            {
                instance.Memories[i] = instance.Slot.OpenMemory(instance.Store, i);
            }
        }

        if (memories.Length == 0)
        {
            return;
        }

        instance.Header->Memory = instance.Memories[0].Data;
        instance.Header->MemoryBase = instance.Header->Memory->Base;
    }

    private static void AllocateGlobals(Instance instance)
    {
        var globals = instance.Module.Globals;
        for (var i = 0; i < globals.Length; i++)
        {
            if (globals[i].Initializer is not { } initializer)
            {
                continue;
            }

            var address = (ulong*)instance.At(instance.Code.Layout.Global(i).Offset);
            var value = ConstantEvaluator.EvaluateWords(instance, initializer);
            address[0] = value.Low;
            if (globals[i].Type.Type.IsVector)
            {
                address[1] = value.High;
            }

            instance.Globals[i] = new Global(instance.Store, globals[i].Type, address);
        }

    }

    private static void AllocateTags(Instance instance)
    {
        for (var i = 0; i < instance.Tags.Length; i++)
        {
            if (!instance.Module.Tags[i].IsImported)
            {
                SetTag(instance, i, new Tag(instance.Store, instance.Module.Tags[i].Type));
            }
        }
    }

    private static void SetTag(Instance instance, int index, Tag tag)
    {
        tag.NoteModule(instance.Module, index);
        instance.Tags[index] = tag;
        *(TagData**)instance.At(instance.Code.Layout.Tag(index)) = tag.Data;
    }

    private static void AllocateTables(Instance instance)
    {
        var tables = instance.Module.Tables;
        for (var i = 0; i < tables.Length; i++)
        {
            if (tables[i].IsImported)
            {
                continue;
            }

            if (instance.Slot.OpenTable(instance.Store, i) is { } known)
            {
                instance.Tables[i] = known;
                continue;
            }

            var initial = tables[i].Initializer is { } initializer
                ? (nint)ConstantEvaluator.Evaluate(instance, initializer)
                : 0;
            var data = (TableData*)instance.At(instance.Code.Layout.Table(i).Offset);
            instance.Tables[i] = new Table(instance.Store, tables[i].Type, data, initial);
        }
    }

    /// <summary>Evaluates an element segment, which holds what was made so far all the while. A declarative one is evaluated as well, since that may trap, and dropped with the active ones.</summary>
    private static void SetElements(Instance instance, int index)
    {
        var segment = instance.Module.Elements[index];
        var elements = GC.AllocateArray<ulong>(segment.Count, pinned: ObjectLayout.IsHeapReference(segment.ElementType));
        instance.SetElements(index, elements);
        for (var i = 0; i < elements.Length; i++)
        {
            elements[i] = ConstantEvaluator.Evaluate(instance, segment.Expressions[i]);
        }
    }

    private static void CopyElements(Instance instance)
    {
        var segments = instance.Module.Elements;
        for (var i = 0; i < segments.Length; i++)
        {
            var segment = segments[i];
            if (segment.Mode == SegmentMode.Declarative)
            {
                instance.DropElements(i);
            }

            if (segment.Mode != SegmentMode.Active)
            {
                continue;
            }

            if (instance.Code.TableImages[segment.TableIndex] is null)
            {
                var offset = ConstantEvaluator.Evaluate(instance, segment.Offset!);
                var fits = segment.FunctionIndices.IsDefault
                    ? RuntimeFunctions.InitializeTable(instance, segment.TableIndex, i, offset, 0, (ulong)segment.Count)
                    : TryWriteFunctions(instance, segment, offset);
                TrapUnless(fits, TrapKind.TableOutOfBounds);
            }

            instance.DropElements(i);
        }
    }

    /// <summary>Writes a segment of function indices into its table, without making its references first; false if it does not fit.</summary>
    private static bool TryWriteFunctions(Instance instance, ElementSegment segment, ulong offset)
    {
        var table = instance.Tables[segment.TableIndex];
        var count = (ulong)segment.Count;
        if (count > table.Length || offset > table.Length - count)
        {
            return false;
        }

        var elements = table.Elements.Slice((int)offset, segment.Count);
        for (var i = 0; i < elements.Length; i++)
        {
            var function = segment.FunctionIndices[i];
            elements[i] = function < 0 ? 0 : (nint)instance.FunctionReference(function);
        }

        return true;
    }

    private static void CopyData(Instance instance)
    {
        var segments = instance.Module.Data;
        var isMapped = instance.Code.Images.TryMapInto(instance);
        instance.Slot.HasImages |= isMapped;
        if (instance.Code.Options.StressInstancePool)
        {
            instance.Slot.VerifyContents();
        }

        for (var i = 0; i < segments.Length; i++)
        {
            if (segments[i].Mode != SegmentMode.Active)
            {
                continue;
            }

            if (isMapped)
            {
                instance.DropData(i);
                continue;
            }

            var offset = ConstantEvaluator.Evaluate(instance, segments[i].Offset!);
            TrapUnless(
                RuntimeFunctions.InitializeMemory(instance, segments[i].MemoryIndex, i, offset, 0, (ulong)segments[i].Length),
                TrapKind.MemoryOutOfBounds);
            instance.DropData(i);
        }
    }

    private static void TrapUnless(bool done, TrapKind kind)
    {
        if (!done)
        {
            throw new WasmTrapException(kind, CapturedStack.Empty);
        }
    }
}
