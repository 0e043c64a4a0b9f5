namespace Harness.Hosts.JavaScript;

/// <summary>
/// A value of JavaScript as the WebAssembly heap refers to it: its place in the table of values that its realm keeps in JavaScript. There is one at a time for
/// each place, so that references that come back are the same; when none is left, JavaScript is told to forget the value.
/// </summary>
internal sealed class ScriptValue(ScriptValueTable table, int id)
{
    /// <summary>Its place in the table.</summary>
    public int Id { get; } = id;

    ~ScriptValue() => table.Forget(Id);
}
