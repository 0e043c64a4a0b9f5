using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline;

/// <content>Structures.</content>
internal sealed partial class FunctionCompiler
{
    /// <summary>The bytes from address 0 on that are never mapped, so that an access to a null object faults.</summary>
    private const int NullPage = 4096;

    private void CompileStruct(Opcode opcode)
    {
        var type = _module.GetType(_reader.ReadIndex());
        var layout = ObjectLayout.Of(type.CanonicalId);
        var fields = type.Struct!.Fields;
        switch (opcode)
        {
            case Opcode.StructNew:
                var instance = EmitAllocation(layout.Size, layout.Header);
                for (int i = fields.Length - 1; i >= 0; i--)
                {
                    PopIntoNew(instance, layout.FieldOffsets[i], fields[i]);
                }

                _cache.Push(ValueKind.Ref, instance);
                break;
            case Opcode.StructNewDefault:
                var empty = EmitAllocation(layout.Size, layout.Header);
                EmitClear(empty, ObjectHeader.Size, layout.Size);
                _cache.Push(ValueKind.Ref, empty);
                break;
            case Opcode.StructSet:
                int written = _reader.ReadIndex();
                EmitStructSet(fields[written], layout.FieldOffsets[written]);
                break;
            default:
                int read = _reader.ReadIndex();
                EmitStructGet(fields[read], layout.FieldOffsets[read], isSigned: opcode == Opcode.StructGetS);
                break;
        }
    }

    private void EmitStructGet(FieldType field, int offset, bool isSigned)
    {
        var instance = _cache.Pop(RegisterSet.None).Gpr;
        EmitFarNullCheck(instance, offset);
        PushFrom(Mem.Base(instance, offset), field, isSigned, TrapKind.NullStructure);
    }

    private void EmitStructSet(FieldType field, int offset)
    {
        var value = PopValue(RegisterSet.None);
        var instance = _cache.Pop(BitOf(value)).Gpr;
        EmitFarNullCheck(instance, offset);
        AddFaultSite(TrapKind.NullStructure);
        StoreValue(Mem.Base(instance, offset), field, value);
        EmitBarrier(instance, field, value);
    }

    /// <summary>The register that a value is in, as a set.</summary>
    private static uint BitOf(in StackValue value) => value.IsRegister ? value.Register.Bit : RegisterSet.None;

    /// <summary>Checks for null where an access would reach past the page that faults.</summary>
    private void EmitFarNullCheck(Gpr instance, int offset)
    {
        if (offset < NullPage)
        {
            return;
        }

        _asm.Test(OpSize.Qword, instance, instance);
        _asm.Jcc(Condition.Zero, AddTrap(TrapKind.NullStructure));
    }
}
