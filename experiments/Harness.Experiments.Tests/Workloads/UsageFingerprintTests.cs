using Harness.Experiments.Engines;
using Harness.Experiments.Results;
using Harness.Experiments.Sweeps;
using Harness.Experiments.Tests.Sweeps;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Tests.Workloads;

/// <summary>What counts as another program although its module is the same: how it is run, and what its scripts name.</summary>
public sealed class UsageFingerprintTests : IDisposable
{
    private const string Manifest = "- {name: a, host: javascript, driver: ./driver.mjs, scripts: [a.js], arguments: [one]}";

    private const string GivenManifest = "- {name: a, file: a.wasm, host: wasi, stdin: words.txt, environment: {NAME: value}, inputs: {data: tree, in.txt: in.txt}}";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void FilesThatScriptsImportCountAndOthersDoNot()
    {
        WriteScripts();
        var before = Fingerprint(Manifest);
        Assert.Equal(16, before.Length);
        _folder.Write("other.mjs", "export const other = 2;");
        Assert.Equal(before, Fingerprint(Manifest));
        foreach (var (file, text) in new Dictionary<string, string>
        {
            ["lib/b.mjs"] = "export * from '../driver.mjs'; export const b = 2;",
            ["data.bin"] = "other bytes",
            ["lazy.js"] = "other",
        })
        {
            _folder.Write(file, text);
            var after = Fingerprint(Manifest);
            Assert.NotEqual(before, after);
            before = after;
        }
    }

    [Fact]
    public void ScriptsThatImportEachOtherAreFoundOnce()
    {
        WriteScripts();
        Assert.Equal(
            ["a.js", "data.bin", "driver.mjs", "lazy.js", "lib/a.mjs", "lib/b.mjs"],
            ScriptFiles.Of([_folder.File("driver.mjs"), _folder.File("a.js")]).Select(path => Path.GetRelativePath(_folder.Path, path)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("arguments: [one]", "arguments: [two]")]
    [InlineData("arguments: [one]", "arguments: [one], iterations: 2")]
    [InlineData("metric: {pattern: '(?<name>x) (?<value>y)', unit: us, names: [x]}", "metric: {pattern: '(?<name>x) (?<value>y)', unit: ms, names: [x]}")]
    public void HowAProgramIsRunCounts(string usage, string other)
    {
        WriteScripts();
        Assert.NotEqual(FingerprintOf(usage), FingerprintOf(other));

        string FingerprintOf(string words) => Fingerprint(Manifest.Replace("arguments: [one]", words, StringComparison.Ordinal));
    }

    /// <summary>Results of a command are not continued where it would be given something else.</summary>
    [Theory]
    [InlineData("stdin: words.txt", "stdin: in.txt")]
    [InlineData("environment: {NAME: value}", "environment: {NAME: other}")]
    [InlineData("environment: {NAME: value}", "environment: {OTHER: value}")]
    [InlineData("inputs: {data: tree, in.txt: in.txt}", "inputs: {data: tree, other.txt: in.txt}")]
    public void WhatACommandIsGivenCounts(string given, string other)
    {
        WriteGiven();
        Assert.NotEqual(Fingerprint(GivenManifest), Fingerprint(GivenManifest.Replace(given, other, StringComparison.Ordinal)));
    }

    /// <summary>What is in files is a part of what a program is made of.</summary>
    [Fact]
    public void EachFileThatACommandIsGivenCounts()
    {
        WriteGiven();
        var known = new HashSet<string> { Content() };
        foreach (var change in (Action[])
        [
            () => _folder.Write("words.txt", "other words"),
            () => _folder.Write("in.txt", "other content"),
            () => _folder.Write("tree/sub/deep.txt", "deeper"),
            () => File.Move(_folder.File("tree/sub/deep.txt"), _folder.File("tree/sub/moved.txt")),
            () => Directory.CreateDirectory(_folder.File("tree/empty")),
            () => File.CreateSymbolicLink(_folder.File("tree/link"), "sub"),
            () => _folder.Write("tree/one", "1"),
        ])
        {
            change();
            Assert.True(known.Add(Content()));
        }

        // The same bytes in another file are something else.
        _folder.Write("tree/one", "");
        _folder.Write("tree/two", "1");
        Assert.True(known.Add(Content()));

        string Content() => PreparedProgram.Prepare(ProgramManifest.Read(_folder.Write("programs.yaml", GivenManifest), "suite", _folder.Path)[0]).Fingerprint;
    }

    [Fact]
    public void TheFolderOfAProgramDoesNotCount()
    {
        WriteScripts();
        using var elsewhere = new TemporaryFolder();
        foreach (var file in Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories))
        {
            elsewhere.Write(Path.GetRelativePath(_folder.Path, file), File.ReadAllText(file));
        }

        Assert.Equal(Fingerprint(Manifest), PreparedProgram.Prepare(ProgramManifest.Read(elsewhere.Write("programs.yaml", Manifest), "suite", elsewhere.Path)[0]).UsageFingerprint);
    }

    [Fact]
    public void ASweepWhoseProgramIsCalledWithOtherArgumentsHasChanged()
    {
        var sweep = TestSweeps.Read("engines: [ours]\nworkloads: [two-targets]\nconfigurations: [{name: plain}]\nrepetitions: 1");
        var other = sweep with { Programs = [.. sweep.Programs.Select(program => program with { Timed = program.WarmUp })] };
        Assert.NotEqual(sweep.Programs[0].Timed, other.Programs[0].Timed);
        var before = new Provenance
        {
            Sweep = "test",
            Seed = 1,
            Repetitions = 1,
            Machine = new MachineDescription("none", 2, 4, "none", "none", "none"),
            Engines = [],
            Fingerprints = new Dictionary<string, string>(new SweepFingerprints(new PreparedSweep(sweep)).Parts),
            Knobs = [],
            Runs = [],
        };
        var row = new Measurement { Engine = "ours", Configuration = "plain", Workload = "two-targets", Repetition = 1, ExecuteMs = 1 };
        Assert.Empty(new SweepFingerprints(new PreparedSweep(sweep)).ChangedSince(before, [row]));
        Assert.Equal(["arguments and scripts of workload two-targets"], new SweepFingerprints(new PreparedSweep(other)).ChangedSince(before, [row]));
    }

    private void WriteGiven()
    {
        _folder.Write("a.wasm", "");
        _folder.Write("words.txt", "words");
        _folder.Write("in.txt", "content");
        _folder.Write("tree/sub/deep.txt", "deep");
    }

    /// <summary>Two scripts in a circle, a file that is read, one that is imported late, and one that nobody names.</summary>
    private void WriteScripts()
    {
        _folder.Write("driver.mjs", """
            import {
              a,
            } from "./lib/a.mjs";
            import 'node:fs';
            const data = new URL('./data.bin', import.meta.url);
            export const load = () => import(`./lazy.js`);
            """);
        _folder.Write("lib/a.mjs", "export { b as a } from './b.mjs'; import './absent.mjs';");
        _folder.Write("lib/b.mjs", "export * from '../driver.mjs'; export const b = 1;");
        _folder.Write("data.bin", "bytes");
        _folder.Write("lazy.js", "late");
        _folder.Write("a.js", "var a;");
        _folder.Write("other.mjs", "export const other = 1;");
    }

    private string Fingerprint(string manifest) => PreparedProgram.Prepare(ProgramManifest.Read(_folder.Write("programs.yaml", manifest), "suite", _folder.Path)[0]).UsageFingerprint;
}
