using Harness.Engine.X64;

namespace Harness.Engine.Runtime;

/// <summary>
/// The one calling convention of compiled WebAssembly code, for both tiers.
/// </summary>
/// <remarks>
/// <para>All registers are caller-saved but the pinned ones: <see cref="Instance"/> holds the instance data of the
/// function that runs, <see cref="MemoryBase"/> the base of its memory 0; who calls a function by its reference loads both from there.
/// On return both hold those of the function that returns: a caller whose callee may belong to another instance (indirect calls, calls of
/// imports), or may end in a tail call of one (<see cref="Modules.FunctionInfo.MayLeaveInstance"/>), loads them again from its frame.</para>
/// <para>A tail call takes down the caller's frame, whatever instance the callee belongs to. Only a function of the host is called and
/// returned from instead: it makes no tail calls itself, and is told who calls it.</para>
/// <para>Parameters travel in <see cref="ParameterGprs"/> and <see cref="ParameterXmms"/>, counted apart; the others on
/// the stack, one after the other in words of 8 bytes, the k-th word at <c>[rbp + 16 + 8k]</c> of the callee, the area rounded up to
/// 16 bytes and popped by the callee. Results travel in <see cref="ResultGprs"/> and <see cref="ResultXmms"/>; the words of the others
/// in the result area of the store context, to be read before any other call. A vector travels in a whole vector register, or in two
/// words.</para>
/// <para>An i32 in a general-purpose register has zeros in the upper half, as a parameter, as a result and where execution
/// passes between the tiers; in memory its upper half is anything.</para>
/// <para>Wherever a call instruction executes, rsp is a multiple of 16.</para>
/// <para>A call through a function reference leaves its address in <see cref="Scratch"/>, so that adapters of host
/// functions know what they stand for.</para>
/// </remarks>
internal static class CallingConvention
{
    /// <summary>Pinned: the data of the running instance (<see cref="InstanceLayout"/>).</summary>
    public const Gpr Instance = Gpr.R14;

    /// <summary>Pinned: the base address of memory 0 of the running instance; anything if it has none.</summary>
    public const Gpr MemoryBase = Gpr.R15;

    /// <summary>Never allocated: free between any two instructions of a compiler's choosing.</summary>
    public const Gpr Scratch = Gpr.R11;

    /// <summary>Never allocated: the floating-point counterpart of <see cref="Scratch"/>.</summary>
    public const Xmm ScratchXmm = Xmm.Xmm15;

    /// <summary>Registers in which functions of the runtime, and others in C, get their arguments (System V).</summary>
    public static ReadOnlySpan<Gpr> SystemVParameters => [Gpr.Rdi, Gpr.Rsi, Gpr.Rdx, Gpr.Rcx, Gpr.R8, Gpr.R9];

    /// <summary>Registers that a compiler may allocate.</summary>
    public static ReadOnlySpan<Gpr> AllocatableGprs =>
    [
        Gpr.Rax, Gpr.Rcx, Gpr.Rdx, Gpr.Rbx, Gpr.Rsi, Gpr.Rdi, Gpr.R8, Gpr.R9, Gpr.R10, Gpr.R12, Gpr.R13,
    ];

    /// <summary>Floating-point registers that a compiler may allocate.</summary>
    public static ReadOnlySpan<Xmm> AllocatableXmms =>
    [
        Xmm.Xmm0, Xmm.Xmm1, Xmm.Xmm2, Xmm.Xmm3, Xmm.Xmm4, Xmm.Xmm5, Xmm.Xmm6, Xmm.Xmm7,
        Xmm.Xmm8, Xmm.Xmm9, Xmm.Xmm10, Xmm.Xmm11, Xmm.Xmm12, Xmm.Xmm13, Xmm.Xmm14,
    ];

    /// <summary>Registers of the first integer and reference parameters.</summary>
    public static ReadOnlySpan<Gpr> ParameterGprs =>
        [Gpr.Rax, Gpr.Rdx, Gpr.Rcx, Gpr.Rbx, Gpr.Rsi, Gpr.Rdi, Gpr.R8, Gpr.R9];

    /// <summary>Registers of the first floating-point parameters.</summary>
    public static ReadOnlySpan<Xmm> ParameterXmms =>
        [Xmm.Xmm0, Xmm.Xmm1, Xmm.Xmm2, Xmm.Xmm3, Xmm.Xmm4, Xmm.Xmm5, Xmm.Xmm6, Xmm.Xmm7];

    /// <summary>Registers of the first integer and reference results.</summary>
    public static ReadOnlySpan<Gpr> ResultGprs => [Gpr.Rax, Gpr.Rdx, Gpr.Rcx, Gpr.Rbx];

    /// <summary>Registers of the first floating-point results.</summary>
    public static ReadOnlySpan<Xmm> ResultXmms => [Xmm.Xmm0, Xmm.Xmm1, Xmm.Xmm2, Xmm.Xmm3];
}
