using Harness.Dart.Lowering.Model;
using Harness.Dart.Semantics;
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
            if (t.Class.IsStatic) return FindExtensionTypeMember(t, name) is { } m ? m : null;
            return _types.FindMember(t, name);
        }

        // What every object has, null has too.
        return _program.Object.Class.Members.TryGetValue(name, out var member) ? (member, _program.Object) : null;
    }

    private (Member Member, InterfaceType Owner)? FindExtensionTypeMember(InterfaceType t, string name)
    {
        if (t.Class.Members.TryGetValue(name, out var own)) return (own, t);
        if (!t.Class.IsExtensionType) return null;
        (Member Member, InterfaceType Owner)? best = null;
        foreach (var i in t.Class.Interfaces)
        {
            var super = (InterfaceType)i.Substitute(t.Map());
            if ((super.Class.IsExtensionType ? FindExtensionTypeMember(super, name) : _types.FindMember(super, name)) is not { } found) continue;
            // What a class below another makes of a member goes before what the other has.
            if (best is not { } known || known.Owner.Class == _program.Object.Class || found.Owner.Class != known.Owner.Class && _types.Supertypes(found.Owner.Class).ContainsKey(known.Owner.Class)) best = found;
        }

        if (best is not null) return best;
        return _program.Object.Class.Members.TryGetValue(name, out var ofObject) ? (ofObject, _program.Object) : null;
    }

    /// <summary>The member of a name that an extension in scope gives a type, the most specific one.</summary>
    public (Member Member, DartType[] Args)? FindExtension(DartType type, string name)
    {
        (Member Member, DartType[] Args, DartType On)? best = null;
        foreach (var extension in _state.Library.VisibleExtensions)
        {
            if (!extension.Members.TryGetValue(name, out var member)) continue;
            if (ExtensionArgs(extension, type) is not { } args) continue;
            var on = extension.OnType!.Substitute(ArgumentBinding.MapOf(extension.TypeParams, args));
            if (best is null || _types.IsSubtype(on, best.Value.On) && !(_types.IsSubtype(best.Value.On, on) && extension.Library.IsCore)) best = (member, args, on);
        }

        return best is null ? null : (best.Value.Member, best.Value.Args);
    }

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

        var on = extension.OnType!.Substitute(ArgumentBinding.MapOf(extension.TypeParams, args));
        if (TypeSystem.IsDynamic(type) || TypeSystem.IsNever(type) || type is InterfaceType { Class.Node.Kind: ClassKind.Extension }) return null;
        return _types.IsSubtype(type, on) ? args : null;
    }

    /// <summary>What a setter or field takes.</summary>
    public DartType SetterType(Member member) => member.Kind == MemberKind.Field ? _lowering.Signatures.FieldType(member) : _lowering.Signatures.Of(member).Required[0];

    /// <summary>What the setter of a name takes; an error where there is none.</summary>
    public DartType SetterTypeOf(DartType receiver, string name, Syntax.Node at)
    {
        if (FindMember(receiver, name + "=") is var (member, owner) && member is not null)
            return SetterType(member).Substitute(owner!.Map());
        if (TypeSystem.IsDynamicReceiver(receiver)) return SimpleType.Dynamic;
        if (FindExtension(receiver, name + "=") is { } extension)
            return SetterType(extension.Member).Substitute(ArgumentBinding.MapOf(extension.Member.Owner!.TypeParams, extension.Args));
        if (FindMember(receiver, name) is not null)
            throw _state.Error(at, $"The setter '{name}' isn't defined for the type '{receiver}': it is final.");
        throw _state.Error(at, $"The setter '{name}' isn't defined for the type '{receiver}'.");
    }
}
