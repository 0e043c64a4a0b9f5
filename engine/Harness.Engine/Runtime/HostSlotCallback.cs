namespace Harness.Engine.Runtime;

/// <summary>
/// A function of the host that works on the bits of its arguments and results, and so costs neither a conversion nor an allocation. It
/// may throw, and may call WebAssembly functions of the store.
/// </summary>
/// <param name="caller">Who called.</param>
/// <param name="slots">
/// The bits of the arguments, and afterwards of the results, as many as there are of whichever are more. A vector has two slots, the low
/// half first. The high half of 32-bit arguments is zero; that of 32-bit results must be.
/// </param>
public delegate void HostSlotCallback(HostCaller caller, Span<ulong> slots);
