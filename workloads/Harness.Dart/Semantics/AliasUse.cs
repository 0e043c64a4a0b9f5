namespace Harness.Dart.Semantics;

/// <summary>A typedef with type arguments, by which a type was written.</summary>
/// <param name="Typedef">The typedef, whose type is known.</param>
/// <param name="Arguments">As many types as the typedef has parameters.</param>
internal sealed record AliasUse(TypedefElement Typedef, DartType[] Arguments)
{
    /// <summary>The type that the typedef stands for with the arguments.</summary>
    public DartType Expand()
    {
        var map = new Dictionary<TypeParam, DartType>();
        for (var i = 0; i < Arguments.Length; i++)
        {
            map[Typedef.Params[i]] = Arguments[i];
        }

        var type = Typedef.Type!.Substitute(map);
        // A typedef of its own parameter gives an argument back, with the typedef that this was written by.
        return Typedef.Type is TypeParamType ? type : type.WithAlias(this);
    }
}
