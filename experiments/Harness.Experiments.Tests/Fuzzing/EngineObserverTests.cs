using Harness.Engine.Modules.Text;
using Harness.Experiments.Fuzzing.Observers;
using Harness.Experiments.Fuzzing.Programs;

namespace Harness.Experiments.Tests.Fuzzing;

public class EngineObserverTests
{
    [Theory]
    [InlineData("unreachable", "start trap:unreachable")]
    [InlineData("(throw $e)", "start trap:exception")]
    public void AStartFunctionThatFailsIsAllThatIsObserved(string body, string observation) =>
        Assert.Equal([observation], Observe($"(module (tag $e) (func $start {body}) (start $start) (func (export \"run\")))"));

    [Fact]
    public void EveryCallIsObserved() =>
        Assert.Equal(
            ["", "trap:divide-by-zero"],
            Observe(
                """
                (module
                  (func (export "run"))
                  (func (export "trap") (drop (i32.div_u (i32.const 1) (i32.const 0)))))
                """,
                "run",
                "trap"));

    private static IReadOnlyList<string> Observe(string text, params string[] exports) => EngineObserver.Observe(
        new ObserverRequest(
            WatAssembler.Assemble(text),
            [.. exports.Select(name => new ProgramCall(name, null))],
            new Dictionary<string, string>()));
}
