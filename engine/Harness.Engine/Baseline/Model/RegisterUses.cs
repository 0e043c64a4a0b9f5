using System.Runtime.CompilerServices;

namespace Harness.Engine.Baseline.Model;

/// <summary>How many values are in each register: the registers as a cache of the frame, without the values themselves.</summary>
internal struct RegisterUses()
{
    private readonly int[] _counts = new int[Register.Count];
    private int _total;
    private uint _used;
    private uint _recentlySpilled;

    /// <summary>The registers that values are in.</summary>
    public readonly uint Used => _used;

    /// <summary>Number of values that are in registers.</summary>
    public readonly int Total => _total;

    /// <summary>Whether values are in a register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool IsUsed(Register register) => (_used & register.Bit) != 0;

    /// <summary>How many values are in a register.</summary>
    public readonly int CountOf(Register register) => _counts[register.Code];

    /// <summary>Forgets all uses, and which registers were spilled.</summary>
    public void Clear()
    {
        _recentlySpilled = 0;
        ForgetUses();
    }

    /// <summary>Forgets all uses.</summary>
    public void ForgetUses()
    {
        _used = 0;
        _total = 0;
        Array.Clear(_counts);
    }

    /// <summary>One more value is in a register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Retain(Register register)
    {
        _counts[register.Code]++;
        _total++;
        _used |= register.Bit;
    }

    /// <summary>One value less is in a register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Release(Register register)
    {
        _total--;
        if (--_counts[register.Code] == 0)
        {
            _used &= ~register.Bit;
        }
    }

    /// <summary>All values of a register are in another one, which had none.</summary>
    public void Rename(Register register, Register other)
    {
        _counts[other.Code] = _counts[register.Code];
        _counts[register.Code] = 0;
        _used = (_used & ~register.Bit) | other.Bit;
    }

    /// <summary>The register of a set to spill: in turn, so that a value that was just spilled is not loaded and spilled again.</summary>
    public Register ChooseVictim(uint candidates)
    {
        var fresh = candidates & ~_recentlySpilled;
        if (fresh == 0)
        {
            _recentlySpilled &= ~candidates;
            fresh = candidates;
        }

        var victim = Register.First(fresh);
        _recentlySpilled |= victim.Bit;
        return victim;
    }
}
