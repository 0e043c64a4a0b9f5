using Harness.Engine.Diagnostics.Wast;

namespace Harness.Engine.Tests.Diagnostics.Wast;

/// <summary>
/// Runs the official test suite if the environment variable <c>WASM_SPEC_TESTS</c> names the folder <c>test/core</c> of the
/// specification's repository, which is not part of this project. Otherwise the tests are reported as skipped.
/// </summary>
public class OfficialSuiteTests
{
    public static TheoryData<string> Configurations => new(WastConfigurations.All.Keys);

    [OfficialSuiteTheory]
    [MemberData(nameof(Configurations))]
    public void EveryAssertionOfTheCoreSuiteHolds(string configuration)
    {
        var passed = 0;
        var problems = new List<WastIncident>();
        foreach (var path in Directory.EnumerateFiles(OfficialSuiteTheoryAttribute.Folder!, "*.wast", SearchOption.AllDirectories))
        {
            var result = WastRunner.Run(path, WastConfigurations.All[configuration]);
            passed += result.Passed;
            problems.AddRange(result.Failures);
            problems.AddRange(result.Unsupported);
            if (result.Statistics!.FailedCompilations is > 0 and var failed)
            {
                problems.Add(new WastIncident(path, 1, $"{failed} functions were not optimized"));
            }
        }

        Assert.Empty(problems);
        Assert.True(passed > 55_000, $"only {passed} assertions were found");
    }

    /// <summary>A theory that is skipped where the suite is not at hand.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    private sealed class OfficialSuiteTheoryAttribute : TheoryAttribute
    {
        public OfficialSuiteTheoryAttribute()
        {
            if (Folder is null)
            {
                Skip = "WASM_SPEC_TESTS does not name the folder of the official test suite";
            }
        }

        public static string? Folder => Environment.GetEnvironmentVariable("WASM_SPEC_TESTS");
    }
}
