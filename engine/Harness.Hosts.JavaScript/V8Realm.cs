using System.Runtime.InteropServices;
using System.Text;

namespace Harness.Hosts.JavaScript;

/// <summary>
/// An isolate of V8 and a context in it, past ClearScript. For functions of the host, while a script calls them. What goes from one side to the other does so as properties of
/// the global object, where it stays as long as the script leaves it there.
/// </summary>
internal sealed unsafe class V8Realm
{
    /// <summary>
    /// Which word of a <c>FunctionCallbackInfo</c> is the first argument, since V8 13.8. Before it are the number of arguments, four words of the frame, the isolate, the result, the context, the
    /// function, and the receiver.
    /// </summary>
    private const int FirstArgument = 10;

    /// <summary>What a callback has found there.</summary>
    [ThreadStatic]
    private static nint _seen;

    /// <summary>Takes hold of the context of the script that runs.</summary>
    public V8Realm()
    {
        Isolate = V8Interface.TryGetCurrentIsolate();
        if (Isolate == 0)
        {
            throw new InvalidOperationException("no script runs on this thread");
        }

        Context = V8Interface.MakeGlobal(Isolate, *V8Interface.GetCurrentContext(Isolate));
        HandleNext = V8Interface.HandleNext(Isolate);
        HandleLimit = V8Interface.HandleLimit(Isolate);
        HandleLevel = V8Interface.HandleLevel(Isolate);
    }

    /// <summary>The isolate.</summary>
    public nint Isolate { get; }

    /// <summary>The context, as a <c>Global</c>.</summary>
    public nint* Context { get; }

    /// <summary>Whether V8 runs on this thread, in the isolate, which is when it can be called past ClearScript.</summary>
    public bool IsEntered => V8Interface.TryGetCurrentIsolate() == Isolate;

    /// <inheritdoc cref="V8Interface.HandleNext"/>
    public nint* HandleNext { get; }

    /// <inheritdoc cref="V8Interface.HandleLimit"/>
    public nint* HandleLimit { get; }

    /// <inheritdoc cref="V8Interface.HandleLevel"/>
    public int* HandleLevel { get; }

    /// <summary>Looks where callbacks find their first argument, which V8's interface has nothing for but the inlined code of its header.</summary>
    /// <exception cref="InvalidOperationException">This V8 has it elsewhere than it is known to.</exception>
    public IntegerArgument FindIntegerArgument()
    {
        const int Sample = 1234;
        const long InUpperHalf = (long)Sample << 32;
        const long ShiftedByOne = (long)Sample << 1;
        var sample = V8Interface.NewInteger(Isolate, Sample);
        var function = MakeFunction((nint)(delegate* unmanaged<nint*, void>)&Look, direct: null);
        _seen = 0;
        _ = V8Interface.Call(function, Isolate, Context, function, count: 1, &sample);
        return (long)_seen switch
        {
            InUpperHalf => new IntegerArgument((FirstArgument * sizeof(nint)) + sizeof(int), Shift: 0),
            ShiftedByOne => new IntegerArgument(FirstArgument * sizeof(nint), Shift: 1),
            long seen => throw new InvalidOperationException($"V8 was expected to hand {Sample} over, not {seen:x}"),
        };
    }

    /// <summary>Puts a value into the global object.</summary>
    /// <param name="name">The property.</param>
    /// <param name="value">The value, as a <c>Local</c> or a <c>Global</c>.</param>
    public void Define(string name, nint* value)
    {
        if (V8Interface.SetProperty(V8Interface.GetGlobal(Context), Context, KeyOf(name), value) != V8Interface.JustTrue)
        {
            throw new InvalidOperationException($"the global property '{name}' cannot be set");
        }
    }

    /// <summary>Puts a function that calls native code into the global object.</summary>
    /// <param name="name">The property.</param>
    /// <param name="callback">What code calls that is not optimized, as <c>void (const FunctionCallbackInfo&amp;)</c>: code that is there at least as long as the function can be called.</param>
    /// <param name="direct">What optimized code calls in its place.</param>
    public void DefineFunction(string name, nint callback, DirectFunction direct) => Define(name, MakeFunction(callback, &direct));

    /// <summary>Puts a buffer whose bytes are zero into the global object.</summary>
    /// <param name="name">The property.</param>
    /// <param name="length">Number of bytes.</param>
    /// <returns>Where they are as long as the isolate lives.</returns>
    public byte* DefineBuffer(string name, int length)
    {
        var buffer = Present(V8Interface.NewBuffer(Isolate, (nuint)length, initialization: 0));
        Define(name, V8Interface.MakeGlobal(Isolate, *buffer));
        return V8Interface.GetBufferData(buffer);
    }

    /// <summary>Takes a function out of the global object.</summary>
    /// <param name="name">The property.</param>
    /// <returns>Its <c>Global</c>.</returns>
    public nint* Take(string name)
    {
        var function = Present(V8Interface.GetProperty(V8Interface.GetGlobal(Context), Context, KeyOf(name)));
        return V8Interface.IsFunction(function) != 0
            ? V8Interface.MakeGlobal(Isolate, *function)
            : throw new InvalidOperationException($"the global property '{name}' is no function");
    }

    /// <summary>The name of a property, as a <c>Local</c>.</summary>
    public nint* KeyOf(string name)
    {
        var bytes = Encoding.UTF8.GetBytes(name);
        fixed (byte* text = bytes)
        {
            return Present(V8Interface.NewString(Isolate, text, type: 1, bytes.Length));
        }
    }

    [UnmanagedCallersOnly]
    private static void Look(nint* info) => _seen = info[FirstArgument];

    private nint* MakeFunction(nint callback, DirectFunction* direct)
    {
        var template = Present(V8Interface.NewFunctionTemplate(
            Isolate, callback, data: null, signature: null, length: 0, constructor: 0, sideEffects: 0, direct, instanceType: 0, firstReceiverType: 0, lastReceiverType: 0));
        return Present(V8Interface.GetFunction(template, Context));
    }

    /// <summary>What V8 has made.</summary>
    /// <exception cref="InvalidOperationException">It has made nothing.</exception>
    public static nint* Present(nint* local) => local is not null ? local : throw new InvalidOperationException("V8 has no memory left");
}
