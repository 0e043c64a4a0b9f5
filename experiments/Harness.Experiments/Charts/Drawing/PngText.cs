using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace Harness.Experiments.Charts.Drawing;

/// <summary>Adds texts to a PNG file as <c>iTXt</c> chunks (PNG specification, third edition, section 11.3.3.4).</summary>
internal static class PngText
{
    private const int EndChunkLength = 12;

    /// <summary>Adds texts by keyword, before the end chunk.</summary>
    public static byte[] Add(byte[] png, params (string Keyword, string Text)[] texts)
    {
        using var result = new MemoryStream();
        result.Write(png.AsSpan(0, png.Length - EndChunkLength));
        foreach (var (keyword, text) in texts)
        {
            WriteChunk(result, "iTXt", [.. Encoding.Latin1.GetBytes(keyword), 0, 0, 0, 0, 0, .. Encoding.UTF8.GetBytes(text)]);
        }

        result.Write(png.AsSpan(png.Length - EndChunkLength));
        return result.ToArray();
    }

    private static void WriteChunk(MemoryStream stream, string type, byte[] data)
    {
        byte[] body = [.. Encoding.ASCII.GetBytes(type), .. data];
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        stream.Write(number);
        stream.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.HashToUInt32(body));
        stream.Write(number);
    }
}
