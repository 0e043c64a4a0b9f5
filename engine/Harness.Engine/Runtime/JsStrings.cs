using System.Text;
using Harness.Engine.Heap;
using Harness.Engine.Modules;

namespace Harness.Engine.Runtime;

/// <summary>
/// The functions of <see cref="BuiltinSets.JsString"/>, on strings of the WebAssembly heap, for all calls that compiled code does not do
/// itself. They work on references as compiled code has them, and keep those that they need after an allocation among the slots.
/// </summary>
internal static unsafe class JsStrings
{
    private const uint LastCodePoint = 0x10FFFF;

    private static readonly HostFunction[] Functions =
        [.. Enum.GetValues<StringBuiltin>().Select(builtin => HostFunction.CreateRaw(StringBuiltins.TypeOf(builtin), CallbackOf(builtin)))];

    /// <summary>The function of the host that does what a function of the set does.</summary>
    public static HostFunction FunctionOf(StringBuiltin builtin) => Functions[(int)builtin];

    private static HostFunction.RawCallback CallbackOf(StringBuiltin builtin) => builtin switch
    {
        StringBuiltin.Cast => static (_, slots) => RequireString(slots[0]),
        StringBuiltin.Test => static (_, slots) => slots[0] = IsString(slots[0]) ? 1u : 0,
        StringBuiltin.FromCharCodeArray => FromCharCodeArray,
        StringBuiltin.IntoCharCodeArray => IntoCharCodeArray,
        StringBuiltin.FromCharCode => static (caller, slots) => slots[0] = New(caller, [(char)slots[0]]),
        StringBuiltin.FromCodePoint => FromCodePoint,
        StringBuiltin.CharCodeAt => static (_, slots) => slots[0] = Characters(slots[0])[CheckIndex(slots)],
        StringBuiltin.CodePointAt => CodePointAt,
        StringBuiltin.Length => static (_, slots) => slots[0] = (uint)Characters(slots[0]).Length,
        StringBuiltin.Concat => Concatenate,
        StringBuiltin.Substring => Substring,
        StringBuiltin.Equals => AreEqual,
        _ => static (_, slots) => slots[0] = (uint)Math.Sign(Characters(slots[0]).SequenceCompareTo(Characters(slots[1]))),
    };

    private static bool IsString(ulong reference) =>
        reference != 0 && (reference & 1) == 0 && ObjectHeap.TypeIdOf(reference) == BuiltinTypeId.String;

    private static void RequireString(ulong reference)
    {
        if (!IsString(reference))
        {
            throw Trap(TrapKind.CastFailure);
        }
    }

    private static ReadOnlySpan<char> Characters(ulong reference)
    {
        RequireString(reference);
        return ObjectHeap.CharactersOf(reference);
    }

    /// <summary>The code units of an array that is checked to be there.</summary>
    private static Span<char> Elements(ulong array)
    {
        if (array == 0)
        {
            throw Trap(TrapKind.NullArray);
        }

        return ObjectHeap.CharactersOf(array);
    }

    private static int CheckIndex(ulong* slots)
    {
        var index = (uint)slots[1];
        return index < (uint)Characters(slots[0]).Length ? (int)index : throw Trap(TrapKind.StringOutOfBounds);
    }

    private static void FromCharCodeArray(HostCaller caller, ulong* slots)
    {
        var (start, end) = ((uint)slots[1], (uint)slots[2]);
        if (start > end || end > (uint)Elements(slots[0]).Length)
        {
            throw Trap(TrapKind.ArrayOutOfBounds);
        }

        var text = New(caller, end - start, slots, 1);
        Elements(slots[0])[(int)start..(int)end].CopyTo(ObjectHeap.CharactersOf(text));
        slots[0] = text;
    }

    private static void IntoCharCodeArray(HostCaller caller, ulong* slots)
    {
        var text = Characters(slots[0]);
        var target = Elements(slots[1]);
        var start = (uint)slots[2];
        if (start > (uint)target.Length || text.Length > target.Length - (int)start)
        {
            throw Trap(TrapKind.ArrayOutOfBounds);
        }

        text.CopyTo(target[(int)start..]);
        slots[0] = (uint)text.Length;
    }

    private static void FromCodePoint(HostCaller caller, ulong* slots)
    {
        var codePoint = (uint)slots[0];
        if (codePoint > LastCodePoint)
        {
            throw Trap(TrapKind.InvalidCodePoint);
        }

        if (codePoint <= char.MaxValue)
        {
            slots[0] = New(caller, [(char)codePoint]);
            return;
        }

        Span<char> units = stackalloc char[2];
        new Rune(codePoint).EncodeToUtf16(units);
        slots[0] = New(caller, units);
    }

    private static void CodePointAt(HostCaller caller, ulong* slots)
    {
        var index = CheckIndex(slots);
        var text = Characters(slots[0])[index..];
        slots[0] = text.Length > 1 && char.IsSurrogatePair(text[0], text[1]) ? (uint)char.ConvertToUtf32(text[0], text[1]) : text[0];
    }

    private static void Concatenate(HostCaller caller, ulong* slots)
    {
        var leftLength = Characters(slots[0]).Length;
        var rightLength = Characters(slots[1]).Length;
        if (rightLength == 0)
        {
            return;
        }

        if (leftLength == 0)
        {
            slots[0] = slots[1];
            return;
        }

        var text = New(caller, (uint)leftLength + (uint)rightLength, slots, 2);
        var target = ObjectHeap.CharactersOf(text);
        Characters(slots[0]).CopyTo(target);
        Characters(slots[1]).CopyTo(target[leftLength..]);
        slots[0] = text;
    }

    private static void Substring(HostCaller caller, ulong* slots)
    {
        var length = (uint)Characters(slots[0]).Length;
        var (start, end) = ((uint)slots[1], Math.Min((uint)slots[2], length));
        if (start > length || start > end)
        {
            (start, end) = (0, 0);
        }

        if (end - start == length)
        {
            return;
        }

        var text = New(caller, end - start, slots, 1);
        Characters(slots[0])[(int)start..(int)end].CopyTo(ObjectHeap.CharactersOf(text));
        slots[0] = text;
    }

    /// <summary>Null equals null, and nothing else.</summary>
    private static void AreEqual(HostCaller caller, ulong* slots)
    {
        var (left, right) = (slots[0], slots[1]);
        if (left != 0)
        {
            RequireString(left);
        }

        if (right != 0)
        {
            RequireString(right);
        }

        var areEqual = left == right || (left != 0 && right != 0 && Characters(left).SequenceEqual(Characters(right)));
        slots[0] = areEqual ? 1u : 0;
    }

    private static ulong New(HostCaller caller, ReadOnlySpan<char> characters)
    {
        var text = New(caller, (uint)characters.Length, null, 0);
        characters.CopyTo(ObjectHeap.CharactersOf(text));
        return text;
    }

    /// <summary>Makes a string; references in the first slots are updated if that collects garbage.</summary>
    private static ulong New(HostCaller caller, uint length, ulong* slots, nuint references)
    {
        var heap = caller.Store.Heap;
        using var scope = heap.Protect(slots, references);
        var text = heap.NewString(length, Allocation.MayCollect);
        return text != 0 ? text : throw Trap(TrapKind.OutOfMemory);
    }

    private static HostTrapException Trap(TrapKind kind) => new(kind);
}
