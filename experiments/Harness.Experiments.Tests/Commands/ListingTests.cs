using System.Text.Json;
using Harness.Engine.Configuration;
using Harness.Experiments.Engines;

namespace Harness.Experiments.Tests.Commands;

/// <summary>What there is to measure, by which engines and with which knobs, is listed for programs, too.</summary>
public sealed class ListingTests
{
    [Fact]
    public void AnEngineHasAVersionOrSaysWhatIsMissing()
    {
        var (exitCode, output, _) = HarnessProcess.Run("engines", "--json");
        Assert.Equal(0, exitCode);
        using var document = JsonDocument.Parse(output);
        List<JsonElement> engines = [.. document.RootElement.EnumerateArray()];
        Assert.Equal(EngineCatalog.Names, engines.Select(engine => engine.GetProperty("engine").GetString()));
        Assert.All(engines, engine => Assert.NotEqual(engine.GetProperty("version").ValueKind == JsonValueKind.Null, engine.GetProperty("missing").ValueKind == JsonValueKind.Null));
        Assert.All(engines, engine => Assert.Equal(engine.GetProperty("missing").ValueKind, engine.GetProperty("installed_by").ValueKind));
    }

    [Fact]
    public void ProgramsHaveARowEach()
    {
        var (exitCode, output, _) = HarnessProcess.Run("workloads", "two-targets", "recursion", "--csv");
        Assert.Equal(0, exitCode);
        var lines = output.TrimEnd('\n').Split('\n');
        Assert.Equal("program,rows,group,host,iteration,licence,description", lines[0]);
        Assert.Equal(["recursion", "two-targets"], lines[1..].Select(line => line.Split(',')[0]).Order(StringComparer.Ordinal));
        Assert.StartsWith("| program | rows |", HarnessProcess.Run("workloads", "two-targets", "--markdown").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void KnobsHaveARowEach()
    {
        var (exitCode, output, _) = HarnessProcess.Run("knobs", "ours", "--csv");
        Assert.Equal(0, exitCode);
        var lines = output.TrimEnd('\n').Split('\n');
        Assert.Equal("knob,type,range,default,meaning,unit,v8_flag", lines[0]);
        Assert.Equal(KnobRegistry.All.Select(knob => knob.Name), lines[1..].Select(line => line.Split(',')[0]));
    }
}
