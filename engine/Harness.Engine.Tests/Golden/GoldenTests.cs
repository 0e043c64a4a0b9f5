namespace Harness.Engine.Tests.Golden;

/// <summary>
/// Modules with the graphs and the machine code that are expected of them below, as comments. Where a change of the compilers is
/// meant to change them, running the tests with <c>HARNESS_UPDATE_GOLDEN=1</c> in the environment writes what comes out now into the
/// files, and the change of code quality shows in the diff.
/// </summary>
public class GoldenTests
{
    private const string UpdateVariable = "HARNESS_UPDATE_GOLDEN";

    private static string Folder { get; } = Path.Combine(RepositoryFiles.Root, "engine", "Harness.Engine.Tests", "Golden");

    public static TheoryData<string> Files =>
        [.. Directory.EnumerateFiles(Folder, "*.wat", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Folder, file)).Order()];

    [Theory]
    [MemberData(nameof(Files))]
    public void WhatComesOutIsWhatIsExpected(string file)
    {
        var path = Path.Combine(Folder, file);
        var text = File.ReadAllText(path);
        var actual = GoldenFile.Parse(text).WithActual();
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
        {
            File.WriteAllText(path, actual);
        }
        else
        {
            Assert.Equal(text, actual);
        }
    }

    /// <summary>Each rule is pinned once: two sections of one name would hide one of them.</summary>
    [Fact]
    public void NoHeadingIsThereTwice()
    {
        string[] headings =
        [
            .. Directory.EnumerateFiles(Folder, "*.wat", SearchOption.AllDirectories)
                .SelectMany(file => GoldenFile.Parse(File.ReadAllText(file)).Headings.Select(heading => $"{Path.GetFileName(file)} {heading}")),
        ];
        Assert.Empty(headings.GroupBy(heading => heading).Where(group => group.Count() > 1).Select(group => group.Key));
        Assert.True(headings.Length >= 300, $"{headings.Length} golden tests");
    }

    [Fact]
    public void ARulePrintsTheFunctionBelowIt()
    {
        const string module =
            """
            ;; rules: ir passes=fold
            (module
              ;; rule: constants are added
              (func $sum (result i32) (i32.add (i32.const 1) (i32.const 2))))
            """;
        var filled = GoldenFile.Parse(module).WithActual();
        Assert.Contains(";;> == sum: constants are added\n;;> before\n", filled, StringComparison.Ordinal);
        Assert.Contains("i32.const 3", filled, StringComparison.Ordinal);
        Assert.Equal(filled, GoldenFile.Parse(filled).WithActual());
    }

    /// <summary>On a processor that lacks what a test needs, the expectation of the file stays.</summary>
    [Fact]
    public void WhatTheProcessorLacksIsNotComparedWith()
    {
        const string module =
            """
            ;; test: ir function=f passes=fold needs=teleport

            (module (func $f (result i32) (i32.const 1)))

            ;;> == ir function=f passes=fold needs=teleport
            ;;> kept

            """;
        Assert.Equal(module, GoldenFile.Parse(module).WithActual());
    }

    [Fact]
    public void AWrongExpectationIsFound()
    {
        const string module =
            """
            ;; test: ir function=f passes=fold

            (module (func $f (result i32) (i32.add (i32.const 1) (i32.const 2))))

            """;
        var filled = GoldenFile.Parse(module).WithActual();
        Assert.Contains("i32.const 3", filled, StringComparison.Ordinal);
        Assert.Equal(filled, GoldenFile.Parse(filled).WithActual());
        var wrong = filled.Replace("i32.const 3", "i32.const 4", StringComparison.Ordinal);
        Assert.NotEqual(wrong, GoldenFile.Parse(wrong).WithActual());
    }
}
