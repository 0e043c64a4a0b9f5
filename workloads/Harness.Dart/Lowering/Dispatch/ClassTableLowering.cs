namespace Harness.Dart.Lowering.Dispatch;

/// <summary>A call takes its function from the table of the receiver's class, which the object's header leads to.</summary>
internal sealed class ClassTableLowering(ProgramLowering program, ClassTables tables) : CallLowering
{
    public override void LayOut(IReadOnlyList<VirtualCall> calls)
    {
        foreach (var selector in SelectorsOf(calls))
        {
            tables.Add(selector);
        }
    }

    public override bool TryLower(VirtualCall call)
    {
        if (tables.Function(call.Selector, program.Header.ClassTableOf(call.Object)) is not { } function)
        {
            return false;
        }

        call.MakeCallRef(function);
        return true;
    }
}
