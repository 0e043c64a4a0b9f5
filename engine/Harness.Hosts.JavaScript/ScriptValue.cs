namespace Harness.Hosts.JavaScript;

/// <summary>
/// A value of JavaScript as the WebAssembly heap refers to it: its place in the table of values that its realm keeps in JavaScript. There is one for each place until the value is released, so that
/// references that come back are the same. C# has it only while it crosses: what keeps the value is the heap (<see cref="ScriptValueTable"/>).
/// </summary>
internal sealed class ScriptValue(int id)
{
    private bool _isReleased;

    /// <summary>Its place in the table.</summary>
    /// <exception cref="InvalidOperationException">The value was released: nothing of the heap has referred to it.</exception>
    public int Id => _isReleased ? throw new InvalidOperationException("this value of JavaScript was let go of, since nothing of its store has referred to it") : id;

    /// <summary>Notes that the place is another value's from now on.</summary>
    public void Release() => _isReleased = true;
}
