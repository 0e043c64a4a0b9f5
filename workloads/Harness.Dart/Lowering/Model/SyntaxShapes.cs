using Harness.Dart.Syntax;

namespace Harness.Dart.Lowering.Model;

/// <summary>Forms of expressions that several families look at.</summary>
internal static class SyntaxShapes
{
    /// <summary>The expression within parentheses.</summary>
    public static Expr Unparen(Expr e)
    {
        while (e is Paren p)
        {
            e = p.Value;
        }

        return e;
    }
}
