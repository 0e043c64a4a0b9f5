using System.Buffers.Binary;
using System.Text;
using Iced.Intel;

namespace Harness.Engine.X64;

/// <summary>
/// Machine code as text for people. The text does not depend on where the code lies: places in it are <c>L1</c>, <c>L2</c>, …
/// in their order, constants behind it <c>C1</c>, …, jump tables <c>T1</c>, …, and addresses elsewhere go by the names that the
/// caller knows.
/// </summary>
internal sealed class Disassembly
{
    private readonly byte[] _code;
    private readonly int _instructionBytes;
    private readonly ulong _address;
    private readonly Func<nint, string?> _nameOf;
    private readonly SortedDictionary<int, string> _labels = [];
    private readonly SortedDictionary<int, DataItem> _data = [];
    private readonly List<Instruction> _instructions = [];

    private Disassembly(ReadOnlySpan<byte> code, int instructionBytes, nint address, Func<nint, string?> nameOf)
    {
        _code = code.ToArray();
        _instructionBytes = instructionBytes;
        _address = (ulong)address;
        _nameOf = nameOf;
        Decode();
        NameReferences();
    }

    /// <summary>Disassembles a function.</summary>
    /// <param name="code">Its instructions with the data behind them.</param>
    /// <param name="instructionBytes">The size of the instructions (<see cref="Assembler.InstructionBytes"/>).</param>
    /// <param name="address">Where the code lies, for distances to other code.</param>
    /// <param name="nameOf">Names of addresses elsewhere, or null for those without; such addresses are shown as numbers.</param>
    /// <param name="commentOf">Comments by offset of the instruction, or null for those without.</param>
    public static IReadOnlyList<DisassemblyLine> Lines(
        ReadOnlySpan<byte> code,
        int instructionBytes,
        nint address,
        Func<nint, string?>? nameOf = null,
        Func<int, string?>? commentOf = null) =>
        new Disassembly(code, instructionBytes, address, nameOf ?? (_ => null)).Lines(commentOf ?? (_ => null));

    /// <summary>The lines as one text, labels on lines of their own, comments in a column.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="withOffsets">Whether each line begins with its offset in hexadecimal.</param>
    public static string Text(IEnumerable<DisassemblyLine> lines, bool withOffsets = false)
    {
        const int commentColumn = 48;
        var text = new StringBuilder();
        foreach (var line in lines)
        {
            if (line.Label != null)
            {
                text.Append(line.Label).Append(":\n");
            }

            var start = text.Length;
            text.Append(withOffsets ? $"{line.Offset,6:x}  " : "  ").Append(line.Text);
            if (line.Comment != null)
            {
                text.Append(' ', Math.Max(1, commentColumn - (text.Length - start))).Append("; ").Append(line.Comment);
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private void Decode()
    {
        var decoder = Iced.Intel.Decoder.Create(64, new ByteArrayCodeReader(_code, 0, _instructionBytes), _address);
        while (decoder.IP < _address + (ulong)_instructionBytes)
        {
            _instructions.Add(decoder.Decode());
        }
    }

    /// <summary>Collects what the instructions refer to, and numbers it by place.</summary>
    private void NameReferences()
    {
        foreach (var instruction in _instructions)
        {
            if (IsNearBranch(instruction.Op0Kind))
            {
                AddReference(instruction.NearBranchTarget, DataItem.None);
            }
            else if (instruction.IsIPRelativeMemoryOperand)
            {
                var size = instruction.MemorySize.GetSize();
                AddReference(instruction.IPRelativeMemoryAddress, new DataItem("", size, IsTable: size == 0));
            }
        }

        foreach (var (offset, item) in _data.Where(pair => pair.Value.IsTable).ToArray())
        {
            _data[offset] = item with { Size = _data.Keys.FirstOrDefault(next => next > offset, _code.Length) - offset };
            for (var at = offset; at < offset + _data[offset].Size; at += sizeof(int))
            {
                _labels.TryAdd(offset + ReadInt32(at), "");
            }
        }

        Number(_labels, (_, number) => $"L{number}");
        Number(_data, isTable: false, "C");
        Number(_data, isTable: true, "T");
    }

    private void AddReference(ulong address, DataItem item)
    {
        var offset = (long)(address - _address);
        if ((ulong)offset < (ulong)_instructionBytes)
        {
            _labels.TryAdd((int)offset, "");
        }
        else if ((ulong)offset < (ulong)_code.Length && item != DataItem.None)
        {
            _data.TryAdd((int)offset, item);
        }
    }

    private static void Number<T>(SortedDictionary<int, T> places, Func<T, int, T> name)
    {
        var number = 0;
        foreach (var offset in places.Keys.ToArray())
        {
            places[offset] = name(places[offset], ++number);
        }
    }

    private static void Number(SortedDictionary<int, DataItem> items, bool isTable, string letter)
    {
        var number = 0;
        Number(items, (item, _) => item.IsTable == isTable ? item with { Name = $"{letter}{++number}" } : item);
    }

    private List<DisassemblyLine> Lines(Func<int, string?> commentOf)
    {
        var lines = new List<DisassemblyLine>();
        var formatter = new NasmFormatter(
            new FormatterOptions
            {
                DigitSeparator = "",
                HexPrefix = "0x",
                HexSuffix = "",
                UppercaseHex = false,
                SmallHexNumbersInDecimal = true,
                SignedImmediateOperands = true,
                SpaceAfterOperandSeparator = true,
                ShowBranchSize = false,
            },
            new Names(this));
        var output = new StringOutput();
        foreach (var instruction in _instructions)
        {
            var offset = (int)(instruction.IP - _address);
            formatter.Format(instruction, output);
            lines.Add(new(offset, instruction.Length, _labels.GetValueOrDefault(offset), output.ToStringAndReset(), commentOf(offset)));
        }

        foreach (var (offset, item) in _data)
        {
            AddData(lines, offset, item);
        }

        return lines;
    }

    private void AddData(List<DisassemblyLine> lines, int offset, DataItem item)
    {
        var label = item.Name;
        var step = item.IsTable ? sizeof(int) : Math.Min(item.Size, sizeof(long));
        for (var at = offset; at < offset + item.Size; at += step)
        {
            var text = item.IsTable
                ? $"dd {_labels[offset + ReadInt32(at)]} - {item.Name}"
                : step == sizeof(int) ? $"dd 0x{ReadInt32(at):x}" : $"dq 0x{ReadInt64(at):x}";
            lines.Add(new(at, step, label, text, Comment: null));
            label = null;
        }
    }

    private int ReadInt32(int offset) => BinaryPrimitives.ReadInt32LittleEndian(_code.AsSpan(offset));

    private long ReadInt64(int offset) => BinaryPrimitives.ReadInt64LittleEndian(_code.AsSpan(offset));

    private static bool IsNearBranch(OpKind kind) => kind == OpKind.NearBranch64;

    /// <summary>Something behind the instructions: a constant, or a table of distances to labels.</summary>
    private sealed record DataItem(string Name, int Size, bool IsTable)
    {
        public static readonly DataItem None = new("", 0, IsTable: false);
    }

    /// <summary>Gives the formatter the names of addresses.</summary>
    private sealed class Names(Disassembly owner) : ISymbolResolver
    {
        public bool TryGetSymbol(
            in Instruction instruction, int operand, int instructionOperand, ulong address, int addressSize, out SymbolResult symbol)
        {
            var name = IsPlace(instruction, instructionOperand) ? owner.NameOf(address)
                : addressSize == sizeof(long) ? owner._nameOf((nint)address)
                : null;
            symbol = name != null ? new SymbolResult(address, name) : default;
            return name != null;
        }

        private static bool IsPlace(in Instruction instruction, int operand) =>
            operand >= 0
            && (IsNearBranch(instruction.GetOpKind(operand))
                || (instruction.GetOpKind(operand) == OpKind.Memory && instruction.IsIPRelativeMemoryOperand));
    }

    private string? NameOf(ulong address)
    {
        var offset = (long)(address - _address);
        return (ulong)offset >= (ulong)_code.Length ? _nameOf((nint)address)
            : _labels.TryGetValue((int)offset, out var label) ? label
            : _data.TryGetValue((int)offset, out var item) ? item.Name
            : null;
    }
}

/// <summary>An instruction or a datum.</summary>
/// <param name="Offset">Where it begins, from the start of the function.</param>
/// <param name="Length">Its size in bytes.</param>
/// <param name="Label">The label that stands before it, if any.</param>
/// <param name="Text">The mnemonic and the operands.</param>
/// <param name="Comment">The comment, if any.</param>
internal sealed record DisassemblyLine(int Offset, int Length, string? Label, string Text, string? Comment);
