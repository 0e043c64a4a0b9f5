using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;
using Harness.Experiments.Engines;
using Harness.Experiments.Hosting;

namespace Harness.Experiments.Tests.Hosting;

/// <summary>What programs without results hand to their host tells whether they computed the same.</summary>
public sealed class J2clHostTests : IDisposable
{
    /// <summary>Hands over numbers of all kinds, among them NaNs that JavaScript cannot tell apart, strings and null, and writes fields and elements.</summary>
    private const string Program = """
        (module
          (type $point (struct (field (mut f32)) (field (mut f64)) (field (mut i64))))
          (type $bytes (array (mut i8)))
          (import "'" "näher" (global $text (ref extern)))
          (import "imports" "performance.now" (func $now (result f64)))
          (import "imports" "Math.sin" (func $sin (param f64) (result f64)))
          (import "imports" "string.indexOf$2" (func $index (param externref externref i32) (result i32)))
          (import "imports" "Error" (func $error (param externref) (result externref)))
          (import "imports" "set goog.global.__benchmarking_result" (func $result (param externref)))
          (func (export "runFixedCount") (param $count i32) (local $point (ref null $point)) (local $bytes (ref null $bytes))
            (local.set $point (struct.new $point (f32.const 0.1) (f64.const -0.0) (i64.const -5000000000)))
            (local.set $bytes (array.new $bytes (i32.const -1) (local.get $count)))
            (struct.set $point 1 (local.get $point) (call $sin (f64.promote_f32 (struct.get $point 0 (local.get $point)))))
            (drop (call $sin (struct.get $point 1 (local.get $point))))
            (drop (call $sin (f64.reinterpret_i64 (i64.const 0x7ff0000000000001))))
            (drop (call $sin (call $now)))
            (struct.set $point 2 (local.get $point) (i64.const 0x123456789abcdef))
            (drop (struct.get $point 2 (local.get $point)))
            (array.set $bytes (local.get $bytes) (i32.const 1) (i32.const 300))
            (drop (call $index (global.get $text) (global.get $text) (array.get_s $bytes (local.get $bytes) (i32.const 0))))
            (call $result (call $error (ref.null extern)))
            (call $result (ref.null extern))
            (call $result (global.get $text))))
        """;

    private readonly TemporaryFolder _folder = new();

    public J2clHostTests() => File.WriteAllBytes(_folder.File("program.wasm"), WatAssembler.Assemble(Program));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", "^10 calls of the host, digest [0-9a-f]{16}$")]
    [InlineData("--trace", "^[0-9]{2} calls of the host, digest [0-9a-f]{16}$")]
    public void BothEnginesGiveTheSameDigest(string option, string pattern)
    {
        // Installed here, for the command says so when it has to do it.
        _ = NodeInstallation.NodePath;
        _ = NodeInstallation.WasmOptPath;
        _folder.Write("programs.yaml", $"[{{name: program, file: program.wasm, host: j2cl, check: {{pattern: '{pattern}'}}}}]");
        string[] arguments = ["check", "--suite", $"test={_folder.Path}", "--engine", "both", .. option.Length > 0 ? (string[])[option] : []];
        Assert.Equal(new ToolOutput(0, "right  test/program\n1 right, 0 wrong, 0 absent\n", ""), HarnessProcess.Run(arguments));
    }

    [Fact]
    public void TheDigestTellsCallsApart()
    {
        var text = WasmValue.FromExtern("text");
        (string Function, WasmValue[] Arguments)[][] traces =
        [
            [],
            [("f", [])],
            [("g", [])],
            [("f", []), ("g", [])],
            [("g", []), ("f", [])],
            [("f", [0.0])],
            [("f", [-0.0])],
            [("f", [1.0])],
            [("f", [Math.BitIncrement(1.0)])],
            [("f", [double.NaN])],
            [("f", [1.0, 2.0])],
            [("f", [2.0, 1.0])],
            [("f", [1.0]), ("f", [2.0])],
            [("f", [text])],
            [("f", [WasmValue.FromExtern("test")])],
            [("f", [WasmValue.FromExtern(null)])],
            [("f", [WasmValue.FromExtern(new object())])],
        ];
        Assert.Equal(traces.Length, traces.Select(Digest).Distinct().Count());
        Assert.Equal(Digest([("f", [1, float.NaN])]), Digest([("f", [1.0, -double.NaN])]));

        static string Digest((string Function, WasmValue[] Arguments)[] trace)
        {
            var digest = new CallDigest();
            foreach (var (function, arguments) in trace)
            {
                digest.Add(CallDigest.Identify(function), arguments);
            }

            return digest.ToString();
        }
    }
}
