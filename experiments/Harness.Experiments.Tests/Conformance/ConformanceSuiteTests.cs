using Harness.Dart;
using Harness.Experiments.Conformance;

namespace Harness.Experiments.Tests.Conformance;

/// <summary>Tests of Dart's conformance suite are found, run, and counted by directory.</summary>
public sealed class ConformanceSuiteTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ResultsAreCountedByDirectory()
    {
        _folder.Write("numbers/add_t01.dart", "main() {\n  if (1 + 1 != 2) throw 'wrong';\n}\n");
        _folder.Write("numbers/add_t02.dart", "main() {\n  throw 'as it is written';\n}\n");
        _folder.Write("numbers/add_t03.dart", "main() {\n  int x = 'text'; // [cfe] of another type\n  print(x);\n}\n");
        _folder.Write("numbers/add_t04.dart", "main() {\n  print(1); // [cfe] nothing that a compiler would see\n}\n");
        _folder.Write("numbers/add_part_t05.dart", "part of 'add_t01.dart';\n");
        _folder.Write("files/read_t01.dart", "import 'dart:io';\nmain() {\n  print(File('x'));\n}\n");

        var results = Run(new ConformanceSuite(_folder.Path));

        Assert.Equal(
            ["Failed: numbers/add_t02.dart: as it is written", "Not refused: numbers/add_t04.dart", "Unsupported: files/read_t01.dart"],
            results.Select(result => result.Complaint).OfType<string>().Select(text => text.StartsWith("Unsupported", StringComparison.Ordinal) ? text[..text.IndexOf(": " + _folder.Path, StringComparison.Ordinal)] : text).Order(StringComparer.Ordinal));
        var table = new ConformanceTable();
        foreach (var result in results)
        {
            table.Count(result);
        }

        var rows = table.Create().Rows;
        Assert.Equal(["files", 0, 0, double.NaN, 0, 0, double.NaN, 0, 1, "1: The library 'dart:io' is not supported."], rows[0]);
        Assert.Equal(["numbers", 1, 1, 0.5, 1, 1, 0.5, 0, 0, ""], rows[1]);
        Assert.Equal(["all", 1, 1, 0.5, 1, 1, 0.5, 0, 1, "1: The library 'dart:io' is not supported."], rows[2]);
    }

    [Theory]
    [InlineData(2, 1, "t01 t03 t05")]
    [InlineData(2, 2, "t02 t04")]
    [InlineData(1, 4, "t04 t05")]
    public void ASampleTakesSomeOfADirectory(int every, int from, string expected)
    {
        for (var i = 1; i <= 5; i++)
        {
            _folder.Write($"some/test_t0{i}.dart", "main() {}\n");
        }

        var results = Run(new ConformanceSuite(_folder.Path, every: every, from: from));

        Assert.Equal(expected, string.Join(' ', results.Select(result => result.Test[^8..^5]).Order(StringComparer.Ordinal)));
        Assert.All(results, result => Assert.True(result.IsRight, result.Complaint));
    }

    [Fact]
    public void ATestThatDoesNotEndIsInterrupted()
    {
        _folder.Write("some/test_t01.dart", "main() {\n  while (true) {}\n}\n");

        Assert.Equal(DartOutcome.Failed, Assert.Single(Run(new ConformanceSuite(_folder.Path, timeout: 1))).Outcome);
    }

    [Fact]
    public void AFolderWithoutTestsIsAMistake()
    {
        _folder.Write("some/test_t01.dart", "main() {}\n");

        Assert.Contains("there is no folder", Assert.Throws<HarnessException>(() => new ConformanceSuite(_folder.File("none"))).Message, StringComparison.Ordinal);
        Assert.Contains("whose path has 'other'", Assert.Throws<HarnessException>(() => new ConformanceSuite(_folder.Path, "other")).Message, StringComparison.Ordinal);
        Assert.Contains("from number 2 on", Assert.Throws<HarnessException>(() => new ConformanceSuite(_folder.Path, from: 2)).Message, StringComparison.Ordinal);
    }

    private static List<ConformanceResult> Run(ConformanceSuite suite)
    {
        var results = new List<ConformanceResult>();
        suite.Run(DartOptions.Default, node: null, jobs: 2, results.Add);
        return results;
    }
}
