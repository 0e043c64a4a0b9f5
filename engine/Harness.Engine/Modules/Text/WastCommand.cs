namespace Harness.Engine.Modules.Text;

/// <summary>A command of a script.</summary>
/// <param name="Line">The line at which it begins.</param>
internal abstract record WastCommand(int Line)
{
    /// <summary>Defines a module and, unless it is only a definition, instantiates it.</summary>
    public sealed record DefineModule(int Line, WastModule Module, bool IsDefinitionOnly) : WastCommand(Line);

    /// <summary>Instantiates a module defined before: the named one, or the last one.</summary>
    public sealed record Instantiate(int Line, string? InstanceName, string? ModuleName) : WastCommand(Line);

    /// <summary>Makes the exports of an instance, the named one or the last one, available for import.</summary>
    public sealed record Register(int Line, string ImportName, string? InstanceName) : WastCommand(Line);

    /// <summary>Performs an action, whose results do not matter.</summary>
    public sealed record Perform(int Line, WastAction Action) : WastCommand(Line);

    /// <summary>The action's results must match.</summary>
    public sealed record AssertReturn(int Line, WastAction Action, IReadOnlyList<WastPattern> Expected) : WastCommand(Line);

    /// <summary>The action must end in a trap whose message begins with this one.</summary>
    public sealed record AssertTrap(int Line, WastAction Action, string Message) : WastCommand(Line);

    /// <summary>The action must exhaust the stack.</summary>
    public sealed record AssertExhaustion(int Line, WastAction Action, string Message) : WastCommand(Line);

    /// <summary>The action must end in an exception that nothing catches.</summary>
    public sealed record AssertException(int Line, WastAction Action) : WastCommand(Line);

    /// <summary>The module must be refused, or its instantiation must fail, in the given way.</summary>
    public sealed record AssertModule(int Line, WastModule Module, ModuleFault Fault, string Message) : WastCommand(Line);

    /// <summary>The instantiation of a module defined before, the named one or the last one, must fail in the given way.</summary>
    public sealed record AssertInstance(int Line, string? ModuleName, ModuleFault Fault, string Message) : WastCommand(Line);

    /// <summary>
    /// Executes commands on a thread of their own, in a store of their own (threads proposal). Of the script's instances they know the shared
    /// ones only, and of those the shared memories.
    /// </summary>
    public sealed record Thread(int Line, string? Name, IReadOnlyList<string> SharedInstances, IReadOnlyList<WastCommand> Commands) : WastCommand(Line);

    /// <summary>Waits for the end of the thread of this name.</summary>
    public sealed record Wait(int Line, string ThreadName) : WastCommand(Line);
}

/// <summary>The ways in which a script can expect a module to fail.</summary>
internal enum ModuleFault
{
    /// <summary>Its text or binary is malformed.</summary>
    Malformed,

    /// <summary>It does not validate.</summary>
    Invalid,

    /// <summary>An import is missing or has the wrong type.</summary>
    Unlinkable,

    /// <summary>Its instantiation traps.</summary>
    Trap,
}
