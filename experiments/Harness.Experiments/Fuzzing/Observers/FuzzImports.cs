using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Experiments.Fuzzing.Observers;

/// <summary>
/// What programs import, Binaryen's and others: functions that write to a log, which is observed, and that throw; the counterpart of
/// <c>observe.mjs</c>.
/// </summary>
internal sealed class FuzzImports
{
    public const string Support = "fuzzing-support";

    /// <summary>Notes its arguments.</summary>
    public const string Log = "log";

    /// <summary>Notes its arguments and gives back the second one.</summary>
    public const string PassOn = "sleep";

    /// <summary>Throws an exception that tells a number, by <see cref="NumberTag"/>.</summary>
    public const string Throw = "throw";

    /// <summary>The tag of exceptions with an i32.</summary>
    public const string NumberTag = "wasmtag";

    private readonly List<string> _log = [];

    /// <summary>Takes what was written since the last call.</summary>
    public string TakeLog()
    {
        var text = string.Concat(_log.Select(line => " " + line));
        _log.Clear();
        return text;
    }

    /// <summary>Makes the imports of a module; programs that import nothing get nothing.</summary>
    public Imports Create(Store store, WasmModule module)
    {
        var imports = new Imports();
        var tags = new Dictionary<string, Tag>
        {
            [NumberTag] = NewTag(store, Engine.Modules.ValueType.I32),
            ["jstag"] = NewTag(store, Engine.Modules.ValueType.ExternRef),
        };
        foreach (var import in module.Imports.Where(import => import.ModuleName != StringBuiltins.ModuleName))
        {
            switch (import.Kind)
            {
                case ExternalKind.Function:
                    imports.Define(import.ModuleName, import.Name, Function(import, module.Functions[import.Index].Type, tags));
                    break;
                case ExternalKind.Tag:
                    tags[import.Name] = new Tag(store, module.Tags[import.Index].Type);
                    imports.Define(import.ModuleName, import.Name, tags[import.Name]);
                    break;
                case ExternalKind.Global:
                    var type = module.Globals[import.Index].Type;
                    imports.Define(import.ModuleName, import.Name, new Global(store, type, GlobalValue(type.Type)));
                    break;
                case ExternalKind.Table:
                    var table = module.Tables[import.Index].Type;
                    imports.Define(import.ModuleName, import.Name, new Table(store, table, WasmValue.Null(table.ElementType.HeapType)));
                    break;
                case ExternalKind.Memory:
                    imports.Define(import.ModuleName, import.Name, new Memory(store, module.Memories[import.Index].Type));
                    break;
            }
        }

        return imports;
    }

    private HostCallback Function(Import import, FunctionType type, Dictionary<string, Tag> tags) => (_, arguments, results) =>
    {
        if (import.ModuleName == Support && import.Name == Throw)
        {
            ThrowNumber(arguments[0].AsI32(), tags);
        }

        var values = arguments.ToArray().Select(value => Observation.Of(value));
        _log.Add($"{import.Name}({string.Join(',', values)})");
        if (results.Length > 0)
        {
            results[0] = import.Name == PassOn ? arguments[1] : Zero(type.Results[0]);
        }
    };

    private static Tag NewTag(Store store, Engine.Modules.ValueType value)
    {
        var type = FunctionType.Of([value], []);
        return new Tag(store, new TagType(TypeRegistry.CanonicalId(type), type));
    }

    /// <summary>An object of the host where the type allows one.</summary>
    private static WasmValue GlobalValue(Engine.Modules.ValueType type) =>
        type.HeapType == HeapType.Abstract(AbstractHeapType.Extern) ? WasmValue.FromExtern(new object())
        : type.HeapType == HeapType.Abstract(AbstractHeapType.Any) ? WasmValue.FromExtern(new object()).AnyConvertExtern()
        : Zero(type);

    private static WasmValue Zero(Engine.Modules.ValueType type) =>
        type.IsReference ? WasmValue.Null(type.HeapType) : WasmValue.FromBits(type.Kind, 0);

    private static void ThrowNumber(int which, Dictionary<string, Tag> tags)
    {
        if (which == 0)
        {
            throw new WasmException(tags["jstag"], WasmValue.FromExtern(null));
        }

        throw new WasmException(tags[NumberTag], WasmValue.FromI32(which));
    }
}
