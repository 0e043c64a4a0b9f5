namespace Harness.Hosts.JavaScript;

/// <summary>
/// Where callbacks of V8 find their first argument if that is a small integer: in the <c>v8::FunctionCallbackInfo</c> that they get, which is a part of the stack (<c>v8-function-callback.h</c>).
/// </summary>
/// <param name="Offset">Bytes from its beginning to the 32 bits that have the number.</param>
/// <param name="Shift">How far left it lies in them.</param>
internal readonly record struct IntegerArgument(int Offset, int Shift);
