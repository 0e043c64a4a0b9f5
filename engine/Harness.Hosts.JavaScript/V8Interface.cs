using System.Runtime.InteropServices;

namespace Harness.Hosts.JavaScript;

/// <summary>
/// V8's own interface (<c>v8.h</c>), as far as crossings need it: ClearScript's way from JavaScript to the host and back takes microseconds. The symbols are those of the version that
/// <see cref="V8Library"/> restores, whose library exports them. A <c>Local</c> or a <c>Global</c> of V8 is the address of a word that V8 keeps up to date, and is passed as that address;
/// <c>this</c> of a method is the <c>Local</c> of its object. V8 must run on the calling thread, but for <see cref="SetFlags"/>, <see cref="TryGetCurrentIsolate"/> and the callbacks at the heap's limit.
/// </summary>
internal static unsafe partial class V8Interface
{
    /// <summary>Bytes that suffice for a <c>v8::TryCatch</c>, which has five pointers and a few bits.</summary>
    public const int TryCatchSize = 128;

    /// <summary>Bytes that suffice for a <c>v8::CFunctionInfo</c>, which has two types, two numbers and a pointer.</summary>
    public const int FunctionInfoSize = 64;

    /// <summary>What <see cref="SetProperty"/> gives when the property was set: a <c>Maybe&lt;bool&gt;</c> that has a value, which is true.</summary>
    public const ushort JustTrue = 0x0101;

    /// <summary><c>V8::SetFlagsFromString</c>: sets flags, which hold for all isolates. Before the first one there is.</summary>
    [LibraryImport(V8Library.FileName, EntryPoint = "_ZN2v82V818SetFlagsFromStringEPKc", StringMarshalling = StringMarshalling.Utf8)]
    public static partial void SetFlags(string flags);

    /// <summary><c>Isolate::TryGetCurrent</c>: the isolate that the thread has entered; 0 if none.</summary>
    [SuppressGCTransition]
    [LibraryImport(V8Library.FileName, EntryPoint = "_ZN2v87Isolate13TryGetCurrentEv")]
    public static partial nint TryGetCurrentIsolate();

    /// <summary><c>Isolate::GetCurrentContext</c>: the context of the function that runs.</summary>
    [LibraryImport(V8Library.FileName, EntryPoint = "_ZN2v87Isolate17GetCurrentContextEv")]
    public static partial nint* GetCurrentContext(nint isolate);

    /// <summary><c>Isolate::AdjustAmountOfExternalAllocatedMemory</c>: says how much more memory beyond V8's own its objects keep alive. Where that is much, V8 begins to collect.</summary>
    /// <param name="isolate">The isolate.</param>
    /// <param name="change">Bytes that have come; below zero, those that have gone.</param>
    /// <returns>Bytes in all.</returns>
    [LibraryImport(V8Library.FileName, EntryPoint = "_ZN2v87Isolate37AdjustAmountOfExternalAllocatedMemoryEl")]
    public static partial long AdjustExternalMemory(nint isolate, long change);

    /// <summary><c>Isolate::AddNearHeapLimitCallback</c>: has V8 call something when its heap comes to its limit, which is then what that gives, unless that is less. The last one that was added is called.</summary>
    /// <param name="isolate">The isolate.</param>
    /// <param name="callback">Gets <paramref name="data"/>, the limit, and what it was at first, in bytes.</param>
    /// <param name="data">What the callback is told.</param>
    [LibraryImport(V8Library.FileName, EntryPoint = "_ZN2v87Isolate24AddNearHeapLimitCallbackEPFmPvmmES1_")]
    public static partial void AddNearHeapLimitCallback(nint isolate, delegate* unmanaged<nint, nuint, nuint, nuint> callback, nint data);

    /// <summary><c>Isolate::RemoveNearHeapLimitCallback</c>: takes a callback away that was added.</summary>
    /// <param name="isolate">The isolate.</param>
    /// <param name="callback">The callback.</param>
    /// <param name="limit">What the limit becomes, in bytes, if it is larger, and what is in use leaves room below it; 0 to leave it.</param>
    [LibraryImport(V8Library.FileName, EntryPoint = "_ZN2v87Isolate27RemoveNearHeapLimitCallbackEPFmPvmmEm")]
    public static partial void RemoveNearHeapLimitCallback(nint isolate, delegate* unmanaged<nint, nuint, nuint, nuint> callback, nuint limit);

    /// <summary><c>Context::Global</c>: the global object.</summary>
    [LibraryImport(V8Library.FileName, EntryPoint = "_ZN2v87Context6GlobalEv")]
    public static partial nint* GetGlobal(nint* context);

    /// <summary><c>String::NewFromUtf8</c>; null if there is no memory.</summary>
    /// <param name="isolate">The isolate.</param>
    /// <param name="text">Its bytes.</param>
    /// <param name="type">0 for an ordinary string, 1 for one that is a name of properties.</param>
    /// <param name="length">Number of bytes.</param>
    [LibraryImport(V8Library.FileName, EntryPoint = "_ZN2v86String11NewFromUtf8EPNS_7IsolateEPKcNS_13NewStringTypeEi")]
    public static partial nint* NewString(nint isolate, byte* text, int type, int length);

    /// <summary><c>Integer::New</c>.</summary>
    [LibraryImport(V8Library.FileName, EntryPoint = "_ZN2v87Integer3NewEPNS_7IsolateEi")]
    public static partial nint* NewInteger(nint isolate, int value);

    /// <summary><c>Object::New</c>: an object without properties.</summary>
    [LibraryImport(V8Library.FileName, EntryPoint = "_ZN2v86Object3NewEPNS_7IsolateE")]
    public static partial nint* NewObject(nint isolate);

    /// <summary><c>Object::Get</c>; null if it threw.</summary>
    [LibraryImport(V8Library.FileName, EntryPoint = "_ZN2v86Object3GetENS_5LocalINS_7ContextEEENS1_INS_5ValueEEE")]
    public static partial nint* GetProperty(nint* target, nint* context, nint* key);

    /// <summary><c>Object::Set</c>.</summary>
    /// <returns><see cref="JustTrue"/> if it was set.</returns>
    [LibraryImport(V8Library.FileName, EntryPoint = "_ZN2v86Object3SetENS_5LocalINS_7ContextEEENS1_INS_5ValueEEES5_")]
    public static partial ushort SetProperty(nint* target, nint* context, nint* key, nint* value);

    /// <summary><c>FunctionTemplate::New</c>: what functions are made from that call <paramref name="callback"/>, as <c>void (const FunctionCallbackInfo&amp;)</c>; null if there is no memory.</summary>
    /// <param name="isolate">The isolate.</param>
    /// <param name="callback">What they call.</param>
    /// <param name="data">What the callback is told; null for <c>undefined</c>.</param>
    /// <param name="signature">What their receivers must be made from; null for no matter what.</param>
    /// <param name="length">Their number of parameters.</param>
    /// <param name="constructor">0 if they are no constructors.</param>
    /// <param name="sideEffects">0 if they may have any.</param>
    /// <param name="direct">What optimized code calls in place of the callback.</param>
    /// <param name="instanceType">0 for ordinary objects.</param>
    /// <param name="firstReceiverType">0 for receivers of all types.</param>
    /// <param name="lastReceiverType">0 for receivers of all types.</param>
    [LibraryImport(
        V8Library.FileName,
        EntryPoint = "_ZN2v816FunctionTemplate3NewEPNS_7IsolateEPFvRKNS_20FunctionCallbackInfoINS_5ValueEEEENS_5LocalIS4_EENSA_INS_9SignatureEEEiNS_19ConstructorBehaviorENS_14SideEffectTypeEPKNS_9CFunctionEttt")]
    public static partial nint* NewFunctionTemplate(
        nint isolate, nint callback, nint* data, nint* signature, int length, int constructor, int sideEffects, DirectFunction* direct, ushort instanceType, ushort firstReceiverType, ushort lastReceiverType);

    /// <summary><c>FunctionTemplate::GetFunction</c>: the function of a template in a context; null if there is no memory.</summary>
    [LibraryImport(V8Library.FileName, EntryPoint = "_ZN2v816FunctionTemplate11GetFunctionENS_5LocalINS_7ContextEEE")]
    public static partial nint* GetFunction(nint* template, nint* context);

    /// <summary>The constructor of <c>CFunctionInfo</c>.</summary>
    /// <param name="info"><see cref="FunctionInfoSize"/> bytes.</param>
    /// <param name="result">What the function gives.</param>
    /// <param name="count">Its number of parameters, with the receiver.</param>
    /// <param name="parameters">The parameters, to which the result refers.</param>
    /// <param name="longs">How integers of 64 bits cross: 0 as numbers.</param>
    [LibraryImport(V8Library.FileName, EntryPoint = "_ZN2v813CFunctionInfoC1ERKNS_9CTypeInfoEjPS2_NS0_19Int64RepresentationE")]
    public static partial void MakeFunctionInfo(void* info, DirectType* result, uint count, DirectType* parameters, byte longs);

    /// <summary><c>CFunctionInfo::ArgumentInfo</c>: where V8 finds the type of a parameter.</summary>
    /// <param name="info">What <see cref="MakeFunctionInfo"/> has made.</param>
    /// <param name="index">Index of the parameter; that of the receiver is 0.</param>
    [LibraryImport(V8Library.FileName, EntryPoint = "_ZNK2v813CFunctionInfo12ArgumentInfoEj")]
    public static partial DirectType* GetArgumentType(void* info, uint index);

    /// <summary><c>Value::IsFunction</c>.</summary>
    [LibraryImport(V8Library.FileName, EntryPoint = "_ZNK2v85Value10IsFunctionEv")]
    public static partial byte IsFunction(nint* value);

    /// <summary><c>Value::IsArrayBuffer</c>, which those are not that are shared.</summary>
    [LibraryImport(V8Library.FileName, EntryPoint = "_ZNK2v85Value13IsArrayBufferEv")]
    public static partial byte IsBuffer(nint* value);

    /// <summary><c>Value::IsSharedArrayBuffer</c>.</summary>
    [LibraryImport(V8Library.FileName, EntryPoint = "_ZNK2v85Value19IsSharedArrayBufferEv")]
    public static partial byte IsSharedBuffer(nint* value);

    /// <summary><c>Value::IsArrayBufferView</c>: whether it is a typed array or a <c>DataView</c>.</summary>
    [LibraryImport(V8Library.FileName, EntryPoint = "_ZNK2v85Value17IsArrayBufferViewEv")]
    public static partial byte IsView(nint* value);

    /// <summary><c>ArrayBuffer::MaybeNew</c>; null if there is no memory.</summary>
    /// <param name="isolate">The isolate.</param>
    /// <param name="length">Number of bytes.</param>
    /// <param name="initialization">0 if they are to be zero, 1 if they may be anything.</param>
    [LibraryImport(V8Library.FileName, EntryPoint = "_ZN2v811ArrayBuffer8MaybeNewEPNS_7IsolateEmNS_30BackingStoreInitializationModeE")]
    public static partial nint* NewBuffer(nint isolate, nuint length, int initialization);

    /// <summary><c>ArrayBuffer::Data</c>: where its bytes are, which do not move. Buffers that are shared are of the same class to V8.</summary>
    [LibraryImport(V8Library.FileName, EntryPoint = "_ZNK2v811ArrayBuffer4DataEv")]
    public static partial byte* GetBufferData(nint* buffer);

    /// <summary><c>ArrayBuffer::ByteLength</c>: 0 for one that is detached.</summary>
    [LibraryImport(V8Library.FileName, EntryPoint = "_ZNK2v811ArrayBuffer10ByteLengthEv")]
    public static partial nuint GetBufferLength(nint* buffer);

    /// <summary><c>ArrayBufferView::Buffer</c>: the buffer of a view, be it shared or not.</summary>
    [LibraryImport(V8Library.FileName, EntryPoint = "_ZN2v815ArrayBufferView6BufferEv")]
    public static partial nint* GetViewBuffer(nint* view);

    /// <summary><c>ArrayBufferView::ByteOffset</c>.</summary>
    [LibraryImport(V8Library.FileName, EntryPoint = "_ZN2v815ArrayBufferView10ByteOffsetEv")]
    public static partial nuint GetViewOffset(nint* view);

    /// <summary><c>ArrayBufferView::ByteLength</c>: 0 for a view whose buffer is detached, or has become too short for it.</summary>
    [LibraryImport(V8Library.FileName, EntryPoint = "_ZN2v815ArrayBufferView10ByteLengthEv")]
    public static partial nuint GetViewLength(nint* view);

    /// <summary><c>Function::Call</c>; null if it threw.</summary>
    [LibraryImport(V8Library.FileName, EntryPoint = "_ZN2v88Function4CallEPNS_7IsolateENS_5LocalINS_7ContextEEENS3_INS_5ValueEEEiPS7_")]
    public static partial nint* Call(nint* function, nint isolate, nint* context, nint* receiver, int count, nint** arguments);

    /// <summary>The <c>Global</c> of a value: keeps it alive as long as the isolate lives.</summary>
    [LibraryImport(V8Library.FileName, EntryPoint = "_ZN2v812api_internal18GlobalizeReferenceEPNS_8internal7IsolateEm")]
    public static partial nint* MakeGlobal(nint isolate, nint value);

    /// <summary>The constructor of <c>TryCatch</c>.</summary>
    /// <param name="tryCatch"><see cref="TryCatchSize"/> bytes of the stack.</param>
    /// <param name="isolate">The isolate.</param>
    [SuppressGCTransition]
    [LibraryImport(V8Library.FileName, EntryPoint = "_ZN2v88TryCatchC1EPNS_7IsolateE")]
    public static partial void BeginTry(void* tryCatch, nint isolate);

    /// <summary>The destructor of <c>TryCatch</c>.</summary>
    [SuppressGCTransition]
    [LibraryImport(V8Library.FileName, EntryPoint = "_ZN2v88TryCatchD1Ev")]
    public static partial void EndTry(void* tryCatch);

    /// <summary><c>TryCatch::HasTerminated</c>: whether the script was ended from outside.</summary>
    [LibraryImport(V8Library.FileName, EntryPoint = "_ZNK2v88TryCatch13HasTerminatedEv")]
    public static partial byte HasTerminated(void* tryCatch);

    /// <summary>Where an isolate says which word the next <c>Local</c> will be. The address does not change.</summary>
    [LibraryImport(V8Library.FileName, EntryPoint = "_ZN2v88internal11HandleScope20current_next_addressEPNS0_7IsolateE")]
    public static partial nint* HandleNext(nint isolate);

    /// <summary>Where an isolate says where the words for <c>Local</c>s end.</summary>
    [LibraryImport(V8Library.FileName, EntryPoint = "_ZN2v88internal11HandleScope21current_limit_addressEPNS0_7IsolateE")]
    public static partial nint* HandleLimit(nint isolate);

    /// <summary>Where an isolate counts the scopes of <c>Local</c>s.</summary>
    [LibraryImport(V8Library.FileName, EntryPoint = "_ZN2v88internal11HandleScope21current_level_addressEPNS0_7IsolateE")]
    public static partial int* HandleLevel(nint isolate);

    /// <summary><c>HandleScope::DeleteExtensions</c>: gives blocks of <c>Local</c>s beyond the present limit back.</summary>
    /// <param name="scope">The scope, which it does not look at.</param>
    /// <param name="isolate">The isolate.</param>
    [LibraryImport(V8Library.FileName, EntryPoint = "_ZN2v811HandleScope16DeleteExtensionsEPNS_7IsolateE")]
    public static partial void DeleteHandleExtensions(nint scope, nint isolate);
}
