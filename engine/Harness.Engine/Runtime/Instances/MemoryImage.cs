using System.Collections.Immutable;
using System.ComponentModel;
using Harness.Engine.Modules;
using Harness.Engine.X64;

namespace Harness.Engine.Runtime.Instances;

/// <summary>
/// The initial content of one memory of a module as a file in memory, which instances map copy-on-write instead of copying the data
/// segments: what an instance does not touch costs it nothing, and what it only reads it shares with the others. (After Wasmtime's
/// copy-on-write images, bytecodealliance.org, "Wasmtime 1.0: a look at performance", 2022.)
/// </summary>
internal sealed unsafe class MemoryImage : IDisposable
{
    private const ulong SystemPage = 4096;

    /// <summary>Zeros between the segments that an image may have, in bytes, besides three for each byte of data.</summary>
    private const ulong SlackBytes = 1 << 20;

    private readonly int _file;
    private readonly ulong _start;
    private readonly ulong _length;

    private MemoryImage(int memoryIndex, int file, ulong start, ulong length)
    {
        MemoryIndex = memoryIndex;
        _file = file;
        _start = start;
        _length = length;
    }

    /// <summary>The memory that it is of.</summary>
    public int MemoryIndex { get; }

    /// <summary>
    /// The images of a module's memories. Null where copying must be done segment by segment: an offset is not constant, a segment is of an
    /// imported memory or does not fit (what comes before it is written nevertheless), the data is too thin, or less than a limit.
    /// </summary>
    /// <param name="module">The module.</param>
    /// <param name="minimumBytes">Bytes of data from which on images are worth their pages.</param>
    public static MemoryImage[]? Create(WasmModule module, int minimumBytes)
    {
        var ranges = new SortedDictionary<int, (ulong Start, ulong End)>();
        ulong bytes = 0;
        foreach (var segment in module.Data)
        {
            if (segment.Mode != SegmentMode.Active)
            {
                continue;
            }

            var memory = module.Memories[segment.MemoryIndex];
            if (memory.IsImported || ConstantOffset(segment) is not { } start)
            {
                return null;
            }

            var length = (ulong)segment.Length;
            var size = memory.Type.InitialBytes;
            if (length > size || start > size - length)
            {
                return null;
            }

            if (length == 0)
            {
                continue;
            }

            (ulong Start, ulong End) range = ranges.GetValueOrDefault(segment.MemoryIndex, (start, start));
            ranges[segment.MemoryIndex] = (Math.Min(range.Start, start), Math.Max(range.End, start + length));
            bytes += length;
        }

        if (bytes < (ulong)minimumBytes)
        {
            return null;
        }

        ulong span = 0;
        foreach (var (start, end) in ranges.Values)
        {
            span += end - start;
        }

        return span > (bytes * 4) + SlackBytes ? null : CreateFiles(module, ranges);
    }

    /// <summary>Maps the image into a new memory, in place of zeros.</summary>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public void MapInto(Memory memory) => LinuxMemory.MapPrivateAt(_file, (nuint)_length, memory.Data->Base + _start);

    /// <summary>Closes the file; what is mapped stays.</summary>
    public void Dispose() => LinuxMemory.Close(_file);

    private static MemoryImage[]? CreateFiles(WasmModule module, SortedDictionary<int, (ulong Start, ulong End)> ranges)
    {
        var images = new List<MemoryImage>();
        try
        {
            foreach ((var memory, (var start, var end)) in ranges)
            {
                images.Add(CreateFile(module, memory, start & ~(SystemPage - 1), end));
            }

            return [.. images];
        }
        catch (Win32Exception)
        {
            // No files or pages are left: segments can be copied all the same.
            foreach (var image in images)
            {
                image.Dispose();
            }

            return null;
        }
    }

    private static MemoryImage CreateFile(WasmModule module, int memoryIndex, ulong start, ulong end)
    {
        var length = (end - start + SystemPage - 1) & ~(SystemPage - 1);
        var file = LinuxMemory.CreateFile($"wasm memory image, {length >> 10} KiB", (nuint)length);
        var image = new MemoryImage(memoryIndex, file, start, length);
        try
        {
            var pages = LinuxMemory.MapFile(file, (nuint)length);
            foreach (var segment in module.Data)
            {
                if (segment.Mode != SegmentMode.Active || segment.MemoryIndex != memoryIndex || segment.Length == 0)
                {
                    continue;
                }

                var offset = ConstantOffset(segment)!.Value - start;
                module.Bytes.Slice(segment.Start, segment.Length).CopyTo(new Span<byte>(pages + offset, segment.Length));
            }

            LinuxMemory.Unmap(pages, (nuint)length);
            return image;
        }
        catch (Win32Exception)
        {
            image.Dispose();
            throw;
        }
    }

    private static ulong? ConstantOffset(DataSegment segment)
    {
        var operations = segment.Offset!.Operations;
        return operations is [{ Opcode: Opcode.I32Const or Opcode.I64Const } constant] ? constant.Bits : null;
    }
}
