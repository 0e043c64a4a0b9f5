using Harness.Engine.Modules;
using Harness.Engine.Modules.Decoding;

namespace Harness.Engine.Tests.Modules;

public unsafe class Leb128Tests
{
    public static TheoryData<long> Signed =>
    [
        0, 1, -1, 63, 64, -64, -65, 8191, 8192, -8192, -8193, int.MaxValue, int.MinValue, 1L << 32, -(1L << 32),
            (1L << 62) - 1,
        1L << 62, -(1L << 62), long.MaxValue, long.MinValue,
    ];

    public static TheoryData<ulong> Unsigned =>
    [
        0, 1, 127, 128, 16383, 16384, (1 << 21) - 1, 1 << 21, (1 << 28) - 1, 1 << 28, uint.MaxValue, 1UL << 32,
            (1UL << 63) - 1,
        1UL << 63, ulong.MaxValue,
    ];

    [Theory]
    [MemberData(nameof(Signed))]
    public void SignedNumbersAreReadAsWritten(long value)
    {
        var writer = new WasmWriter();
        writer.I64(value);
        Assert.Equal(value, Read(writer.ToArray(), (ref r) => r.ReadVarI64()));
        Assert.Equal(value, ReadTrusted(writer.ToArray(), (ref r) => r.ReadVarI64()));
        if ((int)value != value)
        {
            return;
        }

        Assert.Equal((int)value, Read(writer.ToArray(), (ref r) => r.ReadVarI32()));
        Assert.Equal((int)value, ReadTrusted(writer.ToArray(), (ref r) => r.ReadVarI32()));
    }

    [Theory]
    [MemberData(nameof(Unsigned))]
    public void UnsignedNumbersAreReadAsWritten(ulong value)
    {
        var writer = new WasmWriter();
        writer.U64(value);
        Assert.Equal(value, Read(writer.ToArray(), (ref r) => r.ReadVarU64()));
        Assert.Equal(value, ReadTrusted(writer.ToArray(), (ref r) => r.ReadVarU64()));
        if ((uint)value != value)
        {
            return;
        }

        Assert.Equal((uint)value, Read(writer.ToArray(), (ref r) => r.ReadVarU32()));
        Assert.Equal((uint)value, ReadTrusted(writer.ToArray(), (ref r) => r.ReadVarU32()));
    }

    [Theory]
    [InlineData("8000", 0u)]
    [InlineData("8080808000", 0u)]
    [InlineData("FFFFFFFF0F", uint.MaxValue)]
    public void PaddingUpToTheLongestFormIsRead(string bytes, uint value)
    {
        Assert.Equal(value, Read(Convert.FromHexString(bytes), (ref r) => r.ReadVarU32()));
        Assert.Equal(value, ReadTrusted(Convert.FromHexString(bytes), (ref r) => r.ReadVarU32()));
    }

    [Theory]
    [InlineData("808080808000", "integer representation too long")]
    [InlineData("FFFFFFFF1F", "integer too large")]
    [InlineData("8080808010", "integer too large")]
    [InlineData("808080", "unexpected end")]
    [InlineData("", "unexpected end")]
    public void FaultyUnsignedNumbersAreRefused(string bytes, string message) =>
        AssertMalformed(bytes, message, (ref r) => r.ReadVarU32());

    [Theory]
    [InlineData("808080808000", "integer representation too long")]
    [InlineData("FFFFFFFF0F", "integer too large")]
    [InlineData("8080808070", "integer too large")]
    [InlineData("8080808008", "integer too large")]
    public void FaultySigned32BitNumbersAreRefused(string bytes, string message) =>
        AssertMalformed(bytes, message, (ref r) => r.ReadVarI32());

    [Theory]
    [InlineData("80808080808080808001", "integer too large")]
    [InlineData("8080808080808080807E", "integer too large")]
    [InlineData("FFFFFFFFFFFFFFFFFFFF7F", "integer representation too long")]
    public void FaultySigned64BitNumbersAreRefused(string bytes, string message) =>
        AssertMalformed(bytes, message, (ref r) => r.ReadVarI64());

    [Fact]
    public void Signed33BitNumbersHaveOneBitMore()
    {
        Assert.Equal(uint.MaxValue, Read([0xFF, 0xFF, 0xFF, 0xFF, 0x0F], (ref r) => r.ReadVarI33()));
        Assert.Equal(-(1L << 32), Read([0x80, 0x80, 0x80, 0x80, 0x70], (ref r) => r.ReadVarI33()));
        AssertMalformed("8080808010", "integer too large", (ref r) => r.ReadVarI33());
    }

    private static void AssertMalformed<T>(string bytes, string message, Reading<ModuleReader, T> read)
    {
        var fault = Assert.Throws<MalformedModuleException>(() => { Read(Convert.FromHexString(bytes), read); });
        Assert.StartsWith(message, fault.Message, StringComparison.Ordinal);
    }

    private static T Read<T>(byte[] bytes, Reading<ModuleReader, T> read)
    {
        fixed (byte* start = bytes)
        {
            var reader = new ModuleReader(start, bytes.Length);
            var value = read(ref reader);
            Assert.Equal(0, reader.Remaining);
            return value;
        }
    }

    /// <summary>Reads with the reader for validated code, from a custom section.</summary>
    private static T ReadTrusted<T>(byte[] bytes, Reading<BytecodeReader, T> read)
    {
        var module = new ModuleBuilder().Raw([0, (byte)(bytes.Length + 1), 0]).Raw(bytes).Decode();
        var reader = new BytecodeReader(module, module.Bytes.Length - bytes.Length, module.Bytes.Length);
        var value = read(ref reader);
        Assert.True(reader.IsAtEnd);
        Assert.Equal(module.Bytes.Length, reader.Offset);
        return value;
    }

    private delegate T Reading<TReader, T>(ref TReader reader);
}
