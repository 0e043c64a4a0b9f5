using System.Reflection;
using System.Reflection.Emit;
using Harness.Engine.Modules;

namespace Harness.Engine.Runtime.Calls;

/// <summary>
/// A delegate's type as a function type of numbers: what both directions of typed calls (<see cref="DelegateAdapter"/>,
/// <see cref="TypedCall"/>) generate code from. A tuple that is returned is as many results as it has items.
/// </summary>
internal sealed class DelegateSignature
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
        [typeof(V128)] = ValueType.V128,
    };

    /// <summary>Reads a delegate's type.</summary>
    /// <exception cref="ArgumentException">
    /// A parameter or result is no number, nor the first parameter a <see cref="HostCaller"/>, nor the last a <see cref="CancellationToken"/>.
    /// </exception>
    public DelegateSignature(Type type)
    {
        Invoke = type.GetMethod("Invoke")!;
        Type[] parameters = [.. Invoke.GetParameters().Select(parameter => parameter.ParameterType)];
        TakesCaller = parameters is [{ } first, ..] && first == typeof(HostCaller);
        TakesCancellation = parameters is [.., { } last] && last == typeof(CancellationToken);
        Parameters = parameters[(TakesCaller ? 1 : 0)..^(TakesCancellation ? 1 : 0)];
        List<FieldInfo[]> results = [];
        CollectResults(Invoke.ReturnType, [], results);
        Results = [.. results];
        FunctionType = FunctionType.Of(
            [.. Parameters.Select(TypeOf)],
            [.. Results.Select(path => TypeOf(NumberAt(path)))]);
    }

    /// <summary>The delegate's method.</summary>
    public MethodInfo Invoke { get; }

    /// <summary>Whether the first parameter tells who calls.</summary>
    public bool TakesCaller { get; }

    /// <summary>Whether the last parameter may cancel the call.</summary>
    public bool TakesCancellation { get; }

    /// <summary>The types of the parameters that are numbers.</summary>
    public Type[] Parameters { get; }

    /// <summary>The way from what is returned to each number in it: none, or the fields of a tuple, whose eighth is a tuple again.</summary>
    public FieldInfo[][] Results { get; }

    /// <summary>The function type.</summary>
    public FunctionType FunctionType { get; }

    /// <summary>The (first) slot of a parameter.</summary>
    public int ParameterSlot(int index) => SignatureLayout.WordsOf(FunctionType.Parameters[..index]);

    /// <summary>The (first) slot of a result.</summary>
    public int ResultSlot(int index) => SignatureLayout.WordsOf(FunctionType.Results[..index]);

    /// <summary>The type of the number at the end of a way.</summary>
    public Type NumberAt(FieldInfo[] path) => path is [.., { } last] ? last.FieldType : Invoke.ReturnType;

    /// <summary>Loads the address of a slot, given what loads the address of the first.</summary>
    public static void LoadSlotAddress(ILGenerator code, Action<ILGenerator> loadSlots, int index)
    {
        loadSlots(code);
        code.Emit(OpCodes.Ldc_I4, index * sizeof(ulong));
        code.Emit(OpCodes.Add);
    }

    private static void CollectResults(Type returned, FieldInfo[] path, List<FieldInfo[]> results)
    {
        while (true)
        {
            if (returned == typeof(void))
            {
                return;
            }

            if (!returned.IsGenericType || !returned.FullName!.StartsWith("System.ValueTuple`", StringComparison.Ordinal))
            {
                results.Add(path);
                return;
            }

            FieldInfo? rest = null;
            foreach (var field in returned.GetFields())
            {
                if (field.Name == TupleRest)
                {
                    rest = field;
                }
                else
                {
                    results.Add([.. path, field]);
                }
            }

            if (rest is null)
            {
                return;
            }

            path = [.. path, rest];
            returned = rest.FieldType;
        }
    }

    private static ValueType TypeOf(Type type) => Numbers.TryGetValue(type, out var number)
        ? number
        : throw new ArgumentException($"{type} does not stand for a WebAssembly number");
}
