using Harness.Dart.Ir;
using Harness.Dart.Lowering.Bodies;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;

namespace Harness.Dart.Lowering.Module;

/// <summary>The functions of members: made when they are first asked for, and lowered later.</summary>
internal sealed class MemberFunctions(ProgramLowering lowering)
{
    private readonly ProgramLowering _lowering = lowering;
    private readonly DartProgram _program = lowering.Program;
    private readonly Dictionary<(Member Member, Selector CalledBy), IrFunction> _variants = [];

    private TargetTypes Target => _lowering.Target;
    private Representations Reprs => _lowering.Reprs;
    private ClassLayouts Layouts => _lowering.Layouts;
    private Selectors Selectors => _lowering.Selectors;
    private Reachability Reached => _lowering.Reached;

    // A function with the text of a declaration.
    private IrFunction NewFunction(string name, Member member)
    {
        var function = _lowering.NewFunction(name);
        function.At = _lowering.Positions.Of(member.File, member.Pos);
        return function;
    }

    /// <summary>The function that takes a method off an object.</summary>
    public IrFunction TearoffFunction(Member member)
    {
        if (member.LoweredExtra is IrFunction done)
        {
            return done;
        }

        var selector = Selectors.TearoffOf(member);
        var function = _lowering.NewFunction(member.FullName + " (tear-off)");
        member.LoweredExtra = function;
        var receiver = function.AddParam(selector.Receiver, "this");
        function.Result = selector.Result;
        _lowering.Enqueue(() => TearoffLowering.LowerTearoffGetter(_lowering, function, receiver, member));
        return function;
    }

    private static void SetSignature(IrFunction function, Selector selector)
    {
        function.AddParam(selector.Receiver, "this");
        for (var i = 0; i < selector.TypeParamCount; i++)
        {
            function.AddParam(selector.Def!.Parameters[1 + i], "T" + i);
        }

        foreach (var p in selector.Params)
        {
            function.AddParam(p.Type, p.Name ?? "p");
        }

        function.Result = selector.Result;
    }

    /// <summary>The function of a method, getter, operator, or the implicit getter of a field.</summary>
    /// <param name="member">The member.</param>
    /// <param name="calledBy">The selector that it is called by, where that is a variant of its own.</param>
    public IrFunction InstanceFunction(Member member, Selector? calledBy = null)
    {
        if (calledBy?.VariantOf is not null)
        {
            return Variant(member, calledBy, isSetter: false);
        }

        if (member.Lowered is IrFunction done)
        {
            return done;
        }

        var selector = Selectors.SelectorOf(member);
        var function = NewFunction(member.FullName, member);
        member.Lowered = function;
        SetSignature(function, selector);
        _lowering.Enqueue(() => EntryLowering.LowerInstance(_lowering, function, member, selector, isSetter: false), member);
        return function;
    }

    /// <summary>The function of a setter, or the implicit setter of a field.</summary>
    /// <param name="member">The member.</param>
    /// <param name="calledBy">The selector that it is called by, where that is a variant of its own.</param>
    public IrFunction SetterFunction(Member member, Selector? calledBy = null)
    {
        if (calledBy?.VariantOf is not null)
        {
            return Variant(member, calledBy, isSetter: true);
        }

        if (member.LoweredSetter is IrFunction done)
        {
            return done;
        }

        var selector = Selectors.SelectorOf(member, setter: true);
        var function = NewFunction(member.FullName + "=", member);
        member.LoweredSetter = function;
        SetSignature(function, selector);
        _lowering.Enqueue(() => EntryLowering.LowerInstance(_lowering, function, member, selector, isSetter: true), member);
        return function;
    }

    private IrFunction Variant(Member member, Selector selector, bool isSetter)
    {
        if (_variants.TryGetValue((member, selector), out var function))
        {
            return function;
        }

        _variants[(member, selector)] = function = NewFunction($"{member.FullName}{(isSetter ? "=" : "")} (values)", member);
        SetSignature(function, selector);
        _lowering.Enqueue(() => EntryLowering.LowerInstance(_lowering, function, member, selector, isSetter), member);
        return function;
    }

    /// <summary>The function of a top-level or static function or accessor, or of an extension's member, which takes its receiver first.</summary>
    public IrFunction StaticFunction(Member member)
    {
        if (member.Lowered is IrFunction done)
        {
            return done;
        }

        var function = NewFunction(member.FullName, member);
        member.Lowered = function;
        var signature = _lowering.Signatures.Of(member);
        if (member.IsInstance)
        {
            foreach (var p in member.Owner!.TypeParams)
            {
                function.AddParam(Target.TopRef, p.Name);
            }

            function.AddParam(Reprs.Of(member.Owner.Node.Kind == ClassKind.Extension ? member.Owner.OnType! : member.Owner.ThisType), "this");
        }

        foreach (var p in member.TypeParams)
        {
            function.AddParam(Target.TopRef, p.Name);
        }

        var reprs = Reprs.For(member.Arguments);
        foreach (var p in OrderedParams(member))
        {
            function.AddParam(reprs.Of(p.Type), p.Name);
        }

        function.Result = member.Kind == MemberKind.Setter ? WType.None : reprs.OfResult(signature.Result);
        _lowering.Enqueue(() => EntryLowering.LowerStatic(_lowering, function, member), member);
        return function;
    }

    /// <summary>The getter or setter of an external variable that no object has, or what stands for one of an extension.</summary>
    public IrFunction ExternalAccessor(Member variable, bool isSetter)
    {
        if ((isSetter ? variable.LoweredSetter : variable.Lowered) is IrFunction done)
        {
            return done;
        }

        var function = _lowering.NewFunction(variable.FullName + (isSetter ? "=" : ""));
        if (isSetter)
        {
            variable.LoweredSetter = function;
        }
        else
        {
            variable.Lowered = function;
        }

        var repr = Reprs.Of(_lowering.Signatures.FieldType(variable));
        if (isSetter)
        {
            function.AddParam(repr, "value");
        }
        else
        {
            function.Result = repr;
        }

        _lowering.Enqueue(() => EntryLowering.LowerExternalVariable(_lowering, function, variable, isSetter), variable);
        return function;
    }

    /// <summary>Parameters in the order of arguments: positional ones, then named ones by name.</summary>
    public IEnumerable<Param> OrderedParams(Member member)
    {
        var all = _lowering.Signatures.Params(member);
        return all.Where(p => p.Kind != ParamKind.Named).Concat(all.Where(p => p.Kind == ParamKind.Named).OrderBy(p => p.Name, StringComparer.Ordinal));
    }

    /// <summary>The function that makes an object: a generative constructor or a factory, with the class's type arguments first.</summary>
    public IrFunction ConstructorFunction(Member member)
    {
        if (member.Lowered is IrFunction done)
        {
            return done;
        }

        var cls = member.Owner!;
        var function = NewFunction("new " + member.FullName, member);
        member.Lowered = function;
        foreach (var p in cls.TypeParams)
        {
            function.AddParam(Target.TopRef, p.Name);
        }

        if (cls.IsEnum && !member.Function!.Factory)
        {
            function.AddParam(WType.I64, "index");
            function.AddParam(Reprs.Of(_program.String), "name");
        }

        var reprs = Reprs.For(member.Arguments);
        foreach (var p in OrderedParams(member))
        {
            function.AddParam(reprs.Of(p.Type), p.Name);
        }

        function.Result = member.Function!.Factory || cls.IsExtensionType ? Reprs.Of(cls.ThisType) : WType.Ref(Layouts.Of(cls).Struct);
        if (!member.Function.Factory && !cls.IsExtensionType)
        {
            Reached.MarkInstantiated(cls);
        }

        _lowering.Enqueue(() => ConstructorLowering.LowerConstructor(_lowering, function, member), member);
        return function;
    }

    /// <summary>A function around an external one, for tear-offs.</summary>
    public IrFunction ExternalWrapper(Member member)
    {
        if (member.LoweredExtra is IrFunction done)
        {
            return done;
        }

        var function = EntryLowering.MakeExternalWrapper(_lowering, member);
        member.LoweredExtra = function;
        return function;
    }
}
