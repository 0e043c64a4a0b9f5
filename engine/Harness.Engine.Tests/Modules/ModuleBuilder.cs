using Harness.Engine.Modules;

namespace Harness.Engine.Tests.Modules;

/// <summary>Builds small modules in the binary format for tests.</summary>
internal sealed class ModuleBuilder
{
    private readonly WasmWriter _writer = new();

    public ModuleBuilder() => _writer.Header();

    /// <summary>A module with one function type and one function of that type, whose body has no locals.</summary>
    public static byte[] OfBody(Action<WasmWriter> type, Action<WasmWriter> body) =>
        new ModuleBuilder().Types(type).Section(SectionId.Function, 1, w => w.U32(0)).Code(body).ToArray();

    public ModuleBuilder Raw(params byte[] bytes)
    {
        _writer.Bytes(bytes);
        return this;
    }

    /// <summary>Adds a section that is a vector.</summary>
    public ModuleBuilder Section(SectionId id, int count, Action<WasmWriter> content)
    {
        _writer.Section(id, w =>
        {
            w.U32(count);
            content(w);
        });
        return this;
    }

    public ModuleBuilder Types(params Action<WasmWriter>[] groups) =>
        Section(SectionId.Type, groups.Length, w => Array.ForEach(groups, group => group(w)));

    /// <summary>Adds bodies without locals; each is given without its <c>end</c>.</summary>
    public ModuleBuilder Code(params Action<WasmWriter>[] bodies) =>
        Section(SectionId.Code, bodies.Length, w => Array.ForEach(bodies, body => w.Sized(b =>
        {
            b.U32(0);
            body(b);
            b.Opcode(Opcode.End);
        })));

    public byte[] ToArray() => _writer.ToArray();

    public WasmModule Decode() => WasmModule.Decode(ToArray());

    /// <summary>Writes a function type of single-byte value types.</summary>
    public static Action<WasmWriter> Function(byte[] parameters, byte[] results) => w =>
    {
        w.Byte(BinaryFormat.FunctionForm);
        w.Sized(parameters);
        w.Sized(results);
    };

    /// <summary>Writes a recursion group.</summary>
    public static Action<WasmWriter> Group(params Action<WasmWriter>[] types) => w =>
    {
        w.Byte(BinaryFormat.RecursionGroupForm);
        w.U32(types.Length);
        Array.ForEach(types, type => type(w));
    };

    /// <summary>Writes a type that can have subtypes, with at most one supertype.</summary>
    public static Action<WasmWriter> Sub(int? supertype, Action<WasmWriter> composite) => w =>
    {
        w.Byte(BinaryFormat.SubForm);
        w.U32(supertype is null ? 0 : 1);
        if (supertype is { } index)
        {
            w.U32(index);
        }

        composite(w);
    };

    /// <summary>Writes a structure type of fields that are given as type bytes and a mutability byte.</summary>
    public static Action<WasmWriter> Struct(params byte[][] fields) => w =>
    {
        w.Byte(BinaryFormat.StructForm);
        w.U32(fields.Length);
        foreach (var field in fields)
        {
            w.Bytes(field);
        }
    };
}
