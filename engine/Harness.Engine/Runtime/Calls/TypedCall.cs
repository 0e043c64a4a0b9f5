using System.Reflection;
using System.Reflection.Emit;

namespace Harness.Engine.Runtime.Calls;

/// <summary>
/// Makes delegates of any type that call functions: generated code puts the arguments into slots on the stack, enters compiled code and
/// takes the results from the slots, without boxes and without allocation. The opposite direction of <see cref="DelegateAdapter"/>.
/// </summary>
internal static unsafe class TypedCall
{
    private static readonly MethodInfo CallSlots = typeof(WasmFunction).GetMethod(nameof(WasmFunction.CallSlots), BindingFlags.NonPublic | BindingFlags.Instance)!;

    private static readonly MethodInfo CallSlotsUnlessCancelled =
        typeof(WasmFunction).GetMethod(nameof(WasmFunction.CallSlotsUnlessCancelled), BindingFlags.NonPublic | BindingFlags.Instance)!;

    /// <summary>A delegate that calls a function.</summary>
    /// <exception cref="ArgumentException">The delegate is not of the function's type.</exception>
    public static TDelegate Create<TDelegate>(WasmFunction function)
        where TDelegate : Delegate
    {
        var signature = new DelegateSignature(typeof(TDelegate));
        if (signature.TakesCaller
            || !signature.FunctionType.Parameters.SequenceEqual(function.Type.Parameters)
            || !signature.FunctionType.Results.SequenceEqual(function.Type.Results))
        {
            throw new ArgumentException(
                $"{function} is of type {function.Type}, which a delegate {typeof(TDelegate).Name} of type {signature.FunctionType} cannot call");
        }

        var method = new DynamicMethod(
            $"call of {function.Type}",
            signature.Invoke.ReturnType,
            [typeof(WasmFunction), .. signature.Parameters, .. signature.TakesCancellation ? [typeof(CancellationToken)] : Type.EmptyTypes],
            typeof(TypedCall).Module,
            skipVisibility: true)
        { InitLocals = false };
        var code = method.GetILGenerator();
        var slots = code.DeclareLocal(typeof(ulong*));
        code.Emit(OpCodes.Ldc_I4, Math.Max(1, SignatureAdapters.SlotCount(function.Type)) * sizeof(ulong));
        code.Emit(OpCodes.Conv_U);
        code.Emit(OpCodes.Localloc);
        code.Emit(OpCodes.Stloc, slots);
        for (var i = 0; i < signature.Parameters.Length; i++)
        {
            LoadSlotAddress(code, slots, signature.ParameterSlot(i));
            code.Emit(OpCodes.Ldarg, (short)(i + 1));
            code.Emit(OpCodes.Stobj, signature.Parameters[i]);
        }

        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Ldloc, slots);
        if (signature.TakesCancellation)
        {
            code.Emit(OpCodes.Ldarg, (short)(signature.Parameters.Length + 1));
        }

        code.Emit(OpCodes.Call, signature.TakesCancellation ? CallSlotsUnlessCancelled : CallSlots);
        if (signature.Results.Length > 0)
        {
            LoadResults(code, signature, slots);
        }

        code.Emit(OpCodes.Ret);
        return method.CreateDelegate<TDelegate>(function);
    }

    /// <summary>Loads what is to be returned: a number, or a tuple of them.</summary>
    private static void LoadResults(ILGenerator code, DelegateSignature signature, LocalBuilder slots)
    {
        var value = code.DeclareLocal(signature.Invoke.ReturnType);
        for (var i = 0; i < signature.Results.Length; i++)
        {
            var number = signature.NumberAt(signature.Results[i]);
            code.Emit(OpCodes.Ldloca, value);
            foreach (var field in signature.Results[i])
            {
                code.Emit(OpCodes.Ldflda, field);
            }

            LoadSlotAddress(code, slots, signature.ResultSlot(i));
            code.Emit(OpCodes.Ldobj, number);
            code.Emit(OpCodes.Stobj, number);
        }

        code.Emit(OpCodes.Ldloc, value);
    }

    private static void LoadSlotAddress(ILGenerator code, LocalBuilder slots, int index) =>
        DelegateSignature.LoadSlotAddress(code, generator => generator.Emit(OpCodes.Ldloc, slots), index);
}
