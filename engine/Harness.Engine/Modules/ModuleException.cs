namespace Harness.Engine.Modules;

/// <summary>A module was refused. The message starts with the reference interpreter's phrase for the fault.</summary>
public abstract class ModuleException : Exception
{
    private protected ModuleException(string message, long offset)
        : base($"{message} (at offset 0x{offset:x})")
    {
        Fault = message;
        Offset = offset;
    }

    /// <summary>The offset of the fault in the module's bytes.</summary>
    public long Offset { get; }

    /// <summary>The message without the offset.</summary>
    private protected string Fault { get; }

    /// <summary>The same fault, for one who needs the body where it is and comes after the module was made (<c>compile.lazy-validation</c>).</summary>
    /// <param name="function">The function whose body it is.</param>
    internal abstract ModuleException FoundLate(FunctionInfo function);

    private protected string LateFault(FunctionInfo function) => $"{Fault}, in {function}, whose body was validated when it was first needed";
}

/// <summary>The bytes are not a module in the binary format (specification, chapter 5).</summary>
public sealed class MalformedModuleException : ModuleException
{
    internal MalformedModuleException(string message, long offset)
        : base(message, offset)
    {
    }

    /// <inheritdoc/>
    internal override ModuleException FoundLate(FunctionInfo function) => new MalformedModuleException(LateFault(function), Offset);
}

/// <summary>The module, which may be valid, needs a part of WebAssembly that this engine does not have.</summary>
public sealed class UnsupportedModuleException : ModuleException
{
    internal UnsupportedModuleException(string message, long offset)
        : base(message, offset)
    {
    }

    /// <inheritdoc/>
    internal override ModuleException FoundLate(FunctionInfo function) => new UnsupportedModuleException(LateFault(function), Offset);

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

    /// <inheritdoc/>
    internal override ModuleException FoundLate(FunctionInfo function) => new InvalidModuleException(LateFault(function), Offset);

    /// <summary>The fault of a module that goes beyond one of the limits.</summary>
    internal static InvalidModuleException TooMany(string items, long limit, long offset) =>
        new($"too many {items}: the limit is {limit}", offset);
}
