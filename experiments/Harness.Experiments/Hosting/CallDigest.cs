using System.Numerics;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Experiments.Hosting;

/// <summary>
/// A digest of all that a program hands to its host: which functions it calls, in what order, with what arguments, bit by bit as far as
/// JavaScript can tell. <c>CallDigest</c> in <c>experiments/shells/j2cl.mjs</c> gives the same digest of the same calls.
/// </summary>
internal sealed class CallDigest
{
    private const ulong NaN = 0x7FF8_0000_0000_0000;

    private uint _low;
    private uint _high;
    private long _calls;

    /// <summary>Adds a call.</summary>
    /// <param name="function">What <see cref="Identify"/> gives for the function's name.</param>
    /// <param name="arguments">The arguments.</param>
    public void Add(uint function, ReadOnlySpan<WasmValue> arguments)
    {
        _calls++;
        Add(function);
        foreach (var argument in arguments)
        {
            Add(argument);
        }
    }

    /// <summary>A number for a name.</summary>
    public static uint Identify(string name)
    {
        var digest = new CallDigest();
        digest.Add(name);
        return digest._high;
    }

    public override string ToString() => $"{_calls} calls of the host, digest {_high:x8}{_low:x8}";

    private void Add(WasmValue value)
    {
        switch (value.Kind)
        {
            case ValueKind.I32:
                Add((double)value.AsI32());
                break;
            case ValueKind.F32:
                Add((double)value.AsF32());
                break;
            case ValueKind.F64:
                Add(value.AsF64());
                break;
            case ValueKind.I64:
                Add((ulong)value.AsI64());
                break;
            default:
                if (!value.IsNull && value.AsExtern() is string text)
                {
                    Add(text);
                }
                else
                {
                    Add(value.IsNull ? 0u : 1u);
                }

                break;
        }
    }

    /// <summary>Numbers but 64-bit integers are all alike to JavaScript, which does not tell one NaN from another.</summary>
    private void Add(double value) => Add(double.IsNaN(value) ? NaN : BitConverter.DoubleToUInt64Bits(value));

    private void Add(string text)
    {
        Add((uint)text.Length);
        foreach (var unit in text)
        {
            Add((uint)unit);
        }
    }

    private void Add(ulong bits)
    {
        Add((uint)bits);
        Add((uint)(bits >> 32));
    }

    private void Add(uint word)
    {
        _low = (_low ^ word) * 0x9E37_79B1;
        _low ^= _low >> 15;
        _high = (BitOperations.RotateLeft(_high, 13) + _low) * 0x85EB_CA6B;
    }
}
