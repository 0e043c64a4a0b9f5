namespace Harness.Engine.Modules;

/// <summary>
/// What the opcode table knows of one instruction: its name, its immediates, and its type where that is fixed.
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
    internal OpcodeInfo(
        Opcode opcode, string name, ImmediateKind immediates, string? signature = null, int naturalAlignment = -1)
    {
        Opcode = opcode;
        Name = name;
        Immediates = immediates;
        NaturalAlignment = naturalAlignment;
        HasSignature = signature is not null;
        var arrow = signature?.IndexOf('>') ?? -1;
        Parameters = HasSignature ? ParseKinds(signature.AsSpan(0, arrow)) : [];
        Results = HasSignature ? ParseKinds(signature.AsSpan(arrow + 1)) : [];
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
