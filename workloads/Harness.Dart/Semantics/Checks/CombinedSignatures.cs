namespace Harness.Dart.Semantics.Checks;

/// <summary>
/// What a class has under a name that it inherits from more than one superinterface: the member among these whose signature all others allow (specification of the language, "Combined Member
/// Signatures").
/// </summary>
internal sealed class CombinedSignatures(TypeSystem types, Signatures signatures)
{
    /// <summary>Whether there is one.</summary>
    /// <param name="members">The members, each with the type as which the class has it.</param>
    /// <param name="isSetter">Whether it is what is assigned to a variable or setter that counts.</param>
    public bool Exists(IReadOnlyCollection<(Member Member, InterfaceType Owner)> members, bool isSetter)
    {
        var isMethod = members.First().Member.Kind == MemberKind.Method;
        if (members.Any(m => m.Member.Kind == MemberKind.Method != isMethod))
        {
            return false;
        }

        // Covariant parameters may be of any types that have to do with each other.
        if (members.Any(m => m.Member.Field is { Covariant: true } || m.Member.Function?.Params.Exists(p => p.IsCovariant) == true))
        {
            return true;
        }

        var all = members.Select(m => signatures.TypeOf(m.Member).Substitute(m.Owner.Map())).ToList();
        return all.Exists(type => all.TrueForAll(other => isSetter ? types.IsSubtype(other, type) : types.IsSubtype(type, other)));
    }
}
