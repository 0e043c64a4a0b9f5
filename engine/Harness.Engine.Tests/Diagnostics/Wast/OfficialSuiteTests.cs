using Harness.Engine.Diagnostics.Wast;

namespace Harness.Engine.Tests.Diagnostics.Wast;

/// <summary>
/// Runs the official test suite if the environment variable <c>WASM_SPEC_TESTS</c> names the folder <c>test/core</c> of the
/// specification's repository, which is not part of this project. Otherwise the tests are reported as skipped.
/// </summary>
public class OfficialSuiteTests
{
    private static readonly string[] ExcludedFolders = ["simd", "relaxed-simd", "gc", "exceptions"];

    /// <summary>Files outside of the excluded folders with modules that need what only those folders test.</summary>
    private static readonly string[] FilesWithUnsupportedCommands =
    [
        "instance.wast", "return_call.wast", "return_call_indirect.wast", "return_call_ref.wast",
        "table_init.wast", "table_init64.wast",
    ];

    public static TheoryData<string> Configurations => new(WastConfigurations.All.Keys);

    [OfficialSuiteTheory]
    [MemberData(nameof(Configurations))]
    public void Every_assertion_of_the_core_suite_holds(string configuration)
    {
        var passed = 0;
        var problems = new List<WastIncident>();
        foreach (var path in Directory.EnumerateFiles(OfficialSuiteTheoryAttribute.Folder!, "*.wast", SearchOption.AllDirectories))
        {
            if (ExcludedFolders.Contains(Path.GetFileName(Path.GetDirectoryName(path)))) continue;
            var result = WastRunner.Run(path, WastConfigurations.All[configuration]);
            passed += result.Passed;
            problems.AddRange(result.Failures);
            if (FilesWithUnsupportedCommands.Contains(Path.GetFileName(path))) continue;
            problems.AddRange(result.Unsupported);
            if (result.Statistics!.FailedCompilations is > 0 and var failed)
                problems.Add(new WastIncident(path, 1, $"{failed} functions were not optimized"));
        }

        Assert.Empty(problems);
        Assert.True(passed > 30_000, $"only {passed} assertions were found");
    }

    /// <summary>A theory that is skipped where the suite is not at hand.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    private sealed class OfficialSuiteTheoryAttribute : TheoryAttribute
    {
        public OfficialSuiteTheoryAttribute()
        {
            if (Folder is null) Skip = "WASM_SPEC_TESTS does not name the folder of the official test suite";
        }

        public static string? Folder => Environment.GetEnvironmentVariable("WASM_SPEC_TESTS");
    }
}
