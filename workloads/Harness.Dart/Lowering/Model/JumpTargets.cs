namespace Harness.Dart.Lowering.Model;

/// <summary>The statements around a place that jumps can leave or go on with, the innermost last.</summary>
internal sealed class JumpTargets
{
    /// <summary>All of them, the innermost last.</summary>
    public List<JumpTarget> All { get; } = [];

    /// <summary>Enters a statement.</summary>
    public JumpTarget PushJump(JumpTarget target)
    {
        All.Add(target);
        return target;
    }

    /// <summary>Leaves the innermost.</summary>
    public void PopJump() => All.RemoveAt(All.Count - 1);
}
