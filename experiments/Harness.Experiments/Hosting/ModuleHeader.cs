using System.Text;

namespace Harness.Experiments.Hosting;

/// <summary>What the first bytes of a module tell without decoding it: whether it is a module at all, and whom it imports from. Nothing is known of bytes that are malformed.</summary>
internal static class ModuleHeader
{
    private const int HeaderSize = 8;
    private const byte ImportSection = 2;
    private const byte FunctionImport = 0;

    /// <summary>Whether the bytes are a component (component model, binary format), whose version has a layer in its upper half.</summary>
    public static bool IsComponent(ReadOnlySpan<byte> module) => module.StartsWith("\0asm"u8) && module.Length >= HeaderSize && module[6] == 1;

    /// <summary>The modules that functions are imported from, up to the first import of another kind, each once and in order.</summary>
    public static IReadOnlyList<string> ImportedModules(ReadOnlySpan<byte> module)
    {
        var names = new List<string>();
        if (!module.StartsWith("\0asm"u8) || module.Length < HeaderSize)
        {
            return names;
        }

        var rest = module[HeaderSize..];
        while (rest.Length > 0)
        {
            var id = rest[0];
            rest = rest[1..];
            if (!TryTake(ref rest, out var section))
            {
                break;
            }

            if (id == ImportSection)
            {
                AddModules(section, names);
            }

            if (id is >= ImportSection)
            {
                break;
            }
        }

        return names;
    }

    private static void AddModules(ReadOnlySpan<byte> section, List<string> names)
    {
        if (!TryTakeNumber(ref section, out var count))
        {
            return;
        }

        for (; count > 0; count--)
        {
            if (!TryTake(ref section, out var module) || !TryTake(ref section, out _) || section.Length == 0)
            {
                return;
            }

            var name = Encoding.UTF8.GetString(module);
            if (!names.Contains(name))
            {
                names.Add(name);
            }

            var isFunction = section[0] == FunctionImport;
            section = section[1..];
            if (!isFunction || !TryTakeNumber(ref section, out _))
            {
                return;
            }
        }
    }

    /// <summary>Takes a number of bytes off, and so many bytes.</summary>
    private static bool TryTake(ref ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> taken)
    {
        taken = default;
        if (!TryTakeNumber(ref bytes, out var length) || length > (uint)bytes.Length)
        {
            return false;
        }

        taken = bytes[..(int)length];
        bytes = bytes[(int)length..];
        return true;
    }

    /// <summary>Takes an unsigned LEB128 number of 32 bits off.</summary>
    private static bool TryTakeNumber(ref ReadOnlySpan<byte> bytes, out uint number)
    {
        number = 0;
        for (var i = 0; i < Math.Min(5, bytes.Length); i++)
        {
            number |= (uint)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] < 0x80)
            {
                bytes = bytes[(i + 1)..];
                return true;
            }
        }

        return false;
    }
}
