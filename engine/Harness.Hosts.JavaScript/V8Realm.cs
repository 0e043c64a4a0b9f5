using System.Text;

namespace Harness.Hosts.JavaScript;

/// <summary>
/// An isolate of V8 and a context in it, past ClearScript. Made while a script runs, by a function of the host that it calls; functions go from one side to the other as properties of
/// the global object, where they stay as long as the script leaves them there.
/// </summary>
internal sealed unsafe class V8Realm
{
    /// <summary>Takes hold of the context of the script that runs.</summary>
    public V8Realm()
    {
        Isolate = V8Interface.TryGetCurrentIsolate();
        if (Isolate == 0) throw new InvalidOperationException("no script runs on this thread");
        Context = V8Interface.MakeGlobal(Isolate, *V8Interface.GetCurrentContext(Isolate));
    }

    /// <summary>The isolate.</summary>
    public nint Isolate { get; }

    /// <summary>The context, as a <c>Global</c>.</summary>
    public nint* Context { get; }

    /// <summary>Whether V8 runs on this thread, in the isolate, which is when it can be called past ClearScript.</summary>
    public bool IsEntered => V8Interface.TryGetCurrentIsolate() == Isolate;

    /// <summary>Puts a function that calls native code into the global object. Optimized code of JavaScript calls it directly (<see cref="DirectFunction"/>), what is not optimized through V8's interface.</summary>
    /// <param name="name">The property.</param>
    /// <param name="code">The code, as <c>int (void*)</c>, which makes nothing of what it is given, as that differs: at least as long as the function can be called.</param>
    public void Define(string name, nint code)
    {
        DirectFunction direct = DirectFunction.WithoutParameters(code);
        nint* template = Present(V8Interface.NewFunctionTemplate(
            Isolate, code, data: null, signature: null, length: 0, constructor: 0, sideEffects: 0, &direct, instanceType: 0, firstReceiverType: 0, lastReceiverType: 0));
        nint* function = Present(V8Interface.GetFunction(template, Context));
        if (V8Interface.SetProperty(V8Interface.GetGlobal(Context), Context, KeyOf(name), function) != V8Interface.JustTrue)
            throw new InvalidOperationException($"the global property '{name}' cannot be set");
    }

    /// <summary>Takes a function out of the global object.</summary>
    /// <param name="name">The property.</param>
    /// <returns>Its <c>Global</c>.</returns>
    public nint* Take(string name)
    {
        nint* function = Present(V8Interface.GetProperty(V8Interface.GetGlobal(Context), Context, KeyOf(name)));
        return V8Interface.IsFunction(function) != 0
            ? V8Interface.MakeGlobal(Isolate, *function)
            : throw new InvalidOperationException($"the global property '{name}' is no function");
    }

    private nint* KeyOf(string name)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(name);
        fixed (byte* text = bytes) return Present(V8Interface.NewString(Isolate, text, type: 1, bytes.Length));
    }

    private static nint* Present(nint* local) => local is not null ? local : throw new InvalidOperationException("V8 has no memory left");
}
