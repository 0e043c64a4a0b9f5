using Harness.Dart;
using Harness.Dart.Semantics;

namespace Harness.Experiments.Fuzzing.DartPrograms;

/// <summary>What came of compiling a program.</summary>
/// <param name="Module">The module; null if there is none.</param>
/// <param name="Kind">What kind of finding it is that there is none: <see cref="DartFinding.Refused"/> or <see cref="DartFinding.CompilerFailed"/>.</param>
/// <param name="Detail">Why there is none.</param>
internal sealed record DartCompilation(byte[]? Module, string Kind = "", string Detail = "")
{
    /// <summary>Compiles a program in this process.</summary>
    /// <param name="source">Its text.</param>
    /// <param name="lowering">Values by knob name; other knobs have their defaults.</param>
    public static DartCompilation Of(string source, IReadOnlyDictionary<string, string> lowering)
    {
        var file = Path.Combine(Path.GetTempPath(), $"harness-fuzz-{Guid.NewGuid():N}.dart");
        File.WriteAllText(file, source);
        try
        {
            return new DartCompilation(DartCompiler.Compile(file, DartOptions.FromKnobs(lowering)));
        }
        catch (DartCompilationException exception)
        {
            return new DartCompilation(null, DartFinding.Refused, FirstLines(exception.Message, 1).Replace(file, "program", StringComparison.Ordinal));
        }
        catch (InvalidOperationException exception)
        {
            return new DartCompilation(null, DartFinding.CompilerFailed, FirstLines(exception.Message, 2));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string FirstLines(string text, int count) => string.Join(' ', text.Split('\n', StringSplitOptions.TrimEntries).Take(count));
}
