using System.Buffers;
using System.Runtime.InteropServices;
using Harness.Engine.Configuration;
using Microsoft.Win32.SafeHandles;

namespace Harness.Engine.Cache;

/// <summary>
/// The folder of a cache. What is read there is run as code, so that it must be the user's own and nobody else's to write, and so must each file. Files are opened by one name in the
/// folder that was looked at, without following links; they appear at once and whole, or not at all. Other files than those that it names itself are left alone. Safe for use by several threads
/// and processes: nothing that another does is an error, it is a file less.
/// </summary>
internal sealed class CacheDirectory : ICacheFiles
{
    private const string Knob = "knob 'cache.directory'";
    private const string Suffix = ".code";
    private const string UnfinishedSuffix = ".new";

    /// <summary>Letters of a name before its suffix.</summary>
    private const int NameLength = 64;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    /// <summary>After this a file that was not finished never will be.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromHours(1);

    private readonly SafeFileHandle _folder;
    private readonly uint _user = LinuxFiles.User();

    private CacheDirectory(SafeFileHandle folder) => _folder = folder;

    /// <summary>Opens a folder, which is made if it is not there.</summary>
    /// <exception cref="KnobException">It cannot be opened, or others than the user could have written in it.</exception>
    public static CacheDirectory Open(string path)
    {
        const int flags = LinuxFiles.ReadOnly | LinuxFiles.Folder | LinuxFiles.CloseOnExec;
        var folder = LinuxFiles.Open(path, flags);
        if (folder is null && Marshal.GetLastPInvokeError() == LinuxFiles.NoEntry)
        {
            Make(path);
            folder = LinuxFiles.Open(path, flags);
        }

        if (folder is null)
        {
            throw CannotBeOpened(path, Marshal.GetLastPInvokeError());
        }

        var status = LinuxFiles.StatusOf(folder);
        var problem = status switch
        {
            null => "cannot be looked at",
            { } own when own.Owner != LinuxFiles.User() => "belongs to another user, whose code would be run as yours: name a folder of your own",
            { IsWritableByOthers: true } => $"may be written by others, whose code would be run as yours: take that away ('chmod go-w {path}'), or name another folder",
            _ => null,
        };
        if (problem is null)
        {
            return new CacheDirectory(folder);
        }

        folder.Dispose();
        throw new KnobException($"{Knob}: '{path}' {problem}");
    }

    /// <inheritdoc/>
    public byte[]? TryRead(string name, long limit)
    {
        using var file = LinuxFiles.OpenAt(_folder, name + Suffix, LinuxFiles.ReadOnly | LinuxFiles.Nonblock);
        if (file is null && LinuxFiles.MayPass(Marshal.GetLastPInvokeError()))
        {
            throw new IOException($"'{name}' cannot be opened now");
        }

        if (file is null || LinuxFiles.StatusOf(file) is not { IsRegular: true, IsWritableByOthers: false } status || status.Owner != _user)
        {
            return null;
        }

        if (status.Size <= 0 || status.Size > Math.Min(limit, Array.MaxLength))
        {
            return null;
        }

        var content = GC.AllocateUninitializedArray<byte>((int)status.Size);
        try
        {
            for (var read = 0; read < content.Length;)
            {
                var more = RandomAccess.Read(file, content.AsSpan(read), read);
                if (more == 0)
                {
                    return null;
                }

                read += more;
            }
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e);
        }

        return content;
    }

    /// <inheritdoc/>
    public void Touch(string name) => LinuxFiles.Touch(_folder, name + Suffix);

    /// <inheritdoc/>
    public bool TryWrite(string name, ReadOnlySpan<byte> content)
    {
        var unfinished = $"{Guid.NewGuid():N}{Guid.NewGuid():N}{UnfinishedSuffix}";
        using var file = LinuxFiles.OpenAt(_folder, unfinished, LinuxFiles.WriteOnly | LinuxFiles.CreateNew);
        if (file is null)
        {
            return false;
        }

        try
        {
            RandomAccess.Write(file, content, 0);
            if (LinuxFiles.Rename(_folder, unfinished, name + Suffix))
            {
                return true;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The disk is full, or the like.
        }

        LinuxFiles.Remove(_folder, unfinished);
        return false;
    }

    /// <inheritdoc/>
    /// <remarks>What was never finished is removed as well.</remarks>
    public void Trim(long limit)
    {
        var files = new List<(string Name, FileStatus Status)>();
        var now = DateTimeOffset.UtcNow;
        foreach (var name in Names())
        {
            if (LinuxFiles.StatusAt(_folder, name) is not { IsRegular: true } status)
            {
                continue;
            }

            if (name.EndsWith(Suffix, StringComparison.Ordinal))
            {
                files.Add((name, status));
            }
            else if (now - DateTimeOffset.FromUnixTimeSeconds(status.Seconds) > Abandoned)
            {
                LinuxFiles.Remove(_folder, name);
            }
        }

        var total = files.Sum(file => file.Status.Size);
        foreach (var (name, status) in files.OrderBy(file => file.Status.Seconds).ThenBy(file => file.Status.Nanoseconds))
        {
            if (total <= limit)
            {
                return;
            }

            LinuxFiles.Remove(_folder, name);
            total -= status.Size;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    private static void Make(string path)
    {
        try
        {
            if (OperatingSystem.IsLinux())
            {
                Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new KnobException($"{Knob}: '{path}' cannot be made; name a folder in one that you may write", e);
        }
    }

    private static KnobException CannotBeOpened(string path, int error) => new(
        error == LinuxFiles.NoFolder
            ? $"{Knob}: '{path}' is no folder"
            : $"{Knob}: '{path}' cannot be opened: {Marshal.GetPInvokeErrorMessage(error)}");

    /// <summary>The names of the files that are of this cache.</summary>
    private List<string> Names()
    {
        try
        {
            // The folder that is open, whatever is at its path by now.
            return
            [
                .. Directory.EnumerateFiles($"/proc/self/fd/{_folder.DangerousGetHandle()}")
                    .Select(path => Path.GetFileName(path))
                    .Where(IsOwn),
            ];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static bool IsOwn(string name)
    {
        var suffix = name.EndsWith(Suffix, StringComparison.Ordinal) ? Suffix : UnfinishedSuffix;
        return name.Length == NameLength + suffix.Length
            && name.EndsWith(suffix, StringComparison.Ordinal)
            && name.AsSpan(0, NameLength).IndexOfAnyExcept(Digits) < 0;
    }
}
