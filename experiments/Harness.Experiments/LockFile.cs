using Microsoft.Win32.SafeHandles;

namespace Harness.Experiments;

/// <summary>
/// A file that one holder at a time has, in this process or another one. It is removed when it is given back; one that a killed process left behind is nobody's.
/// </summary>
/// <remarks>
/// Whoever waits for the lock may have opened a file that its holder then removed: a lock on that one keeps nobody away, since others make a new file of the same name. So a lock counts only where its
/// file still has a name. Its holder alone removes it, before it is given back, so that this stays so as long as it is held.
/// </remarks>
internal sealed class LockFile : IDisposable
{
    /// <summary>What the name of every lock ends with.</summary>
    public const string Suffix = ".lock";

    /// <summary>The error of a file that is locked (<c>EWOULDBLOCK</c> of Linux).</summary>
    private const int WouldBlock = 11;

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);

    private readonly string _path;
    private readonly SafeFileHandle _handle;

    private LockFile(string path, SafeFileHandle handle)
    {
        _path = path;
        _handle = handle;
    }

    /// <summary>Takes a lock if nobody has it.</summary>
    /// <param name="path">Its file, whose name ends with <see cref="Suffix"/>.</param>
    /// <returns>The lock; null where somebody has it.</returns>
    /// <exception cref="IOException">The file cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be made.</exception>
    public static LockFile? TryTake(string path)
    {
        while (true)
        {
            SafeFileHandle handle;
            try
            {
                handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException exception) when (exception.HResult == WouldBlock)
            {
                return null;
            }

            if (HasName(handle))
            {
                return new LockFile(path, handle);
            }

            handle.Dispose();
        }
    }

    /// <summary>Takes a lock, and waits for it as long as somebody has it.</summary>
    /// <param name="path">Its file; see <see cref="TryTake"/>.</param>
    /// <exception cref="IOException">The file cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be made.</exception>
    public static LockFile Take(string path)
    {
        while (true)
        {
            if (TryTake(path) is { } taken)
            {
                return taken;
            }

            Thread.Sleep(PollInterval);
        }
    }

    /// <summary>Removes the file and gives the lock back.</summary>
    public void Dispose()
    {
        if (_handle.IsClosed)
        {
            return;
        }

        try
        {
            File.Delete(_path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Its folder is gone, or may not be written any more: a file that stays is nobody's.
        }

        _handle.Dispose();
    }

    /// <summary>Whether the file of a lock was not removed since it was opened: the system tells the name of an open file, with a remark behind it where that is gone.</summary>
    /// <param name="handle">A file whose name ends with <see cref="Suffix"/>.</param>
    internal static bool HasName(SafeFileHandle handle) =>
        new FileInfo($"/proc/self/fd/{handle.DangerousGetHandle()}").LinkTarget is not { } target || target.EndsWith(Suffix, StringComparison.Ordinal);
}
