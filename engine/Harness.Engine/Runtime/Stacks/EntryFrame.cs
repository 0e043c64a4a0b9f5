namespace Harness.Engine.Runtime.Stacks;

/// <summary>
/// The frame of the stub by which C# enters compiled code, relative to its rbp. It ends an activation: a trap goes back to
/// it, and stack walks go on at the host call that it was nested in.
/// </summary>
internal static class EntryFrame
{
    /// <summary>Zero where compiled functions have their instance: the caller is the host.</summary>
    public const int NoInstance = FrameLayout.Instance;

    /// <summary>The C ABI's callee-saved registers.</summary>
    public const int Rbx = -16;

    /// <inheritdoc cref="Rbx"/>
    public const int R12 = -24;

    /// <inheritdoc cref="Rbx"/>
    public const int R13 = -32;

    /// <inheritdoc cref="Rbx"/>
    public const int R14 = -40;

    /// <inheritdoc cref="Rbx"/>
    public const int R15 = -48;

    /// <summary>The address of the argument and result slots.</summary>
    public const int Slots = -56;

    /// <summary><see cref="StoreContext.EntryStackPointer"/> before.</summary>
    public const int PreviousEntry = -64;

    /// <summary><see cref="StoreContext.ExitFrame"/> before: the frame of the host call that this activation is nested in.</summary>
    public const int PreviousExit = -72;

    /// <summary>Bytes from rsp, as <see cref="StoreContext.EntryStackPointer"/> holds it, to rbp.</summary>
    public const int Size = 80;
}
