using Harness.Dart.Backend;
using Harness.Dart.Ir;

namespace Harness.Dart.Optimization;

/// <summary>
/// Puts small bodies in the place of direct calls. A function takes in what the functions that it calls have become before, and calls that lead back
/// stay calls: a body grows by the limit for each call at most.
/// </summary>
/// <param name="parts">The module, with all calls lowered.</param>
/// <param name="limit">Largest body that is taken, in operations: the nodes of its tree but for those that only hold others together; 0 for none.</param>
/// <param name="takesAccessors">Whether reads and writes of fields take the place of calls of accessors, whatever the limit.</param>
internal sealed class Inliner(ModuleParts parts, int limit, bool takesAccessors)
{
    private readonly HashSet<IrFunction> _done = [];
    private readonly Dictionary<IrFunction, InlineBody?> _bodies = [];

    /// <summary>Inlines throughout the module.</summary>
    public void Run()
    {
        foreach (var function in parts.Functions)
        {
            if (function.Body is not null && !_done.Contains(function))
            {
                RunFrom(function);
            }
        }
    }

    /// <summary>Works on a function behind those that it calls: the order in which a walk of the call graph leaves functions.</summary>
    private void RunFrom(IrFunction root)
    {
        var entered = new HashSet<IrFunction> { root };
        var stack = new Stack<(IrFunction Function, List<Node> Calls, int Next)>();
        stack.Push((root, CallsIn(root), 0));
        while (stack.TryPop(out var at))
        {
            if (at.Next == at.Calls.Count)
            {
                foreach (var call in at.Calls)
                {
                    TryInline(at.Function, call);
                }

                _done.Add(at.Function);
                continue;
            }

            stack.Push(at with { Next = at.Next + 1 });
            var callee = (IrFunction)at.Calls[at.Next].Data!;
            if (callee.Body is not null && !_done.Contains(callee) && entered.Add(callee))
            {
                stack.Push((callee, CallsIn(callee), 0));
            }
        }
    }

    /// <summary>The calls in a body; those on the way to an exception are not worth their size.</summary>
    private static List<Node> CallsIn(IrFunction function) =>
        [.. NodeWalk.OfWarm(function.Body!).Where(node => node.Op == IrOp.Call)];

    private void TryInline(IrFunction caller, Node call)
    {
        var callee = (IrFunction)call.Data!;
        if (call.IsNever || !_done.Contains(callee))
        {
            return;
        }

        if (!_bodies.TryGetValue(callee, out var body))
        {
            _bodies[callee] = body = takesAccessors && callee.IsFieldAccess ? InlineBody.TryMake(callee, int.MaxValue) : limit > 0 ? InlineBody.TryMake(callee, limit) : null;
        }

        body?.Replace(call, caller);
    }
}
