using Harness.Dart.Ir;
using Harness.Dart.Lowering.Dispatch;

namespace Harness.Dart.Lowering.Module;

/// <summary>The types of the module that every program has: the root of all objects, boxes, arrays, and closures.</summary>
internal sealed class TargetTypes
{
    /// <summary>Most positional arguments of a call of a closure that has an entry of its own.</summary>
    private const int ClosureArities = 6;

    /// <param name="header">What objects say of their class.</param>
    /// <param name="functions">Makes function types.</param>
    public TargetTypes(ObjectHeader header, FuncDefs functions)
    {
        Top = new StructDef("#Top", null);
        TopRef = WType.Ref(Top);
        AnyRef = WType.Ref(Top, true);
        // The header's type may have objects in it.
        Top.Add(header.Type, false, "class");
        ObjectStruct = new StructDef("Object", Top);
        ObjectStruct.Add(WType.I32, true, "hash");
        BoxedInt = Box("int", WType.I64);
        BoxedDouble = Box("double", WType.F64);
        BoxedBool = Box("bool", WType.I32);
        ObjectArray = new ArrayDef("array", AnyRef, true);
        Closure = new StructDef("_Closure", ObjectStruct);
        VTable = new StructDef("#VTable", null);
        Closure.Add(WType.Ref(HeapDef.Struct, true), false, "context");
        Closure.Add(WType.Ref(VTable), false, "vtable");
        Closure.Add(AnyRef, false, "type");
        for (var i = 0; i <= ClosureArities; i++)
        {
            ClosureFunctions.Add(functions.Get([WType.Ref(Closure), .. Enumerable.Repeat(AnyRef, i)], AnyRef));
        }

        DynamicFunction = functions.Get([WType.Ref(Closure), WType.Ref(ObjectArray, true), WType.Ref(ObjectArray), WType.Ref(ObjectArray)], AnyRef);
        VTable.Add(WType.Ref(DynamicFunction, true), false, "dynamic");
        foreach (var def in ClosureFunctions)
        {
            VTable.Add(WType.Ref(def, true), false, "call" + (def.Parameters.Length - 1));
        }

        VTable.IsFinal = true;
    }

    /// <summary>What all objects and boxes are.</summary>
    public StructDef Top { get; }

    /// <summary>What all objects are that have an identity.</summary>
    public StructDef ObjectStruct { get; }

    /// <summary>The box of an integer.</summary>
    public StructDef BoxedInt { get; }

    /// <summary>The box of a double.</summary>
    public StructDef BoxedDouble { get; }

    /// <summary>The box of a boolean.</summary>
    public StructDef BoxedBool { get; }

    /// <summary>Function objects: a context, a table of functions, and the type.</summary>
    public StructDef Closure { get; }

    /// <summary>The functions of a closure: one for calls of any shape, then one for each number of positional arguments.</summary>
    public StructDef VTable { get; }

    /// <summary>Any object or box.</summary>
    public WType TopRef { get; }

    /// <summary>Any object or box, or null.</summary>
    public WType AnyRef { get; }

    /// <summary>Arrays of any objects.</summary>
    public ArrayDef ObjectArray { get; }

    /// <summary>Arrays of bytes.</summary>
    public ArrayDef I8Array { get; } = new("i8array", new WType(WKind.I8), true);

    /// <summary>Arrays of 16-bit units.</summary>
    public ArrayDef I16Array { get; } = new("i16array", new WType(WKind.I16), true);

    /// <summary>Arrays of 32-bit integers.</summary>
    public ArrayDef I32Array { get; } = new("i32array", WType.I32, true);

    /// <summary>Arrays of 64-bit integers.</summary>
    public ArrayDef I64Array { get; } = new("i64array", WType.I64, true);

    /// <summary>Arrays of floats.</summary>
    public ArrayDef F32Array { get; } = new("f32array", WType.F32, true);

    /// <summary>Arrays of doubles.</summary>
    public ArrayDef F64Array { get; } = new("f64array", WType.F64, true);

    /// <summary>The functions of closures by their number of positional arguments.</summary>
    public List<FuncDef> ClosureFunctions { get; } = [];

    /// <summary>The function of a closure that takes arguments of any shape: the closure, type arguments, positional arguments, names and values.</summary>
    public FuncDef DynamicFunction { get; }

    private StructDef Box(string name, WType type)
    {
        var box = new StructDef(name, Top) { IsFinal = true };
        box.Add(type, false, "value");
        return box;
    }
}
