using Harness.Dart.Ir;
using Harness.Dart.Semantics;

namespace Harness.Dart.Lowering.Dispatch;

/// <summary>All virtual calls of a program: notes them while bodies are lowered, and lowers them at the end, when all targets are known.</summary>
internal sealed class VirtualCalls
{
    private readonly ProgramLowering _program;
    private readonly List<VirtualCall> _calls = [];
    private readonly CallTargets _targets;
    private readonly ClassTables _tables;
    private readonly DispatchTableLowering _rows;
    private readonly CallLowering _classes, _interfaces;

    public VirtualCalls(ProgramLowering program)
    {
        _program = program;
        _targets = new CallTargets(program);
        _tables = new ClassTables(program);
        _rows = new DispatchTableLowering(program);
        _classes = program.Options.Dispatch switch
        {
            DispatchKind.VtableGlobals or DispatchKind.VtableFields => new ClassTableLowering(program, _tables),
            DispatchKind.ClassSwitch => new ClassSwitchLowering(program, _targets),
            _ => _rows,
        };
        _interfaces = program.Options.Interfaces switch
        {
            InterfaceDispatchKind.Itables => new ItableLowering(program),
            InterfaceDispatchKind.DispatchRows => _rows,
            _ => _classes,
        };
        Header = program.Options.Dispatch == DispatchKind.VtableFields ? new ClassTableHeader(program, _tables) : new ClassIdHeader(program, _tables);
    }

    /// <summary>What objects say of their class.</summary>
    public ObjectHeader Header { get; }

    /// <summary>A virtual call, whose target or place in a table is known at the end.</summary>
    /// <param name="selector">What is called.</param>
    /// <param name="inFunction">The function that the call is in.</param>
    /// <param name="receiver">The receiver, which is not null.</param>
    /// <param name="receiverClass">A class of which the receiver is an instance or one of a subtype; null where nothing is known.</param>
    /// <param name="args">The other arguments.</param>
    public Node Add(Selector selector, IrFunction inFunction, Node receiver, ClassElement? receiverClass, IReadOnlyList<Node> args)
    {
        _program.Reached.MarkCalled(selector);
        var temp = inFunction.AddLocal(receiver.Type.IsRef ? receiver.Type : _program.Target.TopRef, "receiver", definite: false);
        var node = new Node
        {
            Op = IrOp.CallVirtual,
            Data = selector,
            Args = [Node.Cast(selector.Receiver, Node.Tee(temp, receiver)), .. args, Node.Get(temp)],
            Type = receiver.IsNever || args.Any(arg => arg.IsNever) ? WType.Never : selector.Result,
        };
        _calls.Add(new VirtualCall(node, inFunction, receiverClass));
        return node;
    }

    /// <summary>Lowers all calls.</summary>
    public void Lower()
    {
        var indirect = new List<VirtualCall>();
        foreach (var call in _calls)
        {
            if (call.Selector.Targets.Count == 0)
            {
                call.MakeUnreachable();
            }
            else if (_targets.Only(call) is { } target)
            {
                call.MakeDirect(target);
            }
            else
            {
                indirect.Add(call);
            }
        }

        var rest = new List<VirtualCall>();
        foreach (var group in indirect.GroupBy(LoweringOf))
        {
            if (group.Key == _rows)
            {
                rest.AddRange(group);
                continue;
            }

            group.Key.LayOut([.. group]);
            rest.AddRange(group.Where(call => !group.Key.TryLower(call)));
        }

        _rows.LayOut(rest);
        foreach (var call in rest)
        {
            _rows.TryLower(call);
        }
    }

    /// <summary>Puts the tables into the module, once nothing more is lowered.</summary>
    public void Finish()
    {
        _rows.Finish();
        _classes.Finish();
        if (_interfaces != _classes)
        {
            _interfaces.Finish();
        }

        _tables.Finish();
    }

    private CallLowering LoweringOf(VirtualCall call) => IsOfInterface(call.Selector) ? _interfaces : _classes;

    // What every object has, and what a superclass has, is no interface's.
    private bool IsOfInterface(Selector selector)
    {
        var members = selector.Method.Members;
        return selector.Receiver.Heap == _program.Target.Top && members.Count > 0 && !members.Exists(member => member.Owner == _program.Program.Object.Class);
    }
}
