using System.Text;
using Harness.Engine.Runtime.Stacks;

namespace Harness.Engine.Runtime;

/// <summary>An execution of WebAssembly code trapped (specification, section 4.6).</summary>
public sealed class WasmTrapException : Exception
{
    private readonly CapturedStack _stack;
    private IReadOnlyList<WasmFrame>? _frames;
    private string? _message;

    internal WasmTrapException(TrapKind kind, CapturedStack stack)
    {
        Kind = kind;
        _stack = stack;
    }

    /// <summary>Why it trapped.</summary>
    public TrapKind Kind { get; }

    /// <summary>
    /// The WebAssembly functions that were active, innermost first, through calls by way of the host; at most the innermost
    /// 100 stack frames.
    /// </summary>
    public IReadOnlyList<WasmFrame> CallStack => _frames ??= _stack.Symbolize();

    /// <summary>Whether there were more frames than <see cref="CallStack"/> has.</summary>
    internal bool IsCallStackTruncated => _stack.IsTruncated;

    /// <summary>The trap's name as the official test suite words it, and below it a line for each frame of the stack.</summary>
    public override string Message
    {
        get
        {
            if (_message is not null)
            {
                return _message;
            }

            var text = new StringBuilder(Kind.Message());
            foreach (var frame in CallStack)
            {
                text.Append("\n  ").Append(frame);
            }

            if (_stack.IsTruncated)
            {
                text.Append("\n  ...");
            }

            return _message = text.ToString();
        }
    }
}
