namespace Harness.Engine.X64;

/// <summary>A piece of a <see cref="CodeSpace"/>, with the addresses at which it is written and executed.</summary>
internal readonly unsafe struct CodeBlock
{
    /// <summary>Makes a block of its parts.</summary>
    public CodeBlock(byte* writable, byte* executable, int size, int padding = 0)
    {
        Padding = padding;
        Writable = writable;
        Executable = executable;
        Size = size;
    }

    /// <summary>Where the block is written.</summary>
    public byte* Writable { get; }

    /// <summary>Where it is executed.</summary>
    public byte* Executable { get; }

    /// <summary>Its size in bytes.</summary>
    public int Size { get; }

    /// <summary>Bytes before it that belong to it and have no code.</summary>
    public int Padding { get; }

    /// <summary><see cref="Executable"/> as a number.</summary>
    public nint Address => (nint)Executable;

    /// <summary>The bytes, for reading.</summary>
    public ReadOnlySpan<byte> Bytes => new(Executable, Size);

    /// <summary>Whether an address lies in the executable block.</summary>
    public bool Contains(nint address) => (nuint)(address - Address) < (nuint)Size;
}
