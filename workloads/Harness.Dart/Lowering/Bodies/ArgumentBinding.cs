using Harness.Dart.Ir;
using Harness.Dart.Lowering.Model;
using Harness.Dart.Lowering.Module;
using Harness.Dart.Semantics;
using Harness.Dart.Semantics.Checks;
using Harness.Dart.Syntax;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering.Bodies;

/// <summary>Arguments: inference of type arguments, and the fit to a signature.</summary>
internal sealed class ArgumentBinding(FunctionLowering body)
{
    private readonly FunctionLowering _body = body;
    private readonly ProgramLowering _lowering = body.Program;
    private readonly TypeSystem _types = body.Program.Types;
    private readonly Representations _reprs = body.Reprs;
    private readonly MemberFunctions _functions = body.Program.Functions;
    private readonly ConstantPool _pool = body.Program.Pool;
    private readonly FunctionState _state = body.State;
    private readonly NodeOutput _output = body.Output;

    // Closures among the arguments of a call that are put into an order.
    private const int MaximumOrdered = 100;

    /// <summary>A call without arguments.</summary>
    public static readonly Arguments NoArguments = new();

    private ExpressionLowering Expressions => _body.Expressions;
    private TearoffLowering Tearoffs => _body.Tearoffs;
    private Coercions Coercions => _body.Coercions;

    /// <summary>Lowers arguments, finds the type arguments, and fits both to a signature; errors where they do not fit.</summary>
    public BoundArguments BindArguments(FunctionType signature, Arguments args, IReadOnlyList<DartType>? explicitArgs, DartType? context, Syntax.Node at, IReadOnlyList<TypeParam>? moreParams = null, DartType? moreResult = null)
    {
        var typeParams = moreParams ?? signature.TypeParams;
        var result = moreResult ?? signature.Result;
        var positionalCount = args.Items.Count(a => a.Name is null);
        if (positionalCount < signature.Required.Length)
        {
            throw _state.Error(at, $"Too few positional arguments: {signature.Required.Length} required, {positionalCount} given.");
        }

        if (positionalCount > signature.MaximumPositional)
        {
            throw _state.Error(at, $"Too many positional arguments: {signature.MaximumPositional} allowed, but {positionalCount} found.");
        }

        var seen = new HashSet<string>();
        foreach (var (name, value) in args.Items)
        {
            if (name is null)
            {
                continue;
            }

            if (!Array.Exists(signature.Named, n => n.Name == name))
            {
                throw _state.Error(value, $"No named parameter with the name '{name}'.");
            }

            if (!seen.Add(name))
            {
                throw _state.Error(value, $"Duplicated named argument '{name}'.");
            }
        }

        foreach (var n in signature.Named)
        {
            if (n.IsRequired && !seen.Contains(n.Name))
            {
                throw _state.Error(at, $"Required named parameter '{n.Name}' must be provided.");
            }
        }

        if (explicitArgs is not null && explicitArgs.Count != typeParams.Count)
        {
            throw _state.Error(at, $"Expected {typeParams.Count} type arguments.");
        }

        DartType ParameterType(string? name, int position) => name is null ? signature.Positional(position) : Array.Find(signature.Named, n => n.Name == name)!.Type;
        var lowered = new Val[args.Items.Count];
        DartType[] typeArgs = [];
        if (typeParams.Count == 0 || explicitArgs is not null)
        {
            if (explicitArgs is not null)
            {
                typeArgs = [.. explicitArgs];
                CheckBounds(typeParams, typeArgs, at);
            }

            var map = MapOf(typeParams, typeArgs);
            var position = 0;
            for (var i = 0; i < lowered.Length; i++)
            {
                var (name, value) = args.Items[i];
                var type = ParameterType(name, name is null ? position++ : 0).Substitute(map);
                lowered[i] = Expressions.Lower(value, type);
            }
        }
        else
        {
            var vars = typeParams.ToHashSet();
            var lower = new Dictionary<TypeParam, DartType>();
            var upper = new Dictionary<TypeParam, DartType>();
            if (context is not null && !TypeSystem.IsVoid(context) && !TypeSystem.IsDynamic(context))
            {
                _types.Inference.Constrain(result, context, vars, lower, upper);
            }

            HashSet<TypeParam> wanted = [.. upper.Keys];
            // Arguments that are no closures know what the context of the call tells, and nothing of each other.
            var downward = _types.Inference.Solve(typeParams, lower, upper, partial: true);
            var position = 0;
            DartType[] parameters = [.. args.Items.Select(a => ParameterType(a.Name, a.Name is null ? position++ : 0))];
            void LowerOne(int i, DartType[] partial)
            {
                var value = args.Items[i].Value;
                lowered[i] = Expressions.Lower(value, parameters[i].Substitute(MapOf(typeParams, partial)));
                var type = lowered[i].Type;
                if (type is FunctionType { TypeParams.Length: > 0 } generic && parameters[i] is FunctionType { TypeParams.Length: 0 } plain)
                {
                    lowered[i] = Tearoffs.InstantiateClosure(lowered[i], generic, (FunctionType)plain.Substitute(MapOf(typeParams, partial)), value);
                    type = lowered[i].Type;
                }

                // What is dynamic changes nothing that the context has told.
                if (!TypeSystem.IsDynamic(type) || parameters[i] is not TypeParamType told || !wanted.Contains(told.Parameter) || upper[told.Parameter].HasUnknown)
                {
                    _types.Inference.Constrain(type, parameters[i], vars, lower, upper);
                }
            }

            // Closures come last: what their parameters are follows from the other arguments, and from what other closures give back.
            var closures = new List<int>();
            for (var i = 0; i < lowered.Length; i++)
            {
                if (SyntaxShapes.Unparen(args.Items[i].Value) is FunctionExpr)
                {
                    closures.Add(i);
                }
                else
                {
                    LowerOne(i, downward);
                }
            }

            // What is known when closures are lowered holds for the whole call, whatever they give. A bound that depends on type arguments may change them yet.
            var chosen = new Dictionary<TypeParam, DartType>();
            DartType[] Solved(bool partial) => [.. _types.Inference.Solve(typeParams, lower, UpperOf(upper, lower, wanted), partial).Select((t, i) => chosen.GetValueOrDefault(typeParams[i], t))];
            while (closures.Count > 0)
            {
                var ready = closures.Count > MaximumOrdered ? closures : Ready(closures, (i, j) => WaitsFor((FunctionExpr)SyntaxShapes.Unparen(args.Items[i].Value), parameters[i], parameters[j], vars));
                // What nothing tells yet is at least known by its bound.
                var known = Solved(partial: true);
                DartType[] partial = [.. known.Select((t, i) => t is UnknownType && typeParams[i].HasBound && typeParams[i].Bound.IsClosed ? typeParams[i].Bound : t)];
                for (var i = 0; i < known.Length; i++)
                {
                    if (!known[i].HasUnknown && (!typeParams[i].HasBound || typeParams[i].Bound.IsClosed))
                    {
                        chosen[typeParams[i]] = known[i];
                    }
                }

                foreach (var i in ready)
                {
                    LowerOne(i, partial);
                }

                closures = [.. closures.Except(ready)];
            }

            typeArgs = Solved(partial: false);
            if (_state.Library.IsOwn)
            {
                CheckBounds(typeParams, typeArgs, at);
            }
        }

        var substitution = MapOf(typeParams, typeArgs);
        var instantiated = signature.TypeParams.Length > 0 && moreParams is null
            ? signature.Instantiate(typeArgs)
            : (FunctionType)signature.Substitute(substitution);
        var bound = new BoundArguments { Signature = instantiated, TypeArgs = typeArgs };
        // In the order of the source; kept in variables where the parameters' order differs.
        var isOrdered = IsInParameterOrder(args);
        var at2 = 0;
        for (var i = 0; i < lowered.Length; i++)
        {
            var (name, value) = args.Items[i];
            var type = (name is null ? instantiated.Positional(at2) : Array.Find(instantiated.Named, n => n.Name == name)!.Type);
            var node = Coercions.Coerce(lowered[i], type, value);
            if (!isOrdered && !node.IsPure)
            {
                if (node.IsNever) { bound.Before.Add(node); }

                var local = _output.TempOf(node, out var set, "argument");
                bound.Before.Add(set);
                node = Node.Get(local);
            }

            if (name is null) { bound.Positional.Add(new Val(node, type)); at2++; }
            else
            {
                bound.Named[name] = new Val(node, type);
            }
        }

        return bound;
    }

    // What the arguments have comes before what they could have, unless the context wants that.
    private static Dictionary<TypeParam, DartType> UpperOf(Dictionary<TypeParam, DartType> upper, Dictionary<TypeParam, DartType> lower, HashSet<TypeParam> wanted) =>
        upper.Where(u => wanted.Contains(u.Key) || !lower.TryGetValue(u.Key, out var low) || low.HasUnknown).ToDictionary();

    // The closures that wait for no other, or for such only as wait for them.
    private static List<int> Ready(List<int> closures, Func<int, int, bool> waitsFor)
    {
        var awaited = closures.ToDictionary(i => i, i => closures.Where(j => j != i && waitsFor(i, j)).ToHashSet());
        foreach (var middle in closures)
        {
            foreach (var i in closures.Where(i => awaited[i].Contains(middle)))
            {
                awaited[i].UnionWith(awaited[middle]);
            }
        }

        return closures.FindAll(i => awaited[i].All(j => awaited[j].Contains(i)));
    }

    // Whether a closure has a parameter without a type whose type another closure's result tells.
    private static bool WaitsFor(FunctionExpr closure, DartType own, DartType other, HashSet<TypeParam> vars)
    {
        if (TypeSystem.NonNull(own) is not FunctionType ownType || TypeSystem.NonNull(other) is not FunctionType otherType)
        {
            return false;
        }

        var position = 0;
        foreach (var p in closure.Function.Params)
        {
            var type = p.Kind == ParamKind.Named ? Array.Find(ownType.Named, n => n.Name == p.Name)?.Type : position < ownType.MaximumPositional ? ownType.Positional(position++) : null;
            if (p.Type is null && type is not null && type.Any(t => t is TypeParamType v && vars.Contains(v.Parameter) && otherType.Result.Any(r => r is TypeParamType w && w.Parameter == v.Parameter)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Finds type arguments that are beyond the bounds of their parameters.</summary>
    public void CheckBounds(IReadOnlyList<TypeParam> typeParams, DartType[] typeArgs, Syntax.Node at)
    {
        if (BoundChecks.Misfit(_types, typeParams, typeArgs) is { } index)
        {
            throw _state.Error(at, BoundChecks.Describe(typeParams, typeArgs, index));
        }
    }

    /// <summary>Type arguments by their parameters.</summary>
    public static Dictionary<TypeParam, DartType> MapOf(IReadOnlyList<TypeParam> typeParams, IReadOnlyList<DartType> typeArgs)
    {
        var map = new Dictionary<TypeParam, DartType>();
        for (var i = 0; i < typeArgs.Count; i++)
        {
            map[typeParams[i]] = typeArgs[i];
        }

        return map;
    }

    private static bool IsInParameterOrder(Arguments args)
    {
        string? last = null;
        foreach (var (name, _) in args.Items)
        {
            if (name is null && last is not null)
            {
                return false;
            }

            if (name is not null && last is not null && string.CompareOrdinal(name, last) < 0)
            {
                return false;
            }

            last = name ?? last;
        }

        return true;
    }

    /// <summary>Arguments for a function whose parameters are known.</summary>
    public List<Node> ArgumentsFor(Member target, BoundArguments bound, IReadOnlyList<IrLocal> parameters, int first)
    {
        var nodes = new List<Node>();
        var position = 0;
        foreach (var p in _functions.OrderedParams(target))
        {
            var repr = parameters[first + nodes.Count].Type;
            Node node;
            if (p.Kind != ParamKind.Named && position < bound.Positional.Count)
            {
                node = _reprs.Convert(bound.Positional[position++]!.Value.Node, repr);
            }
            else if (p.Kind == ParamKind.Named && bound.Named.TryGetValue(p.Name, out var value))
            {
                node = _reprs.Convert(value.Node, repr);
            }
            else
            {
                var constant = _lowering.Constants.DefaultOf(target, p);
                node = _reprs.ConvertConstant(_pool.ConstNode(constant), constant, repr);
            }

            nodes.Add(node);
        }

        return nodes;
    }

    /// <summary>A list of positional arguments.</summary>
    public static Arguments Args(params Expr[] values)
    {
        var args = new Arguments();
        foreach (var v in values)
        {
            args.Items.Add((null, v));
        }

        return args;
    }

    /// <summary>An expression behind what must run before it.</summary>
    public static Node Sequenced(List<Node> before, Node node) => before.Count == 0 ? node : Node.Seq([.. before, node]);
}
