using Harness.Dart.Semantics;

namespace Harness.Dart.Lowering.Module;

/// <summary>
/// Fields that a class's own methods write without the setter: those whose type does not depend on the class's type parameters, for which there is nothing to check; and in the core
/// library those whose type does, since there what is written to <c>this</c> is known to have it. (Elsewhere it may come from a function that returns another type than the class's
/// argument, which nobody has looked at before.)
/// </summary>
internal sealed class OwnFields(ProgramLowering lowering)
{
    private readonly Dictionary<(ClassElement Class, Member Field), bool> _known = [];

    /// <summary>The index of a field in the struct of a class whose methods may write it; null where they must call what sets it.</summary>
    public int? IndexOf(ClassElement cls, Member member)
    {
        // Copies of classes have places of their own for what is not boxed.
        if (cls.IsStatic || member is not { Kind: MemberKind.Field, IsInstance: true, Field: { Late: false, Covariant: false } }
            || lowering.Options is { Accessors: AccessorKind.Called } or { Devirtualize: DevirtualizeKind.Off } || lowering.Specialisations.IsOn
            || !lowering.Layouts.Of(cls).Fields.TryGetValue(member, out var index))
        {
            return null;
        }

        if (!_known.TryGetValue((cls, member), out var isOwn))
            _known[(cls, member)] = isOwn = (cls.Library.IsCore || !lowering.Signatures.FieldType(member).Any(t => t is TypeParamType)) && IsSetByAllBelow(cls, member);
        return isOwn ? index : null;
    }

    /// <summary>Whether assigning the property sets this field, in a class and all that extend it.</summary>
    private static bool IsSetByAllBelow(ClassElement cls, Member field)
    {
        var name = field.Name + "=";
        if (TypeSystem.FindImplementation(cls, name) != field) return false;
        var pending = new Stack<ClassElement>(cls.DirectSubclasses);
        while (pending.TryPop(out var below))
        {
            if (below.Members.TryGetValue(name, out var own) && !own.IsAbstract) return false;
            foreach (var further in below.DirectSubclasses) pending.Push(further);
        }

        return true;
    }
}
