namespace Harness.Engine.Deoptimization;

/// <summary>A place where baseline code can be entered in the middle of a function.</summary>
/// <param name="BytecodeOffset">Offset in the module's bytes of the instruction.</param>
/// <param name="Kind">At which side of it.</param>
/// <param name="CodeOffset">Where to enter: for <see cref="ResumeKind.AfterCall"/> the call's return address.</param>
/// <param name="Values">
/// Where the code expects parameters and locals, then the operand stack, bottom first. Values before a call or at a loop may be
/// expected in registers; after a call only in the frame or as constants.
/// </param>
internal sealed record ResumePoint(int BytecodeOffset, ResumeKind Kind, int CodeOffset, ResumeValues Values);

/// <summary>
/// What the deoptimizer must know of a function's baseline code. It is made on demand, by compiling the function again
/// without keeping the code: the compiler is deterministic.
/// </summary>
/// <param name="FrameSize">Bytes between rbp and rsp in the body of the function; a multiple of 16.</param>
/// <param name="ResumePoints">Ascending by bytecode offset, then kind.</param>
internal sealed record ResumeMap(int FrameSize, ResumePoint[] ResumePoints)
{
    /// <summary>A place where the code can be entered; null if it cannot be entered there.</summary>
    public ResumePoint? Find(int bytecodeOffset, ResumeKind kind)
    {
        var low = 0;
        var high = ResumePoints.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var point = ResumePoints[middle];
            var order = point.BytecodeOffset.CompareTo(bytecodeOffset);
            if (order == 0)
            {
                order = (int)point.Kind - (int)kind;
            }

            if (order == 0)
            {
                return point;
            }

            if (order < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return null;
    }
}
