using Harness.Dart.Lowering.Bodies;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;

namespace Harness.Dart.Lowering.Model;

/// <summary>Types that variables and fields are known to have at a place, narrower than the declared ones.</summary>
internal sealed class Promotions(FunctionLowering body)
{
    private readonly FunctionLowering _body = body;
    private readonly TypeSystem _types = body.Program.Types;
    private readonly Signatures _signatures = body.Program.Signatures;
    private readonly NodeOutput _output = body.Output;
    private readonly VariableScopes _variables = body.Variables;

    private NameLowering Names => _body.Names;
    private ReceiverLowering Receivers => _body.Receivers;
    private MemberLookup Members => _body.Members;

    /// <summary>The type that something is promoted to; null where it is not.</summary>
    public DartType? Promoted(object key) => _output.Flow.Promoted(key);

    /// <summary>Whether tests tell anything of a variable: whether nobody can change it in between.</summary>
    public bool CanPromote(LocalVariable variable) =>
        variable.Constant is null && !variable.IsAssignedInClosure && (variable.Owner == _body || !variable.IsAssigned);

    /// <summary>Forgets what is known of variables that a loop, a try or a closure assigns.</summary>
    public void DemoteAssigned(NameUse use) => _output.Flow.Demote(use.Assigned);

    /// <summary>What a promotion of an expression is kept under: a variable, or a private final field of this, of the superclass, of a variable or of such a field; null for others.</summary>
    public object? PromotionKey(Expr e) => PathOf(e)?.Key;

    // The same with the type that it is known to have.
    private (object Key, DartType Type)? PathOf(Expr e)
    {
        switch (SyntaxShapes.Unparen(e))
        {
            case Ident id:
                if (_variables.Lookup(id.Name) is { } variable)
                {
                    return CanPromote(variable) ? (variable, Promoted(variable) ?? variable.Type) : null;
                }

                var element = Names.LookupNonLocal(id.Name, out var implicitThis);
                return element is not null && !implicitThis ? null : FieldOf(Receivers.ImplicitType(element is not null), id.Name, FieldPath.Self);
            case PropertyGet p when p.Name[0] != '_': return null;
            case PropertyGet { Target: This } p: return FieldOf(Receivers.ThisType(), p.Name, FieldPath.Self);
            case PropertyGet { Target: Super } p: return FieldOf(Receivers.SuperType(p.Name), p.Name, FieldPath.Super);
            case PropertyGet p when PathOf(p.Target) is { } owner: return FieldOf(owner.Type, p.Name, owner.Key);
            default: return null;
        }
    }

    // A private final field, whose value cannot change between a test and a use; a late one has a value where it was tested.
    private (object Key, DartType Type)? FieldOf(DartType? type, string name, object owner)
    {
        if (type is null || name[0] != '_' || Members.FindMember(type, name) is not { Member: { Kind: MemberKind.Field, IsStatic: false, Field: { Final: true, External: false } } field } found)
        {
            return null;
        }

        if (field.Owner!.Node.Kind != ClassKind.ExtensionType && _body.Program.Program.ChangingNames.Contains(field.Library, name))
        {
            return null;
        }

        var path = new FieldPath(field, owner);
        return (path, Promoted(path) ?? _signatures.FieldType(field).Substitute(found.Owner.Map()));
    }

    /// <summary>What a value of a type is known to be when it is an instance of another, or null where that tells nothing.</summary>
    public DartType? PromotedType(DartType current, DartType tested)
    {
        if (tested.Equals(current) || TypeSystem.IsTop(tested) && !TypeSystem.IsTop(current))
        {
            return null;
        }

        if (_types.IsSubtype(tested, current) || TypeSystem.IsDynamic(current))
        {
            return tested;
        }

        if (current is TypeParamType p && _types.IsSubtype(tested, p.Bound))
        {
            return new TypeParamType(p.Parameter, false, tested);
        }

        if (TypeSystem.IsNullable(current) && _types.IsSubtype(TypeSystem.NonNull(current), tested))
        {
            return TypeSystem.NonNull(current);
        }

        return null;
    }
}
