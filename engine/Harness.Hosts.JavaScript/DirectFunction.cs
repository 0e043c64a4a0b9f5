using System.Runtime.InteropServices;

namespace Harness.Hosts.JavaScript;

/// <summary>
/// A native function that optimized code of JavaScript calls without V8's interface in between, as V8 has it: a <c>v8::CFunction</c> (<c>v8-fast-api-calls.h</c>). Such functions may call JavaScript
/// and collect since V8 12.6.
/// </summary>
/// <param name="Code">Its code.</param>
/// <param name="Info">Its types: a <c>v8::CFunctionInfo</c>.</param>
internal readonly unsafe record struct DirectFunction(nint Code, nint Info)
{
    private static readonly nint InfoOfInteger = MakeInfoOfInteger();

    /// <summary>A function that gets the receiver and an integer, and gives nothing.</summary>
    /// <param name="code">Its code, as <c>void (Local&lt;Object&gt;, int)</c>.</param>
    public static DirectFunction OfInteger(nint code) => new(code, InfoOfInteger);

    /// <summary>Stays for ever, since code of V8 refers to it.</summary>
    private static nint MakeInfoOfInteger()
    {
        var types = (DirectType*)NativeMemory.AllocZeroed(3, (nuint)sizeof(DirectType));
        types[0] = DirectType.Nothing;
        types[1] = DirectType.Value;
        types[2] = DirectType.Int32;
        var info = NativeMemory.AllocZeroed(V8Interface.FunctionInfoSize);
        V8Interface.MakeFunctionInfo(info, &types[0], count: 2, &types[1], longs: 0);

        // Where the types are of another size to V8, it takes the slow way for ever, and says nothing.
        return V8Interface.GetArgumentType(info, index: 1) == &types[2] ? (nint)info : throw new InvalidOperationException("V8 has the types of direct functions in another form than is known");
    }
}

/// <summary>The type of a parameter or of the result of such a function: a <c>v8::CTypeInfo</c>. It has two bytes in the V8 that is restored, and had three in older ones.</summary>
/// <param name="Type">Of <c>CTypeInfo::Type</c>.</param>
/// <param name="Flags">0 for none.</param>
internal readonly record struct DirectType(byte Type, byte Flags)
{
    /// <summary><c>kVoid</c>.</summary>
    public static DirectType Nothing => new(0, 0);

    /// <summary><c>kInt32</c>.</summary>
    public static DirectType Int32 => new(3, 0);

    /// <summary><c>kV8Value</c>: a <c>Local</c>.</summary>
    public static DirectType Value => new(10, 0);
}
