namespace Harness.Hosts.JavaScript;

/// <summary>A scope of <c>Local</c>s, as V8's own <c>HandleScope</c>: those that are made meanwhile are given back when it ends. The last one that was opened ends first.</summary>
internal readonly unsafe ref struct V8Scope
{
    private readonly V8Realm _realm;
    private readonly nint _next;
    private readonly nint _limit;

    /// <summary>Opens the scope.</summary>
    /// <param name="realm">V8, which runs on this thread.</param>
    public V8Scope(V8Realm realm)
    {
        _realm = realm;
        _next = *realm.HandleNext;
        _limit = *realm.HandleLimit;
        ++*realm.HandleLevel;
    }

    /// <summary>Ends the scope.</summary>
    public void Dispose()
    {
        *_realm.HandleNext = _next;
        --*_realm.HandleLevel;
        if (*_realm.HandleLimit == _limit)
        {
            return;
        }

        *_realm.HandleLimit = _limit;
        V8Interface.DeleteHandleExtensions(scope: 0, _realm.Isolate);
    }
}
