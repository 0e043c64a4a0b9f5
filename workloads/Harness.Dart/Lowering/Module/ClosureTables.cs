using Harness.Dart.Ir;
using Harness.Dart.Lowering.Bodies;
using Harness.Dart.Lowering.Model;

namespace Harness.Dart.Lowering.Module;

/// <summary>Virtual tables of closures.</summary>
internal sealed class ClosureTables(ProgramLowering lowering)
{
    private readonly ProgramLowering _lowering = lowering;
    private bool _needsDynamic;
    private readonly List<(IrGlobal VTable, string Name, ClosureShape Shape, List<string?> Names)> _vtables = [];
    private int _dynamicDone;
    private StructDef? _instantiationContext;

    private TargetTypes Target => _lowering.Target;
    private ConstantPool Pool => _lowering.Pool;

    /// <summary>Notes that closures are called with arguments of any shape.</summary>
    public void NeedDynamicEntries() => _needsDynamic = true;

    /// <summary>The context of a closure that gives another its type arguments.</summary>
    public StructDef InstantiationContext => _instantiationContext ??= MakeInstantiationContext();

    private StructDef MakeInstantiationContext()
    {
        var def = new StructDef("instantiation", null);
        def.Add(WType.Ref(Target.Closure), false, "closure");
        def.Add(WType.Ref(Target.ObjectArray), false, "types");
        return def;
    }

    /// <summary>The shape of a closure that gives another its type arguments.</summary>
    public (ClosureShape Shape, List<string?> Names) InstantiationShape(FunctionType type)
    {
        var names = new List<string?>(Enumerable.Repeat<string?>(null, type.MaximumPositional));
        names.AddRange(type.Named.Select(n => n.Name));
        _needsDynamic = true;
        Node Array(IEnumerable<Node> items) => Node.Array(IrOp.ArrayNewFixed, Target.ObjectArray, WType.Ref(Target.ObjectArray), [.. items]);
        return (new ClosureShape
        {
            Type = type,
            Call = (f, closure, types, values) =>
            {
                // Missing arguments stay missing, so that the inner closure finds its own defaults.
                var given = values.Select((v, i) => (Value: v, Name: names[i])).Where(v => v.Value.Op != IrOp.Nop).ToList();
                return CallInstantiated(
                    f, closure, Array(given.Where(v => v.Name is null).Select(v => v.Value)), Array(given.Where(v => v.Name is not null).SelectMany(v => new[] { Pool.ConstNode(new ConstString(v.Name!)), v.Value })));
            },
            Forward = CallInstantiated,
            Default = _ => Node.Nop(),
            ParamType = i => i < type.MaximumPositional ? type.Positional(i) : type.Named[i - type.MaximumPositional].Type,
        }, names);
    }

    // Calls the closure that another one gives its type arguments.
    private Node CallInstantiated(IrFunction f, Node closure, Node positional, Node named)
    {
        var context = f.AddLocal(WType.Ref(InstantiationContext), "context");
        var inner = f.AddLocal(WType.Ref(Target.Closure), "inner");
        var setContext = Node.Set(context, new Node { Op = IrOp.Cast, Type = WType.Ref(InstantiationContext), Args = [Node.Field(Target.Closure, 2, closure)] });
        var setInner = Node.Set(inner, Node.Field(InstantiationContext, 0, Node.Get(context)));
        var call = Node.CallRef(
            Target.DynamicFunction, Node.Get(inner), Node.Field(InstantiationContext, 1, Node.Get(context)), positional, named,
            Node.NonNull(Node.Field(Target.VTable, 0, Node.Field(Target.Closure, 3, Node.Get(inner)))));
        return Node.Seq(setContext, setInner, call);
    }

    /// <summary>The virtual table of a closure: an entry for each number of positional arguments, and one for everything else.</summary>
    public IrGlobal MakeVTable(string name, ClosureShape shape, List<string?> names, IrFunction? direct, bool dynamicOnly = false)
    {
        var positional = names.Count(n => n is null);
        var required = shape.Type.Required.Length;
        var requiredNamed = shape.Type.Named.Any(n => n.IsRequired);
        var fields = new Node[1 + Target.ClosureFunctions.Count];
        fields[0] = Node.Null(Target.DynamicFunction);
        for (var n = 0; n < Target.ClosureFunctions.Count; n++)
        {
            var def = Target.ClosureFunctions[n];
            if (dynamicOnly || n < required || n > positional || requiredNamed || shape.Type.TypeParams.Length > 0)
            {
                fields[1 + n] = Node.Null(def);
                continue;
            }

            if (direct is not null && n == positional)
            {
                fields[1 + n] = Node.Func(direct, def);
                continue;
            }

            var entry = _lowering.NewFunction($"{name} ({n} arguments)");
            var closure = entry.AddParam(WType.Ref(Target.Closure), "closure");
            var args = Enumerable.Range(0, n).Select(i => Node.Get(entry.AddParam(Target.AnyRef, "p"))).ToList();
            entry.Result = Target.AnyRef;
            fields[1 + n] = Node.Func(entry, def);
            var given = n;
            _lowering.Enqueue(() =>
            {
                for (var i = given; i < names.Count; i++)
                {
                    args.Add(shape.Default(i));
                }

                entry.Body = shape.Call(entry, Node.Get(closure), [], args);
            });
        }

        var global = _lowering.NewGlobal("vtable " + name, WType.Ref(Target.VTable), false, Node.New(Target.VTable, fields));
        _vtables.Add((global, name, shape, names));
        return global;
    }

    /// <summary>Adds the entries for calls by name, once it is known that there are any; returns whether there was anything new.</summary>
    public bool Complete()
    {
        var changed = false;
        if (_needsDynamic)
        {
            for (; _dynamicDone < _vtables.Count; _dynamicDone++)
            {
                var (vtable, name, shape, names) = _vtables[_dynamicDone];
                var entry = DynamicAdapters.MakeDynamicEntry(_lowering, name, shape, names);
                vtable.Init!.Args[0] = Node.Func(entry, Target.DynamicFunction);
                changed = true;
            }
        }

        return changed;
    }
}
