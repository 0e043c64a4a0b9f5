namespace Harness.Dart.Lowering.Dispatch;

/// <summary>
/// A way for virtual calls to find their targets: one class for each. What it cannot lower is left to the dispatch table.
/// </summary>
internal abstract class CallLowering
{
    /// <summary>Lays out the tables that calls need, once the targets of all selectors are known; before the first call is lowered.</summary>
    /// <param name="calls">The calls that are to be lowered.</param>
    public virtual void LayOut(IReadOnlyList<VirtualCall> calls)
    {
    }

    /// <summary>Lowers a call.</summary>
    /// <returns>Whether it did.</returns>
    public abstract bool TryLower(VirtualCall call);

    /// <summary>Puts what was laid out into the module, once all calls are lowered.</summary>
    public virtual void Finish()
    {
    }

    /// <summary>The selectors of some calls, those with the most targets first.</summary>
    protected static IEnumerable<Selector> SelectorsOf(IEnumerable<VirtualCall> calls) =>
        calls.Select(call => call.Selector).Distinct().OrderByDescending(selector => selector.Targets.Count).ThenBy(selector => selector.Id);
}
