using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Harness.Dart.Ir;
using Harness.Dart.Semantics;

namespace Harness.Dart.Lowering;

/// <summary>The value of a constant expression. Equal keys are identical constants, also where the objects differ that hold their parts.</summary>
internal abstract record ConstValue
{
    // A longer key is told by a hash, so that values that have others in several places do not have longer ones with each level.
    private const int LongestKey = 256;

    private string? _key;
    public string Key => _key ??= Shortened(MakeKey());

    protected ConstValue()
    {
    }

    // A copy with other values has another key.
    protected ConstValue(ConstValue original) => _ = original;

    /// <summary>How many values are within each other, this among them.</summary>
    public int Height => _height == 0 ? _height = 1 + Parts.Select(part => part.Height).DefaultIfEmpty().Max() : _height;
    private int _height;

    /// <summary>The values that it has within.</summary>
    protected virtual IEnumerable<ConstValue> Parts => [];

    private static string Shortened(string key) => key.Length <= LongestKey ? key : "h" + Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(key.AsSpan())));

    protected abstract string MakeKey();
    public virtual bool Equals(ConstValue? other) => other is not null && Key == other.Key;
    public override int GetHashCode() => Key.GetHashCode(StringComparison.Ordinal);
}

internal sealed record ConstNull : ConstValue
{
    public static readonly ConstNull Instance = new();
    protected override string MakeKey() => "null";
}

internal sealed record ConstInt(long Value) : ConstValue { protected override string MakeKey() => "i" + Value; }
internal sealed record ConstDouble(double Value) : ConstValue { protected override string MakeKey() => "d" + BitConverter.DoubleToInt64Bits(Value); }
internal sealed record ConstBool(bool Value) : ConstValue { protected override string MakeKey() => Value ? "true" : "false"; }
internal sealed record ConstString(string Value) : ConstValue { protected override string MakeKey() => $"s{Value.Length}:{Value}"; }
internal sealed record ConstSymbol(string Name) : ConstValue { protected override string MakeKey() => "#" + Name; }

/// <summary>The object that stands for a type.</summary>
internal sealed record ConstType(DartType Written) : ConstValue
{
    /// <summary>The type as there is one when the program runs.</summary>
    public DartType Type { get; } = TypeSystem.EraseAll(Written);

    protected override string MakeKey() => "t" + Type.Key;
    public bool Equals(ConstType? other) => base.Equals(other);
    public override int GetHashCode() => base.GetHashCode();
}

/// <summary>An array of the runtime, as the core's own objects have them.</summary>
internal sealed record ConstArray(ArrayDef Def, ConstValue[] Items) : ConstValue
{
    protected override IEnumerable<ConstValue> Parts => Items;
    protected override string MakeKey() => $"a{Def.Name}[{string.Join(',', Items.Select(i => i.Key))}]";
    public bool Equals(ConstArray? other) => base.Equals(other);
    public override int GetHashCode() => base.GetHashCode();
}

internal sealed record ConstList(DartType Element, ConstValue[] Items) : ConstValue
{
    protected override IEnumerable<ConstValue> Parts => Items;
    protected override string MakeKey() => $"l{TypeSystem.EraseAll(Element).Key}[{string.Join(',', Items.Select(i => i.Key))}]";
    public bool Equals(ConstList? other) => base.Equals(other);
    public override int GetHashCode() => base.GetHashCode();
}

internal sealed record ConstSet(DartType Element, ConstValue[] Items) : ConstValue
{
    protected override IEnumerable<ConstValue> Parts => Items;
    protected override string MakeKey() => $"S{TypeSystem.EraseAll(Element).Key}[{string.Join(',', Items.Select(i => i.Key))}]";
    public bool Equals(ConstSet? other) => base.Equals(other);
    public override int GetHashCode() => base.GetHashCode();
}

internal sealed record ConstMap(DartType KeyType, DartType ValueType, ConstValue[] Keys, ConstValue[] Values) : ConstValue
{
    protected override IEnumerable<ConstValue> Parts => Keys.Concat(Values);
    protected override string MakeKey() => $"m{TypeSystem.EraseAll(KeyType).Key},{TypeSystem.EraseAll(ValueType).Key}[{string.Join(',', Keys.Select((k, i) => k.Key + ":" + Values[i].Key))}]";
    public bool Equals(ConstMap? other) => base.Equals(other);
    public override int GetHashCode() => base.GetHashCode();
}

internal sealed record ConstRecord(RecordType Type, ConstValue[] Fields) : ConstValue
{
    protected override IEnumerable<ConstValue> Parts => Fields;
    protected override string MakeKey() => $"r{string.Join(';', Type.Named.Select(n => n.Name))}[{string.Join(',', Fields.Select(i => i.Key))}]";
    public bool Equals(ConstRecord? other) => base.Equals(other);
    public override int GetHashCode() => base.GetHashCode();
}

/// <summary>An object: its class with type arguments, and the fields of the class and its superclasses.</summary>
internal sealed record ConstObject(InterfaceType Type, Dictionary<Member, ConstValue> Fields) : ConstValue
{
    protected override IEnumerable<ConstValue> Parts => Fields.Values;
    protected override string MakeKey() => $"o{TypeSystem.EraseAll(Type).Key}{{{string.Join(',', Fields.Select(f => f.Key.Owner!.Id + f.Key.Name + "=" + f.Value.Key).Order(StringComparer.Ordinal))}}}";
    public bool Equals(ConstObject? other) => base.Equals(other);
    public override int GetHashCode() => base.GetHashCode();
}

/// <summary>A tear-off of a static function or constructor, perhaps with type arguments; of a constructor also by a typedef, whose parameters it has then.</summary>
internal sealed record ConstFunction(Member Function, DartType[] TypeArgs, InterfaceType? Constructed, TypedefElement? Alias = null) : ConstValue
{
    /// <summary>The type with its type parameters, given the signature of what is torn off.</summary>
    public FunctionType GenericType(FunctionType signature)
    {
        if (Function.Kind != MemberKind.Constructor)
        {
            return signature;
        }

        if (Alias is null)
        {
            return new FunctionType([.. Function.Owner!.TypeParams], signature.Required, signature.Optional, signature.Named, signature.Result);
        }

        var made = (InterfaceType)Alias.Type!;
        var own = (FunctionType)signature.Substitute(made.Map());
        return new FunctionType([.. Alias.Params], own.Required, own.Optional, own.Named, made);
    }

    /// <summary>The tear-off with type arguments; of a constructor it is the one by its class with these.</summary>
    public ConstFunction Instantiate(DartType[] args) =>
        this with { TypeArgs = args, Constructed = Function.Kind == MemberKind.Constructor && Alias is null ? new InterfaceType(Function.Owner!, args) : null };

    protected override string MakeKey() => $"f{Function.Id}<{string.Join(',', TypeArgs.Select(t => t.Key))}>{Constructed?.Key}{Alias?.Library.Uri}{Alias?.Name}";
    public bool Equals(ConstFunction? other) => base.Equals(other);
    public override int GetHashCode() => base.GetHashCode();
}
