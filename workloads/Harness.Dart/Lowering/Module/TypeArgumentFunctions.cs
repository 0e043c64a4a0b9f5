using Harness.Dart.Ir;
using Harness.Dart.Semantics;

namespace Harness.Dart.Lowering.Module;

/// <summary>The virtual call that gives an object's type arguments.</summary>
internal sealed class TypeArgumentFunctions(ProgramLowering lowering)
{
    private readonly ProgramLowering _lowering = lowering;
    private Selector? _typeArguments;
    private readonly Dictionary<ClassElement, IrFunction> _typeArgumentFunctions = [];
    private IrFunction? _noTypeArguments;

    private TargetTypes Target => _lowering.Target;
    private ClassLayouts Layouts => _lowering.Layouts;
    private Reachability Reached => _lowering.Reached;

    /// <summary>The selector of the call.</summary>
    public Selector TypeArgumentsSelector()
    {
        if (_typeArguments is null)
        {
            _typeArguments = new Selector("#typeArguments", SelectorKind.Getter) { HasSignature = true, Receiver = Target.TopRef, Result = WType.Ref(Target.ObjectArray) };
            _typeArguments.Def = _lowering.Parts.FuncDefs.Get([Target.TopRef], _typeArguments.Result);
            _typeArguments.IsCalled = true;
            foreach (var cls in Reached.InstantiatedClasses)
            {
                AddTypeArgumentsTarget(cls);
            }
        }

        return _typeArguments;
    }

    /// <summary>Gives a class of which there are objects its function.</summary>
    public void AddTypeArgumentsTarget(ClassElement cls)
    {
        if (_typeArguments is null)
        {
            return;
        }

        if (_lowering.Specialisations.ArgumentsOf(cls) is { } arguments)
        {
            var known = _lowering.NewFunction("type arguments of " + cls.Name);
            known.AddParam(Target.TopRef, "this");
            known.Result = WType.Ref(Target.ObjectArray);
            known.Body = _lowering.Pool.ConstArrayNode(arguments.Select(argument => new ConstType(argument)));
            _typeArguments.Targets[cls] = known;
            return;
        }

        if (cls.TypeParams.Count == 0)
        {
            if (_noTypeArguments is null)
            {
                var empty = _lowering.NewGlobal("#empty", WType.Ref(Target.ObjectArray), false, Node.Array(IrOp.ArrayNewFixed, Target.ObjectArray, WType.Ref(Target.ObjectArray)));
                _noTypeArguments = _lowering.NewFunction("type arguments (none)");
                _noTypeArguments.AddParam(Target.TopRef, "this");
                _noTypeArguments.Result = WType.Ref(Target.ObjectArray);
                _noTypeArguments.Body = Node.Get(empty);
            }

            _typeArguments.Targets[cls] = _noTypeArguments;
            return;
        }

        if (!_typeArgumentFunctions.TryGetValue(cls, out var function))
        {
            var made = _lowering.NewFunction("type arguments of " + cls.Name);
            _typeArgumentFunctions[cls] = function = made;
            var self = made.AddParam(Target.TopRef, "this");
            made.Result = WType.Ref(Target.ObjectArray);
            made.Body = Node.Unreachable();
            var layout = Layouts.Of(cls);
            void Build()
            {
                var local = made.AddLocal(WType.Ref(layout.Struct), "object");
                made.Body = Node.Seq(
                    Node.Set(local, Node.Cast(WType.Ref(layout.Struct), Node.Get(self))),
                    Node.Array(IrOp.ArrayNewFixed, Target.ObjectArray, WType.Ref(Target.ObjectArray), [.. cls.TypeParams.Select(p => Node.Field(layout.Struct, layout.TypeFields[p], Node.Get(local)))]));
            }

            // Objects may be made in an initializer whose type is found for the layout itself.
            if (layout.IsComplete)
            {
                Build();
            }
            else
            {
                _lowering.Enqueue(Build);
            }
        }

        _typeArguments.Targets[cls] = function;
    }
}
