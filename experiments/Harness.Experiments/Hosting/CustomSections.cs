using System.Text;

namespace Harness.Experiments.Hosting;

/// <summary>Finds custom sections in modules that are known to be well-formed.</summary>
internal static class CustomSections
{
    private const int HeaderSize = 8;

    /// <summary>The content of the first section with a name, or null.</summary>
    public static byte[]? Find(ReadOnlySpan<byte> module, string name)
    {
        var rest = module[HeaderSize..];
        while (rest.Length > 0)
        {
            var isCustom = rest[0] == 0;
            rest = rest[1..];
            var length = TakeLength(ref rest);
            var section = rest[..length];
            rest = rest[length..];
            if (!isCustom)
            {
                continue;
            }

            var nameLength = TakeLength(ref section);
            if (Encoding.UTF8.GetString(section[..nameLength]) == name)
            {
                return section[nameLength..].ToArray();
            }
        }

        return null;
    }

    /// <summary>Takes an unsigned LEB128 number off.</summary>
    private static int TakeLength(ref ReadOnlySpan<byte> bytes)
    {
        var (result, shift, count) = (0, 0, 0);
        byte current;
        do
        {
            current = bytes[count++];
            result |= (current & 0x7F) << shift;
            shift += 7;
        }
        while (current >= 0x80);
        bytes = bytes[count..];
        return result;
    }
}
