using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Cache;

/// <summary>
/// The baseline code of one function in bytes that mean the same in every process: addresses of stubs and ids of types are not among them, but the names of what they refer to.
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
        if (code.References is not { } references) return null;
        var writer = new RecordWriter();
        byte[] bytes = code.Block.Bytes.ToArray();
        writer.Write((long)references.Length);
        foreach (CodeReference reference in references)
        {
            int symbol = reference.Symbol;
            if (reference.Kind == CodeReferenceKind.Type && !typeIndices.TryGetValue(reference.Symbol, out symbol)) return null;
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
        WriteSites(writer, code.Sites);
        return writer.Written.ToArray();
    }

    /// <summary>Reads a function, and puts its code into the code space.</summary>
    /// <param name="record">What was written.</param>
    /// <param name="module">The module.</param>
    /// <param name="functionIndex">The function.</param>
    /// <param name="options">Where code is put: <see cref="CodePlacement"/>.</param>
    /// <exception cref="InvalidDataException">The bytes are not what was written.</exception>
    /// <exception cref="InsufficientMemoryException">The code space is full.</exception>
    public static CompiledCode Read(ReadOnlySpan<byte> record, WasmModule module, int functionIndex, EngineOptions options)
    {
        var reader = new RecordReader(record);
        var references = new CodeReference[reader.ReadCount()];
        for (int i = 0; i < references.Length; i++)
        {
            int offset = reader.ReadInt();
            var kind = (CodeReferenceKind)reader.ReadIndex((int)CodeReferenceKind.Type + 1);
            references[i] = kind == CodeReferenceKind.Stub
                ? new CodeReference(offset, kind, reader.ReadIndex((int)Stub.Count))
                : new CodeReference(offset, kind, module.CanonicalTypeIds[reader.ReadIndex(module.CanonicalTypeIds.Length)]);
        }

        ReadOnlySpan<byte> code = reader.ReadBytes();
        if (code.IsEmpty) throw RecordReader.Malformed();
        int instructionBytes = reader.ReadIndex(code.Length + 1);
        int frameSize = reader.ReadInt();
        int[] landingPads = reader.ReadInts();
        int[] feedbackCalls = reader.ReadInts();
        int slotSize = FrameLayout.SlotSizeOf(module.Functions[functionIndex]);
        StackMap[] maps = StackMapRecord.Read(ref reader, FrameLayout.BaselineSlot(0, slotSize), slotSize);
        CodeSite[] sites = ReadSites(ref reader, maps.Length, landingPads.Length);
        if (reader.Left != 0) throw RecordReader.Malformed();
        return new CompiledCode
        {
            FunctionIndex = functionIndex,
            Tier = CodeTier.Baseline,
            Block = Publish(code, references, options, functionIndex),
            InstructionBytes = instructionBytes,
            Sites = sites,
            FrameSize = frameSize,
            LandingPads = landingPads,
            FeedbackCallOffsets = feedbackCalls,
            StackMaps = maps,
            References = references,
        };
    }

    private static CodeBlock Publish(ReadOnlySpan<byte> code, CodeReference[] references, EngineOptions options, int functionIndex)
    {
        byte[] own = code.ToArray();
        var stubs = new List<Relocation>(references.Length);
        foreach (CodeReference reference in references)
        {
            if (reference.Offset < 0 || reference.Offset > own.Length - PlaceSize) throw RecordReader.Malformed();
            if (reference.Kind == CodeReferenceKind.Stub) stubs.Add(new Relocation(reference.Offset, NativeRuntime.AddressOf((Stub)reference.Symbol)));
            else BinaryPrimitives.WriteInt32LittleEndian(own.AsSpan(reference.Offset), reference.Symbol);
        }

        return CodePlacement.Publish(NativeRuntime.CodeSpace, own, CollectionsMarshal.AsSpan(stubs), options, functionIndex, CodeTier.Baseline);
    }

    private static void WriteSites(RecordWriter writer, CodeSite[] sites)
    {
        writer.Write((long)sites.Length);
        CodeSite last = default;
        foreach (CodeSite site in sites)
        {
            writer.Write((long)site.CodeOffset - last.CodeOffset);
            writer.Write((long)site.BytecodeOffset - last.BytecodeOffset);
            writer.Write((long)site.Trap);
            writer.Write((long)site.StackMap);
            writer.Write((long)site.Handler);
            last = site;
        }
    }

    private static CodeSite[] ReadSites(ref RecordReader reader, int maps, int landingPads)
    {
        var sites = new CodeSite[reader.ReadCount()];
        CodeSite last = default;
        for (int i = 0; i < sites.Length; i++)
        {
            int codeOffset = last.CodeOffset + reader.ReadInt();
            int bytecodeOffset = last.BytecodeOffset + reader.ReadInt();
            var trap = (TrapKind)reader.ReadIndex(byte.MaxValue + 1);
            int map = reader.ReadInt();
            int handler = reader.ReadInt();
            if (map < -1 || map >= maps || handler < -1 || handler >= landingPads) throw RecordReader.Malformed();
            last = sites[i] = new CodeSite(codeOffset, bytecodeOffset, -1, trap, map, handler);
        }

        return sites;
    }
}
