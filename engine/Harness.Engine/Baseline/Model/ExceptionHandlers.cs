using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Model;

/// <summary>
/// The blocks that catch exceptions, and their landing pads. A block that catches costs nothing as long as nothing is thrown, but that
/// locals are in the frame at calls.
/// </summary>
/// <param name="state">What is known of the function.</param>
internal sealed class ExceptionHandlers(BaselineState state)
{
    private readonly Assembler _asm = state.Assembler;
    private readonly FunctionBody _body = state.Body;
    private readonly ValueStack _stack = state.Stack;
    private readonly StateChunks _chunks = state.Chunks;
    private readonly ControlStack _control = state.Control;
    private readonly CodeSites _sites = state.Sites;
    private Label[] _landingPads = new Label[16];
    private int _count;

    /// <summary>Place among the open labels of the innermost block that catches; -1 if there is none.</summary>
    public int Catcher { get; private set; }

    /// <summary>Forgets all landing pads.</summary>
    public void Clear()
    {
        _count = 0;
        Catcher = -1;
    }

    /// <summary>Offsets in the code of the function's landing pads.</summary>
    public int[] LandingPadOffsets()
    {
        var offsets = new int[_count];
        for (var i = 0; i < offsets.Length; i++)
        {
            offsets[i] = _asm.OffsetOf(_landingPads[i]);
        }

        return offsets;
    }

    /// <summary>Where a landing pad begins, by its number.</summary>
    public Label LandingPad(int number) => _landingPads[number];

    /// <summary>
    /// From here on exceptions come to the landing pad of the innermost block. It expects constants that the block does not change as such,
    /// and all other values in the frame.
    /// </summary>
    public void Open(ref ControlFrame frame, LabelStates labels)
    {
        frame.LandingPad = -1;
        frame.OuterCatcher = Catcher;
        Catcher = _control.Depth - 1;
        frame.HandlerState = _control.ReserveState(frame.BaseHeight);
        labels.SettleHandlerState(frame);
        _stack.LookAtConstants();
    }

    /// <summary>Ends the part of a block whose exceptions it catches.</summary>
    /// <returns>Whether anything there may throw to it, so that a landing pad is wanted.</returns>
    public bool Close(ref ControlFrame frame)
    {
        if (Catcher != _control.Depth - 1)
        {
            return false;
        }

        Catcher = frame.OuterCatcher;
        _stack.LookAtConstants();
        return frame.LandingPad >= 0;
    }

    /// <summary>
    /// Before a call that may throw, whose operands alone are in registers: stores the constants that the landing pad expects in the
    /// frame.
    /// </summary>
    public void SaveConstants()
    {
        if (Catcher < 0)
        {
            return;
        }

        ReadOnlySpan<int> expected = _control.HandlerStateOf(_control[Catcher]);
        var count = StateChunks.CountFor(_body.LocalCount);
        for (var chunk = _stack.NextWithNewConstants(0, count); chunk < count; chunk = _stack.NextWithNewConstants(chunk + 1, count))
        {
            var first = chunk << StateChunks.SizeBits;
            for (var i = first; i < Math.Min(first + StateChunks.Size, _body.LocalCount); i++)
            {
                if (_stack[i].IsConstant && _chunks.ValueOf(expected, i).IsFrame)
                {
                    _stack.StoreConstant(i);
                }
            }

            _stack.HasSeenConstants(chunk);
        }
    }

    /// <summary>Right after a call that may throw: lets the innermost block that catches have its exceptions.</summary>
    public void CatchFromSite()
    {
        if (Catcher >= 0)
        {
            ref var site = ref _sites.Last;
            site = site with { Handler = LandingPadOf(ref _control[Catcher]) };
        }
    }

    /// <summary>The number of a block's landing pad, which it has from the first time on that something may throw to it.</summary>
    public int LandingPadOf(ref ControlFrame frame)
    {
        if (frame.LandingPad < 0)
        {
            if (_count == _landingPads.Length)
            {
                Array.Resize(ref _landingPads, 2 * _count);
            }

            frame.LandingPad = _count;
            _landingPads[_count++] = _asm.NewLabel();
        }

        return frame.LandingPad;
    }
}
