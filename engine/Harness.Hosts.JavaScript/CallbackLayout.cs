namespace Harness.Hosts.JavaScript;

/// <summary>
/// Where callbacks of V8 find their first argument, and leave their result, if those are small integers: in the <c>v8::FunctionCallbackInfo</c> that they get, which is a part of the stack
/// (<c>v8-function-callback.h</c>).
/// </summary>
/// <param name="Argument">Bytes from its beginning to the 32 bits that have the argument.</param>
/// <param name="ArgumentShift">How far left it lies in them.</param>
/// <param name="Result">Bytes from its beginning to the 64 bits of the result.</param>
/// <param name="ResultShift">How far left it lies in them.</param>
internal readonly record struct CallbackLayout(int Argument, int ArgumentShift, int Result, int ResultShift);
