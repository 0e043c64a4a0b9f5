using Harness.Engine.Modules;

namespace Harness.Engine.Runtime.Stacks;

/// <summary>The compiled frames of a stack at a trap or at a call of the host, as addresses only: names are looked up when somebody asks.</summary>
internal sealed unsafe class CapturedStack
{
    /// <summary>Most frames that are kept, the innermost ones.</summary>
    public const int MaximumFrames = 100;

    private readonly (WasmModule Module, CompiledCode Code, int Site)[] _frames;

    private CapturedStack((WasmModule Module, CompiledCode Code, int Site)[] frames, bool isTruncated)
    {
        _frames = frames;
        IsTruncated = isTruncated;
    }

    /// <summary>A stack without frames: the trap happened outside of compiled code.</summary>
    public static CapturedStack Empty { get; } = new([], isTruncated: false);

    /// <summary>Whether there were more frames.</summary>
    public bool IsTruncated { get; }

    /// <summary>Follows the chain of frame pointers from a call that left compiled code.</summary>
    /// <param name="exitFrame"><see cref="StoreContext.ExitFrame"/>.</param>
    public static CapturedStack Capture(byte* exitFrame)
    {
        var address = *(nint*)(exitFrame + FrameLayout.ReturnAddress);
        return NativeRuntime.Registry.FindCaller(address) is { } code
            ? Capture(code, code.Code.FindSite(address, isTrap: false), *(byte**)exitFrame)
            : Empty;
    }

    /// <summary>Follows the chain of frame pointers.</summary>
    /// <param name="innermost">The code of the innermost frame.</param>
    /// <param name="site">The index of the site that it is at; -1 if unknown.</param>
    /// <param name="framePointer">rbp of the innermost frame.</param>
    public static CapturedStack Capture(RegisteredCode innermost, int site, byte* framePointer)
    {
        var frames = new List<(WasmModule Module, CompiledCode Code, int Site)>(8) { (innermost.Owner.Module, innermost.Code, site) };
        var address = *(nint*)(framePointer + FrameLayout.ReturnAddress);
        framePointer = *(byte**)framePointer;
        while (frames.Count < MaximumFrames)
        {
            if (NativeRuntime.Registry.FindCaller(address) is { } code)
            {
                frames.Add((code.Owner.Module, code.Code, code.Code.FindSite(address, isTrap: false)));
            }
            else
            {
                // The caller is an entry stub; the stack goes on where the host function was called that came here.
                framePointer = *(byte**)(framePointer + EntryFrame.PreviousExit);
                if (framePointer == null)
                {
                    return new CapturedStack([.. frames], isTruncated: false);
                }
            }

            address = *(nint*)(framePointer + FrameLayout.ReturnAddress);
            framePointer = *(byte**)framePointer;
        }

        return new CapturedStack([.. frames], isTruncated: true);
    }

    /// <summary>The frames for people, innermost first.</summary>
    public IReadOnlyList<WasmFrame> Symbolize()
    {
        var result = new List<WasmFrame>(_frames.Length);
        foreach (var (module, code, index) in _frames)
        {
            var offset = -1;
            if (index >= 0)
            {
                var site = code.Sites[index];
                offset = site.BytecodeOffset;
                for (int inlining = site.Inlining; inlining >= 0;)
                {
                    var position = code.InliningPositions[inlining];
                    result.Add(new WasmFrame(module, position.FunctionIndex, offset, IsInlined: true));
                    offset = position.CallOffset;
                    inlining = position.Parent;
                }
            }

            result.Add(new WasmFrame(module, code.FunctionIndex, offset, IsInlined: false));
        }

        return result;
    }
}
