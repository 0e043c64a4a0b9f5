using Harness.Dart.Syntax;

namespace Harness.Dart.Semantics.Checks;

/// <summary>What the members of the program's own classes must be: overrides that fit, nothing missing, no name with two meanings.</summary>
internal sealed class MemberChecks(DartProgram program, Signatures signatures)
{
    private readonly TypeSystem _types = program.Types;
    private readonly CombinedSignatures _combined = new(program.Types, signatures);

    /// <summary>Notes the errors of a class.</summary>
    public void Check(ClassElement cls, Action<SourceFile, int, string> error)
    {
        CheckNames(cls, error);
        if (cls.Node.Kind is ClassKind.Extension or ClassKind.ExtensionType)
        {
            return;
        }

        CheckInherited(cls, error);
        CheckApplied(cls, error);
    }

    private void CheckNames(ClassElement cls, Action<SourceFile, int, string> error)
    {
        var isClass = cls.Node.Kind is not (ClassKind.Extension or ClassKind.ExtensionType);
        foreach (var parameter in cls.TypeParams)
        {
            if (parameter.Name == "_")
            {
                continue;
            }

            if (parameter.Name == cls.Name || cls.Constructors.ContainsKey(parameter.Name) || new[] { parameter.Name, parameter.Name + "=" }.Any(key => cls.Members.ContainsKey(key) || cls.Statics.ContainsKey(key)))
            {
                error(cls.File, cls.Node.Pos, $"The type variable '{parameter.Name}' has the name of '{cls.Name}' or one of its members.");
            }
        }

        foreach (var (key, member) in cls.Members.Concat(cls.Statics))
        {
            if (member.Lexical != cls)
            {
                continue;
            }

            if (member.Name == cls.Name && cls.Name.Length > 0)
            {
                error(cls.File, member.Pos, "A class member can't have the same name as the enclosing class.");
            }

            var table = member.IsStatic ? cls.Statics : cls.Members;
            if (key != member.Name && table.TryGetValue(member.Name, out var other) && other.Kind == MemberKind.Method)
            {
                error(cls.File, member.Pos, $"'{member.Name}' is already declared in this scope.");
            }
        }

        foreach (var (key, member) in cls.Statics)
        {
            if (member.Lexical != cls)
            {
                continue;
            }

            if (cls.Members.ContainsKey(member.Name) || cls.Members.ContainsKey(member.Name + "="))
            {
                error(cls.File, member.Pos, $"'{member.Name}' is already declared in this scope.");
            }
            else if (isClass && (Inherited(cls, member.Name) ?? Inherited(cls, member.Name + "=")) is { } inherited)
            {
                error(cls.File, member.Pos, $"Can't declare a static member that conflicts with the inherited instance member '{inherited.FullName}'.");
            }

            if (key == member.Name && cls.Constructors.ContainsKey(key))
            {
                error(cls.File, member.Pos, $"'{member.Name}' conflicts with the constructor '{cls.Name}.{key}'.");
            }
        }

        if (isClass)
        {
            CheckEnum(cls, error);
        }

        if (cls.Node.Kind == ClassKind.Extension)
        {
            foreach (var member in cls.Members.Values.Where(m => program.Object.Class.Members.ContainsKey(m.Name)))
            {
                error(cls.File, member.Pos, $"This extension member has the same name as the member '{member.Name}' of 'Object'.");
            }
        }
        else if (cls.IsExtensionType)
        {
            foreach (var member in cls.Members.Values.Where(m => program.Object.Class.Members.ContainsKey(m.Name)))
            {
                error(cls.File, member.Pos, $"This extension type member has the same name as the member '{member.Name}' of 'Object'.");
            }

            foreach (var member in cls.Members.Values.Where(m => m.IsAbstract))
            {
                error(cls.File, member.Pos, "Extension types can't have abstract members.");
            }

            foreach (var field in cls.Node.Fields.Skip(1).Where(f => !f.Static && !f.Const && !f.External))
            {
                error(cls.File, field.Pos, "Extension types can't declare instance fields.");
            }
        }
    }

    // The members that make an enum's values comparable and listed are the language's: neither an enum nor what enums can have as a supertype has others.
    private void CheckEnum(ClassElement cls, Action<SourceFile, int, string> error)
    {
        if (!cls.IsEnum && !_types.Supertypes(cls).Keys.Any(c => c is { Name: "Enum", Library.IsCore: true }))
        {
            return;
        }

        foreach (var (key, member) in cls.Members.Concat(cls.Statics).Where(m => m.Value.Lexical == cls))
        {
            if (member.IsStatic ? cls.IsEnum && key is "values" or "values=" : key is "values" or "values=" || !member.IsAbstract && key is "index" or "hashCode" or "==")
            {
                error(cls.File, member.Pos, $"{(cls.IsEnum ? "An enum" : "A class with the supertype 'Enum'")} can't declare a member with the name '{member.Name}'.");
            }
        }

        if (!cls.IsEnum)
        {
            return;
        }

        for (var application = cls.Supertype?.Class; application?.AppliedMixin is { } mixin; application = application.Supertype?.Class)
        {
            if (application.InstanceFields.Count > 0)
            {
                error(cls.File, cls.Node.Pos, $"An enum can't have the mixin '{mixin.Name}', since that declares the instance variable '{application.InstanceFields[0].Name}'.");
            }
        }

        foreach (var key in (string[])["index", "hashCode", "=="])
        {
            if (TypeSystem.FindImplementation(cls, key) is { Library.IsCore: false } found && found.Lexical != cls)
            {
                error(cls.File, cls.Node.Pos, $"An enum can't have the member '{found.FullName}'.");
            }
        }

        if ((Inherited(cls, "values") ?? Inherited(cls, "values=")) is { } values)
        {
            error(cls.File, cls.Node.Pos, $"The values of an enum conflict with the inherited member '{values.FullName}'.");
        }
    }

    private Member? Inherited(ClassElement cls, string key)
    {
        foreach (var super in _types.Supertypes(cls).Keys)
        {
            if (super != cls && super.Members.TryGetValue(key, out var member) && IsVisible(key, super, cls))
            {
                return member;
            }
        }

        return null;
    }

    private static bool IsVisible(string key, ClassElement from, ClassElement at) => key[0] != '_' || from.Library == at.Library;

    // What the class has for each name of its interface must be there, and be what every supertype says.
    private void CheckInherited(ClassElement cls, Action<SourceFile, int, string> error)
    {
        var answersAll = TypeSystem.FindImplementation(cls, "noSuchMethod") is { } handler && handler.Owner != program.Object.Class;
        var isConcrete = !cls.IsAbstract;
        string? missing = null;
        foreach (var (super, type) in _types.Supertypes(cls))
        {
            foreach (var (key, declared) in super.Members)
            {
                if (!IsVisible(key, super, cls))
                {
                    continue;
                }

                var found = TypeSystem.FindImplementation(cls, key);
                cls.Members.TryGetValue(key, out var own);
                if (found is null && isConcrete && !answersAll && !(super == cls && declared.Field is { External: true }))
                {
                    missing ??= key;
                }

                var candidate = own ?? (isConcrete && !answersAll ? found : null);
                if (super == cls || candidate is null || candidate == declared || super == program.Object.Class && candidate.Owner != cls)
                {
                    continue;
                }

                // An inherited implementation was checked against the supertypes of its own class there.
                if (own is null && _types.Supertypes(candidate.Owner!).ContainsKey(super))
                {
                    continue;
                }

                if (own is { } member && member.Lexical != cls && member.Lexical is { } mixin && (mixin == super || _types.Supertypes(mixin).ContainsKey(super)))
                {
                    continue;
                }

                if (CheckOverride(cls, candidate, declared, key, type) is { } message)
                {
                    error(own is null ? cls.File : candidate.File, own is null ? cls.Node.Pos : candidate.Pos, message);
                }
            }
        }

        if (!isConcrete || answersAll)
        {
            CheckCombined(cls, error);
        }

        if (missing is not null)
        {
            error(cls.File, cls.Node.Pos, $"The non-abstract class '{cls.Name}' is missing an implementation for '{missing}'.");
        }

        foreach (var (key, member) in cls.Members)
        {
            // A method here and an accessor above, or the other way round, where only one of the two has the setter.
            if (member.Kind == MemberKind.Method && member.Function!.Kind != FunctionKind.Operator && Inherited(cls, key + "=") is { } setter)
            {
                error(member.File, member.Pos, $"Can't declare a member that conflicts with the inherited one '{setter.FullName}'.");
            }

            if (key != member.Name && member.Kind == MemberKind.Setter && Inherited(cls, member.Name) is { Kind: MemberKind.Method } method)
            {
                error(member.File, member.Pos, $"Can't declare a member that conflicts with the inherited one '{method.FullName}'.");
            }
        }
    }

    // What mixins override in what a class applies them to, without giving that a name.
    private void CheckApplied(ClassElement cls, Action<SourceFile, int, string> error)
    {
        for (var application = cls.Supertype?.Class; application?.AppliedMixin is { } mixin && application.Node.Name.Contains('&', StringComparison.Ordinal); application = application.Supertype?.Class)
        {
            foreach (var (super, type) in _types.Supertypes(application))
            {
                if (super == application || super == mixin || _types.Supertypes(mixin).ContainsKey(super))
                {
                    continue;
                }

                foreach (var (key, declared) in super.Members)
                {
                    if (!IsVisible(key, super, mixin) || !application.Members.TryGetValue(key, out var own) || CheckOverride(application, own, declared, key, type) is null)
                    {
                        continue;
                    }

                    error(cls.File, cls.Node.Pos, $"Applying the mixin '{mixin.Name}' to '{application.Supertype}' introduces an erroneous override of '{declared.Name}'.");
                }
            }
        }
    }

    // What comes from several superinterfaces must have a signature that all of them allow, where the class does not declare it.
    private void CheckCombined(ClassElement cls, Action<SourceFile, int, string> error)
    {
        var supers = cls.Interfaces.Append(cls.Supertype).OfType<InterfaceType>().ToList();
        if (supers.Count < 2)
        {
            return;
        }

        foreach (var key in supers.SelectMany(s => _types.Supertypes(s.Class).Keys).Where(c => c != program.Object.Class).SelectMany(c => c.Members.Keys).Distinct())
        {
            if (cls.Members.ContainsKey(key))
            {
                continue;
            }

            var members = supers.Select(s => _types.FindMember(s, key)).Where(m => m is not null && m.Value.Member.Owner != program.Object.Class && IsVisible(key, m.Value.Member.Owner!, cls)).Select(m => m!.Value).DistinctBy(m => m.Member).ToList();
            if (members.Count < 2 || _combined.Exists(members, isSetter: members[0].Member.Name != key))
            {
                continue;
            }

            error(cls.File, cls.Node.Pos, $"'{cls.Name}' inherits '{members[0].Member.FullName}' and '{members[1].Member.FullName}', which no signature agrees with, so it must declare '{members[0].Member.Name}'.");
        }
    }

    private string? CheckOverride(ClassElement cls, Member member, Member declared, string key, InterfaceType super)
    {
        var isMethod = member.Kind == MemberKind.Method;
        if (isMethod != (declared.Kind == MemberKind.Method))
        {
            return $"Can't declare a member that conflicts with the inherited one '{declared.FullName}'.";
        }

        var owner = _types.AsInstanceOf(cls.ThisType, member.Owner!);
        if (owner is null)
        {
            return null;
        }

        var isSetter = key != member.Name;
        var own = TypeOf(member, isSetter, owner.Map());
        var other = TypeOf(declared, isSetter, super.Map());
        if (IsOverride(own, other, member, declared, isSetter))
        {
            return null;
        }

        return $"The member '{member.FullName}' of type '{own}' isn't a valid override of '{declared.FullName}' of type '{other}'.";
    }

    private FunctionType TypeOf(Member member, bool isSetter, IReadOnlyDictionary<TypeParam, DartType> map)
    {
        if (member.Kind != MemberKind.Field)
        {
            return (FunctionType)signatures.Of(member).Substitute(map);
        }

        var type = signatures.FieldType(member).Substitute(map);
        return isSetter ? new FunctionType([], [type], [], [], SimpleType.Void) : new FunctionType([], [], [], [], type);
    }

    private bool IsOverride(FunctionType own, FunctionType other, Member member, Member declared, bool isSetter)
    {
        if (isSetter)
        {
            return IsParameter(own.Required[0], other.Required[0], IsCovariant(member, 0, null) || IsCovariant(declared, 0, null));
        }

        var covariant = (member.Function?.Params ?? []).Concat(declared.Function?.Params ?? []).Any(p => p.IsCovariant) || InheritsCovariant(member);
        if (!covariant)
        {
            return _types.IsSubtype(own, other);
        }

        // Parameters that are covariant may be narrower: they are compared as what is above has them.
        if (own.TypeParams.Length != other.TypeParams.Length || own.Required.Length > other.Required.Length || own.MaximumPositional < other.MaximumPositional)
        {
            return false;
        }

        if (own.TypeParams.Length > 0)
        {
            own = own.Instantiate([.. other.TypeParams.Select(p => (DartType)p.Type)]);
        }

        for (var i = 0; i < other.MaximumPositional; i++)
        {
            if (!IsParameter(own.Positional(i), other.Positional(i), isCovariant: true))
            {
                return false;
            }
        }

        return _types.IsSubtype(own.Result, other.Result) && other.Named.All(n => Array.Exists(own.Named, m => m.Name == n.Name && IsParameter(m.Type, n.Type, isCovariant: true)));
    }

    // Whether some declaration of the name further up makes parameters covariant.
    private bool InheritsCovariant(Member member) => _types.Supertypes(member.Owner!).Keys.Any(c => c.Members.TryGetValue(member.Name, out var above) && above.Function?.Params.Exists(p => p.IsCovariant) == true);

    private bool IsParameter(DartType own, DartType other, bool isCovariant) => _types.IsSubtype(other, own) || isCovariant && _types.IsSubtype(own, other);

    private bool IsCovariant(Member member, int index, string? name)
    {
        if (member.Field is { } field)
        {
            return field.Covariant || CovariantAbove(member);
        }

        var parameter = name is null ? member.Function!.Params.ElementAtOrDefault(index) : member.Function!.Params.Find(p => p.Name == name);
        return parameter?.IsCovariant == true || CovariantAbove(member);
    }

    private bool CovariantAbove(Member member) => _types.Supertypes(member.Owner!).Keys.Any(c => c.Members.TryGetValue(member.Name + "=", out var above) && (above.Field is { Covariant: true } || above.Function?.Params.Exists(p => p.IsCovariant) == true));
}
