using Harness.Engine.X64;

namespace Harness.Engine.Runtime;

/// <summary>What all engines of the process share: the code space and the stubs that compiled code calls.</summary>
internal static class NativeRuntime
{
    private static readonly nint[] StubAddresses = new nint[Enum.GetValues<Stub>().Length];

    static NativeRuntime()
    {
        CodeSpace = new CodeSpace();
        foreach (Stub stub in Enum.GetValues<Stub>())
        {
            using var assembler = new Assembler();
            assembler.Int3();
            StubAddresses[(int)stub] = CodeSpace.Publish(assembler).Address;
        }
    }

    /// <summary>Where all code lies.</summary>
    public static CodeSpace CodeSpace { get; }

    /// <summary>The address of a stub, near enough to all code for 32-bit distances.</summary>
    public static nint AddressOf(Stub stub) => StubAddresses[(int)stub];
}
