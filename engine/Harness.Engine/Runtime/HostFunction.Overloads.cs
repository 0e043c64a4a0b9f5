using System.Runtime.CompilerServices;
using Harness.Engine.Modules;

namespace Harness.Engine.Runtime;

/// <content>
/// Functions of numbers: <see cref="int"/> and <see cref="uint"/> are i32, <see cref="long"/> and <see cref="ulong"/> i64,
/// <see cref="float"/> f32, <see cref="double"/> f64.
/// </content>
public sealed unsafe partial class HostFunction
{
    /// <summary>Makes a function with no parameters and no result.</summary>
    public static HostFunction Create(Action callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return new HostFunction(FunctionType.Of([], []), (_, _) => callback());
    }

    /// <summary>Makes a function with no parameters and a result.</summary>
    /// <exception cref="ArgumentException">A type is not one of those that stand for WebAssembly numbers.</exception>
    public static HostFunction Create<TResult>(Func<TResult> callback)
        where TResult : unmanaged
    {
        ArgumentNullException.ThrowIfNull(callback);
        return new HostFunction(FunctionType.Of([], [TypeOf<TResult>()]), (_, slots) => Write(slots, callback()));
    }

    /// <summary>Makes a function with one parameter and no result.</summary>
    /// <exception cref="ArgumentException">A type is not one of those that stand for WebAssembly numbers.</exception>
    public static HostFunction Create<T1>(Action<T1> callback)
        where T1 : unmanaged
    {
        ArgumentNullException.ThrowIfNull(callback);
        return new HostFunction(FunctionType.Of([TypeOf<T1>()], []), (_, slots) => callback(Read<T1>(slots, 0)));
    }

    /// <summary>Makes a function with one parameter and a result.</summary>
    /// <exception cref="ArgumentException">A type is not one of those that stand for WebAssembly numbers.</exception>
    public static HostFunction Create<T1, TResult>(Func<T1, TResult> callback)
        where T1 : unmanaged
        where TResult : unmanaged
    {
        ArgumentNullException.ThrowIfNull(callback);
        return new HostFunction(FunctionType.Of([TypeOf<T1>()], [TypeOf<TResult>()]), (_, slots) => Write(slots, callback(Read<T1>(slots, 0))));
    }

    /// <summary>Makes a function with 2 parameters and no result.</summary>
    /// <exception cref="ArgumentException">A type is not one of those that stand for WebAssembly numbers.</exception>
    public static HostFunction Create<T1, T2>(Action<T1, T2> callback)
        where T1 : unmanaged
        where T2 : unmanaged
    {
        ArgumentNullException.ThrowIfNull(callback);
        return new HostFunction(FunctionType.Of([TypeOf<T1>(), TypeOf<T2>()], []), (_, slots) => callback(Read<T1>(slots, 0), Read<T2>(slots, 1)));
    }

    /// <summary>Makes a function with 2 parameters and a result.</summary>
    /// <exception cref="ArgumentException">A type is not one of those that stand for WebAssembly numbers.</exception>
    public static HostFunction Create<T1, T2, TResult>(Func<T1, T2, TResult> callback)
        where T1 : unmanaged
        where T2 : unmanaged
        where TResult : unmanaged
    {
        ArgumentNullException.ThrowIfNull(callback);
        return new HostFunction(FunctionType.Of([TypeOf<T1>(), TypeOf<T2>()], [TypeOf<TResult>()]), (_, slots) => Write(slots, callback(Read<T1>(slots, 0), Read<T2>(slots, 1))));
    }

    /// <summary>Makes a function with 3 parameters and no result.</summary>
    /// <exception cref="ArgumentException">A type is not one of those that stand for WebAssembly numbers.</exception>
    public static HostFunction Create<T1, T2, T3>(Action<T1, T2, T3> callback)
        where T1 : unmanaged
        where T2 : unmanaged
        where T3 : unmanaged
    {
        ArgumentNullException.ThrowIfNull(callback);
        return new HostFunction(FunctionType.Of([TypeOf<T1>(), TypeOf<T2>(), TypeOf<T3>()], []), (_, slots) => callback(Read<T1>(slots, 0), Read<T2>(slots, 1), Read<T3>(slots, 2)));
    }

    /// <summary>Makes a function with 3 parameters and a result.</summary>
    /// <exception cref="ArgumentException">A type is not one of those that stand for WebAssembly numbers.</exception>
    public static HostFunction Create<T1, T2, T3, TResult>(Func<T1, T2, T3, TResult> callback)
        where T1 : unmanaged
        where T2 : unmanaged
        where T3 : unmanaged
        where TResult : unmanaged
    {
        ArgumentNullException.ThrowIfNull(callback);
        return new HostFunction(FunctionType.Of([TypeOf<T1>(), TypeOf<T2>(), TypeOf<T3>()], [TypeOf<TResult>()]), (_, slots) => Write(slots, callback(Read<T1>(slots, 0), Read<T2>(slots, 1), Read<T3>(slots, 2))));
    }

    /// <summary>Makes a function with 4 parameters and no result.</summary>
    /// <exception cref="ArgumentException">A type is not one of those that stand for WebAssembly numbers.</exception>
    public static HostFunction Create<T1, T2, T3, T4>(Action<T1, T2, T3, T4> callback)
        where T1 : unmanaged
        where T2 : unmanaged
        where T3 : unmanaged
        where T4 : unmanaged
    {
        ArgumentNullException.ThrowIfNull(callback);
        return new HostFunction(FunctionType.Of([TypeOf<T1>(), TypeOf<T2>(), TypeOf<T3>(), TypeOf<T4>()], []), (_, slots) => callback(Read<T1>(slots, 0), Read<T2>(slots, 1), Read<T3>(slots, 2), Read<T4>(slots, 3)));
    }

    /// <summary>Makes a function with 4 parameters and a result.</summary>
    /// <exception cref="ArgumentException">A type is not one of those that stand for WebAssembly numbers.</exception>
    public static HostFunction Create<T1, T2, T3, T4, TResult>(Func<T1, T2, T3, T4, TResult> callback)
        where T1 : unmanaged
        where T2 : unmanaged
        where T3 : unmanaged
        where T4 : unmanaged
        where TResult : unmanaged
    {
        ArgumentNullException.ThrowIfNull(callback);
        return new HostFunction(FunctionType.Of([TypeOf<T1>(), TypeOf<T2>(), TypeOf<T3>(), TypeOf<T4>()], [TypeOf<TResult>()]), (_, slots) => Write(slots, callback(Read<T1>(slots, 0), Read<T2>(slots, 1), Read<T3>(slots, 2), Read<T4>(slots, 3))));
    }

    /// <summary>Makes a function with 5 parameters and no result.</summary>
    /// <exception cref="ArgumentException">A type is not one of those that stand for WebAssembly numbers.</exception>
    public static HostFunction Create<T1, T2, T3, T4, T5>(Action<T1, T2, T3, T4, T5> callback)
        where T1 : unmanaged
        where T2 : unmanaged
        where T3 : unmanaged
        where T4 : unmanaged
        where T5 : unmanaged
    {
        ArgumentNullException.ThrowIfNull(callback);
        return new HostFunction(FunctionType.Of([TypeOf<T1>(), TypeOf<T2>(), TypeOf<T3>(), TypeOf<T4>(), TypeOf<T5>()], []), (_, slots) => callback(Read<T1>(slots, 0), Read<T2>(slots, 1), Read<T3>(slots, 2), Read<T4>(slots, 3), Read<T5>(slots, 4)));
    }

    /// <summary>Makes a function with 5 parameters and a result.</summary>
    /// <exception cref="ArgumentException">A type is not one of those that stand for WebAssembly numbers.</exception>
    public static HostFunction Create<T1, T2, T3, T4, T5, TResult>(Func<T1, T2, T3, T4, T5, TResult> callback)
        where T1 : unmanaged
        where T2 : unmanaged
        where T3 : unmanaged
        where T4 : unmanaged
        where T5 : unmanaged
        where TResult : unmanaged
    {
        ArgumentNullException.ThrowIfNull(callback);
        return new HostFunction(FunctionType.Of([TypeOf<T1>(), TypeOf<T2>(), TypeOf<T3>(), TypeOf<T4>(), TypeOf<T5>()], [TypeOf<TResult>()]), (_, slots) => Write(slots, callback(Read<T1>(slots, 0), Read<T2>(slots, 1), Read<T3>(slots, 2), Read<T4>(slots, 3), Read<T5>(slots, 4))));
    }

    /// <summary>Makes a function with 6 parameters and no result.</summary>
    /// <exception cref="ArgumentException">A type is not one of those that stand for WebAssembly numbers.</exception>
    public static HostFunction Create<T1, T2, T3, T4, T5, T6>(Action<T1, T2, T3, T4, T5, T6> callback)
        where T1 : unmanaged
        where T2 : unmanaged
        where T3 : unmanaged
        where T4 : unmanaged
        where T5 : unmanaged
        where T6 : unmanaged
    {
        ArgumentNullException.ThrowIfNull(callback);
        return new HostFunction(FunctionType.Of([TypeOf<T1>(), TypeOf<T2>(), TypeOf<T3>(), TypeOf<T4>(), TypeOf<T5>(), TypeOf<T6>()], []), (_, slots) => callback(Read<T1>(slots, 0), Read<T2>(slots, 1), Read<T3>(slots, 2), Read<T4>(slots, 3), Read<T5>(slots, 4), Read<T6>(slots, 5)));
    }

    /// <summary>Makes a function with 6 parameters and a result.</summary>
    /// <exception cref="ArgumentException">A type is not one of those that stand for WebAssembly numbers.</exception>
    public static HostFunction Create<T1, T2, T3, T4, T5, T6, TResult>(Func<T1, T2, T3, T4, T5, T6, TResult> callback)
        where T1 : unmanaged
        where T2 : unmanaged
        where T3 : unmanaged
        where T4 : unmanaged
        where T5 : unmanaged
        where T6 : unmanaged
        where TResult : unmanaged
    {
        ArgumentNullException.ThrowIfNull(callback);
        return new HostFunction(FunctionType.Of([TypeOf<T1>(), TypeOf<T2>(), TypeOf<T3>(), TypeOf<T4>(), TypeOf<T5>(), TypeOf<T6>()], [TypeOf<TResult>()]), (_, slots) => Write(slots, callback(Read<T1>(slots, 0), Read<T2>(slots, 1), Read<T3>(slots, 2), Read<T4>(slots, 3), Read<T5>(slots, 4), Read<T6>(slots, 5))));
    }

    private static ValueType TypeOf<T>()
        where T : unmanaged
    {
        if (typeof(T) == typeof(int) || typeof(T) == typeof(uint))
        {
            return ValueType.I32;
        }

        if (typeof(T) == typeof(long) || typeof(T) == typeof(ulong))
        {
            return ValueType.I64;
        }

        if (typeof(T) == typeof(float))
        {
            return ValueType.F32;
        }

        if (typeof(T) == typeof(double))
        {
            return ValueType.F64;
        }

        throw new ArgumentException(typeof(T) == typeof(V128)
            ? "a function with vectors is made from a Delegate or a HostCallback"
            : $"{typeof(T)} does not stand for a WebAssembly number");
    }

    private static T Read<T>(ulong* slots, int index)
        where T : unmanaged =>
        Unsafe.As<ulong, T>(ref slots[index]);

    private static void Write<T>(ulong* slots, T value)
        where T : unmanaged
    {
        slots[0] = 0;
        Unsafe.As<ulong, T>(ref slots[0]) = value;
    }
}
