using System.Text;
using Harness.Engine.Configuration;
using Harness.Engine.Diagnostics.Wast;
using Harness.Engine.Modules.Text;

namespace Harness.Engine.Tests.Diagnostics.Wast;

public class WastRunnerTests
{
    private static readonly string ScriptFolder = Path.Combine(AppContext.BaseDirectory, "Scripts");

    public static TheoryData<string, string> Runs
    {
        get
        {
            var runs = new TheoryData<string, string>();
            foreach (var path in Directory.GetFiles(ScriptFolder, "*.wast"))
            {
                foreach (var configuration in WastConfigurations.All.Keys)
                {
                    runs.Add(Path.GetFileName(path), configuration);
                }
            }

            return runs;
        }
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void ScriptsHoldInEveryConfiguration(string script, string configuration)
    {
        var path = Path.Combine(ScriptFolder, script);
        var assertions = WastScript.Parse(File.ReadAllBytes(path)).Commands.Sum(Assertions);
        var result = WastRunner.Run(path, WastConfigurations.All[configuration]);
        Assert.Empty(result.Failures);
        Assert.Empty(result.Unsupported);
        Assert.Equal(assertions, result.Passed);
        Assert.Equal(0, result.Statistics!.FailedCompilations);
    }

    [Fact]
    public void ConfigurationsReachWhatTheyAreFor()
    {
        var path = Path.Combine(ScriptFolder, "calls.wast");
        var baseline = WastRunner.Run(path, WastConfigurations.All["baseline only"]).Statistics!;
        Assert.Equal(0, baseline.OptimizedFunctions);

        var eager = WastRunner.Run(path, WastConfigurations.All["eager"]).Statistics!;
        Assert.InRange(eager.OptimizedFunctions, 10, int.MaxValue);
        Assert.Equal(0, eager.BaselineFunctions);

        var early = WastRunner.Run(path, WastConfigurations.All["early tier-up"]).Statistics!;
        Assert.InRange(early.OptimizedFunctions, 5, int.MaxValue);
        Assert.InRange(early.Deopts, 1, int.MaxValue);

        var stressed = WastRunner.Run(path, WastConfigurations.All["early tier-up, failing guards"]).Statistics!;
        Assert.InRange(stressed.StressDeopts, 5, int.MaxValue);

        var withoutDeopt = WastRunner.Run(path, WastConfigurations.All["early tier-up, no deopts"]).Statistics!;
        Assert.Equal(0, withoutDeopt.Deopts + withoutDeopt.StressDeopts);
    }

    [Fact]
    public void WhatDoesNotHoldIsReportedWithItsLine()
    {
        var result = Run(
            """
            (module
              (func (export "one") (result i32) (i32.const 1))
              (func (export "trap") (unreachable)))
            (assert_return (invoke "one") (i32.const 1))
            (assert_return (invoke "one") (i32.const 2))
            (assert_trap (invoke "one") "unreachable")
            (assert_trap (invoke "trap") "integer overflow")
            (assert_return (invoke "trap"))
            (invoke "trap")
            (assert_invalid (module) "type mismatch")
            (assert_malformed (module quote "(func (result i32))") "unexpected token")
            (assert_unlinkable (module) "unknown import")
            (assert_return (invoke $nobody "one"))
            (assert_trap (invoke "trap") "unreachable")
            """);
        Assert.Equal(2, result.Passed);
        Assert.Empty(result.Unsupported);
        Assert.Equal([5, 6, 7, 8, 9, 10, 11, 12, 13], result.Failures.Select(failure => failure.Line));
        Assert.Equal("test.wast:5: expected (i32.const 2), got (i32.const 1)", result.Failures[0].ToString());
        Assert.Equal("expected the trap 'unreachable', but nothing trapped", result.Failures[1].Message);
        Assert.Equal("expected the trap 'integer overflow', got 'unreachable'", result.Failures[2].Message);
    }

    [Fact]
    public void AModuleThatFailsTakesOnlyItsOwnActionsAlong()
    {
        var result = Run(
            """
            (module $bad (func (result i32)))
            (assert_return (invoke "f"))
            (module $good (func (export "f")))
            (assert_return (invoke "f"))
            (assert_return (invoke $bad "f"))
            """);
        Assert.Equal(1, result.Passed);
        Assert.Equal([1, 2, 5], result.Failures.Select(failure => failure.Line));
        Assert.StartsWith("the module at line 1 is missing", result.Failures[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatNeedsSharedTablesIsUnsupportedRatherThanFailed()
    {
        var result = Run(
            """
            (module binary "\00asm\01\00\00\00\04\05\01\70\03\01\02")
            (assert_return (invoke "f") (i32.const 0))
            (invoke "f")
            """);
        Assert.Equal(0, result.Passed);
        Assert.Empty(result.Failures);
        Assert.Equal([1, 2, 3], result.Unsupported.Select(incident => incident.Line));
    }

    [Fact]
    public void WhatGoesWrongInAThreadIsReportedWhenItHasEnded()
    {
        var result = Run(
            """
            (module $shared (memory (export "memory") 1 1 shared) (func (export "f")))
            (thread $t (shared (module $shared))
              (register "m" $shared)
              (module (import "m" "memory" (memory 1 1 shared)) (func (export "size") (result i32) (memory.size)))
              (assert_return (invoke "size") (i32.const 1))
              (assert_return (invoke "size") (i32.const 2))
              (assert_unlinkable (module (import "m" "f" (func))) "unknown import")
              (assert_return (invoke $shared "f"))
              (thread (assert_return (invoke "size") (i32.const 3))))
            (wait $t)
            (wait $t)
            (thread $u (shared (module $nobody)))
            """);
        Assert.Equal(2, result.Passed);
        Assert.Equal([6, 8, 9, 11, 12], result.Failures.Select(failure => failure.Line));
        Assert.Equal("no thread t is running", result.Failures[3].Message);
    }

    [Fact]
    public void ThreadsAreNotNestedWithoutEnd()
    {
        var text = new StringBuilder().Insert(0, "(thread ", 100_000).ToString();
        Assert.Contains("more than 16 threads are nested", Assert.Single(Run(text).Failures).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AlternativesAreNotNestedWithoutEnd()
    {
        var text = new StringBuilder().Insert(0, "(either ", 100_000).Insert(0, "(module (func (export \"f\"))) (assert_return (invoke \"f\") ").ToString();
        Assert.Contains("more than 16 alternatives are nested", Assert.Single(Run(text).Failures).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AMalformedScriptIsOneFailure()
    {
        var failure = Assert.Single(Run("(module)\n(assert_something)").Failures);
        Assert.Equal("test.wast:2: 2:2: unknown operator assert_something", failure.ToString());
    }

    private static WastResult Run(string text) =>
        WastRunner.Run("test.wast", Encoding.UTF8.GetBytes(text), EngineOptions.Default);

    /// <summary>How many assertions a command is or, of a thread, contains.</summary>
    private static int Assertions(WastCommand command) => command is WastCommand.Thread thread
        ? thread.Commands.Sum(Assertions)
        : command.GetType().Name.StartsWith("Assert", StringComparison.Ordinal) ? 1 : 0;
}
