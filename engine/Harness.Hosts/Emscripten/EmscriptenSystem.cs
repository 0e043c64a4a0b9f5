using System.Runtime.InteropServices;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Hosts.Wasi;

namespace Harness.Hosts.Emscripten;

/// <summary>Memory that grows, ends of the program, and random numbers.</summary>
internal static class EmscriptenSystem
{
    private const double Overgrowth = 0.2;
    private const double MostOvergrown = 100_663_296;

    public static void Add(Dictionary<string, HostSlotCallback> functions, EmscriptenHost host, EmscriptenOptions options)
    {
        functions["emscripten_resize_heap"] = (_, slots) => slots[0] = Grow(host.Memory, slots[0], options) ? 1ul : 0;
        functions["emscripten_get_heap_max"] = (_, slots) => slots[0] = MaximumBytes(host.Memory) is var bytes && bytes > uint.MaxValue ? uint.MaxValue - MemoryType.UsualPageSize + 1 : bytes;
        functions["emscripten_notify_memory_growth"] = (_, _) => options.MemoryGrown?.Invoke(host.Memory);
        functions["emscripten_memcpy_big"] = functions["_emscripten_memcpy_js"] = functions["emscripten_memcpy_js"] = (_, slots) =>
            Copy(host.Memory, slots[0], slots[1], slots[2]);
        functions["abort"] = functions["_abort_js"] = (_, _) => throw new EmscriptenAbortException("the program has aborted");
        functions["__assert_fail"] = (_, slots) => throw new EmscriptenAbortException(
            $"assertion failed: {host.ReadText((uint)slots[0])}, at {(slots[1] == 0 ? "unknown file" : host.ReadText((uint)slots[1]))}:{slots[2]}");
        functions["exit"] = functions["_exit"] = functions["proc_exit"] = functions["emscripten_force_exit"] = (_, slots) => throw new WasiExitException((int)slots[0]);
        functions["_emscripten_runtime_keepalive_clear"] = (_, _) => { };
        var random = new RandomSource(options.System.RandomSeed);
        functions["emscripten_random"] = (_, slots) =>
        {
            Span<byte> bits = stackalloc byte[sizeof(uint)];
            random.Fill(bits);
            slots[0] = BitConverter.SingleToUInt32Bits((BitConverter.ToUInt32(bits) >> 8) / (float)(1 << 24));
        };
        functions["getentropy"] = (_, slots) =>
        {
            Fill(random, host.Memory, slots[0], slots[1]);
            slots[0] = 0;
        };
    }

    /// <summary>Copies within the memory, up to all of it; where code would trap this does.</summary>
    private static unsafe void Copy(Memory memory, ulong to, ulong from, ulong count)
    {
        if (!memory.Contains(to, count) || !memory.Contains(from, count))
        {
            throw new HostTrapException(TrapKind.MemoryOutOfBounds);
        }

        NativeMemory.Copy(memory.Data->Base + from, memory.Data->Base + to, (nuint)count);
    }

    /// <summary>Fills a part of the memory with random bytes, up to all of it; where code would trap this does.</summary>
    private static void Fill(RandomSource random, Memory memory, ulong address, ulong count)
    {
        const ulong most = 1 << 30;
        if (!memory.Contains(address, count))
        {
            throw new HostTrapException(TrapKind.MemoryOutOfBounds);
        }

        for (ulong done = 0; done < count; done += most)
        {
            random.Fill(memory.Span(address + done, (int)Math.Min(most, count - done)));
        }
    }

    private static ulong MaximumBytes(Memory memory) =>
        Math.Min(memory.Type.Limits.Maximum ?? ImplementationLimits.MemoryPages32, ImplementationLimits.MemoryPages32) * MemoryType.UsualPageSize;

    /// <summary>Grows to at least a size, and by a fifth more where that is possible, as Emscripten's own glue does.</summary>
    private static bool Grow(Memory memory, ulong wanted, EmscriptenOptions options)
    {
        var maximum = MaximumBytes(memory);
        if (wanted > maximum)
        {
            return false;
        }

        for (var divisor = 1; divisor <= 4; divisor *= 2)
        {
            var more = Math.Min(memory.ByteLength * (1 + (Overgrowth / divisor)), wanted + MostOvergrown);
            var size = Math.Min(maximum, RoundUp(Math.Max(wanted, (ulong)more)));
            if (size < memory.ByteLength || memory.Grow((size - memory.ByteLength) >> memory.Type.PageSizeLog2) < 0)
            {
                continue;
            }

            options.MemoryGrown?.Invoke(memory);
            return true;
        }

        return false;
    }

    private static ulong RoundUp(ulong bytes) => (bytes + MemoryType.UsualPageSize - 1) / MemoryType.UsualPageSize * MemoryType.UsualPageSize;
}
