using Harness.Engine.Modules;
using static Harness.Engine.Tests.Modules.ModuleBuilder;

namespace Harness.Engine.Tests.Modules;

/// <summary>A valid module with every section and every kind of immediate.</summary>
internal static class SampleModule
{
    public const int FunctionCount = 3;

    private const byte I32 = BinaryFormat.TypeI32;
    private const byte I64 = BinaryFormat.TypeI64;
    private const byte F32 = BinaryFormat.TypeF32;
    private const byte F64 = BinaryFormat.TypeF64;
    private const byte FuncRef = 0x70;
    private const byte AnyRef = 0x6E;
    private const byte ExnRef = 0x69;

    public static byte[] Bytes { get; } = Build();

    private static byte[] Build() => new ModuleBuilder()
        .Types(
            Function([], []),
            Function([I32], [I32]),
            Function([I32, I32], [I32, I32]),
            Function([I64], []),
            Group(Sub(null, Struct([I32, 1], [BinaryFormat.PackedI8, 0])), Array(I32, 1)))
        .Section(SectionId.Import, 5, w =>
        {
            Import(w, "f", ExternalKind.Function, [1]);
            Import(w, "t", ExternalKind.Table, [FuncRef, 1, 2, 8]);
            Import(w, "m", ExternalKind.Memory, [0, 1]);
            Import(w, "g", ExternalKind.Global, [I32, 0]);
            Import(w, "e", ExternalKind.Tag, [0, 3]);
        })
        .Section(SectionId.Function, 2, w => w.Bytes([0, 1]))
        .Section(SectionId.Table, 2, w =>
        {
            w.Bytes([FuncRef, 4, 10]);
            w.Bytes([0x40, 0, FuncRef, 0, 3, (byte)Opcode.RefFunc, 0, (byte)Opcode.End]);
        })
        .Section(SectionId.Memory, 1, w => w.Bytes([5, 1, 0x80, 0x01]))
        .Section(SectionId.Tag, 1, w => w.Bytes([0, 0]))
        .Section(SectionId.Global, 2, w =>
        {
            w.Bytes([I32, 1]);
            Instructions(w, Opcode.GlobalGet, 0, Opcode.I32Const, 5, Opcode.I32Add, Opcode.End);
            w.Bytes([BinaryFormat.TypeRefNull, 5, 0]);
            Instructions(w, Opcode.I32Const, 1, Opcode.I32Const, 2, Opcode.ArrayNewFixed, 5, 2, Opcode.End);
        })
        .Section(SectionId.Export, 3, w =>
        {
            Export(w, "run", ExternalKind.Function, 2);
            Export(w, "memory", ExternalKind.Memory, 0);
            Export(w, "über", ExternalKind.Tag, 1);
        })
        .Raw((byte)SectionId.Start, 1, 1)
        .Section(SectionId.Element, 4, w =>
        {
            w.Bytes([0, (byte)Opcode.I32Const, 0, (byte)Opcode.End, 1, 2]);
            w.Bytes([1, 0, 2, 0, 1]);
            w.Bytes([3, 0, 1, 2]);
            w.Bytes([6, 1, (byte)Opcode.I64Const, 0, (byte)Opcode.End, FuncRef]);
            w.Bytes([2, (byte)Opcode.RefNull, FuncRef, (byte)Opcode.End, (byte)Opcode.RefFunc, 1, (byte)Opcode.End]);
        })
        .Raw((byte)SectionId.DataCount, 1, 2)
        .Code(Everything, w => Instructions(w, Opcode.LocalGet, 0, Opcode.I32Const, 1, Opcode.I32Add))
        .Section(SectionId.Data, 2, w =>
        {
            w.Bytes([0, (byte)Opcode.I32Const, 0, (byte)Opcode.End, 3, 1, 2, 3]);
            w.Bytes([1, 2, 0xAB, 0xCD]);
        })
        .Raw(Names())
        .ToArray();

    /// <summary>A body that uses each kind of immediate.</summary>
    private static void Everything(WasmWriter w)
    {
        Instructions(w, Opcode.Block, 0x40, Opcode.Loop, 0x40, Opcode.Nop, Opcode.End, Opcode.End);
        Instructions(w, Opcode.I32Const, 1, Opcode.If, 0x40, Opcode.Br, 0, Opcode.Else, Opcode.End);
        Instructions(w, Opcode.Block, I32, Opcode.I32Const, 3, Opcode.I32Const, 2, Opcode.BrTable, 2, 0, 0, 0,
            Opcode.End, Opcode.Drop);
        Instructions(w, Opcode.I32Const, 1, Opcode.I32Const, 2, Opcode.Block, 2, Opcode.I32Const, 1, Opcode.BrIf, 0,
            Opcode.End);
        Instructions(w, Opcode.Call, 0, Opcode.I32Const, 0, Opcode.CallIndirect, 1, 0, Opcode.Drop, Opcode.Drop);
        Instructions(w, Opcode.I64Const, 0x7F, Opcode.Drop, Opcode.F32Const, 0, 0, 0x80, 0x3F, Opcode.Drop);
        Instructions(w, Opcode.F64Const, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F, Opcode.I64TruncSatF64S, Opcode.Drop);
        Instructions(w, Opcode.I32Const, 8, Opcode.I32Load, 2, 4, Opcode.Drop);
        Instructions(w, Opcode.I64Const, 8, Opcode.I64Const, 9, Opcode.I64Store, 0x43, 1, 0x80, 1);
        Instructions(w, Opcode.MemorySize, 0, Opcode.MemoryGrow, 0, Opcode.Drop);
        Instructions(w, Opcode.I64Const, 0, Opcode.I32Const, 0, Opcode.I32Const, 2, Opcode.MemoryInit, 1, 1,
            Opcode.DataDrop, 1);
        Instructions(w, Opcode.I32Const, 0, Opcode.I64Const, 0, Opcode.I32Const, 2, Opcode.MemoryCopy, 0, 1);
        Instructions(w, Opcode.I32Const, 0, Opcode.I32Const, 0, Opcode.I32Const, 2, Opcode.MemoryFill, 0);
        Instructions(w, Opcode.I32Const, 0, Opcode.I32Const, 0, Opcode.I32Const, 2, Opcode.TableInit, 1, 0,
            Opcode.ElemDrop, 1);
        Instructions(w, Opcode.I32Const, 0, Opcode.I64Const, 0, Opcode.I32Const, 2, Opcode.TableCopy, 0, 1);
        Instructions(w, Opcode.I32Const, 0, Opcode.TableGet, 0, Opcode.I32Const, 1, Opcode.TableGrow, 0, Opcode.Drop);
        Instructions(w, Opcode.I32Const, 0, Opcode.RefNull, FuncRef, Opcode.TableSet, 0, Opcode.TableSize, 1,
            Opcode.Drop);
        Instructions(w, Opcode.I32Const, 1, Opcode.I32Const, 2, Opcode.I32Const, 3, Opcode.Select, Opcode.GlobalSet, 1);
        Instructions(w, Opcode.RefFunc, 1, Opcode.RefNull, FuncRef, Opcode.GlobalGet, 0, Opcode.SelectTyped, 1,
            FuncRef, Opcode.Drop);
        Instructions(w, Opcode.I32Const, 4, Opcode.RefFunc, 0, Opcode.CallRef, 1, Opcode.Drop);
        Instructions(w, Opcode.Block, 0x40, Opcode.RefNull, 0, Opcode.BrOnNull, 0, Opcode.Drop, Opcode.End);
        Instructions(w, Opcode.Block, 0x40, Opcode.TryTable, 0x40, 1, CatchKind.CatchAll, 0, Opcode.Throw, 1,
            Opcode.End, Opcode.End);
        Instructions(w, Opcode.Block, I64, Opcode.TryTable, 0x40, 1, CatchKind.Catch, 0, 0, Opcode.End,
            Opcode.Return, Opcode.End, Opcode.Drop);
        Instructions(w, Opcode.StructNewDefault, 4, Opcode.StructGetS, 4, 1, Opcode.Drop);
        Instructions(w, Opcode.I32Const, 1, Opcode.ArrayNewDefault, 5, Opcode.I32Const, 0, Opcode.ArrayGet, 5,
            Opcode.Drop);
        Instructions(w, Opcode.I32Const, 0, Opcode.I32Const, 0, Opcode.ArrayNewData, 5, 1, Opcode.RefTest, 5,
            Opcode.Drop);
        Instructions(w, Opcode.Block, AnyRef, Opcode.I32Const, 7, Opcode.RefI31, Opcode.BrOnCast, 1, 0, AnyRef, 4,
            Opcode.End, Opcode.Drop);
        Instructions(w, Opcode.Block, BinaryFormat.TypeRef, ExnRef, Opcode.TryTable, 0x40, 1, CatchKind.CatchAllRef,
            0, Opcode.End, Opcode.Unreachable, Opcode.End);
        Instructions(w, Opcode.ThrowRef);
    }

    private static byte[] Names()
    {
        var writer = new WasmWriter();
        writer.Section(SectionId.Custom, w =>
        {
            w.Name("name");
            w.Byte(0);
            w.Sized(s => s.Name("sample"));
            w.Byte(1);
            w.Sized(s =>
            {
                s.U32(2);
                s.U32(0);
                s.Name("imported");
                s.U32(2);
                s.Name("increment");
            });
            w.Byte(2);
            w.Sized(s =>
            {
                s.Bytes([1, 2, 1, 0]);
                s.Name("number");
            });
        });
        return writer.ToArray();
    }

    private static Action<WasmWriter> Array(byte element, byte mutability) =>
        w => w.Bytes([BinaryFormat.ArrayForm, element, mutability]);

    private static void Import(WasmWriter w, string name, ExternalKind kind, byte[] type)
    {
        w.Name("host");
        w.Name(name);
        w.Byte((byte)kind);
        w.Bytes(type);
    }

    private static void Export(WasmWriter w, string name, ExternalKind kind, int index)
    {
        w.Name(name);
        w.Byte((byte)kind);
        w.U32(index);
    }

    /// <summary>Writes opcodes and single bytes of immediates.</summary>
    public static void Instructions(WasmWriter w, params object[] items)
    {
        foreach (var item in items)
        {
            if (item is Opcode opcode)
            {
                w.Opcode(opcode);
            }
            else
            {
                w.Byte(Convert.ToByte(item));
            }
        }
    }
}
