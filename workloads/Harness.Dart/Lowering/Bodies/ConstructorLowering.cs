using Harness.Dart.Ir;
using Harness.Dart.Lowering.Model;
using Harness.Dart.Lowering.Module;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering.Bodies;

/// <summary>Constructors: initializers up the chain of superclasses, the object, then the bodies from the top down.</summary>
internal sealed class ConstructorLowering(FunctionLowering body)
{
    // As many superclasses as a class may have.
    private const int MaximumDepth = 2000;

    private readonly FunctionLowering _body = body;
    private readonly ProgramLowering _lowering = body.Program;
    private readonly DartProgram _program = body.Program.Program;
    private readonly TypeSystem _types = body.Program.Types;
    private readonly Representations _reprs = body.Reprs;
    private readonly ClassLayouts _layouts = body.Program.Layouts;
    private readonly MemberFunctions _functions = body.Program.Functions;
    private readonly ConstantPool _pool = body.Program.Pool;
    private readonly TargetTypes _target = body.Program.Target;
    private readonly FunctionState _state = body.State;
    private readonly NodeOutput _output = body.Output;
    private readonly ReturnState _returns = body.Returns;
    private readonly VariableScopes _variables = body.Variables;
    private readonly VariablePlaces _places = body.Places;

    private ExpressionLowering Expressions => _body.Expressions;
    private ReceiverLowering Receivers => _body.Receivers;
    private ArgumentBinding Arguments => _body.Arguments;
    private InvocationLowering Invocations => _body.Invocations;
    private ParameterLowering Parameters => _body.Parameters;
    private Coercions Coercions => _body.Coercions;
    private TypeExpressions TypeExpressions => _body.TypeExpressions;
    private StatementLowering Statements => _body.Statements;

    /// <summary>Lowers a constructor, generative or a factory, into its function.</summary>
    public static void LowerConstructor(ProgramLowering p, IrFunction function, Member member)
    {
        var scope = p.Signatures.ScopeOf(member);
        var lowering = new FunctionLowering(p, function, scope, member);
        var cls = member.Owner!;
        var node = member.Function!;
        lowering.State.Use = AstWalker.Analyze(ClosureLowering.BodyRoots(node));
        lowering.Parameters.BindTypeParams(cls.TypeParams, function.Params);
        var first = cls.TypeParams.Count;
        IrLocal? enumIndex = null, enumName = null;
        if (cls.IsEnum && !node.Factory)
        {
            enumIndex = function.Params[first++];
            enumName = function.Params[first++];
        }

        if (node.External && !cls.IsExtensionType)
        {
            lowering.Entries.EmitMissing(member, isSetter: false);
            function.Body = Node.Seq(lowering.Output.Nodes);
            return;
        }

        var ordered = p.Functions.OrderedParams(member).ToList();
        var type = cls.ThisType;
        if (node.Factory)
        {
            if (node.Redirect is not null)
            {
                if (member.Original is null)
                {
                    lowering.Constructions.CheckRedirect(member);
                }

                var (target, targetType) = lowering.Constructions.RedirectTarget(member, type, new This { Pos = member.Pos });
                var redirected = p.Functions.ConstructorFunction(target);
                var nodes = targetType.Args.Select(lowering.TypeExpressions.TypeNode).ToList();
                var bound = new BoundArguments { Signature = p.Signatures.Of(target) };
                for (var i = 0; i < ordered.Count; i++)
                {
                    var v = new Val(Node.Get(function.Params[first + i]), ordered[i].Type);
                    if (ordered[i].Kind == ParamKind.Named)
                    {
                        bound.Named[ordered[i].Name] = v;
                    }
                    else
                    {
                        bound.Positional.Add(v);
                    }
                }

                nodes.AddRange(lowering.Arguments.ArgumentsFor(target, bound, redirected.Params, nodes.Count));
                function.Body = p.Reprs.Convert(Node.Call(redirected, [.. nodes]), function.Result);
                return;
            }

            for (var i = 0; i < ordered.Count; i++)
            {
                lowering.Parameters.BindParameter(ordered[i], Node.Get(function.Params[first + i]), ordered[i].Node);
            }

            lowering.Entries.LowerBody(node, type, function.Result);
            return;
        }

        var values = ordered.Select((o, i) => (o, (Node)Node.Get(function.Params[first + i]))).ToList();
        if (cls.IsExtensionType)
        {
            lowering.Constructors.LowerExtensionTypeConstructor(member, values);
            return;
        }

        if (node.Initializers.OfType<ThisInit>().FirstOrDefault() is { } redirect)
        {
            foreach (var (param, value) in values)
            {
                lowering.Parameters.BindParameter(param, value, param.Node);
            }

            if (!cls.Constructors.TryGetValue(redirect.Name ?? "", out var target))
            {
                throw lowering.State.Error(redirect, $"Couldn't find constructor '{cls.Name}{(redirect.Name is null ? "" : "." + redirect.Name)}'.");
            }

            foreach (var assert in node.Initializers.OfType<AssertInit>())
            {
                lowering.Statements.LowerAssert(assert.Condition, assert.Message);
            }

            var bound = lowering.Arguments.BindArguments(p.Signatures.Of(target), redirect.Args, null, null, redirect);
            var redirected = p.Functions.ConstructorFunction(target);
            var nodes = cls.TypeParams.Select(t => lowering.TypeExpressions.TypeNode(t.Type)).ToList();
            if (enumIndex is not null) { nodes.Add(Node.Get(enumIndex)); nodes.Add(Node.Get(enumName!)); }

            nodes.AddRange(lowering.Arguments.ArgumentsFor(target, bound, redirected.Params, nodes.Count));
            lowering.Output.Emit(ArgumentBinding.Sequenced(bound.Before, Node.Call(redirected, [.. nodes])));
            function.Body = Node.Seq(lowering.Output.Nodes);
            return;
        }

        // Initializers up the chain of superclasses, the object, then the bodies from the top down.
        var layout = p.Layouts.Of(cls);
        var fields = new Node?[layout.Struct.Fields.Count];
        fields[0] = p.Pool.HeaderOf(cls);
        fields[1] = Node.I32(0);
        var bodies = new List<(FunctionLowering Lowering, FunctionNode Node)>();
        lowering.Constructors.LowerInitializers(member, type, values, fields, bodies, enumIndex, enumName, 0);
        for (var i = 0; i < fields.Length; i++)
        {
            if (fields[i] is null)
            {
                fields[i] = DefaultField(p, layout.Struct.Fields[i].Type);
            }
        }

        var self = function.AddLocal(WType.Ref(layout.Struct), "this", definite: true);
        var output = lowering.Output.Nodes;
        output.Add(Node.Set(self, Node.New(layout.Struct, fields!)));
        foreach (var (inner, body) in bodies)
        {
            inner.Output.Nodes = output;
            inner.State.This = new LocalVariable("this", inner.State.Class!.ThisType) { Owner = inner, Local = self, Repr = self.Type };
            inner.State.ThisType = inner.State.Class.ThisType;
            inner.Output.Flow.IsReachable = true;
            inner.Returns.End = new IrLabel();
            var statements = inner.Output.Collect(() => inner.Statements.LowerBlock(body.Body!.Body));
            output.Add(Node.Block(inner.Returns.End, [NodeOutput.Void(statements)], WType.None));
        }

        output.Add(Node.Get(self));
        function.Body = Node.Seq(output);
    }

    private static Node DefaultField(ProgramLowering p, WType type) =>
        type.IsRef && !type.Nullable ? Node.NonNull(Node.Null(type.Heap!)) : type == p.Target.AnyRef ? Node.Null(p.Target.Top) : Representations.DefaultNode(type);

    /// <summary>Evaluates the field values that a constructor and those of its superclasses give; this lowering has the constructor's parameters.</summary>
    public void LowerInitializers(Member constructor, InterfaceType type, List<(Param, Node)> values, Node?[] fields, List<(FunctionLowering, FunctionNode)> bodies, IrLocal? enumIndex, IrLocal? enumName, int depth)
    {
        if (depth > MaximumDepth)
        {
            throw new DartErrorException(constructor.File, constructor.Pos, "The chain of constructors is too long.");
        }

        var cls = constructor.Owner!;
        var node = constructor.Function!;
        var layout = _layouts.Of(cls);
        foreach (var parameter in cls.TypeParams)
        {
            if (layout.TypeFields.TryGetValue(parameter, out var at) && fields[at] is null)
            {
                fields[at] = TypeExpressions.TypeParamValue(parameter);
            }
        }

        void SetField(Member field, Node value)
        {
            var index = layout.Fields[field];
            var storage = layout.Struct.Fields[index].Type;
            var local = _state.Function.AddLocal(storage, field.Name);
            _output.Emit(Node.Set(local, _reprs.Convert(value, storage)));
            fields[index] = Node.Get(local);
        }

        // Field initializers see no parameters.
        foreach (var field in cls.InstanceFields)
        {
            var fieldType = _lowering.Signatures.FieldType(field);
            if (field.Field!.Late)
            {
                if (!VariableLowering.UsesNullForUninitialized(fieldType))
                {
                    fields[layout.Fields[field]] = Node.Get(_pool.Sentinel);
                }

                continue;
            }

            if (field.Field.Init is { } init)
            {
                var own = new FunctionLowering(_lowering, _state.Function, _lowering.Signatures.ScopeOf(field), field) { Output = { Nodes = _output.Nodes }, State = { Use = AstWalker.Analyze([init]) } };
                foreach (var (k, v) in TypeExpressions.Parameters)
                {
                    own.TypeExpressions.Parameters[k] = new LocalVariable(v.Name, v.Type) { Owner = own, Local = v.Local, Repr = v.Repr };
                }

                var value = own.Coercions.Coerce(own.Expressions.Lower(init, fieldType), fieldType, init);
                SetField(field, _reprs.Convert(value, _reprs.Of(fieldType)));
            }
        }

        if (node.External && constructor.Index != -1)
        {
            _body.Entries.EmitMissing(constructor, isSetter: false);
            return;
        }

        if (constructor.Index == -1)
        {
            // A mixin's application hands all parameters on.
            var handedOn = cls.DeclaredSupertype!.Class.Constructors[constructor.Name];
            var own = ParameterLowering.Ordered(_lowering.Signatures.Params(handedOn));
            LowerSuper(handedOn, [.. values.Select((v, i) => (own[i], v.Item2))], type, fields, bodies, depth, enumIndex, enumName);
            return;
        }

        var superInit = node.Initializers.OfType<SuperInit>().FirstOrDefault();
        var superArgs = new List<(string? Name, Val Value, Param Param)>();
        foreach (var (param, value) in values)
        {
            if (param.Node.IsThis)
            {
                var field = cls.Members[param.Name];
                // The parameter is seen in the initializer list, and not in the body.
                var variable = Parameters.BindParameter(param, value, param.Node);
                SetField(field, _reprs.Convert(Coercions.Coerce(new Val(_places.ReadRaw(variable), param.Type), _lowering.Signatures.FieldType(field), param.Node), _reprs.Of(_lowering.Signatures.FieldType(field))));
            }
            else
            {
                var variable = Parameters.BindParameter(param, value, param.Node);
                if (param.Node.IsSuper)
                {
                    superArgs.Add((param.Kind == ParamKind.Named ? param.Name : null, new Val(_places.ReadRaw(variable), param.Type), param));
                }
            }
        }

        foreach (var initializer in node.Initializers)
        {
            switch (initializer)
            {
                case FieldInit f:
                    if (!cls.Members.TryGetValue(f.Name, out var field) || field.Kind != MemberKind.Field)
                    {
                        throw _state.Error(f, $"'{f.Name}' isn't an instance field of this class.");
                    }

                    var fieldType = _lowering.Signatures.FieldType(field);
                    var value = _reprs.Convert(Coercions.Coerce(Expressions.Lower(f.Value, fieldType), fieldType, f.Value), _reprs.Of(fieldType));
                    SetField(field, value);
                    break;
                case AssertInit a:
                    Statements.LowerAssert(a.Condition, a.Message);
                    break;
            }
        }

        foreach (var field in cls.InstanceFields)
        {
            var index = layout.Fields[field];
            if (fields[index] is null && !field.Field!.Late && !TypeSystem.IsNullable(_lowering.Signatures.FieldType(field)) && field.Field.Init is null)
            {
                throw new DartErrorException(field.File, field.Pos, $"Field '{field.Name}' should be initialized because its type '{_lowering.Signatures.FieldType(field)}' doesn't allow null.");
            }
        }

        // The superclass.
        if (cls.DeclaredSupertype is { } superType && superType.Class != _program.Object.Class)
        {
            var superClass = superType.Class;
            if (superClass.IsEnumBase)
            {
                SetEnumFields(superClass, fields, enumIndex!, enumName!);
            }
            else
            {
                var name = superInit?.Name ?? "";
                if (!superClass.Constructors.TryGetValue(name, out var target) || target.Function!.Factory)
                {
                    throw superInit is not null ? _state.Error(superInit, $"Superclass has no constructor named '{superClass.Name}{(name.Length > 0 ? "." + name : "")}'.") : new DartErrorException(constructor.File, constructor.Pos, $"The superclass '{superClass.Name}' has no unnamed constructor that takes no arguments.");
                }

                var map = superType.Map();
                var superParams = _lowering.Signatures.Params(target);
                var given = new Dictionary<Param, Node>();
                var position = 0;
                foreach (var (argName, argValue, own) in superArgs)
                {
                    var param = argName is null ? superParams.Where(q => q.Kind != ParamKind.Named).ElementAt((superInit?.Args.Items.Count(a => a.Name is null) ?? 0) + position++) : superParams.First(q => q.Kind == ParamKind.Named && q.Name == argName);
                    var taken = param.Type.Substitute(map);
                    // What is handed on has no place for a cast, or for the closure of a method.
                    if (!_types.IsSubtype(argValue.Type, taken))
                    {
                        throw _state.Error(own.Node, $"The type '{argValue.Type}' of this parameter isn't a subtype of the type '{taken}' of the associated super constructor parameter.");
                    }

                    given[param] = _reprs.Convert(Coercions.Coerce(argValue, taken, constructor.Function!), _reprs.Of(param.Type));
                }

                position = 0;
                foreach (var (argName, expr) in superInit?.Args.Items ?? [])
                {
                    var param = argName is null ? superParams.Where(q => q.Kind != ParamKind.Named).ElementAtOrDefault(position++) : superParams.Find(q => q.Kind == ParamKind.Named && q.Name == argName);
                    if (param is null)
                    {
                        throw _state.Error(expr, argName is null ? "Too many positional arguments." : $"No named parameter with the name '{argName}'.");
                    }

                    if (given.ContainsKey(param))
                    {
                        throw _state.Error(expr, $"Duplicated named argument '{param.Name}'.");
                    }

                    var paramType = param.Type.Substitute(map);
                    var node2 = _reprs.Convert(Coercions.Coerce(Expressions.Lower(expr, paramType), paramType, expr), _reprs.Of(param.Type));
                    var local = _state.Function.AddLocal(node2.IsNever ? _target.AnyRef : node2.Type, param.Name);
                    _output.Emit(Node.Set(local, node2));
                    given[param] = Node.Get(local);
                }

                var superValues = new List<(Param, Node)>();
                foreach (var param in ParameterLowering.Ordered(superParams))
                {
                    if (given.TryGetValue(param, out var value)) { superValues.Add((param, value)); continue; }

                    // The parameters of what all enums extend, handed on by applications of mixins.
                    if (enumIndex is not null) { superValues.Add((param, Node.Get(param.Name == "index" ? enumIndex : enumName!))); continue; }

                    if (param.IsRequired)
                    {
                        throw superInit is not null ? _state.Error(superInit, "Too few arguments for the super constructor.") : new DartErrorException(constructor.File, constructor.Pos, $"The superclass '{superClass.Name}' has no unnamed constructor that takes no arguments.");
                    }

                    var constant = _lowering.Constants.DefaultOf(target, param);
                    superValues.Add((param, _reprs.ConvertConstant(_pool.ConstNode(constant), constant, _reprs.Of(param.Type))));
                }

                LowerSuper(target, superValues, type, fields, bodies, depth, enumIndex, enumName);
            }
        }

        if (node.Body is not null)
        {
            // Initializing and super parameters are no variables of the body.
            var bodyScope = new NameScope(null);
            foreach (var (k, v) in _variables.Current.Names)
            {
                if (!values.Exists(p => (p.Item1.Node.IsThis || p.Item1.Node.IsSuper) && p.Item1.Name == k))
                {
                    bodyScope.Names[k] = v;
                }
            }

            _variables.Current = bodyScope;
            bodies.Add((_body, node));
        }
    }

    private void SetEnumFields(ClassElement enumBase, Node?[] fields, IrLocal index, IrLocal name)
    {
        var layout = _layouts.Of(enumBase);
        fields[layout.Fields[enumBase.Members["index"]]] = Node.Get(index);
        fields[layout.Fields[enumBase.Members["_$corename"]]] = Node.Get(name);
    }

    /// <summary>Evaluates the fields that a super constructor gives values.</summary>
    public void LowerSuper(Member target, List<(Param, Node)> values, InterfaceType type, Node?[] fields, List<(FunctionLowering, FunctionNode)> bodies, int depth, IrLocal? enumIndex, IrLocal? enumName)
    {
        if (target.Owner!.IsEnumBase && enumIndex is not null)
        {
            SetEnumFields(target.Owner, fields, enumIndex, enumName!);
            return;
        }

        // A super constructor that redirects: its target, with the arguments that it gives.
        var super = new FunctionLowering(_lowering, _state.Function, _lowering.Signatures.ScopeOf(target), target)
        {
            Output = { Nodes = _output.Nodes },
            State = { Use = AstWalker.Analyze(ClosureLowering.BodyRoots(target.Function!)) },
        };
        var instance = _types.AsInstanceOf(_state.Class!.ThisType, target.Owner!)!;
        for (var i = 0; i < target.Owner!.TypeParams.Count; i++)
        {
            var local = _state.Function.AddLocal(_target.TopRef, target.Owner.TypeParams[i].Name);
            _output.Emit(Node.Set(local, TypeExpressions.TypeNode(instance.Args[i])));
            super.TypeExpressions.Parameters[target.Owner.TypeParams[i]] = new LocalVariable(target.Owner.TypeParams[i].Name, SimpleType.Dynamic) { Owner = super, Local = local, Repr = _target.TopRef };
        }

        if (target.Index != -1 && target.Function!.Initializers.OfType<ThisInit>().FirstOrDefault() is { } redirect)
        {
            foreach (var (param, value) in values)
            {
                super.Parameters.BindParameter(param, value, param.Node);
            }

            var next = target.Owner.Constructors[redirect.Name ?? ""];
            var bound = super.Arguments.BindArguments(_lowering.Signatures.Of(next), redirect.Args, null, null, redirect);
            foreach (var b in bound.Before)
            {
                super.Output.Emit(b);
            }

            var nextValues = new List<(Param, Node)>();
            var position = 0;
            foreach (var param in ParameterLowering.Ordered(_lowering.Signatures.Params(next)))
            {
                Node node;
                if (param.Kind != ParamKind.Named && position < bound.Positional.Count)
                {
                    node = bound.Positional[position++]!.Value.Node;
                }
                else if (param.Kind == ParamKind.Named && bound.Named.TryGetValue(param.Name, out var v))
                {
                    node = v.Node;
                }
                else { var constant = _lowering.Constants.DefaultOf(next, param); node = _reprs.ConvertConstant(_pool.ConstNode(constant), constant, _reprs.Of(param.Type)); }

                nextValues.Add((param, _reprs.Convert(node, _reprs.Of(param.Type))));
            }

            super.Constructors.LowerSuper(next, nextValues, type, fields, bodies, depth + 1, enumIndex, enumName);
            return;
        }

        super.Constructors.LowerInitializers(target, type, values, fields, bodies, enumIndex, enumName, depth + 1);
    }

    /// <summary>A constructor of an extension type gives the representation.</summary>
    public void LowerExtensionTypeConstructor(Member member, List<(Param, Node)> values)
    {
        var cls = member.Owner!;
        var node = member.Function!;
        var field = cls.InstanceFields.FirstOrDefault() ?? cls.Members.Values.First(m => m.Kind == MemberKind.Field);
        var repr = _state.Function.Result;
        var result = _state.Function.AddLocal(repr, "value");
        var isSet = false;
        foreach (var (param, value) in values)
        {
            var variable = Parameters.BindParameter(param, value, param.Node);
            if (param.Node.IsThis) { _output.Emit(Node.Set(result, _reprs.Convert(_places.ReadRaw(variable), repr))); isSet = true; }
        }

        foreach (var initializer in node.Initializers)
        {
            switch (initializer)
            {
                case FieldInit f:
                    var type = _lowering.Signatures.FieldType(field);
                    _output.Emit(Node.Set(result, _reprs.Convert(Coercions.Coerce(Expressions.Lower(f.Value, type), type, f.Value), repr)));
                    isSet = true;
                    break;
                case ThisInit t:
                    var target = cls.Constructors[t.Name ?? ""];
                    var bound = Arguments.BindArguments(_lowering.Signatures.Of(target), t.Args, null, null, t);
                    var function = _functions.ConstructorFunction(target);
                    var nodes = cls.TypeParams.Select(tp => TypeExpressions.TypeNode(tp.Type)).ToList();
                    nodes.AddRange(Arguments.ArgumentsFor(target, bound, function.Params, nodes.Count));
                    _output.Emit(Node.Set(result, _reprs.Convert(ArgumentBinding.Sequenced(bound.Before, Node.Call(function, [.. nodes])), repr)));
                    isSet = true;
                    break;
                case AssertInit a: Statements.LowerAssert(a.Condition, a.Message); break;
            }
        }

        // A class of JavaScript that the published programs construct.
        if (!isSet && node.External && cls.Node.Metadata.Select(m => m.Value).OfType<Call>().FirstOrDefault(m => m.Target is Ident { Name: "JS" }) is { } js && js.Args.Items is [{ Value: StringLit { IsConstantText: true } name }])
        {
            var items = Node.Array(IrOp.ArrayNewFixed, _target.ObjectArray, WType.Ref(_target.ObjectArray), [.. values.Select(v => _reprs.Convert(v.Item2, _target.AnyRef))]);
            var list = _pool.NewCore("_GrowableList", TypeExpressions.TypeNode(SimpleType.Dynamic), items, Node.I64(values.Count));
            _output.Emit(Node.Set(result, _reprs.Convert(Invocations.CallCore("_jsConstruct", Invocations.StringConst((string)name.Parts[0]), list), repr)));
            isSet = true;
        }

        if (!isSet && node.External)
        {
            _body.Entries.EmitMissing(member, isSetter: false);
            _state.Function.Body = Node.Seq(_output.Nodes);
            return;
        }

        if (!isSet)
        {
            throw new DartErrorException(member.File, member.Pos, "The representation is not initialized.");
        }

        if (node.Body is not null)
        {
            Receivers.BindThisAs(result, cls.ThisType);
            _returns.End = new IrLabel();
            var statements = _output.Collect(() => Statements.LowerBlock(node.Body.Body));
            _output.Flow.IsReachable = true;
            _output.Emit(Node.Block(_returns.End, [NodeOutput.Void(statements)], WType.None));
        }

        _output.Emit(Node.Get(result));
        _state.Function.Body = Node.Seq(_output.Nodes);
    }
}
