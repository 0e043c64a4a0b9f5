using Harness.Dart.Ir;

namespace Harness.Dart.Optimization;

/// <summary>Copies a small tree into another function, with variables and labels of its own.</summary>
internal sealed class BodyCopier(IrFunction into)
{
    private readonly Dictionary<IrLocal, IrLocal> _locals = [];
    private readonly Dictionary<IrLocal, Node> _values = [];
    private readonly Dictionary<IrLabel, IrLabel> _labels = [];
    private IrLabel? _end;

    /// <summary>The variable that stands for one of the other function's.</summary>
    public IrLocal Own(IrLocal local)
    {
        if (!_locals.TryGetValue(local, out var own))
        {
            _locals[local] = own = into.AddLocal(local.Type, local.Name, local.IsDefinite);
        }

        return own;
    }

    /// <summary>Puts an expression in the place of reads of a parameter.</summary>
    public void Substitute(IrLocal parameter, Node value) => _values[parameter] = value;

    /// <summary>Makes returns branches.</summary>
    public void ReturnTo(IrLabel end) => _end = end;

    /// <summary>Copies a tree, which is small: it is walked recursively.</summary>
    public Node Copy(Node node)
    {
        if (node.Op == IrOp.Get && _values.TryGetValue((IrLocal)node.Data!, out var value))
        {
            return value;
        }

        if (node.Op == IrOp.Return && _end is not null)
        {
            return Node.Br(_end, node.Args.Length == 0 ? null : Copy(node.Args[0]));
        }

        var copy = new Node { Op = node.Op, Type = node.Type, Number = node.Number, At = node.At };
        // What a label's operation has within comes behind the label.
        copy.Data = node.Data switch
        {
            IrLocal local => Own(local),
            IrLabel label => Own(label),
            IReadOnlyList<IrLabel> labels => labels.Select(Own).ToList(),
            var other => other,
        };
        copy.Args = Array.ConvertAll(node.Args, Copy);
        copy.Body = node.Body?.ConvertAll(Copy);
        copy.Else = node.Else?.ConvertAll(Copy);
        return copy;
    }

    /// <summary>Copies a tree whose last operation is its only return, as the value that it returns.</summary>
    public Node CopyWithoutReturn(Node node)
    {
        if (node.Op == IrOp.Return)
        {
            return node.Args.Length == 0 ? Node.Nop() : Copy(node.Args[0]);
        }

        return Node.Seq([.. node.Body!.Take(node.Body!.Count - 1).Select(Copy), CopyWithoutReturn(node.Body[^1])]);
    }

    private IrLabel Own(IrLabel label)
    {
        if (!_labels.TryGetValue(label, out var own))
        {
            _labels[label] = own = new IrLabel();
        }

        return own;
    }
}
