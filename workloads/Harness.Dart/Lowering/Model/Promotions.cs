using Harness.Dart.Lowering.Bodies;
using Harness.Dart.Lowering.Module;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;

namespace Harness.Dart.Lowering.Model;

/// <summary>Types that variables and fields are known to have at a place, narrower than the declared ones.</summary>
internal sealed class Promotions(FunctionLowering body)
{
    private readonly FunctionLowering _body = body;
    private readonly TypeSystem _types = body.Program.Types;
    private readonly Selectors _selectors = body.Program.Selectors;
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

    /// <summary>A private final field, whose value cannot change between a test and a use.</summary>
    public Member? PromotableField(DartType type, string name)
    {
        if (name[0] != '_' || Members.FindMember(type, name) is not var (member, _) || member is not { Kind: MemberKind.Field, IsStatic: false, Field: { Final: true, Late: false, External: false } })
            return null;
        if (member.Owner!.Node.Kind == ClassKind.ExtensionType) return member;
        return !member.Library.ChangingNames.Contains(name) && _selectors.SelectorOf(member).Members.All(m => m.Kind == MemberKind.Field && m.Field!.Final) ? member : null;
    }

    /// <summary>What a promotion of an expression is kept under: a variable, or a private final field of this or of a variable.</summary>
    public object? PromotionKey(Expr e)
    {
        switch (SyntaxShapes.Unparen(e))
        {
            case Ident id:
                if (_variables.Lookup(id.Name) is { } variable) return CanPromote(variable) ? variable : null;
                if (Names.LookupNonLocal(id.Name, out var implicitThis) is not null && !implicitThis) return null;
                return Receivers.ThisType() is { } thisType && PromotableField(thisType, id.Name) is { } field ? (field, "this") : null;
            case PropertyGet { Target: This } p when Receivers.ThisType() is { } self:
                return PromotableField(self, p.Name) is { } f ? (f, "this") : null;
            case PropertyGet { Target: Ident name } p when _variables.Lookup(name.Name) is { IsAssigned: false } local:
                return PromotableField(Promoted(local) ?? local.Type, p.Name) is { } g ? (g, local) : null;
            default: return null;
        }
    }

    /// <summary>What a value of a type is known to be when it is an instance of another, or null where that tells nothing.</summary>
    public DartType? PromotedType(DartType current, DartType tested)
    {
        if (tested.Equals(current) || TypeSystem.IsTop(tested) && !TypeSystem.IsTop(current)) return null;
        if (_types.IsSubtype(tested, current) || TypeSystem.IsDynamic(current)) return tested;
        if (current is TypeParamType p && _types.IsSubtype(tested, p.Bound)) return new TypeParamType(p.Parameter, false, tested);
        if (TypeSystem.IsNullable(current) && _types.IsSubtype(TypeSystem.NonNull(current), tested)) return TypeSystem.NonNull(current);
        return null;
    }
}
