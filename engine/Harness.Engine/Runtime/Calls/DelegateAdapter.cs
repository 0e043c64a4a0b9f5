using System.Reflection.Emit;
using Harness.Engine.Modules;

namespace Harness.Engine.Runtime.Calls;

/// <summary>
/// Makes functions of the host from delegates of any type: generated code takes the arguments from the slots, calls the delegate and puts
/// what it returns into the slots, without boxes and without allocation.
/// </summary>
internal static unsafe class DelegateAdapter
{
    /// <summary>The function type of a delegate, and what calls it.</summary>
    /// <exception cref="ArgumentException">A parameter or result is no number, nor the first parameter a <see cref="HostCaller"/>.</exception>
    public static (FunctionType Type, HostFunction.RawCallback Callback) Adapt(Delegate callback)
    {
        var signature = new DelegateSignature(callback.GetType());
        if (signature.TakesCancellation)
        {
            throw new ArgumentException("compiled code has no token that could cancel a function of the host", nameof(callback));
        }

        var method = new DynamicMethod(
            $"host function {signature.FunctionType}",
            null,
            [callback.GetType(), typeof(HostCaller), typeof(ulong*)],
            typeof(DelegateAdapter).Module,
            skipVisibility: true);
        var code = method.GetILGenerator();
        code.Emit(OpCodes.Ldarg_0);
        if (signature.TakesCaller)
        {
            code.Emit(OpCodes.Ldarg_1);
        }

        for (var i = 0; i < signature.Parameters.Length; i++)
        {
            LoadSlotAddress(code, signature.ParameterSlot(i));
            code.Emit(OpCodes.Ldobj, signature.Parameters[i]);
        }

        code.Emit(OpCodes.Callvirt, signature.Invoke);
        if (signature.Results.Length > 0)
        {
            StoreResults(code, signature);
        }

        code.Emit(OpCodes.Ret);
        return (signature.FunctionType, method.CreateDelegate<HostFunction.RawCallback>(callback));
    }

    /// <summary>Stores what the call has left on the evaluation stack: a number, or the fields of a tuple.</summary>
    private static void StoreResults(ILGenerator code, DelegateSignature signature)
    {
        var value = code.DeclareLocal(signature.Invoke.ReturnType);
        code.Emit(OpCodes.Stloc, value);
        for (var i = 0; i < signature.Results.Length; i++)
        {
            // The high half of 32-bit results has to be zero.
            LoadSlotAddress(code, signature.ResultSlot(i));
            code.Emit(OpCodes.Ldc_I4_0);
            code.Emit(OpCodes.Conv_I8);
            code.Emit(OpCodes.Stind_I8);
            LoadSlotAddress(code, signature.ResultSlot(i));
            code.Emit(OpCodes.Ldloca, value);
            foreach (var field in signature.Results[i])
            {
                code.Emit(OpCodes.Ldflda, field);
            }

            var number = signature.NumberAt(signature.Results[i]);
            code.Emit(OpCodes.Ldobj, number);
            code.Emit(OpCodes.Stobj, number);
        }
    }

    private static void LoadSlotAddress(ILGenerator code, int index) =>
        DelegateSignature.LoadSlotAddress(code, generator => generator.Emit(OpCodes.Ldarg_2), index);
}
