namespace Harness.Engine.Runtime;

/// <summary>Thrown by functions of the engine that modules import as functions of the host: the call is to trap.</summary>
internal sealed class HostTrapException(TrapKind kind) : Exception(kind.Message())
{
    /// <summary>Why it traps.</summary>
    public TrapKind Kind { get; } = kind;
}
