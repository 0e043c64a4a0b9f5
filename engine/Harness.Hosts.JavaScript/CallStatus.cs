namespace Harness.Hosts.JavaScript;

/// <summary>How a call from one side to the other has ended; see <c>slots.js</c>.</summary>
internal enum CallStatus
{
    /// <summary>It returned.</summary>
    Returned,

    /// <summary>It threw a value of JavaScript, which is in slot 0.</summary>
    Thrown,

    /// <summary>It trapped: the kind is in the header, and there is a message.</summary>
    Trapped,

    /// <summary>It threw an exception of WebAssembly: tag, number of values, and values are in the slots.</summary>
    Raised,

    /// <summary>Something that it imports is not what the module wants; there is a message.</summary>
    Unlinked,

    /// <summary>A value is not of its type; there is a message.</summary>
    Refused,

    /// <summary>The host itself failed, or the script was ended: <see cref="FunctionCalls.ThrowEscaped"/> throws that.</summary>
    Escaped,
}
