using Harness.Dart.Backend;
using Harness.Dart.Ir;

namespace Harness.Dart.Optimization;

/// <summary>Leaves functions out of the module that nothing calls or refers to any more.</summary>
internal static class UnusedFunctions
{
    /// <summary>Takes the bodies of unused functions away, so that they are not emitted.</summary>
    public static void Remove(ModuleParts parts)
    {
        var used = new HashSet<IrFunction>();
        var work = new Stack<IrFunction>();
        void Use(IrFunction function)
        {
            if (used.Add(function))
            {
                work.Push(function);
            }
        }

        foreach (var function in parts.Functions.Where(function => function.Export is not null))
        {
            Use(function);
        }

        if (parts.Start is { } start)
        {
            Use(start);
        }

        foreach (var function in parts.Table)
        {
            if (function is not null)
            {
                Use(function);
            }
        }

        foreach (var global in parts.Globals)
        {
            UseAll(global.Init);
        }

        while (work.TryPop(out var function))
        {
            UseAll(function.Body);
        }

        foreach (var function in parts.Functions.Where(function => function.Import is null && !used.Contains(function)))
        {
            function.Body = null;
        }

        void UseAll(Node? root)
        {
            if (root is null)
            {
                return;
            }

            foreach (var node in NodeWalk.Of(root))
            {
                if (node.Data is IrFunction function)
                {
                    Use(function);
                }
            }
        }
    }
}
