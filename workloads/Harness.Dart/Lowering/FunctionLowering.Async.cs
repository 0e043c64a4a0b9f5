using Harness.Dart.Semantics;
using Harness.Dart.Syntax;

namespace Harness.Dart.Lowering;

/// <summary>Asynchronous functions and generators.</summary>
internal sealed partial class FunctionLowering
{
    /// <summary>The type of what an asynchronous function or generator gives: T of Future, Stream or Iterable of T.</summary>
    private DartType InnerReturn(DartType declared)
    {
        if (TypeSystem.IsVoid(declared)) return declared;
        if (_async == AsyncKind.Async) return Flatten(declared);
        var name = _async == AsyncKind.AsyncStar ? "Stream" : "Iterable";
        return _types.AsInstanceOf(declared, _program.CoreClass(name)) is { } instance ? instance.Args[0] : SimpleType.Dynamic;
    }

    private DartType LowerAsyncBody(FunctionNode node, DartType? declared, DartType? context)
    {
        _ = declared;
        _ = context;
        throw Unsupported(node, node.Async switch { AsyncKind.Async => "An 'async' function", AsyncKind.AsyncStar => "An 'async*' function", _ => "A 'sync*' function" });
    }

    private void LowerYield(YieldStmt y) => throw Unsupported(y, "'yield'");

    private void LowerAwaitFor(ForParts parts, Val stream, DartType? declared, Action body, Syntax.Node at, List<string> labels) => throw Unsupported(at, "'await for'");
}
