namespace Harness.Hosts.JavaScript;

/// <summary>Where a buffer of V8 has its bytes.</summary>
/// <param name="address">The first one; anything if there are none.</param>
/// <param name="length">How many there are.</param>
/// <param name="isShared">Whether it is a <c>SharedArrayBuffer</c>.</param>
internal readonly unsafe struct BufferPlace(byte* address, nuint length, bool isShared)
{
    /// <summary>The first byte; anything if there are none.</summary>
    public byte* Address { get; } = address;

    /// <summary>Number of bytes.</summary>
    public nuint Length { get; } = length;

    /// <summary>Whether it is a <c>SharedArrayBuffer</c>.</summary>
    public bool IsShared { get; } = isShared;

    /// <summary>The bytes, as long as nothing detaches the buffer.</summary>
    /// <exception cref="OverflowException">There are 2 GiB or more.</exception>
    public Span<byte> Bytes => Length == 0 ? default : new Span<byte>(Address, checked((int)Length));
}
