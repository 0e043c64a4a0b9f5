using Harness.Engine.Modules;
using Harness.Experiments.Engines;
using Harness.Experiments.Fuzzing.Programs;

namespace Harness.Experiments.Fuzzing;

/// <summary>
/// A program that <c>wasm-opt --translate-to-fuzz</c> makes of random bytes. It runs every export without parameters, among which are the
/// invokers that call the others.
/// </summary>
internal sealed class BinaryenProgram : IFuzzProgram
{
    /// <summary>What neither this engine nor its fuzzing needs.</summary>
    private static readonly string[] Disabled =
    [
        "simd", "relaxed-simd", "strings", "threads", "shared-everything", "custom-descriptors", "stack-switching", "compact-imports", "fp16",
        "wide-arithmetic",
    ];

    private readonly byte[] _module;

    private BinaryenProgram(ulong seed, byte[] module)
    {
        _module = module;
        Seed = seed;
        var decoded = WasmModule.Decode(module);
        Calls =
        [
            .. decoded.Exports
                .Where(export => export.Kind == ExternalKind.Function && CanCall(decoded.Functions[export.Index].Type))
                .Select(export => new ProgramCall(export.Name, null)),
        ];
    }

    public ulong Seed { get; }

    public string Source => FuzzSource.Binaryen;

    public IReadOnlyList<ProgramCall> Calls { get; }

    /// <summary>The program with a seed.</summary>
    /// <param name="node">Path of Node, which runs wasm-opt.</param>
    /// <param name="seed">The seed.</param>
    public static BinaryenProgram Generate(string node, ulong seed)
    {
        var random = new RandomSource(seed);
        var input = new byte[random.Between(200, random.Percent(20) ? 30_000 : 5_000)];
        for (var i = 0; i < input.Length; i++)
        {
            input[i] = (byte)random.Next();
        }

        var folder = Directory.CreateTempSubdirectory("harness-fuzz-");
        try
        {
            var source = Path.Combine(folder.FullName, "input");
            var target = Path.Combine(folder.FullName, "module.wasm");
            File.WriteAllBytes(source, input);
            Translate(node, source, target, random);
            return new BinaryenProgram(seed, File.ReadAllBytes(target));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    public byte[] Encode() => _module;

    /// <summary>JavaScript can have no exception references.</summary>
    private static bool CanCall(FunctionType type) =>
        type.Parameters.IsEmpty && !type.Results.Any(result => result.IsReference && TypeRegistry.TopOf(result.HeapType) == AbstractHeapType.Exn);

    /// <summary>NaNs are made zero, since their bits are not determined; V8 refuses old exception instructions beside new ones; most programs are optimized as well, for other shapes.</summary>
    private static void Translate(string node, string source, string target, RandomSource random)
    {
        string[] arguments =
        [
            source, "-ttf", "--all-features", .. Disabled.Select(feature => "--disable-" + feature),
            .. random.Percent(70) ? (string[])["--fuzz-passes"] : [], "--denan", "--emit-exnref",
        ];
        WasmOpt.Run(node, arguments, target);
    }
}
