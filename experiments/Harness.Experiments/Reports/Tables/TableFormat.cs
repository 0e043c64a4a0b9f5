namespace Harness.Experiments.Reports.Tables;

/// <summary>The forms in which a table can be written.</summary>
internal enum TableFormat
{
    /// <summary>Columns padded with spaces, for terminals.</summary>
    Text,

    /// <summary>An array of objects with a member per column; numbers with all digits, null where there is nothing.</summary>
    Json,

    /// <summary>RFC 4180 with the names of the columns in the first line; numbers with all digits, empty where there is nothing.</summary>
    Csv,

    /// <summary>A table of Markdown, with rounded numbers.</summary>
    Markdown,
}
