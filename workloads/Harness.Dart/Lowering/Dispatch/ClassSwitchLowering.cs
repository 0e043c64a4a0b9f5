using Harness.Dart.Ir;

namespace Harness.Dart.Lowering.Dispatch;

/// <summary>Tests of the receiver's class id with direct calls, where there are few targets: what engines do by speculation, done beforehand and in full.</summary>
internal sealed class ClassSwitchLowering(ProgramLowering program, CallTargets targets) : CallLowering
{
    // More comparisons than that cost more than an indirect call.
    private const int MostComparisons = 8;

    public override bool TryLower(VirtualCall call)
    {
        var groups = targets.Of(call).GroupBy(target => target.Value).Select(group => (Function: group.Key, Classes: new ClassIdRanges(group.Select(target => target.Key)))).ToList();
        if (groups.Count > program.Options.SwitchTargets || call.IsNever)
        {
            return false;
        }

        // The last needs no test, which is best for the one that is told by most comparisons.
        groups = [.. groups.OrderBy(group => group.Classes.Count)];
        if (groups.Take(groups.Count - 1).Sum(group => group.Classes.Count) > MostComparisons)
        {
            return false;
        }

        call.MakeSwitch(
            (id, make) =>
            {
                var chain = make(groups[^1].Function);
                for (var i = groups.Count - 2; i >= 0; i--)
                {
                    chain = Node.If(groups[i].Classes.Test(() => id), make(groups[i].Function), chain, call.Selector.Result);
                }

                return chain;
            },
            program.Header.ClassIdOf);
        return true;
    }
}
