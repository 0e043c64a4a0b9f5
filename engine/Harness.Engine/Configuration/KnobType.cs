namespace Harness.Engine.Configuration;

/// <summary>The kinds of value that a knob takes.</summary>
public enum KnobType
{
    /// <summary><c>on</c> or <c>off</c> (also <c>true</c>/<c>false</c>, <c>1</c>/<c>0</c>).</summary>
    Bool,

    /// <summary>A whole number within the knob's range.</summary>
    Int,

    /// <summary>A decimal number within the knob's range.</summary>
    Double,

    /// <summary>One of the names in <see cref="Knob.Values"/>.</summary>
    Enum,

    /// <summary>The path of a file, or <c>none</c>.</summary>
    Path,

    /// <summary>The path of a folder, or <c>none</c>.</summary>
    Folder,

    /// <summary>The path of a file with an <see cref="InliningModel"/>, which is read when the knob is set, or <c>built-in</c>.</summary>
    Model,

    /// <summary>The path of a file with <see cref="InliningDecisions"/>, which is read when the knob is set, or <c>none</c>.</summary>
    Decisions,

    /// <summary>The path of an assembly with a <see cref="CustomInliningPolicy"/>, which is loaded when the knob is set, or <c>none</c>.</summary>
    Assembly,

    /// <summary>Flags of a tool, separated by spaces, or <c>off</c>.</summary>
    Flags,
}
