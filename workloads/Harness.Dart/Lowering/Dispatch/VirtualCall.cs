using Harness.Dart.Ir;
using Harness.Dart.Semantics;

namespace Harness.Dart.Lowering.Dispatch;

/// <summary>
/// A call whose target the receiver's class decides. Its node has the receiver as the selector holds it, the arguments, and the receiver once more
/// as an object that can be asked for its class, until the targets of all calls are known and the node becomes another operation.
/// </summary>
/// <param name="node">The call in its function's tree.</param>
/// <param name="owner">The function that it is in.</param>
/// <param name="receiverClass">A class of which the receiver is an instance or one of a subtype; null where nothing is known.</param>
internal sealed class VirtualCall(Node node, IrFunction owner, ClassElement? receiverClass)
{
    /// <summary>What is called.</summary>
    public Selector Selector { get; } = (Selector)node.Data!;

    /// <summary>A class of which the receiver is an instance or one of a subtype; null where nothing is known.</summary>
    public ClassElement? ReceiverClass { get; } = receiverClass;

    /// <summary>The receiver, once it is evaluated; may be read again and again.</summary>
    public Node Object => node.Args[^1];

    /// <summary>Whether the receiver or an argument does not go on, so that nothing is called.</summary>
    public bool IsNever => node.IsNever;

    private Node[] Arguments => node.Args[..^1];

    /// <summary>Makes it a call of a function.</summary>
    public void MakeDirect(IrFunction target) => Become(IrOp.Call, target, Arguments);

    /// <summary>Makes it a call of what the module's table has at an index.</summary>
    public void MakeIndirect(Node index) => Become(IrOp.CallVirtual, Selector.Def!, [.. Arguments, index]);

    /// <summary>Makes it a call of a function reference.</summary>
    public void MakeCallRef(Node function) => Become(IrOp.CallRef, Selector.Def!, [.. Arguments, function]);

    /// <summary>Makes it the end of the program: nothing that is made has such a member, so that the receiver can only be absent.</summary>
    public void MakeUnreachable()
    {
        node.Body = [.. Arguments.Select(Node.Drop), Node.Unreachable()];
        Become(IrOp.Seq, null, []);
        node.Type = WType.Never;
    }

    /// <summary>Makes it a choice among direct calls.</summary>
    /// <param name="choose">Makes the choice of a class id, which may be read again and again, and a maker of calls with the arguments.</param>
    /// <param name="classId">Makes the expression for an object's class id.</param>
    public void MakeSwitch(Func<Node, Func<IrFunction, Node>, Node> choose, Func<Node, Node> classId)
    {
        var locals = Array.ConvertAll(Arguments, argument => owner.AddLocal(argument.Type, "argument", definite: true));
        var id = owner.AddLocal(WType.I32, "class", definite: true);
        node.Body =
        [
            .. locals.Select((local, i) => Node.Set(local, node.Args[i])),
            Node.Set(id, classId(Object)),
            choose(Node.Get(id), target => Node.Call(target, Array.ConvertAll(locals, Node.Get))),
        ];
        Become(IrOp.Seq, null, []);
    }

    private void Become(IrOp op, object? data, Node[] args)
    {
        node.Op = op;
        node.Data = data;
        node.Args = args;
    }
}
