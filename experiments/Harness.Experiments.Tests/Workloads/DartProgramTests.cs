using System.Globalization;
using Harness.Engine.Configuration;
using Harness.Experiments.Hosting;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Tests.Workloads;

/// <summary>The programs in Dart: compiled, run with small sizes, and compared with what they must give and with references in C#.</summary>
public class DartProgramTests
{
    private static IReadOnlyList<ProgramDefinition> Listed { get; } = [.. ProgramCatalog.Read().Own.Where(program => program.Host == HostKind.Dart)];

    public static TheoryData<string> Names => [.. Listed.Select(program => program.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void ASmallRunGivesWhatTheManifestSays(string name)
    {
        var program = Listed.Single(program => program.Name == name);
        var invocation = program.WarmUp!;
        var result = ProgramSession.Run(program with { Timed = invocation }, EngineOptions.Default, host =>
        {
            host.Load();
            return host.Iterate().Results[0];
        });
        var text = invocation.Expected[0].Type == "f64" ? result.AsF64().ToString("R", CultureInfo.InvariantCulture) : result.AsI64().ToString(CultureInfo.InvariantCulture);
        Assert.Equal(Normalized(invocation.Expected[0]), text);
    }

    [Theory]
    [InlineData("dart-receivers-1")]
    [InlineData("dart-receivers-2")]
    [InlineData("dart-receivers-3")]
    [InlineData("dart-receivers-4")]
    [InlineData("dart-receivers-8")]
    public void TheReceiversAreThoseOfTheReference(string name) =>
        AssertReference(name, arguments => DartReference.Receivers((int)arguments[1], arguments[2]));

    [Fact]
    public void QueensAreCounted() => AssertReference("dart-queens", arguments => DartReference.Queens((int)arguments[1]));

    [Fact]
    public void ListsOfIntAreThoseOfTheReference() =>
        AssertReference("dart-int-list", arguments => DartReference.IntList((int)arguments[1], (int)arguments[2]));

    [Fact]
    public void BodiesMoveAsInTheReference()
    {
        var program = Listed.Single(program => program.Name == "dart-nbody");
        var steps = (int)Arguments(program.Timed!)[1];
        Assert.Equal(Normalized(program.Timed!.Expected[0]), DartReference.Bodies(steps).ToString("R", CultureInfo.InvariantCulture));
    }

    [Fact]
    public void ScenesAreLaidOutAndPaintedAsInTheReference() => AssertReference("layout-scenes", arguments => SceneReference.Scenes((int)arguments[1]));

    private static void AssertReference(string name, Func<long[], long> compute)
    {
        var program = Listed.Single(program => program.Name == name);
        foreach (var invocation in (Invocation[])[program.WarmUp!, program.Timed!])
        {
            Assert.Equal(invocation.Expected[0].Text, compute(Arguments(invocation)).ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>The arguments of a call; the first says how often a program does the same.</summary>
    private static long[] Arguments(Invocation invocation) => [.. invocation.Arguments.Select(literal => long.Parse(literal.Text, CultureInfo.InvariantCulture))];

    private static string Normalized(TypedLiteral literal) =>
        literal.Type == "f64" ? double.Parse(literal.Text, CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture) : literal.Text;
}
