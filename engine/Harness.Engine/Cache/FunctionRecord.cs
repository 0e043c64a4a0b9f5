using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Harness.Engine.Configuration;
using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Cache;

/// <summary>
/// The code of one function, of either tier, in bytes that mean the same in every process: addresses of stubs and ids of types are not among them, but the names of what they refer to.
/// Optimized code has its inlined calls with it, and its exits (<see cref="DeoptRecord"/>).
/// </summary>
internal static class FunctionRecord
{
    /// <summary>Bytes of a place that is filled in when code is read.</summary>
    private const int PlaceSize = sizeof(int);

    /// <summary>Writes a function.</summary>
    /// <param name="code">Its code.</param>
    /// <param name="typeIndices">By canonical id, the index of a type in the module.</param>
    /// <returns>The bytes; null if the code refers to something that has no name.</returns>
    public static byte[]? TryWrite(CompiledCode code, Dictionary<int, int> typeIndices)
    {
        if (code.References is not { } references)
        {
            return null;
        }

        var writer = new RecordWriter();
        var bytes = code.Block.Bytes.ToArray();
        writer.Write((long)code.Tier);
        writer.Write((long)references.Length);
        foreach (var reference in references)
        {
            var symbol = reference.Symbol;
            if (reference.Kind == CodeReferenceKind.Type && !TypeSymbols.TryName(reference.Symbol, typeIndices, out symbol))
            {
                return null;
            }

            writer.Write((long)reference.Offset);
            writer.Write((long)reference.Kind);
            writer.Write((long)symbol);
            bytes.AsSpan(reference.Offset, PlaceSize).Clear();
        }

        writer.Write(bytes.AsSpan());
        writer.Write((long)code.InstructionBytes);
        writer.Write((long)code.FrameSize);
        writer.Write(code.LandingPads.AsSpan());
        writer.Write(code.FeedbackCallOffsets.AsSpan());
        StackMapRecord.Write(writer, code.StackMaps);
        WriteInlining(writer, code.InliningPositions);
        WriteSites(writer, code.Sites);
        if (code.Tier == CodeTier.Optimized)
        {
            writer.Write((long)code.LoopOffset);
            writer.Write((long)code.LoopValues);
            if (!DeoptRecord.TryWrite(writer, code.DeoptData?.Points ?? [], typeIndices))
            {
                return null;
            }
        }

        return writer.Written.ToArray();
    }

    /// <summary>Reads a function, and puts its code into the code space.</summary>
    /// <param name="record">What was written.</param>
    /// <param name="module">The module.</param>
    /// <param name="functionIndex">The function.</param>
    /// <param name="tier">Its tier.</param>
    /// <param name="options">Where code is put: <see cref="CodePlacement"/>.</param>
    /// <returns>The code; null if this process lacks what it refers to.</returns>
    /// <exception cref="InvalidDataException">The bytes are not what was written.</exception>
    /// <exception cref="InsufficientMemoryException">The code space is full.</exception>
    public static CompiledCode? TryRead(ReadOnlySpan<byte> record, WasmModule module, int functionIndex, CodeTier tier, EngineOptions options)
    {
        var reader = new RecordReader(record);
        if (reader.ReadLong() != (long)tier)
        {
            throw RecordReader.Malformed();
        }

        var references = new CodeReference[reader.ReadCount()];
        for (var i = 0; i < references.Length; i++)
        {
            references[i] = ReadReference(ref reader, module);
        }

        var code = reader.ReadBytes();
        if (code.IsEmpty)
        {
            throw RecordReader.Malformed();
        }

        var instructionBytes = reader.ReadIndex(code.Length + 1);
        var frameSize = reader.ReadInt();
        var landingPads = reader.ReadInts();
        var feedbackCalls = reader.ReadInts();
        var isOptimized = tier == CodeTier.Optimized;
        var slotSize = FrameLayout.SlotSizeOf(module.Functions[functionIndex]);
        var maps = isOptimized
            ? StackMapRecord.Read(ref reader, FrameLayout.OptimizedFirstSlot, sizeof(long))
            : StackMapRecord.Read(ref reader, FrameLayout.BaselineSlot(0, slotSize), slotSize);
        var inlining = ReadInlining(ref reader, module);
        var sites = ReadSites(ref reader, maps.Length, landingPads.Length, inlining.Length);
        var loop = isOptimized ? reader.ReadInt() : -1;
        var loopValues = isOptimized ? reader.ReadInt() : 0;
        var deopts = isOptimized ? DeoptRecord.Read(ref reader, module) : null;
        if (reader.Left != 0)
        {
            throw RecordReader.Malformed();
        }

        if (TryPublish(code, references, options, functionIndex, tier) is not { } block)
        {
            return null;
        }

        return new CompiledCode
        {
            FunctionIndex = functionIndex,
            Tier = tier,
            Block = block,
            InstructionBytes = instructionBytes,
            Sites = sites,
            InliningPositions = inlining,
            FrameSize = frameSize,
            LandingPads = landingPads,
            FeedbackCallOffsets = feedbackCalls,
            StackMaps = maps,
            LoopOffset = loop,
            LoopValues = loopValues,
            LoopValueSize = isOptimized ? slotSize : sizeof(long),
            DeoptData = deopts,
            References = references,
        };
    }

    private static CodeReference ReadReference(ref RecordReader reader, WasmModule module)
    {
        var offset = reader.ReadInt();
        var kind = (CodeReferenceKind)reader.ReadIndex((int)CodeReferenceKind.Count);
        var symbol = kind switch
        {
            CodeReferenceKind.Stub => reader.ReadIndex((int)Stub.Count),
            CodeReferenceKind.Type => TypeSymbols.Read(ref reader, module),
            _ => reader.ReadIndex(1 << TypeDisplays.RowShift),
        };
        return new CodeReference(offset, kind, symbol);
    }

    /// <summary>Puts code into the code space; null if the table of displays lies where its code cannot reach it.</summary>
    private static CodeBlock? TryPublish(ReadOnlySpan<byte> code, CodeReference[] references, EngineOptions options, int functionIndex, CodeTier tier)
    {
        var own = code.ToArray();
        var stubs = new List<Relocation>(references.Length);
        foreach (var reference in references)
        {
            if (reference.Offset < 0 || reference.Offset > own.Length - PlaceSize)
            {
                throw RecordReader.Malformed();
            }

            var place = own.AsSpan(reference.Offset, PlaceSize);
            switch (reference.Kind)
            {
                case CodeReferenceKind.Stub:
                    stubs.Add(new Relocation(reference.Offset, NativeRuntime.AddressOf((Stub)reference.Symbol)));
                    break;
                case CodeReferenceKind.Type:
                    BinaryPrimitives.WriteInt32LittleEndian(place, reference.Symbol);
                    break;
                default:
                    if (!TypeDisplays.TryGetDisplacement(out var firstRow))
                    {
                        return null;
                    }

                    BinaryPrimitives.WriteInt32LittleEndian(place, firstRow + reference.Symbol);
                    break;
            }
        }

        return CodePlacement.Publish(NativeRuntime.CodeSpace, own, CollectionsMarshal.AsSpan(stubs), options, functionIndex, tier);
    }

    private static void WriteInlining(RecordWriter writer, InliningPosition[] positions)
    {
        writer.Write((long)positions.Length);
        foreach (var position in positions)
        {
            writer.Write((long)position.FunctionIndex);
            writer.Write((long)position.CallOffset);
            writer.Write((long)position.Parent + 1);
        }
    }

    private static InliningPosition[] ReadInlining(ref RecordReader reader, WasmModule module)
    {
        var count = reader.ReadCount();
        var positions = count == 0 ? [] : new InliningPosition[count];
        for (var i = 0; i < positions.Length; i++)
        {
            // A caller comes before what is inlined into it, so that no chain of them is without an end.
            positions[i] = new InliningPosition(reader.ReadIndex(module.Functions.Length), reader.ReadInt(), (short)(reader.ReadIndex(i + 1) - 1));
        }

        return positions;
    }

    private static void WriteSites(RecordWriter writer, CodeSite[] sites)
    {
        writer.Write((long)sites.Length);
        CodeSite last = default;
        foreach (var site in sites)
        {
            writer.Write((long)site.CodeOffset - last.CodeOffset);
            writer.Write((long)site.BytecodeOffset - last.BytecodeOffset);
            writer.Write((long)site.Inlining);
            writer.Write((long)site.Trap);
            writer.Write((long)site.StackMap);
            writer.Write((long)site.Handler);
            last = site;
        }
    }

    private static CodeSite[] ReadSites(ref RecordReader reader, int maps, int landingPads, int positions)
    {
        var sites = new CodeSite[reader.ReadCount()];
        CodeSite last = default;
        for (var i = 0; i < sites.Length; i++)
        {
            var codeOffset = last.CodeOffset + reader.ReadInt();
            var bytecodeOffset = last.BytecodeOffset + reader.ReadInt();
            var inlining = reader.ReadInt();
            var trap = (TrapKind)reader.ReadIndex(byte.MaxValue + 1);
            var map = reader.ReadInt();
            var handler = reader.ReadInt();
            if (inlining < -1 || inlining >= positions || map < -1 || map >= maps || handler < -1 || handler >= landingPads)
            {
                throw RecordReader.Malformed();
            }

            last = sites[i] = new CodeSite(codeOffset, bytecodeOffset, (short)inlining, trap, map, handler);
        }

        return sites;
    }
}
