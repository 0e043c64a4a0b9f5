using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Experiments.Engines;
using Harness.Hosts;

namespace Harness.Experiments.Hosting;

/// <summary>
/// Benchmarks compiled from Java by J2CL, as JetStream has them: an iteration is five of <c>runFixedCount</c>, all in one instance. Strings
/// are imported, by number, from a custom section; the functions of JavaScript that the programs name are here as far as they
/// call them. The programs give no results, so that what they hand to their host, and when traced all that they compute with, is the result.
/// </summary>
internal sealed class J2clHost(WorkerProgram program, EngineOptions options) : ProgramHost(program, options)
{
    private const int Calls = 5;
    private const string StringSection = "string.consts";

    private CallDigest _digest = new();
    private double _time;
    private int _classNames = 1000;

    public override void Load()
    {
        base.Load();
        var store = OpenStore();
        Instantiate(store, CreateImports(store, Module));
    }

    public override ProgramOutput Iterate()
    {
        _digest = new CallDigest();
        Instance!.GetFunction("runFixedCount").Invoke(Calls);
        return new ProgramOutput { Text = _digest.ToString() };
    }

    private Imports CreateImports(Store store, WasmModule module)
    {
        var imports = HostModules.CreateStringImports();
        var stringType = new GlobalType(Harness.Engine.Modules.ValueType.Reference(AbstractHeapType.Extern, nullable: false), IsMutable: false);
        var strings = CustomSections.Find(module.Bytes, StringSection) is { } section
            ? JsonSerializer.Deserialize<string[]>(Encoding.UTF8.GetString(section))!
            : [];
        for (var i = 0; i < strings.Length; i++)
        {
            imports.Define("string.const", i.ToString(CultureInfo.InvariantCulture), new Global(store, stringType, WasmValue.FromExtern(strings[i])));
        }

        foreach (var import in module.Imports)
        {
            if (import is { ModuleName: "imports" or TracedModule.Imports, Kind: ExternalKind.Function })
            {
                imports.Define(import.ModuleName, import.Name, Bind(import.ModuleName, import.Name));
            }
        }

        // The only tag there is: that of JavaScript's exceptions.
        return module.Tags.IsEmpty ? imports : imports.Define("WebAssembly", "JSTag", new Tag(store, module.Tags[0].Type));
    }

    private HostCallback Bind(string module, string name)
    {
        var identity = CallDigest.Identify(name);
        var isTrace = module == TracedModule.Imports;
        return (_, arguments, results) =>
        {
            _digest.Add(identity, arguments);
            var value = isTrace ? arguments[^1] : Call(name, arguments.ToArray());
            if (results.Length > 0)
            {
                results[0] = value;
            }
        };
    }

    /// <summary>Calls a function of JavaScript by the name that J2CL gives it. Time passes with each question for it, so that every run is the same.</summary>
    private WasmValue Call(string name, WasmValue[] arguments) => name switch
    {
        "performance.now" => ++_time,
        "gc" or "set goog.global.__benchmarking_result" => default,
        "Math.sin" => Math.Sin(arguments[0].AsF64()),
        "Error" => WasmValue.FromExtern(new InvalidOperationException(Text(arguments[0]))),
        "RegExp.constructor$2" => WasmValue.FromExtern(new Regex(Text(arguments[0]), RegexOptions.ECMAScript)),
        "string.indexOf$2" => Text(arguments[0]).IndexOf(Text(arguments[1]), Math.Max(0, arguments[2].AsI32()), StringComparison.Ordinal),
        "string.lastIndexOf$2" => Text(arguments[0]).LastIndexOf(Text(arguments[1]), Math.Max(0, arguments[2].AsI32()), StringComparison.Ordinal),
        "string.replace$2" => WasmValue.FromExtern(Replace(arguments)),
        "Number.prototype.toString.call$1" => WasmValue.FromExtern(arguments[0].ToString()),
        "Number.prototype.toString.call$2" => WasmValue.FromExtern(ToRadix(arguments[0].AsI32(), arguments[1].AsI32())),
        "j2wasm.StringUtils.generateClassName" => WasmValue.FromExtern($"Class$obf_{++_classNames}"),
        "j2wasm.ExceptionUtils.setJavaThrowable" => default,
        _ => throw new ProgramException($"the program calls '{name}', which this host does not have"),
    };

    private static string Text(WasmValue value) => value.AsExtern() as string ?? "null";

    private static string Replace(WasmValue[] arguments) => arguments[1].AsExtern() is Regex pattern
        ? pattern.Replace(Text(arguments[0]), Text(arguments[2]))
        : throw new ProgramException("the program replaces by something that is no regular expression");

    private static string ToRadix(int value, int radix) => radix switch
    {
        10 => value.ToString(CultureInfo.InvariantCulture),
        2 or 8 or 16 when value >= 0 => Convert.ToString(value, radix),
        _ => throw new ProgramException($"the program writes {value} to the base {radix}, which this host cannot"),
    };
}
