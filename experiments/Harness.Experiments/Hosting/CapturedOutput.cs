using System.Text;
using Harness.Hosts;

namespace Harness.Experiments.Hosting;

/// <summary>What a program writes to one of its streams, which is kept in memory: so much, and no more.</summary>
/// <param name="mebibytes">The most that is kept, in MiB, of which a text can be made.</param>
internal sealed class CapturedOutput(int mebibytes = CapturedOutput.UsualMebibytes) : Stream
{
    /// <summary>The most that is kept unless the maker says otherwise.</summary>
    public const int UsualMebibytes = 256;

    private readonly MemoryStream _kept = new();

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => _kept.Length;

    public override long Position
    {
        get => _kept.Position;
        set => throw new NotSupportedException();
    }

    /// <exception cref="ProgramException">It is more than is kept, of which nothing is.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (buffer.Length > ((long)mebibytes << 20) - _kept.Length)
        {
            throw new ProgramException($"the program writes more than {mebibytes} MiB to one of its streams, which is all that is kept of it");
        }

        _kept.Write(buffer);
    }

    /// <inheritdoc cref="Write(ReadOnlySpan{byte})"/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public byte[] ToArray() => _kept.ToArray();

    /// <summary>The text that the bytes are in UTF-8.</summary>
    public string ToText() => Encoding.UTF8.GetString(_kept.GetBuffer(), 0, (int)_kept.Length);

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _kept.Dispose();
        }

        base.Dispose(disposing);
    }
}
