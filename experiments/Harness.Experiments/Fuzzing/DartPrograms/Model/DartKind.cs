namespace Harness.Experiments.Fuzzing.DartPrograms.Model;

/// <summary>The sorts of types that generated programs have.</summary>
internal enum DartKind
{
    /// <summary><c>int</c>.</summary>
    Int,

    /// <summary><c>double</c>.</summary>
    Double,

    /// <summary><c>num</c>.</summary>
    Number,

    /// <summary><c>bool</c>.</summary>
    Bool,

    /// <summary><c>String</c>.</summary>
    String,

    /// <summary><c>Object</c>.</summary>
    Object,

    /// <summary>An enum of the program.</summary>
    Enum,

    /// <summary>A class, mixin or interface of the program, with type arguments where it is generic.</summary>
    Class,

    /// <summary>A type parameter.</summary>
    Parameter,

    /// <summary><c>List</c> of something.</summary>
    List,

    /// <summary><c>Set</c> of something.</summary>
    Set,

    /// <summary><c>Map</c> from something to something.</summary>
    Map,

    /// <summary>A record with positional fields, named ones, or both.</summary>
    Record,

    /// <summary>A function with positional parameters.</summary>
    Function,

    /// <summary>One of the lists of <c>dart:typed_data</c>.</summary>
    TypedList,

    /// <summary><c>void</c>, as a result.</summary>
    Void,
}
