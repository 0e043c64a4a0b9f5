namespace Harness.Engine.Modules;

/// <summary>
/// What the opcode table knows of one instruction: its name, its immediates, its type where that is fixed, what it accesses, why it may
/// trap, what else it does, and since when there is such an instruction.
/// </summary>
internal sealed class OpcodeInfo
{
    /// <param name="opcode">The instruction.</param>
    /// <param name="name">Its name in the text format.</param>
    /// <param name="immediates">What follows the opcode.</param>
    /// <param name="signature">
    /// The operand and result types where no immediate or stack operand decides them, as <c>"operands&gt;results"</c>
    /// with i = i32, I = i64, f = f32, F = f64, v = v128.
    /// </param>
    /// <param name="naturalAlignment">For memory accesses, log2 of the bytes accessed; else -1.</param>
    /// <param name="access">What it reads or writes, if that is one place; of a memory access, its name tells.</param>
    /// <param name="traps">Why it may trap, other than by what it accesses.</param>
    /// <param name="effects">What it does besides accessing one place and trapping.</param>
    /// <param name="isCommutative">Whether it gives the same with its two operands exchanged, bit for bit, in all its results.</param>
    /// <param name="feature">With what it came; of vectors and atomic instructions, the name tells.</param>
    internal OpcodeInfo(
        Opcode opcode,
        string name,
        ImmediateKind immediates,
        string? signature = null,
        int naturalAlignment = -1,
        OperatorAccess access = default,
        Traps traps = Traps.None,
        Effects effects = Effects.None,
        bool isCommutative = false,
        Feature feature = Feature.Core)
    {
        Opcode = opcode;
        Name = name;
        Immediates = immediates;
        NaturalAlignment = naturalAlignment;
        HasSignature = signature is not null;
        var arrow = signature?.IndexOf('>') ?? -1;
        Parameters = HasSignature ? ParseKinds(signature.AsSpan(0, arrow)) : [];
        Results = HasSignature ? ParseKinds(signature.AsSpan(arrow + 1)) : [];
        Access = naturalAlignment >= 0 ? MemoryAccessOf(name) : access;
        Traps = Access.Traps | traps | (IsAtomic && naturalAlignment > 0 ? Traps.Alignment : Traps.None);
        Effects = Access.Effects | effects
            | (Traps != Traps.None ? Effects.Traps : Effects.None)
            | (IsAtomic ? Effects.Synchronizes : Effects.None);
        IsCommutative = isCommutative;
        Feature = feature != Feature.Core ? feature : FeatureOf(name);
    }

    /// <summary>The instruction.</summary>
    public Opcode Opcode { get; }

    /// <summary>The instruction's name in the text format.</summary>
    public string Name { get; }

    /// <summary>Whether this is a vector instruction.</summary>
    public bool IsVector => Opcode is >= Opcode.V128Load and < Opcode.MemoryAtomicNotify;

    /// <summary>Whether this is an atomic instruction, <c>atomic.fence</c> included.</summary>
    public bool IsAtomic => Opcode >= Opcode.MemoryAtomicNotify;

    /// <summary>What follows the opcode.</summary>
    public ImmediateKind Immediates { get; }

    /// <summary>
    /// Whether <see cref="Parameters"/> and <see cref="Results"/> tell the instruction's type. The address operand of a
    /// memory access is listed as i32; it is i64 where the memory is a 64-bit one.
    /// </summary>
    public bool HasSignature { get; }

    /// <summary>The operand types, bottom of the stack first.</summary>
    public ValueKind[] Parameters { get; }

    /// <summary>The result types.</summary>
    public ValueKind[] Results { get; }

    /// <summary>For memory accesses, log2 of the number of bytes accessed; -1 for all others.</summary>
    public int NaturalAlignment { get; }

    /// <summary>What it reads or writes, if that is one place.</summary>
    public OperatorAccess Access { get; }

    /// <summary>Why it may trap.</summary>
    public Traps Traps { get; }

    /// <summary>What it may do, where nothing is known of its operands.</summary>
    public Effects Effects { get; }

    /// <summary>Whether it gives the same with its two operands exchanged. Operators that may give one of two NaNs are not.</summary>
    public bool IsCommutative { get; }

    /// <summary>With what it came.</summary>
    public Feature Feature { get; }

    /// <summary>A load reads, a store writes, and what is neither (an atomic instruction) does both.</summary>
    private static OperatorAccess MemoryAccessOf(string name)
    {
        var isLoad = name.Contains(".load", StringComparison.Ordinal);
        var isStore = name.Contains(".store", StringComparison.Ordinal);
        var extension = isStore ? AccessExtension.None
            : name.EndsWith("_s", StringComparison.Ordinal) ? AccessExtension.Sign
            : name.EndsWith("_u", StringComparison.Ordinal) ? AccessExtension.Zero
            : AccessExtension.None;
        return new OperatorAccess(AccessKind.Memory, !isStore, !isLoad, extension);
    }

    private Feature FeatureOf(string name)
    {
        if (name.Contains("atomic", StringComparison.Ordinal))
        {
            return Feature.Threads;
        }

        if (name.Contains("relaxed", StringComparison.Ordinal))
        {
            return Feature.RelaxedVectors;
        }

        return IsVector ? Feature.Vectors : Feature.Core;
    }

    private static ValueKind[] ParseKinds(ReadOnlySpan<char> letters)
    {
        var kinds = new ValueKind[letters.Length];
        for (var i = 0; i < kinds.Length; i++)
        {
            kinds[i] = letters[i] switch
            {
                'i' => ValueKind.I32,
                'I' => ValueKind.I64,
                'f' => ValueKind.F32,
                'F' => ValueKind.F64,
                'v' => ValueKind.V128,
                _ => throw new ArgumentException($"unknown kind letter '{letters[i]}'", nameof(letters)),
            };
        }

        return kinds;
    }
}
