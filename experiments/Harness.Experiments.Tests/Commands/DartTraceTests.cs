using Harness.Engine.Configuration;
using Harness.Experiments.Engines;
using Harness.Experiments.Explaining;
using Harness.Experiments.Hosting;
using Harness.Experiments.Tests.Engines.Shells;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Tests.Commands;

/// <summary>Stack traces of Dart programs, which are the same on this engine and on V8, and source maps beside their modules.</summary>
public sealed class DartTraceTests : IDisposable
{
    private const string Program = """
        import 'dart:async';
        class Box<T> {
          final T value;
          Box(this.value);
          T operator [](int i) => i == 0 ? value : throw RangeError.value(i);
        }
        void deep(int n) {
          if (n == 0) print(StackTrace.current);
          if (n > 0) deep(n - 1);
          if (n % 60 == 1) print(n);
        }
        Future<int> later(int n) async {
          await null;
          return [1, 2][n];
        }
        void main() async {
          deep(3);
          deep(200);
          try { Box('é')[1]; } on Error catch (e, s) { print('$e\n$s${e.stackTrace}'); }
          [3, 1, 2].forEach((x) { try { dynamic y = x; print(y.length); } catch (e, s) { print('$e\n$s'); } });
          try { await later(5); } catch (e, s) { print('$e\n$s'); }
          await later(7);
        }
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TracesAreTheSameOnBothEngines()
    {
        var program = _folder.Write("a b/program.dart", Program);
        var module = _folder.File("a b/program.wasm");
        var here = HarnessProcess.Run("dart", "run", program);
        Assert.Equal(new ToolOutput(0, "", ""), HarnessProcess.Run("dart", "build", program));
        Assert.Equal(255, here.ExitCode);
        Assert.StartsWith($"#0      deep ({new Uri(program).AbsoluteUri}:8:32)\n#1      deep ({new Uri(program).AbsoluteUri}:9:14)\n", here.Output, StringComparison.Ordinal);
        Assert.Contains($" later ({new Uri(program).AbsoluteUri}:14:16)\n", here.Error, StringComparison.Ordinal);
        Assert.Equal(here, RunOnV8(module));

        // Without a map, functions have their indices and offsets.
        File.Delete(module + ".map");
        var unmapped = RunOnV8(module);
        Assert.Equal(255, unmapped.ExitCode);
        Assert.Matches(@"^#0      deep \(wasm-function\[\d+\]:0x[0-9a-f]+\)\n#1      deep \(wasm-function", unmapped.Output);
        Assert.DoesNotContain("(body)", unmapped.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatTrapsIsReportedWithItsStackOnBothEngines()
    {
        var program = _folder.Write("endless.dart", "int f(int n) => f(n + 1) + 1;\nvoid main() {\n  print('on');\n  print(f(0));\n}\n");
        Assert.Equal(0, HarnessProcess.Run("dart", "build", program).ExitCode);
        foreach (var output in (ToolOutput[])[HarnessProcess.Run("dart", "run", program), RunOnV8(_folder.File("endless.wasm"))])
        {
            Assert.Equal((255, "on\n"), (output.ExitCode, output.Output));
            Assert.StartsWith("Unhandled exception:\n", output.Error, StringComparison.Ordinal);
            Assert.Contains($"#9      f ({new Uri(program).AbsoluteUri}:1:17)\n", output.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void AModuleThatIsWrittenToADeviceHasNoMap()
    {
        var program = _folder.Write("program.dart", "void main() {}");
        Assert.Equal(new ToolOutput(0, "", ""), HarnessProcess.Run("dart", "build", program, "-o", "/dev/null"));
        Assert.Equal(["program.dart"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName));
    }

    /// <summary>Nothing is known of where the code is from that wasm-opt has made.</summary>
    [Fact]
    public void AModuleWithoutAMapIsNotGivenThatOfAnEarlierOne()
    {
        var program = _folder.Write("program.dart", "void main() {}");
        Assert.Equal(new ToolOutput(0, "", ""), HarnessProcess.Run("dart", "build", program));
        Assert.True(File.Exists(_folder.File("program.wasm.map")));
        Assert.Equal(0, HarnessProcess.Run("dart", "build", program, "--dart.wasm-opt=-O1").ExitCode);
        Assert.False(File.Exists(_folder.File("program.wasm.map")));
    }

    /// <summary>A program that writes traces in each iteration reads its map in the first.</summary>
    [Fact]
    public void AMapIsReadOnceForAllIterations()
    {
        _folder.Write("traced.dart", "void main() => print(StackTrace.current);");
        var program = ProgramManifest.Read(_folder.Write("programs.yaml", "- {name: traced, source: traced.dart, host: dart, iteration: instance}"), "suite", _folder.Path)[0];
        var (first, second) = ProgramSession.Run(program, EngineOptions.Default, (host, request) =>
        {
            host.Load();
            var text = host.Iterate().Text;
            File.Delete(request.Module + SourceMapFile.Ending);
            return (text, host.Iterate().Text);
        });
        Assert.StartsWith("#0      main (file://", first, StringComparison.Ordinal);
        Assert.Equal(first, second);
    }

    [Fact]
    public void AMapIsReadOnceInJavaScript()
    {
        var map = _folder.Write("traced.wasm.map", """{"version": 3, "sources": ["traced.dart"], "names": [], "mappings": "AAAA"}""");
        Assert.Equal("1:1 1:1", ShellScriptTests.RunInNode($$"""
            const { rmSync } = await import('node:fs');
            const { sourceMapOf } = await import(`${shells}/../../workloads/dart/source-map.mjs`);
            const findMap = sourceMapOf('{{_folder.File("traced.wasm")}}', new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])));
            const place = () => { const { line, column } = findMap()(0); return `${line}:${column}`; };
            const first = place();
            rmSync('{{map}}');
            console.log(`${first} ${place()}`);
            """));
    }

    [Fact]
    public void StacksOfOtherEnginesAreRead() => Assert.Equal(
        "#0      A._f (wasm-function[7]:0x2a)\n#1      main (wasm-function[3]:0x1f)|#0      new A (wasm-function[9]:0x11)\n#1      func[4] (wasm-function[4]:0x12)",
        ShellScriptTests.RunInNode("""
            const { writeStack } = await import(`${shells}/../../workloads/dart/trace.mjs`);
            const v8 = [
              'Error',
              '    at captureStack (file:///host.mjs:1:2)',
              '    at _$corecapture (wasm://wasm/1a2b:wasm-function[5]:0x10)',
              '    at A._f@3 (body) (wasm://wasm/1a2b:wasm-function[7]:0x2a)',
              '    at main (wasm://wasm/1a2b:wasm-function[3]:0x1f)',
              '    at #main (wasm://wasm/1a2b:wasm-function[2]:0x8)',
              '    at file:///run.mjs:8:40',
            ];
            const spiderMonkey = [
              'trace@file:///host.mjs:1:2',
              'new A@file:///run.mjs line 3 > WebAssembly.Module:wasm-function[9]:0x11',
              '@file:///run.mjs line 3 > WebAssembly.Module:wasm-function[4]:0x12',
            ];
            const write = (lines, skipped) => writeStack({ error: { stack: lines.join('\n') }, skipped }, undefined).trim();
            console.log(`${write(v8, 1)}|${write(spiderMonkey, 0)}`);
            """));

    private static ToolOutput RunOnV8(string module) => ToolProcess.Run(NodeInstallation.NodePath, [Path.Combine(ProjectLayout.DartPrograms, "run.mjs"), module]);
}
