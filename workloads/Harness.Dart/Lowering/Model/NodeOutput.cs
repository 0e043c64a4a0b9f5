using Harness.Dart.Ir;
using Harness.Dart.Lowering.Bodies;
using Harness.Dart.Lowering.Module;

namespace Harness.Dart.Lowering.Model;

/// <summary>The statements of the function so far, and what is known behind the last of them.</summary>
internal sealed class NodeOutput(FunctionLowering body)
{
    private readonly FunctionState _state = body.State;
    private readonly TargetTypes _target = body.Program.Target;
    private readonly int _start = body.Program.Positions.StartOf(body.State.Scope.File);

    /// <summary>Where that stands which is lowered (<see cref="SourcePositions"/>): nodes that are emitted come from there, unless they say otherwise. 0 before the text of the function.</summary>
    public int At { get; set; }

    /// <summary>The statements.</summary>
    public List<Node> Nodes { get; set; } = [];

    /// <summary>What is known at this place.</summary>
    public Flow Flow { get; set; } = new();

    /// <summary>Adds a statement, unless nothing gets there.</summary>
    public void Emit(Node node)
    {
        if (!Flow.IsReachable && Nodes.Count > 0 && Nodes[^1].IsNever)
        {
            return;
        }

        if (node.At == 0)
        {
            node.At = At;
        }

        Nodes.Add(node);
        if (node.IsNever)
        {
            Flow.IsReachable = false;
        }
    }

    /// <summary>Where a piece of the text stands, as traces tell it; an assignment stands where its target does.</summary>
    public int PlaceOf(Syntax.Node node)
    {
        var position = node switch { Syntax.Assign assign => assign.Target.Pos, Syntax.Update update => update.Target.Pos, _ => node.Pos };
        return position == 0 ? At : _start + position;
    }

    /// <summary>An expression with a note where it comes from, if it has none yet.</summary>
    public Node Placed(Node node, Syntax.Node at)
    {
        if (node.At == 0)
        {
            node.At = PlaceOf(at);
        }

        return node;
    }

    /// <summary>Collects what <paramref name="action"/> emits.</summary>
    public List<Node> Collect(Action action)
    {
        var saved = Nodes;
        Nodes = [];
        action();
        var result = Nodes;
        Nodes = saved;
        return result;
    }

    /// <summary>An expression of what <paramref name="make"/> emits and gives back.</summary>
    public Val InSequence(Func<Val> make)
    {
        var saved = Nodes;
        Nodes = [];
        var value = make();
        if (Nodes.Count == 0)
        {
            Nodes = saved;
            return value;
        }

        Nodes.Add(value.Node);
        var node = Node.Seq(Nodes);
        Nodes = saved;
        return value with { Node = node };
    }

    /// <summary>A new local for a value of a type.</summary>
    public IrLocal Temp(WType type, string name = "t") => _state.Function.AddLocal(type, name);

    /// <summary>A new local for a value, which <paramref name="set"/> puts there.</summary>
    public IrLocal TempOf(Node value, out Node set, string name = "t")
    {
        var local = _state.Function.AddLocal(value.IsNever ? _target.AnyRef : value.Type, name);
        set = Node.Set(local, value);
        return local;
    }

    /// <summary>Statements that leave nothing.</summary>
    public static Node Void(List<Node> nodes)
    {
        if (nodes.Count > 0 && !nodes[^1].IsNever && nodes[^1].Type.Kind != WKind.None)
        {
            nodes[^1] = Node.Drop(nodes[^1]);
        }

        return Node.Seq(nodes);
    }
}
