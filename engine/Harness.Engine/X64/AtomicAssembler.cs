using static Harness.Engine.X64.InstructionBits;

namespace Harness.Engine.X64;

/// <summary>Instructions that other processors see happen at once, and fences.</summary>
internal abstract unsafe class AtomicAssembler : VectorAssembler
{
    private const byte LockPrefix = 0xF0;

    private protected AtomicAssembler(int capacity)
        : base(capacity)
    {
    }

    /// <summary><c>xchg [a], b</c>, which is atomic and a full fence without a prefix.</summary>
    public void Xchg(OpSize size, Mem a, Gpr b) => _cursor = Encode(0x86 | Sized(size), (int)b, a);

    /// <summary><c>lock xadd [dst], src</c>: adds to memory, and leaves what was there in the register.</summary>
    public void LockXadd(OpSize size, Mem dst, Gpr src)
    {
        Lock();
        _cursor = Encode(M0F | 0xC0 | Sized(size), (int)src, dst);
    }

    /// <summary>
    /// <c>lock cmpxchg [dst], src</c>: stores the register if memory holds what <c>rax</c> does, and sets the zero flag; else loads memory
    /// into <c>rax</c>.
    /// </summary>
    public void LockCmpxchg(OpSize size, Mem dst, Gpr src)
    {
        Lock();
        _cursor = Encode(M0F | 0xB0 | Sized(size), (int)src, dst);
    }

    /// <summary><c>mfence</c>: what comes before it in memory is seen before what comes behind.</summary>
    public void MFence() => _cursor = Immediate8(EncodeOpcode(Reserve(), M0F | 0xAE, 0), 0xF0);

    private void Lock() => _cursor = Immediate8(Reserve(), LockPrefix);
}
