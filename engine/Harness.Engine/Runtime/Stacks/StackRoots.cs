using Harness.Engine.Heap;
using Harness.Engine.X64;

namespace Harness.Engine.Runtime.Stacks;

/// <summary>
/// Finds the references in the frames of compiled code, from the innermost frame outwards, by the stack maps of the calls that the
/// frames are at. What is known of a return address is kept, so that a frame costs one look-up in a table.
/// </summary>
/// <remarks>
/// A walk starts at a frame whose return address is in compiled code: <see cref="StoreContext.ExitFrame"/>, which host calls, runtime
/// functions that may collect, and <see cref="Stub.CollectGarbage"/> leave there before they enter C#.
/// </remarks>
internal sealed unsafe class StackRoots
{
    private const int CacheSize = 4096;

    private readonly Caller[] _cache = new Caller[CacheSize];
    private int _removals;

    /// <summary>Visits the references of all frames.</summary>
    /// <param name="exitFrame">The frame that was called by the innermost one of compiled code; null if there is none.</param>
    /// <param name="registers">The registers of the innermost frame if it is in a call that preserves them, else null.</param>
    /// <param name="visitor">Told where each reference lies.</param>
    /// <exception cref="InvalidOperationException">A frame is at a place that its compiler did not describe.</exception>
    public void Visit(byte* exitFrame, RegisterFile* registers, IRootVisitor visitor)
    {
        ForgetRemovedCode();
        while (exitFrame != null)
        {
            var address = *(nint*)(exitFrame + FrameLayout.ReturnAddress);
            var frame = *(byte**)exitFrame;
            ref var caller = ref _cache[(address ^ (address >> 12)) & (CacheSize - 1)];
            if (caller.ReturnAddress != address)
            {
                caller = Find(address);
            }

            if (caller.IsEntry)
            {
                // The stack goes on where the host function was called that came here.
                exitFrame = *(byte**)(frame + EntryFrame.PreviousExit);
                continue;
            }

            if (caller.Map is { } map)
            {
                foreach (var offset in map.RbpOffsets)
                {
                    visitor.Visit((ulong*)(frame + offset));
                }

                if (map.Registers != 0)
                {
                    VisitRegisters(map.Registers, registers, visitor);
                }
            }

            registers = null;
            exitFrame = frame;
        }
    }

    private static void VisitRegisters(uint live, RegisterFile* registers, IRootVisitor visitor)
    {
        if (registers == null)
        {
            throw new InvalidOperationException("references are in registers during a call that does not preserve them");
        }

        for (var register = Gpr.Rax; register <= Gpr.R15; register++)
        {
            if ((live >> (int)register & 1) != 0)
            {
                visitor.Visit((ulong*)((byte*)registers + RegisterFile.OffsetOf(register)));
            }
        }
    }

    private static Caller Find(nint address)
    {
        if (NativeRuntime.Registry.FindCaller(address) is not { } registered)
        {
            return new Caller { ReturnAddress = address, IsEntry = true };
        }

        var code = registered.Code;
        var site = code.FindSite(address, isTrap: false);
        if (site < 0)
        {
            site = code.FindSite(address, isTrap: true);
        }

        if (site < 0)
        {
            throw new InvalidOperationException(
                $"a collection at code offset 0x{address - code.Block.Address:x} of {code.Tier} code of "
                + $"{registered.Owner.Module.Functions[code.FunctionIndex]}, where the compiler announced no call");
        }

        var map = code.Sites[site].StackMap;
        return new Caller { ReturnAddress = address, Map = map < 0 ? null : code.StackMaps[map] };
    }

    private void ForgetRemovedCode()
    {
        var removals = NativeRuntime.Registry.Removals;
        if (_removals == removals)
        {
            return;
        }

        _removals = removals;
        Array.Clear(_cache);
    }

    /// <summary>What is known of a return address.</summary>
    private struct Caller
    {
        public nint ReturnAddress;
        public StackMap? Map;
        public bool IsEntry;
    }
}
