namespace Harness.Hosts.JavaScript;

/// <summary>
/// Bytes on their way between scripts and the host, past ClearScript, each of whose ways to them is generic code that every process has to compile. Whoever hands some over leaves them as a property of
/// one object that both sides have (<c>exchange.js</c>). For functions of the host, while a script calls them.
/// </summary>
internal sealed unsafe class ByteExchange
{
    private readonly V8Realm _realm;
    private readonly nint* _object;
    private readonly nint* _key;

    /// <summary>Leaves the object in the global object, for the script that takes it away from there.</summary>
    public ByteExchange(V8Realm realm)
    {
        _realm = realm;
        var made = V8Realm.Present(V8Interface.NewObject(realm.Isolate));
        realm.Define("harness:exchange", made);
        _object = V8Interface.MakeGlobal(realm.Isolate, *made);
        _key = V8Interface.MakeGlobal(realm.Isolate, *realm.KeyOf("bytes"));
    }

    /// <summary>What a script hands over: a copy.</summary>
    /// <returns>The bytes of a buffer, or those that a view has of one, be it shared or not; none if it is detached, or has become too short for the view.</returns>
    /// <exception cref="ArgumentException">It is neither.</exception>
    /// <exception cref="OverflowException">It has 2 GiB or more.</exception>
    public byte[] Take()
    {
        using var scope = new V8Scope(_realm);
        return PlaceOf(Left()).Bytes.ToArray();
    }

    /// <summary>The buffer that a script hands over itself.</summary>
    /// <returns>Where its bytes are as long as it is not detached.</returns>
    /// <exception cref="ArgumentException">It is no buffer.</exception>
    public BufferPlace TakeBuffer()
    {
        using var scope = new V8Scope(_realm);
        var value = Left();
        return V8Interface.IsView(value) == 0 ? PlaceOf(value) : throw Refuse();
    }

    /// <summary>Hands a script bytes, as a buffer of its own.</summary>
    /// <exception cref="InvalidOperationException">V8 has no memory for them.</exception>
    public void Give(ReadOnlySpan<byte> bytes)
    {
        using var scope = new V8Scope(_realm);
        var buffer = V8Realm.Present(V8Interface.NewBuffer(_realm.Isolate, (nuint)bytes.Length, initialization: 1));
        bytes.CopyTo(new Span<byte>(V8Interface.GetBufferData(buffer), bytes.Length));
        if (V8Interface.SetProperty(_object, _realm.Context, _key, buffer) != V8Interface.JustTrue)
        {
            throw new InvalidOperationException("the script takes no bytes");
        }
    }

    private nint* Left() => V8Realm.Present(V8Interface.GetProperty(_object, _realm.Context, _key));

    private static BufferPlace PlaceOf(nint* value)
    {
        if (V8Interface.IsView(value) != 0)
        {
            // First of all, since V8 may have kept the bytes of a short array elsewhere until its buffer is asked for.
            var buffer = V8Interface.GetViewBuffer(value);
            return new BufferPlace(V8Interface.GetBufferData(buffer) + V8Interface.GetViewOffset(value), V8Interface.GetViewLength(value), isShared: false);
        }

        var isShared = V8Interface.IsSharedBuffer(value) != 0;
        return isShared || V8Interface.IsBuffer(value) != 0 ? new BufferPlace(V8Interface.GetBufferData(value), V8Interface.GetBufferLength(value), isShared) : throw Refuse();
    }

    private static ArgumentException Refuse() => new("bytes are wanted: an ArrayBuffer, or a view of one");
}
