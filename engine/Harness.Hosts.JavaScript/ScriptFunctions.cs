using Microsoft.ClearScript;
using Microsoft.ClearScript.JavaScript;

namespace Harness.Hosts.JavaScript;

/// <summary>
/// What the scripts of the WebAssembly API connect the host with: functions of JavaScript that the host calls. They are called as methods of the object that has them, because ClearScript passes
/// arguments of a method as values of JavaScript; those of a function come as an array of the host, which a script copies, and that takes 25 times as long.
/// </summary>
internal sealed class ScriptFunctions(ScriptObject functions) : IDisposable
{
    /// <summary>Calls the import that the header of the slots names.</summary>
    /// <returns>Whether it returned; if not, slot 0 has what it threw.</returns>
    public bool Dispatch() => (int)functions.InvokeMethod("dispatch") == 0;

    /// <summary>Tells what kind of exception is in slot 0: the number of its tag, -1 for a value of JavaScript, less for an exception of an unrelated store.</summary>
    public int Unwrap(int store) => (int)functions.InvokeMethod("unwrap", store);

    /// <summary>Puts a <c>TypeError</c> into slot 0.</summary>
    public void RefuseResult(int store, string message) => functions.InvokeMethod("refuseResult", store, message);

    /// <summary>Says that nothing of a store refers to a value any more.</summary>
    public void ReleaseValue(int store, int id) => functions.InvokeMethod("releaseValue", store, id);

    /// <summary>Says that code has grown a memory.</summary>
    /// <returns>The buffer of its new size.</returns>
    public IArrayBuffer Grown(int store, int id, double delta) => (IArrayBuffer)functions.InvokeMethod("grown", store, id, delta);

    /// <summary>Whether a value is a typed array of some kind of elements, and has all that are asked for.</summary>
    public bool HasElements(int store, int value, int from, int length, int element) => (bool)functions.InvokeMethod("hasElements", store, value, from, length, element);

    /// <summary>Copies elements of a typed array to the staging buffer, or back.</summary>
    public void CopyElements(int store, int value, int from, int count, bool isToStaging) => functions.InvokeMethod("copyElements", store, value, from, count, isToStaging);

    /// <inheritdoc/>
    public void Dispose() => functions.Dispose();
}
