using Harness.Engine.Configuration;
using Harness.Engine.Diagnostics;
using Harness.Engine.Modules.Text;
using Harness.Experiments.Commands;
using Harness.Experiments.Explaining;
using Harness.Experiments.Reports.Html;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Tests.Explaining;

public sealed class SourceMapTests : IDisposable
{
    // Offsets 10, 14, 20, 30: the first two in lines 1 and 3 of a.ts, the third nowhere, the last in line 2 of b.ts.
    private const string Map = """{"version": 3, "sources": ["lib/a.ts", "b.ts"], "names": [], "sourcesContent": ["first\n\n  third  ", null], "mappings": "UAAA,IAEA,M,UCDA"}""";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(9, null)]
    [InlineData(10, "a.ts:1: first")]
    [InlineData(13, "a.ts:1: first")]
    [InlineData(14, "a.ts:3: third")]
    [InlineData(25, null)]
    [InlineData(30, "b.ts:2")]
    [InlineData(1000, "b.ts:2")]
    public void AnInstructionIsInTheLineOfTheMappingBeforeIt(int offset, string? line) => Assert.Equal(line, SourceMap.Parse(Map, _folder.Path).At(offset));

    [Fact]
    public void APlaceHasTheAddressOfItsSource()
    {
        var map = SourceMap.Parse(Map.Replace("b.ts", "dart:core", StringComparison.Ordinal), _folder.Path);
        Assert.Equal(new SourcePlace(new Uri(_folder.File("lib/a.ts")).AbsoluteUri, 3, 1), map.Find(15));
        Assert.Equal(new SourcePlace("dart:core", 2, 1), map.Find(30));
        Assert.Null(map.Find(9));
        Assert.Null(map.Find(25));
    }

    [Fact]
    public void SourcesAreReadBesideTheModuleAndNowhereElse()
    {
        _folder.Write("module/b.ts", "one\ntwo\n");
        Assert.Equal("b.ts:2: two", SourceMap.Parse(Map, _folder.File("module")).At(30));
        _folder.Write("secret.ts", "one\ntwo\n");
        Assert.Equal("secret.ts:2", SourceMap.Parse(Map.Replace("b.ts", "../secret.ts", StringComparison.Ordinal), _folder.File("module")).At(30));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("no json")]
    [InlineData("""{"version": 2, "sources": [], "mappings": ""}""")]
    [InlineData("""{"version": 3, "sources": ["a"], "mappings": "A!"}""")]
    [InlineData("""{"version": 3, "sources": ["a"], "mappings": "g"}""")]
    [InlineData("""{"version": 3, "sources": ["a"], "mappings": "gggggggggA"}""")]
    [InlineData("""{"version": 3, "sources": ["a"], "mappings": "AAAAAA"}""")]
    [InlineData("""{"version": 3, "sources": ["a"], "mappings": "ACAA"}""")]
    [InlineData("""{"version": 3, "sources": ["a"], "mappings": 7}""")]
    public void WhatIsNoMapIsToldInOneLine(string text)
    {
        _folder.Write("module.wasm.map", text);
        var mistake = Assert.Throws<HarnessException>(() => Explain(Module));
        Assert.StartsWith($"{_folder.File("module.wasm.map")} is no source map of revision 3: ", mistake.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', mistake.Message);
    }

    [Fact]
    public void ListingsHaveTheLinesOfTheMapThatTheModuleNames()
    {
        _folder.Write("named.map", """{"version": 3, "sources": ["p.ts"], "sourcesContent": ["return x + 1;"], "mappings": "AAAA"}""");
        var name = "named.map"u8.ToArray();
        byte[] content = [16, .. "sourceMappingURL"u8, (byte)name.Length, .. name];
        var explanation = Explain([.. Module, 0, (byte)content.Length, .. content]);
        var text = new StringWriter();
        ExplanationTextWriter.Write(text, explanation);
        Assert.Contains("  | p.ts:1: return x + 1;", text.ToString(), StringComparison.Ordinal);
        Assert.Contains("p.ts:1: return x + 1;", HtmlFile.ToText(html => ExplanationPage.Write(html, "module.wasm", explanation)), StringComparison.Ordinal);
        Assert.Contains("\"sourceLine\": \"p.ts:1: return x", explanation.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public void ListingsOfProgramsThatTheHarnessCompilesHaveTheirLines()
    {
        var program = ProgramCatalog.Read().Own.Single(candidate => candidate.Name == "dart-queens");
        var explanation = ExplainCommand.ExplainProgram(program with { Timed = program.WarmUp }, 1, new EngineOptions(), new RecorderOptions { Code = true }, new HashSet<string>());
        var lines = explanation.Functions.SelectMany(function => function.Compilations).SelectMany(compilation => compilation.Code).Select(line => line.Source?.SourceLine).OfType<string>().ToList();
        Assert.Contains(lines, line => line.StartsWith("queens.dart:", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("dart:core", StringComparison.Ordinal));
    }

    private static byte[] Module => WatAssembler.Assemble("(module (func (export \"main\") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1))))");

    private Explanation Explain(byte[] module)
    {
        File.WriteAllBytes(_folder.File("module.wasm"), module);
        return ExplainCommand.ExplainModule(_folder.File("module.wasm"), "main", ["1"], 1, new EngineOptions(), new RecorderOptions { Code = true }, new HashSet<string>());
    }
}
