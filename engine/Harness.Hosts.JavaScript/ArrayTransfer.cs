using System.Text.RegularExpressions;
using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Hosts.JavaScript;

/// <summary>
/// A function of dart2wasm's glue that copies elements one by one between a typed array of JavaScript and an array of the heap, by exported functions that read
/// or write one element. It is recognized by its source text and by the body of the exported function, and copied in whole blocks; where anything is not as in
/// the plain case (another array, indices out of bounds), nothing happens here and the function runs as it is.
/// </summary>
/// <param name="IsToHeap">Whether it copies from JavaScript to the heap.</param>
/// <param name="Element">Which elements.</param>
/// <param name="ArrayTypeId">Canonical id of the type of arrays that the exported function takes.</param>
internal sealed unsafe partial record ArrayTransfer(bool IsToHeap, TransferElement Element, int ArrayTypeId)
{
    /// <summary>The import's parameters and results: typed array, its index, array, its index, number of elements.</summary>
    private const string Signature = "eiaii>e";

    /// <summary>The place of <c>undefined</c> among the values of a realm.</summary>
    private const int Undefined = 0;

    // Bytes of instructions (core specification, section 5.4) and of a body without locals.
    private static readonly byte[] Receiver = [0x00, 0x20, 0x00, 0xFB, 0x1A];
    private static readonly byte[] Cast = [0xFB, 0x16];
    private static readonly byte[] CastNull = [0xFB, 0x17];
    private static readonly byte[] Index = [0x20, 0x01];
    private static readonly byte[] IndexAndValue = [0x20, 0x01, 0x20, 0x02];
    private static readonly byte[] Set = [0xFB, 0x0E];
    private static readonly byte[][] Gets = [[0xFB, 0x0B], [0xFB, 0x0C], [0xFB, 0x0D]];

    /// <summary>The transfer that an import is.</summary>
    /// <param name="description">What it is; see <c>describe</c> in known-functions.js.</param>
    /// <param name="type">Its type.</param>
    /// <param name="module">The module that imports it.</param>
    /// <returns>Null if it is none.</returns>
    public static ArrayTransfer? Find(string description, FunctionType type, WasmModule module)
    {
        if (Descriptions.SignatureOf(type) != Signature)
        {
            return null;
        }

        var match = WritesHeap().Match(description);
        var isToHeap = match.Success;
        if (!isToHeap)
        {
            match = ReadsHeap().Match(description);
        }

        if (!match.Success || !Enum.TryParse(match.Groups["element"].Value, out TransferElement element))
        {
            return null;
        }

        return module.FindExport(match.Groups["export"].Value) is { Kind: ExternalKind.Function } export
            && ArrayTypeOf(module, module.Functions[export.Index], isToHeap) is { } typeIndex
            ? new ArrayTransfer(isToHeap, element, module.CanonicalTypeIds[typeIndex])
            : null;
    }

    /// <summary>Copies, if all is as in the plain case.</summary>
    /// <returns>Whether it has.</returns>
    public bool TryServe(StoreRealm realm, ulong* values)
    {
        var (from, array, start, length) = ((int)values[1], values[2], (uint)values[3], (int)values[4]);
        if (from < 0 || length < 0 || array == 0 || ObjectHeap.TypeIdOf(array) != ArrayTypeId)
        {
            return false;
        }

        if (start + (ulong)(uint)length > ObjectHeap.LengthOf(array))
        {
            return false;
        }

        if (realm.Store.FromNative(values[0], ValueType.ExternRef) is not { IsNull: false, IsI31: false, Referent: ScriptValue value })
        {
            return false;
        }

        int shift = ObjectShapes.Base[ArrayTypeId].ElementShift;
        var elements = (byte*)array + ObjectLayout.ArrayElements + ((ulong)start << shift);
        if (!realm.Staging.Copy(realm.Id, value.Id, from, elements, length, shift, this))
        {
            return false;
        }

        values[0] = realm.Store.ToNative(WasmValue.FromExtern(realm.Values.Get(Undefined)), ValueType.ExternRef);
        return true;
    }

    /// <summary>The type of arrays that an accessor of elements takes: it casts its first parameter, and reads or writes the element at the second.</summary>
    private static int? ArrayTypeOf(WasmModule module, FunctionInfo accessor, bool isSetter)
    {
        if (accessor.IsImported || !module.IsValid(accessor.Index))
        {
            return null;
        }

        var body = new BodyMatcher(module.Bytes[accessor.BodyStart..accessor.BodyEnd]);
        if (!body.Take(Receiver) || !(body.Take(Cast) || body.Take(CastNull)) || !body.TakeIndex(out var cast))
        {
            return null;
        }

        var accesses = isSetter ? body.Take(IndexAndValue) && body.Take(Set) : body.Take(Index) && (body.Take(Gets[0]) || body.Take(Gets[1]) || body.Take(Gets[2]));
        return accesses && body.TakeIndex(out var accessed) && accessed == cast && body.IsAtEnd ? cast : null;
    }

    [GeneratedRegex(@"^source:\((?<js>\w+), (?<from>\w+), (?<array>\w+), (?<to>\w+), (?<n>\w+)\) => \{ const (?<f>\w+) = \w+\.exports\.(?<export>\$wasm(?<element>I8|I16|I32|F32|F64)ArraySet); for \(let (?<i>\w+) = 0; \k<i> < \k<n>; \k<i>\+\+\) \{ \k<f>\(\k<array>, \k<to> \+ \k<i>, \k<js>\[\k<from> \+ \k<i>\]\); \} \}$", RegexOptions.ExplicitCapture)]
    private static partial Regex WritesHeap();

    [GeneratedRegex(@"^source:\((?<js>\w+), (?<from>\w+), (?<array>\w+), (?<to>\w+), (?<n>\w+)\) => \{ const (?<f>\w+) = \w+\.exports\.(?<export>\$wasm(?<element>I8|I16|I32|F32|F64)ArrayGet); for \(let (?<i>\w+) = 0; \k<i> < \k<n>; \k<i>\+\+\) \{ \k<js>\[\k<from> \+ \k<i>\] = \k<f>\(\k<array>, \k<to> \+ \k<i>\); \} \}$", RegexOptions.ExplicitCapture)]
    private static partial Regex ReadsHeap();

    /// <summary>Compares a body's bytes with what is expected, from the front.</summary>
    private ref struct BodyMatcher(ReadOnlySpan<byte> bytes)
    {
        private const byte End = 0x0B;
        private ReadOnlySpan<byte> _rest = bytes;

        public readonly bool IsAtEnd => _rest is [End];

        public bool Take(ReadOnlySpan<byte> expected)
        {
            if (!_rest.StartsWith(expected))
            {
                return false;
            }

            _rest = _rest[expected.Length..];
            return true;
        }

        /// <summary>Takes an index in LEB128, which the validator has seen.</summary>
        public bool TakeIndex(out int index)
        {
            index = 0;
            for (var shift = 0; shift < 32 && !_rest.IsEmpty; shift += 7)
            {
                var next = _rest[0];
                _rest = _rest[1..];
                index |= (next & 0x7F) << shift;
                if (next < 0x80)
                {
                    return true;
                }
            }

            return false;
        }
    }
}

/// <summary>Elements that are copied in blocks, as dart2wasm's glue names them; <c>typedArrays</c> in elements.js has the same order.</summary>
internal enum TransferElement
{
    /// <summary>Bytes.</summary>
    I8,

    /// <summary>16-bit integers.</summary>
    I16,

    /// <summary>32-bit integers.</summary>
    I32,

    /// <summary>Single precision.</summary>
    F32,

    /// <summary>Double precision.</summary>
    F64,
}
