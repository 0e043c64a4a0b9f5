using Harness.Engine.Runtime;
using Microsoft.ClearScript;

namespace Harness.Hosts.JavaScript;

/// <summary>
/// What the scripts of the WebAssembly API connect the host with: functions of JavaScript that the host calls. They are called as methods of the object that has them, because ClearScript passes
/// arguments of a method as values of JavaScript; those of a function come as an array of the host, which a script copies: that takes 25 times as long, and the first time in a process ClearScript binds what it needs by C#'s rules for dynamic calls.
/// </summary>
/// <param name="functions">The object.</param>
/// <param name="dispatch">Its method <c>dispatch</c>, by which all imports are called, past ClearScript.</param>
/// <param name="stack">V8's part of the stack.</param>
internal sealed class ScriptFunctions(ScriptObject functions, NativeCallback dispatch, ScriptStack stack) : IDisposable
{
    /// <summary>Calls the import that the header of the slots names, and leaves there how that ended.</summary>
    /// <exception cref="HostTrapException">There is no stack left for it.</exception>
    public void Dispatch()
    {
        stack.ThrowIfExhausted();
        if (!dispatch.TryCall())
        {
            functions.InvokeMethod("dispatch");
        }
    }

    /// <summary>Lets go of what a script that was ended has left to be let go of at the end of its job.</summary>
    public void ForgetRealms() => functions.InvokeMethod("forgetRealms");

    /// <summary>Puts a <c>TypeError</c> into slot 0, for a store.</summary>
    public void RefuseResult(int store, string message) => functions.InvokeMethod("refuseResult", store, message);

    /// <summary>Sweeps the values of a store, and has its realm release those that are not left; where there is no stack for it, that is left for the next time.</summary>
    /// <param name="store">Number of the store.</param>
    /// <param name="values">Its values.</param>
    /// <param name="bits">Where the realm sees which ones are left, at the beginning of the staging buffer.</param>
    public void ReleaseValues(int store, ScriptValueTable values, Span<byte> bits)
    {
        if (stack.IsExhausted)
        {
            return;
        }

        var size = 8 * bits.Length;
        var last = (values.End - 1) / size * size;
        values.BeginSweep();
        for (var from = last; from >= 0; from -= size)
        {
            var to = values.Sweep(from, bits);
            functions.InvokeMethod("releaseValues", store, from, to, from == last, values.Left);
        }

        values.EndSweep();
    }

    /// <summary>Says that code has grown a memory, which the script then has mapped below the buffer of its new size.</summary>
    /// <exception cref="HostTrapException">There is no stack left for it.</exception>
    public void Grown(int store, int id, double delta)
    {
        stack.ThrowIfExhausted();
        functions.InvokeMethod("grown", store, id, delta);
    }

    /// <summary>Whether a value of a store's realm is a typed array of some kind of elements, and has all that are asked for.</summary>
    /// <exception cref="HostTrapException">There is no stack left to find out.</exception>
    public bool HasElements(int store, int value, int from, int length, int element)
    {
        stack.ThrowIfExhausted();
        return (bool)functions.InvokeMethod("hasElements", store, value, from, length, element);
    }

    /// <summary>Copies elements of a typed array to the staging buffer, or back.</summary>
    public void CopyElements(int store, int value, int from, int count, bool isToStaging) => functions.InvokeMethod("copyElements", store, value, from, count, isToStaging);

    /// <inheritdoc/>
    public void Dispose() => functions.Dispose();
}
