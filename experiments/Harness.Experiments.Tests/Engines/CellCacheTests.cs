using System.Runtime.Versioning;
using Harness.Experiments.Engines;
using Harness.Experiments.Sweeps;

namespace Harness.Experiments.Tests.Engines;

[SupportedOSPlatform("linux")]
public sealed class CellCacheTests
{
    private const string Knob = "cache.directory";

    private readonly string _name = Guid.NewGuid().ToString();
    private readonly CellCache _caches = new();
    private readonly List<string> _filled = [];

    [Theory]
    [InlineData("filled", true)]
    [InlineData("empty", true)]
    [InlineData("none", false)]
    [InlineData("/some/folder", false)]
    public void ValuesAskForIt(string value, bool isAskedFor) => Assert.Equal(isAskedFor, CellCache.IsAskedFor(new Dictionary<string, string> { [Knob] = value }));

    /// <summary>Whatever the processes before have written and removed.</summary>
    [Fact]
    public void EveryProcessOfACellBeginsWithWhatOneHasFilled()
    {
        for (var i = 0; i < 3; i++)
        {
            var folder = Open(Request("filled"));
            Assert.Equal(["a.code"], Directory.EnumerateFiles(folder).Select(Path.GetFileName));
            Assert.Equal("filled 1", File.ReadAllText(Path.Combine(folder, "a.code")));
            File.Delete(Path.Combine(folder, "a.code"));
            File.WriteAllText(Path.Combine(folder, "b.code"), "b");
        }

        Assert.Single(_filled);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Open(Request("filled"))));
    }

    [Fact]
    public void EveryProcessOfACellBeginsWithNothing()
    {
        for (var i = 0; i < 2; i++)
        {
            var folder = Open(Request("empty"));
            Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
            File.WriteAllText(Path.Combine(folder, "b.code"), "b");
        }

        Assert.Empty(_filled);
    }

    [Fact]
    public void CellsAndOccasionsShareNothing()
    {
        string[] folders = [Open(Request("filled")), Open(Request("empty")), Open(Request("filled", "deopt"))];
        Assert.Equal(3, folders.Distinct().Count());
        Assert.Equal(2, _filled.Distinct().Count());
        Assert.Equal(folders[0], Open(Request("filled") with { Occasion = "search 2" }));
        Assert.Equal(3, _filled.Count);
        Assert.Equal("filled 3", File.ReadAllText(Path.Combine(folders[0], "a.code")));
    }

    [Fact]
    public void WhatCouldNotBeFilledIsAFailureOfTheCellAndTriedAgain()
    {
        var request = Request("filled");
        Assert.Equal("it traps", _caches.Prepare(request, _ => new WorkerReport { Status = WorkerStatus.Trap, Message = "it traps" })!.Message);
        Assert.Null(_caches.Prepare(request, Fill));
        Assert.Single(_filled);
    }

    [Fact]
    public void WhatProcessesHaveLeftThatAreGoneIsRemoved()
    {
        var left = Directory.CreateDirectory(Path.Combine(CellCache.Root, $"{int.MaxValue}-0123456789abcdef")).FullName;
        Open(Request("empty"));
        Assert.False(Directory.Exists(left));
    }

    private string Open(WorkerRequest request)
    {
        Assert.Null(_caches.Prepare(request, Fill));

        // Asked again before it was used, it is as it was.
        Assert.Null(_caches.Prepare(request, Fill));
        return _caches.Take(request).Knobs[Knob];
    }

    private WorkerReport Fill(WorkerRequest request)
    {
        var folder = request.Knobs[Knob];
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
        _filled.Add(folder);
        File.WriteAllText(Path.Combine(folder, "a.code"), $"filled {_filled.Count}");
        return new WorkerReport { Status = WorkerStatus.Ok };
    }

    private WorkerRequest Request(string value, string? further = null) => new()
    {
        Program = new WorkerProgram { Name = _name, Host = "none", Iteration = "call" },
        TimedCalls = 1,
        Settle = new WarmUpRule(1, 0, 1, 1, 0),
        Knobs = further is null ? new Dictionary<string, string> { [Knob] = value } : new Dictionary<string, string> { [Knob] = value, [further] = "off" },
    };
}
