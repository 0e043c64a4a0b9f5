using System.Collections.Immutable;
using Harness.Engine.Modules;
using Harness.Engine.X64;

namespace Harness.Engine.Runtime;

/// <summary>Which kind of place a parameter or result travels in.</summary>
internal enum ArgumentPlaceKind : byte
{
    /// <summary>A general-purpose register.</summary>
    Gpr,

    /// <summary>A floating-point register.</summary>
    Xmm,

    /// <summary>A parameter: on the stack; a result: in the result area of the store context.</summary>
    Memory,
}

/// <summary>Where one parameter or result travels.</summary>
/// <param name="Kind">The kind of place.</param>
/// <param name="Index">The register's number, or the index of the (first) 8-byte word in memory.</param>
internal readonly record struct ArgumentPlace(ArgumentPlaceKind Kind, int Index)
{
    /// <summary>The general-purpose register.</summary>
    public Gpr Gpr => (Gpr)Index;

    /// <summary>The floating-point register.</summary>
    public Xmm Xmm => (Xmm)Index;
}

/// <summary>Where the parameters and results of a function type travel by the <see cref="CallingConvention"/>.</summary>
internal sealed class SignatureLayout
{
    /// <summary>Computes the layout of a function type.</summary>
    public SignatureLayout(FunctionType type)
    {
        (Parameters, StackParameterWords) =
            Assign(type.Parameters, CallingConvention.ParameterGprs, CallingConvention.ParameterXmms);
        (Results, MemoryResultWords) = Assign(type.Results, CallingConvention.ResultGprs, CallingConvention.ResultXmms);
    }

    /// <summary>Where each parameter travels.</summary>
    public ImmutableArray<ArgumentPlace> Parameters { get; }

    /// <summary>Where each result travels.</summary>
    public ImmutableArray<ArgumentPlace> Results { get; }

    /// <summary>How many words of parameters travel on the stack.</summary>
    public int StackParameterWords { get; }

    /// <summary>How many words of results travel in the result area.</summary>
    public int MemoryResultWords { get; }

    /// <summary>Bytes of the stack parameters, which the caller pushes and the callee pops; a multiple of 16.</summary>
    public int StackParameterBytes => StackBytes(StackParameterWords);

    /// <summary>Bytes that the stack parameters of a function type take; a multiple of 16.</summary>
    public static int StackParameterBytesOf(FunctionType type)
    {
        var gprs = 0;
        var xmms = 0;
        var words = 0;
        foreach (var parameter in type.Parameters)
        {
            var isInRegister = IsFloat(parameter)
                ? xmms++ < CallingConvention.ParameterXmms.Length
                : gprs++ < CallingConvention.ParameterGprs.Length;
            if (!isInRegister)
            {
                words += parameter.WordCount;
            }
        }

        return StackBytes(words);
    }

    /// <summary>How many 8-byte words values take, one after the other.</summary>
    public static int WordsOf(ImmutableArray<ValueType> types)
    {
        var words = 0;
        foreach (var type in types)
        {
            words += type.WordCount;
        }

        return words;
    }

    private static int StackBytes(int count) => ((count * sizeof(long)) + 15) & ~15;

    private static bool IsFloat(ValueType type) => type.Kind is ValueKind.F32 or ValueKind.F64 or ValueKind.V128;

    private static (ImmutableArray<ArgumentPlace> Places, int Words) Assign(
        ImmutableArray<ValueType> types, ReadOnlySpan<Gpr> gprs, ReadOnlySpan<Xmm> xmms)
    {
        var places = ImmutableArray.CreateBuilder<ArgumentPlace>(types.Length);
        var nextGpr = 0;
        var nextXmm = 0;
        var inMemory = 0;
        foreach (var type in types)
        {
            if (IsFloat(type) && nextXmm < xmms.Length)
            {
                places.Add(new ArgumentPlace(ArgumentPlaceKind.Xmm, (int)xmms[nextXmm++]));
            }
            else if (!IsFloat(type) && nextGpr < gprs.Length)
            {
                places.Add(new ArgumentPlace(ArgumentPlaceKind.Gpr, (int)gprs[nextGpr++]));
            }
            else
            {
                places.Add(new ArgumentPlace(ArgumentPlaceKind.Memory, inMemory));
                inMemory += type.WordCount;
            }
        }

        return (places.MoveToImmutable(), inMemory);
    }
}
