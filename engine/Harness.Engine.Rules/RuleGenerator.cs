using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Harness.Engine.Rules;

/// <summary>Lets the compiler make the matcher of the rules whenever it compiles the engine: of each file <c>*.rules</c> among the additional files, one.</summary>
[Generator]
public sealed class RuleGenerator : IIncrementalGenerator
{
    private static readonly DiagnosticDescriptor Unreadable = new(
        "HR0001", "A rule cannot be read", "{0}", "Rules", DiagnosticSeverity.Error, isEnabledByDefault: true);

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var files = context.AdditionalTextsProvider.Where(file => file.Path.EndsWith(".rules", StringComparison.Ordinal));
        context.RegisterSourceOutput(files, static (output, file) =>
        {
            try
            {
                var text = file.GetText(output.CancellationToken)?.ToString() ?? "";
                var kind = MatcherKind.Of(file.Path);
                output.AddSource($"{kind.ClassName}.g.cs", SourceText.From(MatcherWriter.Write(RuleFile.Parse(text).SelectMany(section => section.Rules), kind), Encoding.UTF8));
            }
            catch (RuleException exception)
            {
                output.ReportDiagnostic(Diagnostic.Create(Unreadable, Location.Create(file.Path, default, default), exception.Message));
            }
        });
    }
}
