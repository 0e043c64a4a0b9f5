using System.Reflection;
using System.Reflection.Emit;
using Harness.Engine.Modules;

namespace Harness.Engine.Runtime;

/// <summary>
/// Makes functions of the host from delegates of any type: generated code takes the arguments from the slots, calls the delegate and puts
/// what it returns into the slots, without boxes and without allocation.
/// </summary>
internal static unsafe class DelegateAdapter
{
    private const string TupleRest = "Rest";

    /// <summary>Numbers that stand for WebAssembly's.</summary>
    private static readonly Dictionary<Type, ValueType> Numbers = new()
    {
        [typeof(int)] = ValueType.I32,
        [typeof(uint)] = ValueType.I32,
        [typeof(long)] = ValueType.I64,
        [typeof(ulong)] = ValueType.I64,
        [typeof(float)] = ValueType.F32,
        [typeof(double)] = ValueType.F64,
    };

    /// <summary>The function type of a delegate, and what calls it.</summary>
    /// <exception cref="ArgumentException">A parameter or result is no number, nor the first parameter a <see cref="HostCaller"/>.</exception>
    public static (FunctionType Type, HostFunction.RawCallback Callback) Adapt(Delegate callback)
    {
        MethodInfo invoke = callback.GetType().GetMethod("Invoke")!;
        Type[] parameters = [.. invoke.GetParameters().Select(parameter => parameter.ParameterType)];
        bool takesCaller = parameters is [{ } first, ..] && first == typeof(HostCaller);
        Type[] numbers = takesCaller ? parameters[1..] : parameters;
        List<FieldInfo[]> results = [];
        CollectResults(invoke.ReturnType, [], results);
        FunctionType type = FunctionType.Of(
            [.. numbers.Select(TypeOf)],
            [.. results.Select(path => TypeOf(path is [.., { } last] ? last.FieldType : invoke.ReturnType))]);

        var method = new DynamicMethod(
            $"host function {type}", null, [callback.GetType(), typeof(HostCaller), typeof(ulong*)], typeof(DelegateAdapter).Module, skipVisibility: true);
        ILGenerator code = method.GetILGenerator();
        code.Emit(OpCodes.Ldarg_0);
        if (takesCaller) code.Emit(OpCodes.Ldarg_1);
        for (int i = 0; i < numbers.Length; i++)
        {
            LoadSlotAddress(code, i);
            code.Emit(OpCodes.Ldobj, numbers[i]);
        }

        code.Emit(OpCodes.Callvirt, invoke);
        if (results.Count > 0) StoreResults(code, invoke.ReturnType, results);
        code.Emit(OpCodes.Ret);
        return (type, method.CreateDelegate<HostFunction.RawCallback>(callback));
    }

    /// <summary>Stores what the call has left on the evaluation stack: a number, or the fields of a tuple.</summary>
    private static void StoreResults(ILGenerator code, Type returned, List<FieldInfo[]> results)
    {
        LocalBuilder value = code.DeclareLocal(returned);
        code.Emit(OpCodes.Stloc, value);
        for (int i = 0; i < results.Count; i++)
        {
            // The high half of 32-bit results has to be zero.
            LoadSlotAddress(code, i);
            code.Emit(OpCodes.Ldc_I4_0);
            code.Emit(OpCodes.Conv_I8);
            code.Emit(OpCodes.Stind_I8);
            LoadSlotAddress(code, i);
            code.Emit(OpCodes.Ldloca, value);
            foreach (FieldInfo field in results[i]) code.Emit(OpCodes.Ldflda, field);
            Type number = results[i] is [.., { } last] ? last.FieldType : returned;
            code.Emit(OpCodes.Ldobj, number);
            code.Emit(OpCodes.Stobj, number);
        }
    }

    private static void LoadSlotAddress(ILGenerator code, int index)
    {
        code.Emit(OpCodes.Ldarg_2);
        code.Emit(OpCodes.Ldc_I4, index * sizeof(ulong));
        code.Emit(OpCodes.Add);
    }

    /// <summary>The ways from what a delegate returns to each number in it: the number itself, or a tuple's fields, whose eighth is a tuple again.</summary>
    private static void CollectResults(Type returned, FieldInfo[] path, List<FieldInfo[]> results)
    {
        while (true)
        {
            if (returned == typeof(void)) return;
            if (!returned.IsGenericType || !returned.FullName!.StartsWith("System.ValueTuple`", StringComparison.Ordinal))
            {
                results.Add(path);
                return;
            }

            FieldInfo? rest = null;
            foreach (FieldInfo field in returned.GetFields())
            {
                if (field.Name == TupleRest) rest = field;
                else results.Add([.. path, field]);
            }

            if (rest is null) return;
            path = [.. path, rest];
            returned = rest.FieldType;
        }
    }

    private static ValueType TypeOf(Type type) => Numbers.TryGetValue(type, out ValueType number)
        ? number
        : throw new ArgumentException($"{type} does not stand for a WebAssembly number");
}
