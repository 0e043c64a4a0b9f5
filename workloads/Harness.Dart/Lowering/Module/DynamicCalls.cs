using Harness.Dart.Ir;
using Harness.Dart.Lowering.Bodies;
using Harness.Dart.Lowering.Dispatch;
using Harness.Dart.Semantics;

namespace Harness.Dart.Lowering.Module;

/// <summary>What is done with a member that is known by its name alone.</summary>
internal enum DynamicKind : byte { Call, Get, Set }

/// <summary>Calls by name alone: a function for each name, which tries the classes that have such a member.</summary>
internal sealed class DynamicCalls(ProgramLowering lowering)
{
    private readonly ProgramLowering _lowering = lowering;
    private readonly Dictionary<(string, DynamicKind), Forwarder> _forwarders = [];

    private TargetTypes Target => _lowering.Target;
    private Reachability Reached => _lowering.Reached;
    private ClosureTables ClosureTables => _lowering.ClosureTables;
    private ConstantPool Pool => _lowering.Pool;

    private sealed class Forwarder
    {
        public required string Name { get; init; }
        public required DynamicKind Kind { get; init; }
        public required IrFunction Function { get; init; }
        public required IrLocal Receiver { get; init; }
        public required IrLocal Types { get; init; }
        public required IrLocal Positional { get; init; }
        public required IrLocal Named { get; init; }
        public int Classes { get; set; }
        public Dictionary<Member, (IrFunction Adapter, List<ClassElement> Classes)> Targets { get; } = [];
    }

    /// <summary>A call of a member by its name: of a function that tries the classes that have one.</summary>
    public Node DynamicCall(string name, DynamicKind kind, Node receiver, Node? typeArgs, IReadOnlyList<Node> positional, IReadOnlyList<(string Name, Node Value)> named)
    {
        ClosureTables.NeedDynamicEntries();
        if (!_forwarders.TryGetValue((name, kind), out var forwarder))
        {
            var function = _lowering.NewFunction($"dynamic {name} ({kind})");
            forwarder = new Forwarder
            {
                Name = name, Kind = kind, Function = function,
                Receiver = function.AddParam(Target.AnyRef, "receiver"),
                Types = function.AddParam(WType.Ref(Target.ObjectArray, true), "types"),
                Positional = function.AddParam(WType.Ref(Target.ObjectArray), "positional"),
                Named = function.AddParam(WType.Ref(Target.ObjectArray), "named"),
            };
            function.Result = Target.AnyRef;
            function.Body = Node.Unreachable();
            _forwarders[(name, kind)] = forwarder;
        }

        Node Array(IEnumerable<Node> items) => Node.Array(IrOp.ArrayNewFixed, Target.ObjectArray, WType.Ref(Target.ObjectArray), [.. items]);
        return Node.Call(forwarder.Function, receiver, typeArgs ?? Node.Null(Target.ObjectArray), Array(positional), Array(named.SelectMany(n => new[] { Pool.ConstNode(new ConstString(n.Name)), n.Value })));
    }

    private bool CompleteForwarder(Forwarder f)
    {
        if (f.Classes == Reached.InstantiatedClasses.Count && f.Classes > 0)
        {
            return false;
        }

        var key = f.Kind == DynamicKind.Set ? f.Name + "=" : f.Name;
        for (; f.Classes < Reached.InstantiatedClasses.Count; f.Classes++)
        {
            var cls = Reached.InstantiatedClasses[f.Classes];
            if (TypeSystem.FindImplementation(cls, key) is not { } member)
            {
                continue;
            }

            if (!f.Targets.TryGetValue(member, out var target))
            {
                f.Targets[member] = target = (DynamicAdapters.MakeDynamicAdapter(_lowering, member, f.Kind), []);
            }

            target.Classes.Add(cls);
        }

        var body = new List<Node>();
        var id = f.Function.Locals.Count > 0 ? f.Function.Locals[0] : f.Function.AddLocal(WType.I32, "id");
        body.Add(Node.If(Node.IsNull(Node.Get(f.Receiver)), DynamicAdapters.DynamicOnNull(_lowering, f.Name, f.Kind, f.Function, Node.Get(f.Positional)), null, WType.None));
        body.Add(Node.Set(id, _lowering.Header.ClassIdOf(Node.NonNull(Node.Get(f.Receiver)))));
        foreach (var (adapter, classes) in f.Targets.Values)
        {
            var test = new ClassIdRanges(classes).Test(() => Node.Get(id));
            body.Add(Node.If(test, Node.Return(Node.Call(adapter, Node.NonNull(Node.Get(f.Receiver)), Node.Get(f.Types), Node.Get(f.Positional), Node.Get(f.Named))), null, WType.None));
        }

        if (f.Name == "call" && f.Kind == DynamicKind.Call)
        {
            var closure = Node.Cast(WType.Ref(Target.Closure), Node.Get(f.Receiver));
            body.Insert(1, Node.If(Node.Test(WType.Ref(Target.Closure), Node.Get(f.Receiver)), Node.Return(Node.CallRef(Target.DynamicFunction, closure, Node.Get(f.Types), Node.Get(f.Positional), Node.Get(f.Named), Node.NonNull(Node.Field(Target.VTable, 0, Node.Field(Target.Closure, 3, closure))))), null, WType.None));
        }

        body.Add(DynamicAdapters.DynamicMissing(_lowering, f.Name, f.Kind, f.Function, Node.Get(f.Receiver), Node.Get(f.Types), Node.Get(f.Positional), Node.Get(f.Named)));
        f.Function.Body = Node.Seq(body);
        return true;
    }

    /// <summary>A call by name with arguments that are in arrays already.</summary>
    public Node DynamicForward(string name, Node receiver, Node types, Node positional, Node named)
    {
        var call = DynamicCall(name, DynamicKind.Call, receiver, types, [], []);
        call.Args[2] = positional;
        call.Args[3] = named;
        return call;
    }

    /// <summary>Fills the functions for the classes that came up; returns whether there was anything new.</summary>
    public bool Complete()
    {
        var changed = false;
        foreach (var forwarder in _forwarders.Values.ToList())
        {
            if (CompleteForwarder(forwarder))
            {
                changed = true;
            }
        }

        return changed;
    }
}
