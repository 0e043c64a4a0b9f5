using Harness.Dart.Ir;
using Harness.Dart.Lowering.Bodies;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;
using Node = Harness.Dart.Syntax.Node;

namespace Harness.Dart.Lowering.Model;

/// <summary>What is known of the function that is lowered: what it is made of, where its text stands, and what stands around it.</summary>
/// <param name="function">What the function becomes.</param>
/// <param name="scope">What names of types mean in its text.</param>
/// <param name="member">The declaration whose text it is; null where there is none.</param>
/// <param name="parent">The function around a closure.</param>
internal sealed class FunctionState(IrFunction function, TypeScope scope, Member? member, FunctionLowering? parent)
{
    /// <summary>What the function becomes; while the body of an asynchronous one is lowered, the function that runs it.</summary>
    public IrFunction Function { get; set; } = function;

    /// <summary>The function around a closure.</summary>
    public FunctionLowering? Parent { get; } = parent;

    /// <summary>What names of types mean.</summary>
    public TypeScope Scope { get; } = scope;

    /// <summary>The declaration whose text it is.</summary>
    public Member? Member { get; } = member;

    /// <summary>The class that it is a member of.</summary>
    public ClassElement? Class { get; set; } = member?.Owner ?? scope.Class;

    /// <summary>The library that it stands in.</summary>
    public Library Library { get; } = scope.Library;

    /// <summary>What its text assigns, and what its closures mention.</summary>
    public NameUse Use { get; set; } = new();

    /// <summary>Whether it is asynchronous or a generator.</summary>
    public AsyncKind Async { get; set; }

    /// <summary>The receiver; null where the function has none of its own.</summary>
    public LocalVariable? This { get; set; }

    /// <summary>The static type of the receiver.</summary>
    public DartType? ThisType { get; set; }

    /// <summary>An error at a place of the text.</summary>
    public DartErrorException Error(Node node, string message) => new(Scope.File, node.Pos, message);

    /// <summary>An error that says that the compiler cannot do something.</summary>
    public DartErrorException Unsupported(Node node, string feature) => new(Scope.File, node.Pos, $"{feature} is not supported by this compiler yet.") { IsUnsupported = true };
}
