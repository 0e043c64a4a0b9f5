using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Harness.Engine.Modules.Validation;

namespace Harness.Engine.Modules.Decoding;

/// <summary>
/// Decodes and validates a module in the binary format (specification, section 5.5). The sections are taken one after
/// the other, each checked against what the ones before declared.
/// </summary>
internal sealed partial class ModuleDecoder
{
    /// <summary>The order in which sections must appear, which is not that of their ids.</summary>
    private static readonly SectionId[] SectionOrder =
    [
        SectionId.Type, SectionId.Import, SectionId.Function, SectionId.Table, SectionId.Memory, SectionId.Tag,
        SectionId.Global, SectionId.Export, SectionId.Start, SectionId.Element, SectionId.DataCount, SectionId.Code,
        SectionId.Data,
    ];

    /// <summary>What the upper half of the version word is in a component (component model, binary format).</summary>
    private const uint ComponentLayer = 1;
    private const int ComponentLayerShift = 16;

    private readonly ModuleEnvironment _environment = new();
    private readonly ConstExpressionDecoder _constants;
    private readonly TailCallGraph _tailCalls = new();
    private readonly byte[] _bytes;
    private readonly BuiltinSets _builtinSets;
    private readonly int _validationThreads;
    private readonly bool _lazyValidation;
    private readonly Action<Thread> _startThread;

    /// <summary>What is known of the function bodies, which are valid; null to validate them.</summary>
    private readonly ValidatedBodies? _known;

    /// <summary>SHA-256 of the bytes; null if nobody has computed it yet.</summary>
    private readonly byte[]? _hash;
    private readonly List<Import> _imports = [];
    private readonly List<DataSegment> _data = [];
    private (int Start, int End, bool HasVectors)[] _bodies = [];
    private int _importedFunctions;
    private int? _start;
    private (int Start, int End) _names;
    private (int Start, int End) _branchHints;
    private InvalidModuleException? _invalidBody;
    private TimeSpan _validationTime;
    private ModuleReader _reader;
    private ExportTable _exports;

    private unsafe ModuleDecoder(
        byte[] bytes, BuiltinSets builtinSets, int validationThreads, bool lazyValidation, byte[]? hash, ValidatedBodies? known, int typeRealm, Action<Thread>? startThread)
    {
        _environment.TypeRealm = typeRealm;
        _bytes = bytes;
        _builtinSets = builtinSets;
        _validationThreads = validationThreads;
        _lazyValidation = lazyValidation;
        _startThread = startThread ?? (static thread => thread.Start());
        _hash = hash;
        _known = known;
        _constants = new ConstExpressionDecoder(_environment);
        var address = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(bytes));
        _reader = new ModuleReader(address, bytes.Length);
        _exports = new ExportTable(_reader, 0);
    }

    /// <summary>Decodes and validates a module.</summary>
    /// <exception cref="MalformedModuleException">The bytes are not a module.</exception>
    /// <exception cref="InvalidModuleException">The module is not valid.</exception>
    public static WasmModule Decode(ReadOnlySpan<byte> bytes, BuiltinSets builtinSets, int validationThreads, bool lazyValidation) =>
        DecodeCopy(Copy(bytes), builtinSets, validationThreads, hash: null, known: null, lazyValidation: lazyValidation);

    /// <summary>A copy of a module's bytes, which nobody else writes to.</summary>
    /// <exception cref="InvalidModuleException">There are too many.</exception>
    public static byte[] Copy(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > ImplementationLimits.ModuleSize)
        {
            throw InvalidModuleException.TooMany("bytes in a module", ImplementationLimits.ModuleSize, 0);
        }

        var pinned = GC.AllocateUninitializedArray<byte>(bytes.Length, pinned: true);
        bytes.CopyTo(pinned);
        return pinned;
    }

    /// <summary>Decodes and validates a module of which there is a copy.</summary>
    /// <param name="bytes">The <see cref="Copy"/>.</param>
    /// <param name="builtinSets">The functions that the engine provides.</param>
    /// <param name="validationThreads">Most threads that validate function bodies.</param>
    /// <param name="hash">SHA-256 of the bytes; null to have it computed where it is asked for.</param>
    /// <param name="known">What validation has found out about the same bytes with the same functions of the engine; null if they were not validated before.</param>
    /// <param name="typeRealm">The realm of its types: see <see cref="TypeRegistry.AddGroup"/>.</param>
    /// <param name="startThread">Starts a thread that validates function bodies; null for the system's way.</param>
    /// <param name="lazyValidation">Whether function bodies of which nothing is known are validated when they are first needed.</param>
    /// <exception cref="MalformedModuleException">The bytes are not a module.</exception>
    /// <exception cref="InvalidModuleException">The module is not valid.</exception>
    public static WasmModule DecodeCopy(
        byte[] bytes,
        BuiltinSets builtinSets,
        int validationThreads,
        byte[]? hash,
        ValidatedBodies? known,
        int typeRealm = 0,
        Action<Thread>? startThread = null,
        bool lazyValidation = false) =>
        new ModuleDecoder(bytes, builtinSets, validationThreads, lazyValidation, hash, known, typeRealm, startThread).Decode();

    private WasmModule Decode()
    {
        DecodeHeader();
        var place = -1;
        while (_reader.Remaining > 0)
        {
            var at = _reader.Offset;
            var id = (SectionId)_reader.ReadByte();
            if (id > SectionId.Tag)
            {
                throw new MalformedModuleException("malformed section id", at);
            }

            var section = _reader.ReadSized();
            if (id == SectionId.Custom)
            {
                DecodeCustomSection(section);
                continue;
            }

            var nextPlace = Array.IndexOf(SectionOrder, id);
            if (nextPlace <= place)
            {
                throw new MalformedModuleException("unexpected content after last section", at);
            }

            place = nextPlace;
            DecodeSection(id, section);
        }

        CheckCounts();
        if (_invalidBody is not null)
        {
            throw _invalidBody;
        }

        return CreateModule();
    }

    private void DecodeHeader()
    {
        if (_reader.ReadFixed32() != BinaryFormat.Magic)
        {
            throw new MalformedModuleException("magic header not detected", 0);
        }

        var version = _reader.ReadFixed32();
        if (version >> ComponentLayerShift == ComponentLayer)
        {
            throw new MalformedModuleException("unknown binary version: this is a component, not a module: take the core module out of it ('jco transpile', 'wasm-tools component unbundle')", sizeof(uint));
        }

        if (version != BinaryFormat.Version)
        {
            throw new MalformedModuleException("unknown binary version", sizeof(uint));
        }
    }

    private void DecodeSection(SectionId id, ModuleReader section)
    {
        switch (id)
        {
            case SectionId.Type:
                new TypeSectionDecoder(_environment, section).Decode();
                break;
            case SectionId.Import:
                DecodeImports(section);
                break;
            case SectionId.Function:
                DecodeFunctions(section);
                break;
            case SectionId.Table:
                DecodeTables(section);
                break;
            case SectionId.Memory:
                DecodeMemories(section);
                break;
            case SectionId.Tag:
                DecodeTags(section);
                break;
            case SectionId.Global:
                DecodeGlobals(section);
                break;
            case SectionId.Export:
                DecodeExports(section);
                break;
            case SectionId.Start:
                DecodeStart(section);
                break;
            case SectionId.Element:
                DecodeElements(section);
                break;
            case SectionId.DataCount:
                _environment.DataCount = section.ReadCountAhead(ImplementationLimits.DataSegments, "data segments");
                section.ExpectEnd();
                break;
            case SectionId.Code:
                DecodeCode(section);
                break;
            default:
                DecodeData(section);
                break;
        }
    }

    private void DecodeCustomSection(ModuleReader section)
    {
        var name = section.ReadName();
        if (section.Remaining < 0)
        {
            throw new MalformedModuleException("unexpected end of section or function", section.Offset);
        }

        if (name == NameSectionReader.SectionName)
        {
            _names = (section.Offset, section.End);
        }
        else if (name == BranchHints.SectionName)
        {
            _branchHints = (section.Offset, section.End);
        }
    }

    private void CheckCounts()
    {
        if (_bodies.Length != _environment.Functions.Count - _importedFunctions)
        {
            throw new MalformedModuleException("function and code section have inconsistent lengths", _reader.Offset);
        }

        if (_environment.DataCount is { } count && count != _data.Count)
        {
            throw new MalformedModuleException("data count and data section have inconsistent lengths", _reader.Offset);
        }
    }

    /// <summary>Whether the function bodies need not be looked at. To be asked for when all that they can mention is declared.</summary>
    private bool IsKnown => _known is not null && _known.Fits(_environment.Tables.Count, _environment.Functions.Count);

    /// <summary>Whether the function bodies are looked at when they are first needed. To be asked for at the same time.</summary>
    private bool IsLate => _lazyValidation && !IsKnown;

    private WasmModule CreateModule()
    {
        var typeIds = new int[_environment.Types.Count];
        for (var i = 0; i < typeIds.Length; i++)
        {
            typeIds[i] = _environment.Types[i].CanonicalId;
        }

        var module = new WasmModule(_bytes, typeIds, _exports, _names, _branchHints)
        {
            TypeGroups = [.. _environment.TypeGroups],
            Imports = [.. _imports],
            Tables = [.. _environment.Tables],
            Memories = [.. _environment.Memories],
            Globals = [.. _environment.Globals],
            Tags = [.. _environment.Tags],
            Elements = [.. _environment.Elements],
            Data = [.. _data],
            StartFunction = _start,
            Bodies = IsKnown ? new BodyFacts(_known!) : _environment.Bodies,
            Late = IsLate && _bodies.Length > 0 ? new LateValidation(_environment, _bytes, _importedFunctions, _bodies) : null,
            BuiltinSets = _builtinSets,
            Hash = _hash!,
            ValidationTime = _validationTime,
            ImportedFunctionCount = _importedFunctions,
        };
        module.Functions = CreateFunctions(module);
        return module;
    }

    private ImmutableArray<FunctionInfo> CreateFunctions(WasmModule module)
    {
        var functions = new FunctionInfo[_environment.Functions.Count];
        var leaving = IsKnown || IsLate ? null : _tailCalls.FindLeaving(_importedFunctions, functions.Length);
        for (var i = 0; i < functions.Length; i++)
        {
            var declaration = _environment.Functions[i];
            var (start, end, hasVectors) = i < _importedFunctions ? default : _bodies[i - _importedFunctions];
            functions[i] = new FunctionInfo(module, i, declaration)
            {
                IsImported = i < _importedFunctions,
                IsDeclared = _environment.ReferencedFunctions.Contains(i),
                MayLeaveInstance = IsKnown ? _known!.LeavingFunctions[i] : leaving?.Contains(i) == true,
                BodyStart = start,
                BodyEnd = end,
                HasVectors = hasVectors,
            };
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(functions);
    }
}
