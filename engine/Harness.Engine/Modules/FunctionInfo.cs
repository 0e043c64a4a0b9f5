namespace Harness.Engine.Modules;

/// <summary>A function of a module, imported or defined.</summary>
public sealed class FunctionInfo
{
    internal FunctionInfo(WasmModule module, int index, FunctionDeclaration declaration)
    {
        Module = module;
        Index = index;
        TypeIndex = declaration.TypeIndex;
        CanonicalTypeId = declaration.Type.CanonicalId;
        Type = declaration.Type.Function!;
        HasExactType = declaration.IsExact;
        Builtin = declaration.Builtin;
    }

    /// <summary>The module that the function belongs to.</summary>
    public WasmModule Module { get; }

    /// <summary>The function's index in the module, imported functions first.</summary>
    public int Index { get; }

    /// <summary>The index of the function's type in the module.</summary>
    public int TypeIndex { get; }

    /// <summary>The process-wide id of the function's type.</summary>
    public int CanonicalTypeId { get; }

    /// <summary>The function's parameters and results.</summary>
    public FunctionType Type { get; }

    /// <summary>
    /// Whether the function's type is <see cref="Type"/> and no subtype of it: it is so of those that the module defines, and of those that it imports as
    /// exact (custom descriptors proposal).
    /// </summary>
    public bool HasExactType { get; }

    /// <summary>Whether the function comes from outside.</summary>
    public bool IsImported { get; internal init; }

    /// <summary>The function of the engine that is imported, whatever an instance is offered; null for all others.</summary>
    internal StringBuiltin? Builtin { get; }

    /// <summary>
    /// The offset in the module's bytes of the first byte of the body, which is the vector of locals; zero if
    /// imported.
    /// </summary>
    public int BodyStart { get; internal init; }

    /// <summary>The offset in the module's bytes just after the body's last <c>end</c>; zero if imported.</summary>
    public int BodyEnd { get; internal init; }

    /// <summary>The size of the body in bytes, with the vector of locals.</summary>
    public int BodySize => BodyEnd - BodyStart;

    /// <summary>
    /// Whether a <c>ref.func</c> outside of function bodies, an element segment or an export mentions the function.
    /// </summary>
    public bool IsDeclared { get; internal init; }

    /// <summary>
    /// Whether a call of the function may return from another instance, since it ends in a tail call whose callee may belong to one, or in one of
    /// a function of which this is true.
    /// </summary>
    internal bool MayLeaveInstance { get => Module.Late?.MayLeaveInstance(Index) ?? field; init; }

    /// <summary>Whether the function has anything to do with vectors: values, or objects that it makes or copies into.</summary>
    public bool HasVectors { get => Module.Late?.HasVectors(Index) ?? field; internal init; }

    /// <summary>The name from the name section, or null.</summary>
    public string? Name => Module.Names.GetFunctionName(Index);

    /// <summary>The name from the name section, or <c>func[index]</c>.</summary>
    public override string ToString() => Name ?? $"func[{Index}]";
}
