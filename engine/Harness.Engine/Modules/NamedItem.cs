namespace Harness.Engine.Modules;

/// <summary>
/// What the <c>name</c> section gives names to, by the number of its subsection (specification, appendix "Custom Sections"; from labels on, extended
/// name section proposal).
/// </summary>
public enum NamedItem : byte
{
    /// <summary>A function.</summary>
    Function = 1,

    /// <summary>A parameter or local of a function.</summary>
    Local = 2,

    /// <summary>A block of a function, by the number of the instruction that opens it among those of the function that do.</summary>
    Label = 3,

    /// <summary>A type.</summary>
    Type = 4,

    /// <summary>A table.</summary>
    Table = 5,

    /// <summary>A memory.</summary>
    Memory = 6,

    /// <summary>A global.</summary>
    Global = 7,

    /// <summary>An element segment.</summary>
    Elements = 8,

    /// <summary>A data segment.</summary>
    Data = 9,

    /// <summary>A field of a structure type.</summary>
    Field = 10,

    /// <summary>A tag.</summary>
    Tag = 11,
}
