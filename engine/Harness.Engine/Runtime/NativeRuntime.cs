using System.Runtime.InteropServices;
using Harness.Engine.X64;

namespace Harness.Engine.Runtime;

/// <summary>What all engines of the process share: the code space, the stubs that compiled code calls, the handler of memory faults.</summary>
internal static unsafe class NativeRuntime
{
    static NativeRuntime()
    {
        CodeSpace = new CodeSpace();
        Builtins = (nint*)NativeMemory.AllocZeroed((nuint)Builtin.Count, (nuint)sizeof(nint));
        RuntimeFunctions.FillTable(Builtins);
        (StubBlock, Stubs) = RuntimeStubs.Publish(CodeSpace, Builtins);
        nint stubsEnd = StubBlock.Address + StubBlock.Size;
        FaultHandler.Install(CodeSpace, stubsEnd, (nint)CodeSpace.End, Stubs.Fault);
    }

    /// <summary>Where all code lies.</summary>
    public static CodeSpace CodeSpace { get; }

    /// <summary>Finds code by address.</summary>
    public static CodeRegistry Registry { get; } = new();

    /// <summary>Where the shared stubs lie.</summary>
    public static CodeBlock StubBlock { get; }

    /// <summary>The shared stubs.</summary>
    public static StubAddresses Stubs { get; }

    /// <summary>Addresses of the runtime functions, for <see cref="InstanceHeader.Builtins"/>.</summary>
    public static nint* Builtins { get; }

    /// <summary>The address of a stub, near enough to all code for 32-bit distances.</summary>
    public static nint AddressOf(Stub stub) => Stubs.Stubs[(int)stub];
}
