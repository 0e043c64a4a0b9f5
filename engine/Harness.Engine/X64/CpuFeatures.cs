using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Harness.Engine.X64;

/// <summary>What the processor can do beyond the x86-64 base, for compilers to choose instructions by.</summary>
internal static class CpuFeatures
{
    /// <summary>Three-operand vector encodings (<see cref="ScalarAssembler.Vex(SseOp, Xmm, Xmm, Xmm)"/> and its kin).</summary>
    public static bool Avx => System.Runtime.Intrinsics.X86.Avx.IsSupported;

    /// <summary>Broadcasts of integers (<see cref="BroadcastOp"/>).</summary>
    public static bool Avx2 => System.Runtime.Intrinsics.X86.Avx2.IsSupported;

    /// <summary>Fused multiply-adds (<see cref="FusedOp"/>).</summary>
    public static bool Fma => System.Runtime.Intrinsics.X86.Fma.IsSupported;

    /// <summary><c>tzcnt</c>.</summary>
    public static bool Bmi1 => System.Runtime.Intrinsics.X86.Bmi1.IsSupported;

    /// <summary><c>shlx</c>, <c>shrx</c>, <c>sarx</c>, <c>rorx</c>.</summary>
    public static bool Bmi2 => System.Runtime.Intrinsics.X86.Bmi2.IsSupported;

    /// <summary><c>lzcnt</c>.</summary>
    public static bool Lzcnt => System.Runtime.Intrinsics.X86.Lzcnt.IsSupported;

    /// <summary>All that compilers choose instructions by, as words: code that was made where they are the same can run here.</summary>
    public static string Names =>
        (Avx ? "avx " : "") + (Avx2 ? "avx2 " : "") + (Fma ? "fma " : "") + (Bmi1 ? "bmi1 " : "") + (Bmi2 ? "bmi2 " : "") + (Lzcnt ? "lzcnt" : "");

    /// <summary>Whether code may be generated here: Linux on x86-64 with SSE4.1 and POPCNT.</summary>
    public static bool IsSupportedMachine =>
        OperatingSystem.IsLinux()
        && RuntimeInformation.ProcessArchitecture == Architecture.X64
        && Sse41.IsSupported
        && Popcnt.IsSupported;

    /// <summary>Makes sure that code may be generated here.</summary>
    /// <exception cref="PlatformNotSupportedException">It may not.</exception>
    public static void RequireSupportedMachine()
    {
        if (!IsSupportedMachine)
        {
            throw new PlatformNotSupportedException(
                "the engine generates code for Linux on x86-64 processors with SSE4.1 and POPCNT; this is "
                + $"{RuntimeInformation.OSDescription} on {RuntimeInformation.ProcessArchitecture}");
        }
    }
}
