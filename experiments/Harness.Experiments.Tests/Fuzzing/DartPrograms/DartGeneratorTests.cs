using System.Diagnostics;
using Harness.Experiments.Engines;
using Harness.Experiments.Fuzzing.DartPrograms;
using Harness.Experiments.Fuzzing.DartPrograms.Generation;

namespace Harness.Experiments.Tests.Fuzzing.DartPrograms;

/// <summary>Random programs in Dart; <c>harness fuzz --source dart</c> runs as many as one likes.</summary>
public class DartGeneratorTests
{
    private const int Programs = 36;

    /// <summary>The programs that have not been judged by then are left out.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    /// <summary>Words by which parts of the language show.</summary>
    private static readonly string[] Words =
    [
        "sealed class ", "abstract class ", "final class ", "abstract interface class ", "mixin ", " on R", " with M", " implements I", " extends G", "enum ", "extension ",
        "factory ", " : this(", "super.m", "operator ", " get p", "set p", "static ", "late final ", "late ", "const V", ".new", "required ", "T1 extends num", "switch (", "case [", " when ",
        "...final ", "?.", " ?? ", "??=", "..p", "for (final (", "MapEntry(key: ", "...few<", "if (", "do {", "while (", "continue", "break", "try {", "finally {", "rethrow", "throw ", "sync*",
        "yield* ", " async ", " async*", "await for", "Future.wait", "dynamic ", " as int", " is! ", "Float64List", "Uint8ClampedList", "~/", ">>>", "double.nan", "9223372036854775807",
        ".runtimeType", "identical(", "extension type W", "extension type const W", " implements Object", "traced<", "ByteData(16)..set", ", Endian.big",
    ];

    [Fact]
    public void TheSameSeedGivesTheSameText() => Assert.Equal(DartGenerator.Generate(17).Text, DartGenerator.Generate(17).Text);

    [Fact]
    public void AnotherSeedGivesAnotherText() => Assert.NotEqual(DartGenerator.Generate(17).Text, DartGenerator.Generate(18).Text);

    /// <summary>What no program has would go untested everywhere.</summary>
    [Fact]
    public void ProgramsTogetherHaveAllOfTheLanguageThatTheyShould()
    {
        var missing = new HashSet<string>(Words);
        for (var seed = 0ul; seed < 150 && missing.Count > 0; seed++)
        {
            var text = DartGenerator.Generate(seed).Text;
            missing.RemoveWhere(word => text.Contains(word, StringComparison.Ordinal));
        }

        Assert.Empty(missing);
    }

    [Fact]
    public void ProgramsPrintTheSameUnderAllTheirLowerings()
    {
        using var engines = new DartEngines(NodeInstallation.NodePath);
        var judge = new DartJudge(engines);
        var watch = Stopwatch.StartNew();
        for (var seed = 5_000_000ul; seed < 5_000_000 + Programs && watch.Elapsed < Limit; seed++)
        {
            var source = DartGenerator.Generate(seed);
            var finding = judge.Judge(source.Text, DartTrial.For(source, null));
            Assert.True(finding is null, $"seed {seed}, {finding?.Place}: {finding?.Kind}: {finding?.Detail}");
        }
    }

    /// <summary>However it comes to be small, a program is one for the compiler, and keeps what it is kept for.</summary>
    [Fact]
    public void WhatIsLeftOfAProgramIsCompiled()
    {
        static bool IsWanted(string text) => text.Contains("rethrow", StringComparison.Ordinal);
        var source = Enumerable.Range(0, 100).Select(seed => DartGenerator.Generate((ulong)seed)).First(candidate => IsWanted(candidate.Text));
        var before = source.Text.Length;
        new DartReducer(source.Root, text => IsWanted(text) && DartCompilation.Of(text, DartLowerings.Default).Module is not null, TimeSpan.FromSeconds(20)).Reduce();
        Assert.True(IsWanted(source.Text));
        Assert.NotNull(DartCompilation.Of(source.Text, DartLowerings.Default).Module);
        Assert.InRange(source.Text.Length, 1, before - 1);
    }
}
