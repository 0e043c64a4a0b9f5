using Harness.Dart.Lowering.Model;
using Harness.Dart.Semantics;

namespace Harness.Dart.Lowering;

/// <summary>What a constant expression sees: names of types, and values of a constructor's parameters.</summary>
/// <param name="Scope">What names of types mean.</param>
/// <param name="Lexical">The class in whose text it stands.</param>
/// <param name="Locals">The values of parameters, and their types.</param>
/// <param name="Map">The type arguments of the object that is made.</param>
/// <param name="Outer">The constants of the functions around.</param>
internal sealed record ConstScope(TypeScope Scope, ClassElement? Lexical, Dictionary<string, (ConstValue Value, DartType Type)>? Locals, IReadOnlyDictionary<TypeParam, DartType>? Map, Func<Syntax.Ident, LocalVariable?>? Outer)
{
    /// <summary>Whether a name is that of a parameter, or of a constant of a function around.</summary>
    public bool IsLocal(Syntax.Ident id) => Locals?.ContainsKey(id.Name) == true || Outer?.Invoke(id) is not null;

    /// <summary>An error at a place of the text.</summary>
    public DartErrorException Error(Syntax.Node at, string message) => new(Scope.File, at.Pos, message);
}
