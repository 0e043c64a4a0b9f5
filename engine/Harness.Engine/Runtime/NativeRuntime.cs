using System.Runtime.InteropServices;
using Harness.Engine.Runtime.Stubs;
using Harness.Engine.X64;

namespace Harness.Engine.Runtime;

/// <summary>What all engines of the process share: the code space, the stubs that compiled code calls, the handler of memory faults.</summary>
internal static unsafe class NativeRuntime
{
    static NativeRuntime()
    {
        CodeSpace = new CodeSpace(mostRegions: CodeSpace.MostRegions);
        Builtins = (nint*)NativeMemory.AllocZeroed((nuint)Builtin.Count, (nuint)sizeof(nint));
        RuntimeFunctions.FillTable(Builtins);
        Stubs = RuntimeStubs.Publish(CodeSpace, Builtins);
        CodeSpace.Watch(static region =>
        {
            FaultHandler.Add(region);
            RecordStubs(region);
        });
        FaultHandler.Install(CodeSpace, Stubs.Fault);
    }

    /// <summary>Where all code lies.</summary>
    public static CodeSpace CodeSpace { get; }

    /// <summary>Finds code by address.</summary>
    public static CodeRegistry Registry { get; } = new();

    /// <summary>The shared stubs, in the first region of the code space.</summary>
    public static StubAddresses Stubs { get; }

    /// <summary>Addresses of the runtime functions, for <see cref="InstanceHeader.Builtins"/>.</summary>
    public static nint* Builtins { get; }

    /// <summary>The address of a stub. Code that refers to it by a 32-bit distance refers to the copy in its own region.</summary>
    public static nint AddressOf(Stub stub) => Stubs.Stubs[(int)stub];

    /// <summary>Tells the profiler <c>perf</c> where the shared stubs lie.</summary>
    public static void RecordStubs()
    {
        foreach (var region in CodeSpace.Regions)
        {
            RecordStubs(region);
        }
    }

    private static void RecordStubs(CodeRegion region) => PerfMap.Record(region.SharedCode, "stubs");
}
