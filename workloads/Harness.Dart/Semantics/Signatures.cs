using Harness.Dart.Syntax;

namespace Harness.Dart.Semantics;

/// <summary>Finds the types of members, on demand: what is declared, what overriding inherits, what an initializer has.</summary>
/// <param name="program">The program.</param>
/// <param name="prepareInference">Makes what the inference of a late field's type needs of the field's class, where that asks for the type itself.</param>
/// <param name="inferInitializer">Finds the type of an initializer.</param>
internal sealed class Signatures(DartProgram program, Action<Member> prepareInference, Func<Member, DartType> inferInitializer)
{
    private readonly TypeSystem _types = program.Types;

    public TypeScope ScopeOf(Member member)
    {
        Ensure(member);
        return _scopes[member];
    }

    private readonly Dictionary<Member, TypeScope> _scopes = [];

    /// <summary>The signature of a function, method, accessor or constructor.</summary>
    public FunctionType Of(Member member)
    {
        Ensure(member);
        return member.Signature!;
    }

    /// <summary>The type of a method, or of the value of an accessor or variable.</summary>
    public DartType TypeOf(Member member) => member.Kind switch
    {
        MemberKind.Field => FieldType(member),
        MemberKind.Method => Of(member),
        MemberKind.Setter => Of(member).Required[0],
        _ => Of(member).Result,
    };

    public List<Param> Params(Member member)
    {
        Ensure(member);
        return member.Params!;
    }

    private void Ensure(Member member)
    {
        if (member.Signature is not null)
        {
            return;
        }

        if (member.Original is { } original)
        {
            Ensure(original);
            (_scopes[member], member.Signature, member.Params, member.TypeParams) = (_scopes[original], original.Signature, original.Params, original.TypeParams);
            return;
        }

        if (member.Function is null)
        {
            _scopes[member] = TypeScope.Of(program, member);
            var type = FieldType(member);
            member.Params = [];
            member.Signature = new FunctionType([], [], [], [], type);
            return;
        }

        if (member.Busy)
        {
            throw new DartErrorException(member.File, member.Pos, $"Can't infer the type of '{member.Name}': circularity found during type inference.");
        }

        member.Busy = true;
        try
        {
            Compute(member);
        }
        finally
        {
            member.Busy = false;
        }
    }

    private void Compute(Member member)
    {
        var function = member.Function!;
        var scope = TypeScope.Of(program, member);
        var inner = scope.WithTypeParams(function.TypeParams, out var typeParams);
        member.TypeParams = typeParams;
        _scopes[member] = inner;
        if (member.Kind == MemberKind.Constructor && member.Index == -1)
        {
            // A forwarding constructor of an application has its superclass's parameters.
            var super = member.Owner!.Supertype!;
            var target = super.Class.Constructors[member.Name];
            var map = super.Map();
            member.Params = [.. Params(target).Select(p => new Param { Node = p.Node, Type = p.Type.Substitute(map), InheritedDefault = p.InheritedDefault ?? (p.Node.Default is null ? null : (p.Node.Default, target)) })];
        }
        else
        {
            member.Params = [.. function.Params.Select((p, i) => MakeParam(member, p, i, inner))];
        }

        DartType result;
        if (member.Kind == MemberKind.Constructor)
        {
            result = member.Owner!.ThisType;
        }
        else if (function.Return is not null)
        {
            result = inner.Resolve(function.Return);
        }
        else if (member.Kind == MemberKind.Setter || function.Name == "[]=")
        {
            result = SimpleType.Void;
        }
        else
        {
            result = Inherited(member)?.Result is { } inheritedResult ? inheritedResult : SimpleType.Dynamic;
        }

        var named = member.Params.Where(p => p.Kind == ParamKind.Named).Select(p => new NamedParam(p.Name, p.Type, p.Node.IsRequiredNamed)).OrderBy(n => n.Name, StringComparer.Ordinal);
        member.Signature = new FunctionType(
            [.. typeParams],
            [.. member.Params.Where(p => p.Kind == ParamKind.Required).Select(p => p.Type)],
            [.. member.Params.Where(p => p.Kind == ParamKind.Optional).Select(p => p.Type)],
            [.. named], result);
    }

    private Param MakeParam(Member member, ParamNode node, int index, TypeScope scope)
    {
        (Expr, Member)? inherited = null;
        var type = node.Type is null ? null : scope.Resolve(node.Type);
        if (node.IsThis)
        {
            if (member.Kind != MemberKind.Constructor)
            {
                throw new DartErrorException(member.File, node.Pos, "Initializing parameters can only be used in constructors.");
            }

            if (!member.Owner!.Members.TryGetValue(node.Name, out var field) || field.Kind != MemberKind.Field)
            {
                throw new DartErrorException(member.File, node.Pos, $"'{node.Name}' isn't an instance field of this class.");
            }

            type ??= FieldType(field);
        }
        else if (node.IsSuper)
        {
            if (member is not { Kind: MemberKind.Constructor, Owner.Supertype: not null })
            {
                throw new DartErrorException(member.File, node.Pos, "Super parameters can only be used in generative constructors.");
            }

            var init = member.Function!.Initializers.OfType<SuperInit>().FirstOrDefault();
            var super = member.Owner!.Supertype!;
            if (!super.Class.Constructors.TryGetValue(init?.Name ?? "", out var target))
            {
                throw new DartErrorException(member.File, node.Pos, "The superclass has no such constructor.");
            }

            var parameters = Params(target);
            var match = node.Kind == ParamKind.Named
                ? parameters.Find(p => p.Kind == ParamKind.Named && p.Name == node.Name)
                : parameters.Where(p => p.Kind != ParamKind.Named).ElementAtOrDefault((init?.Args.Items.Count(a => a.Name is null) ?? 0) + member.Function.Params.Take(index).Count(p => p.IsSuper && p.Kind != ParamKind.Named));
            if (match is null)
            {
                throw new DartErrorException(member.File, node.Pos, "No associated super constructor parameter.");
            }

            type ??= match.Type.Substitute(super.Map());
            if (node.Default is null)
            {
                inherited = match.InheritedDefault ?? (match.Node.Default is null ? null : (match.Node.Default, target));
            }
        }

        if (type is null && member.IsInstance && Inherited(member) is { } over)
        {
            type = node.Kind == ParamKind.Named ? Array.Find(over.Named, n => n.Name == node.Name)?.Type : index < over.MaximumPositional ? over.Positional(index) : null;
        }

        return new Param { Node = node, Type = type ?? SimpleType.Dynamic, InheritedDefault = inherited };
    }

    /// <summary>The signature that a member without types takes from what it overrides.</summary>
    private FunctionType? Inherited(Member member)
    {
        if (!member.IsInstance || member.Owner!.Node.Kind is ClassKind.Extension or ClassKind.ExtensionType)
        {
            return null;
        }

        var cls = member.Owner;
        foreach (var super in cls.Interfaces.Prepend(cls.Supertype!).Where(s => s is not null))
        {
            var key = member.Kind == MemberKind.Setter ? member.Name + "=" : member.Name;
            var found = _types.FindMember(super, key);
            if (found is null && member.Kind == MemberKind.Getter)
            {
                found = _types.FindMember(super, member.Name + "=");
            }

            if (found is null && member.Kind == MemberKind.Setter)
            {
                found = _types.FindMember(super, member.Name);
            }

            if (found is not var (over, owner) || ReferenceEquals(over, member))
            {
                continue;
            }

            if (over.Owner == member.Lexical)
            {
                continue;
            }

            var map = owner.Map();
            if (over.Kind == MemberKind.Field)
            {
                var type = FieldType(over).Substitute(map);
                return member.Kind == MemberKind.Setter ? new FunctionType([], [type], [], [], SimpleType.Void) : new FunctionType([], [], [], [], type);
            }

            var signature = Of(over);
            if (member.TypeParams.Count > 0 && member.TypeParams.Count == signature.TypeParams.Length)
            {
                signature = signature.Instantiate([.. member.TypeParams.Select(p => (DartType)p.Type)]);
            }

            signature = (FunctionType)signature.Substitute(map);
            if (over.Kind == MemberKind.Setter && member.Kind == MemberKind.Getter)
            {
                return new FunctionType([], [], [], [], signature.Required[0]);
            }

            if (over.Kind == MemberKind.Getter && member.Kind == MemberKind.Setter)
            {
                return new FunctionType([], [signature.Result], [], [], SimpleType.Void);
            }

            return signature;
        }

        return null;
    }

    public DartType FieldType(Member member)
    {
        if (member.FieldType is { } known)
        {
            return known;
        }

        if (member.Original is { } original)
        {
            return member.FieldType = FieldType(original);
        }

        if (member.EnumValue is not null)
        {
            return member.FieldType = EnumValueType(member);
        }

        if (member is { IsInstance: true, Busy: false, Field: { Late: true, Type: null, Init: not null } })
        {
            prepareInference(member);
            if (member.FieldType is { } found)
            {
                return found;
            }
        }

        if (member.Busy)
        {
            throw new DartErrorException(member.File, member.Pos, $"Can't infer the type of '{member.Name}': circularity found during type inference.");
        }

        member.Busy = true;
        try
        {
            var field = member.Field!;
            DartType? type = null;
            if (field.Type is not null)
            {
                type = TypeScope.Of(program, member).Resolve(field.Type);
            }
            else if (member.IsInstance && member.Owner!.Node.Kind != ClassKind.ExtensionType)
            {
                type = InheritedFieldType(member);
            }

            if (type is null && field.Init is not null)
            {
                type = inferInitializer(member);
                if (TypeSystem.IsNull(type))
                {
                    type = SimpleType.Dynamic;
                }
            }

            return member.FieldType = type ?? SimpleType.Dynamic;
        }
        finally
        {
            member.Busy = false;
        }
    }

    private DartType? InheritedFieldType(Member member)
    {
        var cls = member.Owner!;
        foreach (var super in cls.Interfaces.Prepend(cls.Supertype!))
        {
            if (super is null || super.Class == member.Lexical)
            {
                continue;
            }

            if (_types.FindMember(super, member.Name) is var (over, owner) && over is not null && over.Owner != member.Lexical)
            {
                var map = owner!.Map();
                return (over.Kind == MemberKind.Field ? FieldType(over) : Of(over).Result).Substitute(map);
            }
        }

        return null;
    }

    private DartType EnumValueType(Member member)
    {
        var cls = member.Owner!;
        if (cls.TypeParams.Count == 0)
        {
            return cls.ThisType;
        }

        if (member.EnumValue!.TypeArgs is { } args)
        {
            if (args.Count != cls.TypeParams.Count)
            {
                throw new DartErrorException(member.File, member.Pos, $"Expected {cls.TypeParams.Count} type arguments.");
            }

            var scope = new TypeScope(program, member.Library, member.File, null);
            return new InterfaceType(cls, [.. args.Select(scope.Resolve)]);
        }

        return inferInitializer(member);
    }
}
