using CsvHelper;

namespace Harness.Experiments.Results;

/// <summary>
/// A CSV file that is appended to row by row and survives being killed at any moment: a row is on the disk when
/// <see cref="Append(TRow)"/> returns, and a line torn by a kill is cut off when the file is opened again. Only one process at a
/// time can have it open for appending.
/// </summary>
/// <typeparam name="TRow">A row: a type with CSV attributes.</typeparam>
internal sealed class DurableCsv<TRow> : IDisposable
{
    private static readonly CsvWriterOptions WriterOptions = new() { NewLine = "\n", HasHeader = false };

    // Names are the same in very many rows, all of which are kept.
    private static readonly CsvReaderOptions ReaderOptions = new() { PoolStrings = true };

    private readonly FileStream _stream;
    private readonly LockFile _writerLock;

    private DurableCsv(FileStream stream, LockFile writerLock)
    {
        _stream = stream;
        _writerLock = writerLock;
    }

    /// <summary>Opens a file for appending; makes it, with its header line, where there is none.</summary>
    /// <param name="path">The file.</param>
    /// <param name="rows">The rows that it has.</param>
    /// <exception cref="HarnessException">It cannot be written, is being written by another process, or is no such CSV.</exception>
    public static DurableCsv<TRow> Open(string path, out IReadOnlyList<TRow> rows)
    {
        LockFile? writerLock = null;
        FileStream? stream = null;
        try
        {
            writerLock = Lock(path);
            stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
            CutTornLine(stream);
            if (stream.Length == 0)
            {
                Write(stream, Format(csv => csv.WriteHeader<TRow>()));
            }

            rows = Parse(stream, stream.Length, path);
            CheckColumns(stream, path);
            stream.Seek(0, SeekOrigin.End);
            return new DurableCsv<TRow>(stream, writerLock);
        }
        catch (HarnessException)
        {
            Release();
            throw;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Release();
            throw new HarnessException($"cannot write {path}: {exception.Message}", exception);
        }

        void Release()
        {
            stream?.Dispose();
            writerLock?.Dispose();
        }
    }

    /// <summary>
    /// Gives the rows of an older version, which had fewer columns, all of them, so that the file can be added to: what was not recorded is 0 or empty there, as where such a file is read. For files whose columns mean the
    /// same in every version. Any other file stays as it is.
    /// </summary>
    /// <param name="path">The file, which need not be there.</param>
    /// <exception cref="HarnessException">It cannot be read or written, is being written by another process, or is no such CSV.</exception>
    public static void Renew(string path)
    {
        if (!File.Exists(path))
        {
            return;
        }

        try
        {
            using var writerLock = Lock(path);
            if (IsOlder(path))
            {
                WholeFile.WriteBytes(path, [.. Format(csv => csv.WriteHeader<TRow>()), .. Read(path).SelectMany(row => Format(csv => csv.WriteRecord(row)))]);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new HarnessException($"cannot write {path}: {exception.Message}", exception);
        }
    }

    /// <summary>Refuses a file that is open for appending.</summary>
    /// <param name="path">The file, which need not be there.</param>
    /// <exception cref="HarnessException">Another run of the harness is writing it.</exception>
    public static void RequireUnused(string path)
    {
        // A run that was killed leaves its lock behind, which then is nobody's.
        if (File.Exists(LockPath(path)))
        {
            Lock(path).Dispose();
        }
    }

    /// <summary>Keeps a file from being opened for appending until what is returned is disposed of.</summary>
    /// <param name="path">The file, which need not be there; its folder must be.</param>
    /// <exception cref="HarnessException">Another run of the harness is writing it.</exception>
    public static LockFile Lock(string path) =>
        LockFile.TryTake(LockPath(path)) ?? throw new HarnessException($"{path} is being written by another run of the harness; wait for its end");

    /// <summary>Reads the whole rows of a file that may be in the course of being written.</summary>
    public static IReadOnlyList<TRow> Read(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            return Parse(stream, WholeLines(stream), path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new HarnessException($"cannot read {path}: {exception.Message}", exception);
        }
    }

    /// <summary>Appends a row and waits until it is on the disk.</summary>
    public void Append(TRow row) => Append([row]);

    /// <summary>Appends rows at once and waits until they are on the disk.</summary>
    /// <exception cref="HarnessException">They cannot be written. What there was before stays as it was.</exception>
    public void Append(IReadOnlyList<TRow> rows)
    {
        try
        {
            Write(_stream, [.. rows.SelectMany(row => Format(csv => csv.WriteRecord(row)))]);
        }
        catch (IOException exception)
        {
            throw new HarnessException($"cannot write {_stream.Name}: {exception.Message}; all rows before are kept, and the same command goes on from there", exception);
        }
    }

    public void Dispose()
    {
        _stream.Dispose();
        _writerLock.Dispose();
    }

    private static string LockPath(string path) => path + LockFile.Suffix;

    /// <summary>Rows of this form must not follow the header of an older one, which has fewer columns.</summary>
    private static void CheckColumns(FileStream stream, string path)
    {
        var header = Format(csv => csv.WriteHeader<TRow>());
        var present = new byte[header.Length];
        stream.Position = 0;
        if (stream.ReadAtLeast(present, present.Length, throwOnEndOfStream: false) < present.Length || !present.AsSpan().SequenceEqual(header))
        {
            throw new HarnessException($"{path} has the columns of another version; it can be read but not added to: use --restart to set it aside and measure anew");
        }
    }

    /// <summary>Whether a file has some of the columns, the first ones, and no others.</summary>
    private static bool IsOlder(string path)
    {
        var header = Format(csv => csv.WriteHeader<TRow>());
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        var present = new byte[header.Length];
        var read = present.AsSpan(0, stream.ReadAtLeast(present, present.Length, throwOnEndOfStream: false));
        var length = read.IndexOf((byte)'\n');
        return length > 0 && length < header.Length && header[length] == (byte)',' && read[..length].SequenceEqual(header.AsSpan(0, length));
    }

    private static byte[] Format(Action<CsvWriter> write)
    {
        using var line = new MemoryStream();
        using (var csv = CsvWriter.Create(line, WriterOptions, leaveOpen: true))
        {
            write(csv);
        }

        return line.ToArray();
    }

    private static void Write(FileStream stream, byte[] line)
    {
        stream.Write(line);
        stream.Flush(flushToDisk: true);
    }

    private static void CutTornLine(FileStream stream)
    {
        var whole = WholeLines(stream);
        if (whole < stream.Length)
        {
            stream.SetLength(whole);
        }
    }

    /// <summary>Length of the file up to and with its last newline. No field holds a newline.</summary>
    private static long WholeLines(FileStream stream)
    {
        for (var length = stream.Length; length > 0; length--)
        {
            stream.Position = length - 1;
            if (stream.ReadByte() == '\n')
            {
                return length;
            }
        }

        return 0;
    }

    /// <summary>Reads the rows of the beginning of a file, piece by piece: it is never in memory beside its rows.</summary>
    private static List<TRow> Parse(FileStream stream, long length, string path)
    {
        stream.Position = 0;
        using var lines = new StreamPrefix(stream, length);
        try
        {
            using var csv = CsvReader.Create(lines, ReaderOptions, leaveOpen: true);
            return [.. csv.GetRecords<TRow>()];
        }
        catch (KeyNotFoundException exception)
        {
            throw new HarnessException($"{path} is damaged: its first line does not name the columns of results, separated by commas (a spreadsheet may have changed it)", exception);
        }
        catch (CsvFormatException exception)
        {
            throw new HarnessException($"{path} is damaged: {CsvMistake.Describe(exception)}", exception);
        }
    }
}
