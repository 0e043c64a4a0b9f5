namespace Harness.Engine.Modules;

/// <summary>A module was refused. The message starts with the reference interpreter's phrase for the fault.</summary>
public abstract class ModuleException : Exception
{
    private protected ModuleException(string message, long offset)
        : base($"{message} (at offset 0x{offset:x})") => Offset = offset;

    /// <summary>The offset of the fault in the module's bytes.</summary>
    public long Offset { get; }
}

/// <summary>The bytes are not a module in the binary format (specification, chapter 5).</summary>
public sealed class MalformedModuleException : ModuleException
{
    internal MalformedModuleException(string message, long offset)
        : base(message, offset)
    {
    }
}

/// <summary>The module, which may be valid, needs a part of WebAssembly that this engine does not have.</summary>
public sealed class UnsupportedModuleException : ModuleException
{
    internal UnsupportedModuleException(string message, long offset)
        : base(message, offset)
    {
    }

    /// <summary>The module needs threads.</summary>
    internal static UnsupportedModuleException Threads(string what, long offset) =>
        new($"threads are not supported: {what}", offset);
}

/// <summary>
/// The bytes are a module that is not valid (specification, chapter 3) or goes beyond
/// <see cref="ImplementationLimits"/>.
/// </summary>
public sealed class InvalidModuleException : ModuleException
{
    internal InvalidModuleException(string message, long offset)
        : base(message, offset)
    {
    }

    /// <summary>The fault of a module that goes beyond one of the limits.</summary>
    internal static InvalidModuleException TooMany(string items, long limit, long offset) =>
        new($"too many {items}: the limit is {limit}", offset);
}
