using Harness.Dart.Semantics;

namespace Harness.Dart.Lowering.Module;

/// <summary>
/// Fields that a class's own methods write without the setter: what they write to <c>this</c> has the field's type, by the object's own type arguments, since what comes from outside was looked at where it came
/// in: parameters, functions among them, and what others give.
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
        {
            _known[(cls, member)] = isOwn = IsSetByAllBelow(cls, member);
        }

        return isOwn ? index : null;
    }

    /// <summary>Whether assigning the property sets this field, in a class and all that extend it.</summary>
    private static bool IsSetByAllBelow(ClassElement cls, Member field)
    {
        var name = field.Name + "=";
        if (TypeSystem.FindImplementation(cls, name) != field)
        {
            return false;
        }

        var pending = new Stack<ClassElement>(cls.DirectSubclasses);
        while (pending.TryPop(out var below))
        {
            if (below.Members.TryGetValue(name, out var own) && !own.IsAbstract)
            {
                return false;
            }

            foreach (var further in below.DirectSubclasses)
            {
                pending.Push(further);
            }
        }

        return true;
    }
}
