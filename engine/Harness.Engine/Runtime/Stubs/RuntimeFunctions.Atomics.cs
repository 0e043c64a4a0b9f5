using System.Runtime.InteropServices;

namespace Harness.Engine.Runtime.Stubs;

/// <content>Waiting and notifying (threads proposal, "Wait and Notify operators").</content>
internal static unsafe partial class RuntimeFunctions
{
    /// <summary>In place of a result: a trap is pending.</summary>
    private const long Trapped = -1;

    [UnmanagedCallersOnly]
    private static long MemoryWait32(InstanceHeader* header, int memory, ulong address, uint expected, long timeout, ulong offset) =>
        Wait(header, memory, address, offset, expected, is64: false, timeout);

    [UnmanagedCallersOnly]
    private static long MemoryWait64(InstanceHeader* header, int memory, ulong address, ulong expected, long timeout, ulong offset) =>
        Wait(header, memory, address, offset, expected, is64: true, timeout);

    [UnmanagedCallersOnly]
    private static long MemoryNotify(InstanceHeader* header, int memoryIndex, ulong address, uint count, ulong offset)
    {
        try
        {
            var memory = Instance.Of(header)!.Memories[memoryIndex];
            var fault = FaultOf(memory, ref address, offset, sizeof(uint));
            if (fault != TrapKind.None)
            {
                return Refused(header, fault);
            }

            return memory.Shared?.Notify(address, count) ?? 0;
        }
        catch (Exception e)
        {
            return Fail(header, e);
        }
    }

    private static long Wait(InstanceHeader* header, int memoryIndex, ulong address, ulong offset, ulong expected, bool is64, long timeout)
    {
        try
        {
            var memory = Instance.Of(header)!.Memories[memoryIndex];
            var fault = FaultOf(memory, ref address, offset, is64 ? 8UL : 4UL);
            if (fault == TrapKind.None && memory.Shared is null)
            {
                fault = TrapKind.UnsharedMemory;
            }

            if (fault != TrapKind.None)
            {
                return Refused(header, fault);
            }

            var result = memory.Shared!.Waiters.Wait(
                memory.Store, memory.Data->Base + address, address, expected, is64, timeout);
            return result != WaitResult.Interrupted ? (long)result : Refused(header, TrapKind.Interrupted);
        }
        catch (Exception e)
        {
            return Fail(header, e);
        }
    }

    /// <summary>Why an access traps; adds the offset to its address.</summary>
    private static TrapKind FaultOf(Memory memory, ref ulong address, ulong offset, ulong bytes)
    {
        // The alignment does not depend on a carry out of the address.
        var sum = address + offset;
        if ((sum & (bytes - 1)) != 0)
        {
            return TrapKind.UnalignedAtomic;
        }

        if (sum < address || !memory.Contains(sum, bytes))
        {
            return TrapKind.MemoryOutOfBounds;
        }

        address = sum;
        return TrapKind.None;
    }

    private static long Refused(InstanceHeader* header, TrapKind kind)
    {
        header->Context->PendingTrap = kind;
        return Trapped;
    }

    /// <summary>The exception is thrown at the outermost C# frame in place of the trap.</summary>
    private static long Fail(InstanceHeader* header, Exception exception)
    {
        Store.Of(header->Context).SetPending(exception);
        return Refused(header, TrapKind.OutOfMemory);
    }
}
