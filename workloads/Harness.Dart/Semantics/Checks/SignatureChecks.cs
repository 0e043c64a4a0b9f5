using Harness.Dart.Syntax;

namespace Harness.Dart.Semantics.Checks;

/// <summary>What the types of functions must be: results of asynchronous ones, and parameters that can be left out.</summary>
internal sealed class SignatureChecks(DartProgram program, Signatures signatures)
{
    private readonly TypeSystem _types = program.Types;

    /// <summary>Notes the errors of a member, by resolving its types too.</summary>
    public void Check(Member member, Action<SourceFile, int, string> error)
    {
        if (member.EnumValue is not null)
        {
            return;
        }

        var signature = signatures.Of(member);
        if (member.Function is not { } node)
        {
            return;
        }

        CheckAsync(node, signature.Result, member.File, error);
        if (node.External || node.Abstract && member.Kind != MemberKind.Constructor || node.Redirect is not null)
        {
            return;
        }

        foreach (var parameter in signatures.Params(member))
        {
            CheckOptional(parameter, member.File, error);
        }
    }

    /// <summary>Notes the error of a parameter that can be left out but cannot be null.</summary>
    public static void CheckOptional(Param parameter, SourceFile file, Action<SourceFile, int, string> error)
    {
        if (parameter.Kind == ParamKind.Required || parameter.Node.IsRequiredNamed || parameter.Node.Default is not null || parameter.InheritedDefault is not null || !TypeSystem.NeedsValue(parameter.Type))
        {
            return;
        }

        error(file, parameter.Node.Pos, $"The parameter '{parameter.Name}' can't have a value of 'null' because of its type '{parameter.Type}', but the implicit default value is 'null'.");
    }

    /// <summary>Notes the error of a result that is none of an asynchronous function or generator.</summary>
    public void CheckAsync(FunctionNode node, DartType result, SourceFile file, Action<SourceFile, int, string> error)
    {
        var name = node.Async switch { AsyncKind.Async => "Future", AsyncKind.AsyncStar => "Stream", AsyncKind.SyncStar => "Iterable", _ => null };
        if (name is null || node.Return is null)
        {
            return;
        }

        var isNothing = node.Async != AsyncKind.Async && TypeSystem.IsVoid(result);
        if (!isNothing && _types.IsSubtype(program.Type(name, SimpleType.Never), result))
        {
            return;
        }

        error(file, node.Pos, $"Functions marked '{(node.Async switch { AsyncKind.Async => "async", AsyncKind.AsyncStar => "async*", _ => "sync*" })}' must have a return type that is a supertype of '{name}'.");
    }
}
