using System.Globalization;
using Harness.Engine.Modules;

namespace Harness.Engine.Diagnostics;

/// <summary>Instructions of a module in the text format, one at a time: what the module gives a name to by that, labels and locals by number.</summary>
internal static class InstructionText
{
    /// <summary>What stands for the beginning of a function, before its first instruction.</summary>
    private const string Entry = "(entry)";

    /// <summary>The instruction at an offset in the module's bytes.</summary>
    public static string At(FunctionInfo function, int offset)
    {
        if (offset == function.BodyStart)
        {
            return Entry;
        }

        var reader = function.Module.OpenBody(function);
        reader.Offset = offset;
        var opcode = reader.ReadOpcode();
        var info = OpcodeTable.Get(opcode);
        var names = function.Module.Names;
        string Named(NamedItem kind) => NameOf(names, kind, reader.ReadIndex());
        var immediates = info.Immediates switch
        {
            ImmediateKind.Label or ImmediateKind.Local => Number(reader.ReadIndex()),
            ImmediateKind.Global => Named(NamedItem.Global),
            ImmediateKind.Table => Named(NamedItem.Table),
            ImmediateKind.Memory => Named(NamedItem.Memory),
            ImmediateKind.Type => Named(NamedItem.Type),
            ImmediateKind.Data => Named(NamedItem.Data),
            ImmediateKind.Element => Named(NamedItem.Elements),
            ImmediateKind.Tag => Named(NamedItem.Tag),
            ImmediateKind.TypeField => TypeField(names, ref reader),
            ImmediateKind.Function => function.Module.Functions[reader.ReadIndex()].ToString(),
            ImmediateKind.CallIndirect => CallIndirect(names, ref reader),
            ImmediateKind.I32 => Number(reader.ReadVarI32()),
            ImmediateKind.I64 => Number(reader.ReadVarI64()),
            ImmediateKind.F32 => Number(BitConverter.UInt32BitsToSingle(reader.ReadF32Bits())),
            ImmediateKind.F64 => Number(BitConverter.UInt64BitsToDouble(reader.ReadF64Bits())),
            ImmediateKind.MemoryArgument => MemoryArgument(names, ref reader),
            ImmediateKind.MemoryLane => $"{MemoryArgument(names, ref reader)} {reader.ReadByte()}".TrimStart(),
            ImmediateKind.Lane => Number(reader.ReadByte()),
            ImmediateKind.Shuffle => Lanes(ref reader),
            ImmediateKind.V128 => Vector(ref reader),
            _ => "",
        };
        return immediates.Length == 0 ? info.Name : $"{info.Name} {immediates}";
    }

    /// <summary>The name of what has an index, or the index.</summary>
    private static string NameOf(NameSection names, NamedItem kind, int index) => names.GetName(kind, index) ?? Number(index);

    /// <summary>The function whose body an offset lies in, or null.</summary>
    public static FunctionInfo? FunctionAt(WasmModule module, int offset)
    {
        var low = module.ImportedFunctionCount;
        var high = module.Functions.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var function = module.Functions[middle];
            if (offset < function.BodyStart)
            {
                high = middle - 1;
            }
            else if (offset >= function.BodyEnd)
            {
                low = middle + 1;
            }
            else
            {
                return function;
            }
        }

        return null;
    }

    private static string Lanes(ref BytecodeReader reader)
    {
        var lanes = new byte[BinaryFormat.VectorBytes];
        for (var i = 0; i < lanes.Length; i++)
        {
            lanes[i] = reader.ReadByte();
        }

        return string.Join(' ', lanes);
    }

    private static string Vector(ref BytecodeReader reader)
    {
        var (low, high) = reader.ReadV128();
        return $"i64x2 0x{low:x} 0x{high:x}";
    }

    private static string TypeField(NameSection names, ref BytecodeReader reader)
    {
        var type = reader.ReadIndex();
        var field = reader.ReadIndex();
        return $"{NameOf(names, NamedItem.Type, type)} {names.GetName(NamedItem.Field, type, field) ?? Number(field)}";
    }

    private static string CallIndirect(NameSection names, ref BytecodeReader reader)
    {
        var type = NameOf(names, NamedItem.Type, reader.ReadIndex());
        var table = reader.ReadIndex();
        return table == 0 ? $"(type {type})" : $"{NameOf(names, NamedItem.Table, table)} (type {type})";
    }

    private static string MemoryArgument(NameSection names, ref BytecodeReader reader)
    {
        reader.ReadMemArg(out var memory, out var offset, out _);
        var index = memory == 0 ? "" : $"{NameOf(names, NamedItem.Memory, memory)} ";
        return offset == 0 ? index.TrimEnd() : $"{index}offset={offset}";
    }

    private static string Number(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
