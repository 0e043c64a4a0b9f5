using Harness.Dart.Lowering.Model;
using Harness.Dart.Semantics;
using Harness.Dart.Semantics.Checks;
using Harness.Dart.Syntax;

namespace Harness.Dart.Lowering.Bodies;

/// <summary>Finds the members of types, those that extensions give them included.</summary>
internal sealed class MemberLookup(FunctionLowering body)
{
    private readonly ProgramLowering _lowering = body.Program;
    private readonly DartProgram _program = body.Program.Program;
    private readonly TypeSystem _types = body.Program.Types;
    private readonly FunctionState _state = body.State;

    /// <summary>The type whose members an expression of a type has.</summary>
    public InterfaceType? MemberType(DartType type)
    {
        for (var i = 0; i < 50; i++)
        {
            switch (type)
            {
                case InterfaceType { Class.Node.Kind: ClassKind.Extension } e: return (InterfaceType)e.WithNullable(false);
                case InterfaceType { Nullable: false } t: return TypeSystem.IsFutureOr(t) ? _program.Object : t;
                case TypeParamType { Nullable: false } p: type = p.Bound; break;
                case FunctionType { Nullable: false }: return _program.Function;
                case RecordType { Nullable: false }: return _program.Record;
                default: return null;
            }
        }

        return null;
    }

    /// <summary>The member of a name that values of a type have, with the type as which they have it.</summary>
    public (Member Member, InterfaceType Owner)? FindMember(DartType type, string name)
    {
        if (MemberType(type) is { } t)
        {
            if (t.Class.IsStatic)
            {
                return _types.FindExtensionTypeMember(t, name);
            }

            return _types.FindMember(t, name);
        }

        // What every object has, null has too.
        return _program.Object.Class.Members.TryGetValue(name, out var member) ? (member, _program.Object) : null;
    }

    /// <summary>The member of a name that an extension in scope gives a type, that of the most specific one; null where none does.</summary>
    /// <param name="type">The type.</param>
    /// <param name="name">The member's name.</param>
    /// <param name="at">Where it is an error that no extension is more specific than all others; null where another place tells.</param>
    public (Member Member, DartType[] Args)? FindExtension(DartType type, string name, Syntax.Node? at = null)
    {
        // A getter and a setter go together, in a class and in an extension: what has one hides both of others.
        var other = name[0] is not ('_' or '$') && !char.IsAsciiLetter(name[0]) ? null : name[^1] == '=' ? name[..^1] : name + "=";
        var found = new List<ApplicableExtension>();
        foreach (var extension in _state.Library.VisibleExtensions)
        {
            var member = extension.Members.GetValueOrDefault(name);
            if (member is null && (other is null || !extension.Members.ContainsKey(other)))
            {
                continue;
            }

            if (ExtensionArgs(extension, type) is not { } args)
            {
                continue;
            }

            found.Add(new(extension, args, OnType(extension, args), OnType(extension, TypeScope.DefaultArgs(extension.TypeParams)), member));
        }

        if (found.Count == 0 || other is not null && FindMember(type, other) is not null)
        {
            return null;
        }

        if (found.Find(e => found.TrueForAll(o => ReferenceEquals(o, e) || IsMoreSpecific(e, o))) is { } best)
        {
            return best.Member is null ? null : (best.Member, best.Args);
        }

        if (at is not null)
        {
            throw _state.Error(at, $"The member '{name.TrimEnd('=')}' is ambiguous: '{found[0].Extension.Name}' and '{found[1].Extension.Name}' define it, and no extension is more specific than the others.");
        }

        return found.Find(e => e.Member is not null) is { } first ? (first.Member!, first.Args) : null;
    }

    private static DartType OnType(ClassElement extension, DartType[] args) => extension.OnType!.Substitute(ArgumentBinding.MapOf(extension.TypeParams, args));

    private bool IsMoreSpecific(ApplicableExtension e, ApplicableExtension other)
    {
        if (e.Extension.Library.IsCore != other.Extension.Library.IsCore)
        {
            return other.Extension.Library.IsCore;
        }

        if (!_types.IsSubtype(e.On, other.On))
        {
            return false;
        }

        return !_types.IsSubtype(other.On, e.On) || _types.IsSubtype(e.Bound, other.Bound) && !_types.IsSubtype(other.Bound, e.Bound);
    }

    // An extension that applies to a type, with what it is on there and where its type arguments are its bounds, and its member, if it has that and not only the setter or getter that goes with it.
    private sealed record ApplicableExtension(ClassElement Extension, DartType[] Args, DartType On, DartType Bound, Member? Member);

    /// <summary>The type arguments by which an extension applies to a type; null where it does not.</summary>
    public DartType[]? ExtensionArgs(ClassElement extension, DartType type)
    {
        DartType[] args = [];
        if (extension.TypeParams.Count > 0)
        {
            var lower = new Dictionary<TypeParam, DartType>();
            var upper = new Dictionary<TypeParam, DartType>();
            _types.Inference.Constrain(type, extension.OnType!, [.. extension.TypeParams], lower, upper);
            args = _types.Inference.Solve(extension.TypeParams, lower, upper, partial: false);
        }

        var on = OnType(extension, args);
        if (TypeSystem.IsDynamic(type) || TypeSystem.IsNever(type) || type is InterfaceType { Class.Node.Kind: ClassKind.Extension })
        {
            return null;
        }

        return _types.IsSubtype(type, on) && BoundChecks.Misfit(_types, extension.TypeParams, args) is null ? args : null;
    }

    /// <summary>What a setter or field takes.</summary>
    public DartType SetterType(Member member) => member.Kind == MemberKind.Field ? _lowering.Signatures.FieldType(member) : _lowering.Signatures.Of(member).Required[0];

    /// <summary>What the setter of a name takes; an error where there is none.</summary>
    public DartType SetterTypeOf(DartType receiver, string name, Syntax.Node at)
    {
        if (FindMember(receiver, name + "=") is var (member, owner) && member is not null)
        {
            return SetterType(member).Substitute(owner!.Map());
        }

        if (TypeSystem.IsDynamicReceiver(receiver))
        {
            return SimpleType.Dynamic;
        }

        if (FindExtension(receiver, name + "=") is { } extension)
        {
            return SetterType(extension.Member).Substitute(ArgumentBinding.MapOf(extension.Member.Owner!.TypeParams, extension.Args));
        }

        if (FindMember(receiver, name) is not null)
        {
            throw _state.Error(at, $"The setter '{name}' isn't defined for the type '{receiver}': it is final.");
        }

        throw _state.Error(at, $"The setter '{name}' isn't defined for the type '{receiver}'.");
    }
}
