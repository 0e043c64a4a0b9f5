namespace Harness.Engine.Cache;

/// <summary>
/// The files of a cache, as <see cref="CodeCache"/> sees them. Safe for use by several threads: nothing that goes wrong is an error, it is a file less. Only a file that cannot be read is told
/// from one that is not there, so that nobody puts less in its place.
/// </summary>
internal interface ICacheFiles : IDisposable
{
    /// <summary>The whole content of a file; null if there is none that can be trusted, or it is larger than a limit.</summary>
    /// <param name="name">The file's name: 64 letters.</param>
    /// <param name="limit">Most bytes.</param>
    /// <exception cref="IOException">There may be one, which cannot be read now.</exception>
    /// <exception cref="OutOfMemoryException">There is one, but no memory for it.</exception>
    /// <exception cref="ObjectDisposedException">The files are closed.</exception>
    byte[]? TryRead(string name, long limit);

    /// <summary>Says that a file was used, so that others are removed before it.</summary>
    /// <exception cref="ObjectDisposedException">The files are closed.</exception>
    void Touch(string name);

    /// <summary>Writes a file, in place of the one that has its name. Whoever reads at the same time has the one or the other.</summary>
    /// <param name="name">The file's name: 64 letters.</param>
    /// <param name="content">Its content.</param>
    /// <returns>Whether it is there.</returns>
    /// <exception cref="ObjectDisposedException">The files are closed.</exception>
    bool TryWrite(string name, ReadOnlySpan<byte> content);

    /// <summary>Removes files until all together take no more than a limit, those first that have not been used for longest.</summary>
    /// <param name="limit">Most bytes.</param>
    /// <exception cref="ObjectDisposedException">The files are closed.</exception>
    void Trim(long limit);
}
