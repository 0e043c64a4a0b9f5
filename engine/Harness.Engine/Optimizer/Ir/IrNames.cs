using Harness.Engine.Modules;

namespace Harness.Engine.Optimizer.Ir;

/// <summary>Names of operators, and the families that several parts of the optimizer ask for.</summary>
internal static class IrNames
{
    /// <summary>The name of an operator: WebAssembly's own where it has one.</summary>
    public static string NameOf(Opcode op) => op switch
    {
        IrOp.Nop => "nop",
        IrOp.Alias => "alias",
        IrOp.BlockParameter => "parameter",
        IrOp.Argument => "argument",
        IrOp.Projection => "projection",
        IrOp.CallDirect => "call",
        IrOp.CallReference => "call_reference",
        IrOp.CallBuiltin => "call_builtin",
        IrOp.TrapIf => "trap_if",
        IrOp.TrapUnless => "trap_unless",
        IrOp.Guard => "guard",
        IrOp.TableLength => "table_length",
        IrOp.LoadTableElement => "load_element",
        IrOp.StoreTableElement => "store_element",
        IrOp.LoadReferenceType => "load_type",
        IrOp.FunctionAddress => "function_address",
        IrOp.MemoryByteLength => "memory_byte_length",
        IrOp.LoopStackCheck => "loop_stack_check",
        IrOp.LoopEpochCheck => "loop_epoch_check",
        IrOp.UseFuel => "use_fuel",
        IrOp.ReferenceEqual => "reference_equal",
        IrOp.Narrow => "narrow",
        IrOp.RefTest => "ref_test",
        IrOp.RefCast => "ref_cast",
        IrOp.NewStruct => "new_struct",
        IrOp.NewArray => "new_array",
        IrOp.NewArrayFixed => "new_array_fixed",
        IrOp.NewException => "new_exception",
        IrOp.CaughtException => "caught_exception",
        IrOp.HasTag => "has_tag",
        IrOp.ExceptionValue => "exception_value",
        IrOp.TypeId => "type_id",
        IrOp.TypeAndIndex => "type_and_index",
        _ => OpcodeTable.Get(op).Name,
    };
}
