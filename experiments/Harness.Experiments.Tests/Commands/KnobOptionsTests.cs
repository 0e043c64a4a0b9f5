using System.CommandLine;
using Harness.Engine.Configuration;
using Harness.Experiments.Commands;

namespace Harness.Experiments.Tests.Commands;

public sealed class KnobOptionsTests
{
    [Fact]
    public void OptionsOfTheirOwnComeBeforeThoseOfAFile()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("winner.yaml", "deopt: off\ninlining.budget: 300\nv8.wasm-opt: off\n");
        var command = new Command("test");
        var knobs = KnobOptions.AddTo(command);
        Assert.Equal(
            new Dictionary<string, string> { ["deopt"] = "on", ["inlining.budget"] = "300" },
            knobs.Read(command.Parse(["--config", file, "--deopt", "on"])));
        Assert.Equal(new Dictionary<string, string> { ["deopt"] = "on" }, knobs.Read(command.Parse(["--deopt", "on"])));
    }

    [Theory]
    [InlineData("--knob deopt=off", "there is no option '--knob': each knob is an option of its own, as in --deopt off ('harness knobs' lists all)")]
    [InlineData("--set=deopt=off", "there is no option '--set': each knob is an option of its own, as in --deopt off ('harness knobs' lists all)")]
    [InlineData("--knobs inlining.budget 3", "there is no option '--knobs': each knob is an option of its own, as in --inlining.budget VALUE ('harness knobs' lists all)")]
    [InlineData("--knob deoptt=off", "there is no option '--knob': each knob is an option of its own, as in --deopt on ('harness knobs' lists all)")]
    [InlineData("--knob", "there is no option '--knob': each knob is an option of its own, as in --osr off ('harness knobs' lists all)")]
    [InlineData("--deoptt off", "unknown knob 'deoptt'; did you mean 'deopt'? ('harness knobs' lists all)")]
    [InlineData("--deoptt=off", "unknown knob 'deoptt'; did you mean 'deopt'? ('harness knobs' lists all)")]
    [InlineData("--deoptt a=b", "unknown knob 'deoptt'; did you mean 'deopt'? ('harness knobs' lists all)")]
    [InlineData("--v8.liftoff off", "knob 'v8.liftoff' is none of this command")]
    public void AnOptionThatIsNoKnobIsExplained(string arguments, string message)
    {
        var command = new Command("test") { new Argument<string[]>("arguments") };
        var knobs = KnobOptions.AddTo(command);
        Assert.Equal(message, Assert.Throws<KnobException>(() => knobs.Read(command.Parse(["1", .. arguments.Split(' ')]))).Message);
    }
}
