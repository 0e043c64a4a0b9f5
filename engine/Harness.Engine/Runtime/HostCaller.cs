using Harness.Engine.Runtime.Stacks;

namespace Harness.Engine.Runtime;

/// <summary>Who called a function of the host.</summary>
/// <param name="Store">The store.</param>
/// <param name="Instance">
/// The instance whose code called, be it by a tail call; null if the host itself did.
/// </param>
public readonly record struct HostCaller(Store Store, Instance? Instance)
{
    /// <summary>The WebAssembly functions that are active, innermost first, as addresses only: names and offsets are looked up when somebody asks. Empty if the host itself called.</summary>
    internal unsafe CapturedStack CaptureStack() => Instance is null ? CapturedStack.Empty : CapturedStack.Capture(Store.Context->ExitFrame);
}

/// <summary>A function of the host. It may throw, and may call WebAssembly functions of the store.</summary>
/// <param name="caller">Who called.</param>
/// <param name="arguments">One value for each parameter.</param>
/// <param name="results">To be filled with one value for each result.</param>
public delegate void HostCallback(HostCaller caller, ReadOnlySpan<WasmValue> arguments, Span<WasmValue> results);
