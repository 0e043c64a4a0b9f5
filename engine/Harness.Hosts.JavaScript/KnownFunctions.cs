using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Hosts.JavaScript;

/// <summary>A function of JavaScript whose meaning is known, on values as compiled code has them.</summary>
/// <returns>Whether it was served; if not, nothing has happened, and JavaScript is called.</returns>
internal unsafe delegate bool KnownFunction(StoreRealm realm, ulong* values);

/// <summary>
/// Functions of JavaScript that are served without crossing. Their descriptions are those that <c>describe</c> in known-functions.js makes: the name of a
/// function that JavaScript itself has, or the source text of one that glue defines. Results are V8's to the last bit, but for those of NaN.
/// </summary>
internal static unsafe class KnownFunctions
{
    /// <summary>Longest text, in code units, that is read as a number here.</summary>
    private const int LongestNumber = 1 << 16;

    /// <summary>How dart2wasm's glue has <c>double.parse</c>.</summary>
    private const string DartParse =
        @"source:s => { if (!/^\s*[+-]?(?:Infinity|NaN|(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][+-]?\d+)?)\s*$/.test(s)) { return NaN; } return parseFloat(s); }";

    private static readonly Dictionary<(string Description, string Signature), KnownFunction> All = MakeAll();

    private static readonly long Start = Stopwatch.GetTimestamp();

    /// <summary>The function with a description and a type, if its meaning is known.</summary>
    public static KnownFunction? Find(string description, FunctionType type) => All.TryGetValue((description, Descriptions.SignatureOf(type)), out var known) ? known : null;

    private static Dictionary<(string Description, string Signature), KnownFunction> MakeAll()
    {
        var all = new Dictionary<(string Description, string Signature), KnownFunction>
        {
            [("source:() => 1000 * performance.now()", ">d")] = (_, values) => Return(values, Now() * 1000),
            [("source:() => performance.now()", ">d")] = (_, values) => Return(values, Now()),
            [("source:() => Date.now()", ">d")] = (_, values) => Return(values, Math.Floor((DateTime.UtcNow - DateTime.UnixEpoch).TotalMilliseconds)),
            [("Date.now", ">d")] = (_, values) => Return(values, Math.Floor((DateTime.UtcNow - DateTime.UnixEpoch).TotalMilliseconds)),
            [("call:Number.prototype.toString", "d>e")] = (realm, values) => ReturnText(realm, values, NumberText.Of(NumberOf(values[0]))),
            [("call:Number.prototype.toString", "i>e")] = (realm, values) => ReturnText(realm, values, ((int)values[0]).ToString(CultureInfo.InvariantCulture)),
            [("call:Number.prototype.toString", "ii>e")] = (realm, values) => ReturnInteger(realm, values, (int)values[0], (int)values[1]),
            [("call:BigInt.prototype.toString", "li>e")] = (realm, values) => ReturnInteger(realm, values, (long)values[0], (int)values[1]),
            [("parseFloat", "e>d")] = (_, values) => TryGetText(values[0], out var text) && Return(values, NumberReading.ReadPrefix(text)),
            [(DartParse, "e>d")] = (_, values) => TryGetText(values[0], out var text) && Return(values, NumberReading.ReadWhole(text)),
            [("source:(s) => +s", "e>d")] = (_, values) => TryGetText(values[0], out var text) && NumberReading.Convert(text) is { } number && Return(values, number),
            [("Math.clz32", "i>i")] = (_, values) => ReturnWord(values, BitOperations.LeadingZeroCount((uint)values[0])),
            [("Math.imul", "ii>i")] = (_, values) => ReturnWord(values, (int)values[0] * (int)values[1]),
        };
        foreach (var (name, apply) in KnownArithmetic.Unary)
        {
            all.Add(($"Math.{name}", "d>d"), (_, values) => Return(values, apply(NumberOf(values[0]))));
        }

        foreach (var (name, apply) in KnownArithmetic.Binary)
        {
            all.Add(($"Math.{name}", "dd>d"), (_, values) => Return(values, apply(NumberOf(values[0]), NumberOf(values[1]))));
        }

        return all;
    }

    private static double Now() => Stopwatch.GetElapsedTime(Start).TotalMilliseconds;

    private static double NumberOf(ulong bits) => BitConverter.UInt64BitsToDouble(bits);

    /// <summary>The code units of a reference that is a string, until the next collection.</summary>
    /// <returns>False if it is something else, or long.</returns>
    private static bool TryGetText(ulong reference, out ReadOnlySpan<char> text)
    {
        text = default;
        if (reference == 0 || (reference & 1) != 0 || ObjectHeap.TypeIdOf(reference) != BuiltinTypeId.String || ObjectHeap.LengthOf(reference) > LongestNumber)
        {
            return false;
        }

        text = ObjectHeap.CharactersOf(reference);
        return true;
    }

    private static bool ReturnWord(ulong* values, int result)
    {
        values[0] = (uint)result;
        return true;
    }

    private static bool Return(ulong* values, double result)
    {
        values[0] = BitConverter.DoubleToUInt64Bits(result);
        return true;
    }

    /// <summary>The text of an integer in a radix; JavaScript says what is wrong with a radix that does not exist.</summary>
    private static bool ReturnInteger(StoreRealm realm, ulong* values, long integer, int radix) =>
        radix is >= NumberText.LeastRadix and <= NumberText.MostRadix && ReturnText(realm, values, NumberText.Of(integer, radix));

    /// <summary>Makes a text. The values are numbers, so that a collection knows all references.</summary>
    /// <exception cref="HostTrapException">The heap has no room for it.</exception>
    private static bool ReturnText(StoreRealm realm, ulong* values, string text)
    {
        var made = realm.Store.Heap.NewString(text, Allocation.MayCollect);
        if (made == 0)
        {
            throw new HostTrapException(TrapKind.OutOfMemory);
        }

        values[0] = made;
        return true;
    }
}
