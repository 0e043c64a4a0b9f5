using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Dart.Tests;

/// <summary>What modules say of their branches if they are asked to: that ways which only fail are unlikely.</summary>
public sealed class ModuleHintTests
{
    private const byte If = (byte)Opcode.If;

    private const string Source = """
        int check(int x) {
          if (x > 100) throw 'too large';
          return x;
        }
        int other(int x) { if (x > 3) { return 1; } return x; }
        void main() {
          final list = <int>[1, 2, 3];
          var sum = 0;
          for (var i = 0; i < 3; i++) { sum += list[i] + check(i) + other(i); }
          print(sum);
          try { check(101); } catch (e) { print(e); }
          try { list[3]; } on RangeError { print('range'); }
        }
        """;

    [Fact]
    public void NothingIsSaidUnlessTheKnobSaysSo()
    {
        Assert.False(DartOptions.Default.BranchHints);
        Assert.True(Compile(DartOptions.Default).BranchHints.IsEmpty);
    }

    /// <summary>Every hint is at an <c>if</c>, and the function that throws has one: its condition is unlikely. One that only returns has none.</summary>
    [Fact]
    public void AWayThatThrowsIsUnlikely()
    {
        var module = Compile(DartOptions.Default with { BranchHints = true });
        Assert.False(Assert.Single(HintsOf(module, "check")));
        Assert.Empty(HintsOf(module, "other"));
        Assert.True(module.Functions.Sum(function => HintsOf(module, function).Count) > 10);
    }

    /// <summary>The rest of the module is the same, and so is what it prints, in optimized code as well.</summary>
    [Fact]
    public void NothingElseChanges()
    {
        var plain = Compile(DartOptions.Default);
        var hinted = Compile(DartOptions.Default with { BranchHints = true });
        Assert.Equal(
            plain.Functions.Select(function => Convert.ToHexString(plain.Bytes[function.BodyStart..function.BodyEnd])),
            hinted.Functions.Select(function => Convert.ToHexString(hinted.Bytes[function.BodyStart..function.BodyEnd])));
        foreach (var engine in (EngineOptions[])[EngineOptions.Default, EngineOptions.Default with { TierUp = TierUpMode.Eager }])
        {
            Assert.Equal((0, "12\ntoo large\nrange\n"), Run(hinted, engine));
        }
    }

    private static List<bool> HintsOf(WasmModule module, string function) =>
        HintsOf(module, module.Functions.Single(candidate => candidate.ToString() == function));

    /// <summary>What is said of a function's bytes that are those of an <c>if</c>; nothing may be said of others.</summary>
    private static List<bool> HintsOf(WasmModule module, FunctionInfo function)
    {
        var hints = new List<bool>();
        for (var offset = function.BodyStart; offset < function.BodyEnd; offset++)
        {
            if (module.BranchHints.Find(function, offset) is not { } isLikely)
            {
                continue;
            }

            Assert.Equal(If, module.Bytes[offset]);
            hints.Add(isLikely);
        }

        return hints;
    }

    private static WasmModule Compile(DartOptions options)
    {
        var file = Path.Combine(Path.GetTempPath(), $"harness-hints-{Guid.NewGuid():N}.dart");
        File.WriteAllText(file, Source);
        try
        {
            return WasmModule.Decode(DartCompiler.Compile(file, options));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static (int Code, string Output) Run(WasmModule module, EngineOptions options)
    {
        var output = new StringWriter();
        var code = ExecutionThread.Run(options, () =>
        {
            using var store = new Store(options);
            return new DartHost(output).Run(store, module);
        });
        return (code, output.ToString());
    }
}
