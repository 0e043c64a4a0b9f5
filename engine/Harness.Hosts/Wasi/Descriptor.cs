namespace Harness.Hosts.Wasi;

/// <summary>What a program knows an open file by a number for.</summary>
internal sealed class Descriptor(WasiFile file, Rights rights, Rights inheriting) : IDisposable
{
    /// <summary>The file.</summary>
    public WasiFile File { get; } = file;

    /// <summary>What may be done with it.</summary>
    public Rights Rights { get; set; } = rights;

    /// <summary>What may be done with what is opened in it.</summary>
    public Rights Inheriting { get; set; } = inheriting;

    /// <summary>The path by which the program knows a folder that was given to it at start; null for all else.</summary>
    public string? PreopenPath { get; init; }

    /// <summary>The entries of a folder when its listing was last begun, which cookies count; null if it was not, or they were many and are not kept any more.</summary>
    public IReadOnlyList<FolderEntry>? Listing { get; set; }

    /// <inheritdoc/>
    public void Dispose() => File.Dispose();
}
