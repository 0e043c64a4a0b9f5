using Harness.Dart.Semantics;
using Harness.Dart.Syntax;

namespace Harness.Dart.Lowering.Module;

/// <summary>
/// What a host can call besides <c>main</c>: functions of the program's own library with <c>@pragma('wasm:export', 'NAME')</c>, as dart2wasm
/// has it. Their parameters and results are numbers, which pass as i64, f64 and i32 (<c>bool</c>).
/// </summary>
internal sealed class HostExports(ProgramLowering lowering)
{
    private readonly ProgramLowering _lowering = lowering;
    private readonly DartProgram _program = lowering.Program;
    private const string ExportPragma = "wasm:export";

    private MemberFunctions Functions => _lowering.Functions;

    /// <summary>Finds the functions that are exported, and has them lowered.</summary>
    public void Run()
    {
        foreach (var member in _program.Main.Declared.Values.OfType<Member>())
        {
            if (member.Function is { Metadata.Count: > 0 } function && ExportName(function) is { } name)
            {
                _lowering.Enqueue(() => Export(member, name));
            }
        }
    }

    /// <summary>The name that a function is exported by; its own where the annotation gives none. Null where it is not exported.</summary>
    private static string? ExportName(FunctionNode function)
    {
        foreach (var annotation in function.Metadata)
        {
            if (annotation.Value is Call { Target: Ident { Name: "pragma" } } pragma
                && pragma.Args.Items is [{ Value: StringLit { IsConstantText: true } kind }, ..]
                && (string)kind.Parts[0] == ExportPragma)
            {
                return pragma.Args.Items is [_, { Value: StringLit { IsConstantText: true } name }] ? (string)name.Parts[0] : function.Name;
            }
        }

        return null;
    }

    private void Export(Member member, string name)
    {
        var signature = _lowering.Signatures.Of(member);
        var types = _lowering.Signatures.Params(member).Select(p => p.Type).Append(signature.Result);
        if (member.Kind != MemberKind.Method || member.TypeParams.Count > 0 || signature.Optional.Length + signature.Named.Length > 0 || !types.All(IsNumber))
        {
            throw new DartErrorException(member.File, member.Pos, $"The exported function '{member.Name}' must have required parameters and a result of the types int, double and bool.");
        }

        if (_lowering.Parts.Functions.Exists(f => f.Export == name) || name == "memory")
        {
            throw new DartErrorException(member.File, member.Pos, $"'{name}' is already exported.");
        }

        Functions.StaticFunction(member).Export = name;

        bool IsNumber(DartType type) => type.Equals(_program.Int) || type.Equals(_program.Double) || type.Equals(_program.Bool) || type == signature.Result && TypeSystem.IsVoid(type);
    }
}
