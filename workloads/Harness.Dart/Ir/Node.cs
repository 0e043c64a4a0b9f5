using Harness.Engine.Modules;

namespace Harness.Dart.Ir;

internal enum IrOp : byte
{
    I32, I64, F32, F64, Get, Set, Tee, GlobalGet, GlobalSet, Numeric, Load, Store,
    StructNew, StructGet, StructSet, ArrayNew, ArrayNewDefault, ArrayNewFixed, ArrayGet, ArraySet, ArrayLen, ArrayCopy, ArrayFill,
    Call, CallVirtual, CallRef, RefNull, RefFunc, Cast, Test, NonNull, IsNull, RefEq,
    Block, Loop, If, Br, BrTable, Return, Throw, Try, Seq, Drop, Unreachable, Nop,
    /// <summary>Whether an object's class is a class or one of its subtypes; decided when all instantiated classes are known.</summary>
    ClassTest,
    /// <summary>A body of machine-made code that is known when everything else is.</summary>
    Late,
    /// <summary>
    /// Stops the function until somebody goes on with it, in a body that becomes a <see cref="Harness.Dart.Lowering.StateMachine"/>; its function is called
    /// with the task and the argument, and its value is what the function is gone on with.
    /// </summary>
    Suspend,
}

internal sealed class IrLabel;

internal sealed class IrLocal(WType type, string name)
{
    public WType Type { get; set; } = type;
    public string Name { get; } = name;
    public int Index { get; set; } = -1;
    public bool IsParameter { get; set; }

    /// <summary>It is set before it is read, on every way within its block.</summary>
    public bool IsDefinite { get; set; }
}

internal sealed class IrGlobal(string name, WType type, bool mutable)
{
    public string Name { get; } = name;
    public WType Type { get; } = type;
    public bool Mutable { get; } = mutable;

    /// <summary>A constant expression.</summary>
    public Node? Init { get; set; }
    public int Index { get; set; } = -1;
}

internal sealed class IrFunction(string name)
{
    public string Name { get; } = name;
    public List<IrLocal> Params { get; } = [];
    public List<IrLocal> Locals { get; } = [];
    public WType Result { get; set; }
    public Node? Body { get; set; }
    public (string Module, string Name)? Import { get; set; }
    public string? Export { get; set; }
    public FuncDef? Def { get; set; }
    public int Index { get; set; } = -1;
    public bool IsReferenced { get; set; }

    /// <summary>Where it is declared (<see cref="SourcePositions"/>): what its nodes come from that do not say it themselves. 0 for what the compiler makes itself.</summary>
    public int At { get; set; }

    /// <summary>Whether its body is the read or write of a field and no more: less than a call of it.</summary>
    public bool IsFieldAccess { get; set; }

    public IrLocal AddParam(WType type, string name)
    {
        var local = new IrLocal(type, name) { IsParameter = true, Index = Params.Count, IsDefinite = true };
        Params.Add(local);
        return local;
    }

    public IrLocal AddLocal(WType type, string name, bool definite = false)
    {
        var local = new IrLocal(type.Kind == WKind.Never ? WType.I32 : type, name) { IsDefinite = definite };
        Locals.Add(local);
        return local;
    }
}

/// <summary>A node of the mid-level form: a typed tree of the target's operations, with symbols where indices will be.</summary>
internal sealed class Node
{
    public IrOp Op;
    public WType Type;
    public Node[] Args = [];
    public object? Data;
    public long Number;
    public List<Node>? Body;
    public List<Node>? Else;

    /// <summary>Where in the program's texts it comes from (<see cref="SourcePositions"/>); 0 where it comes from where the node around it does.</summary>
    public int At;

    public bool IsNever => Type.Kind == WKind.Never;

    public static Node I32(int value) => new() { Op = IrOp.I32, Type = WType.I32, Number = value };
    public static Node I64(long value) => new() { Op = IrOp.I64, Type = WType.I64, Number = value };
    public static Node F64(double value) => new() { Op = IrOp.F64, Type = WType.F64, Number = BitConverter.DoubleToInt64Bits(value) };
    public static Node Get(IrLocal local) => new() { Op = IrOp.Get, Type = local.Type, Data = local };
    public static Node Set(IrLocal local, Node value) => new() { Op = IrOp.Set, Type = value.IsNever ? WType.Never : WType.None, Data = local, Args = [value] };
    public static Node Tee(IrLocal local, Node value) => new() { Op = IrOp.Tee, Type = value.IsNever ? WType.Never : local.Type, Data = local, Args = [value] };
    public static Node Get(IrGlobal global) => new() { Op = IrOp.GlobalGet, Type = global.Type, Data = global };
    public static Node Set(IrGlobal global, Node value) => new() { Op = IrOp.GlobalSet, Type = value.IsNever ? WType.Never : WType.None, Data = global, Args = [value] };

    public static Node Numeric(Opcode opcode, WType type, params Node[] args) => new() { Op = IrOp.Numeric, Number = (long)opcode, Type = Effect(type, args), Args = args };

    private static WType Effect(WType type, Node[] args)
    {
        foreach (var arg in args)
        {
            if (arg.IsNever)
            {
                return WType.Never;
            }
        }

        return type;
    }

    public static Node New(StructDef def, params Node[] args) => new() { Op = IrOp.StructNew, Data = def, Type = Effect(WType.Ref(def), args), Args = args };

    public static Node Field(StructDef def, int field, Node target) =>
        new() { Op = IrOp.StructGet, Data = def, Number = field, Type = target.IsNever ? WType.Never : def.Fields[field].Type, Args = [target] };

    public static Node SetField(StructDef def, int field, Node target, Node value) =>
        new() { Op = IrOp.StructSet, Data = def, Number = field, Type = Effect(WType.None, [target, value]), Args = [target, value] };

    public static Node Array(IrOp op, ArrayDef def, WType type, params Node[] args) => new() { Op = op, Data = def, Type = Effect(type, args), Args = args };

    public static Node Call(IrFunction function, params Node[] args) => new() { Op = IrOp.Call, Data = function, Type = Effect(function.Result, args), Args = args };

    public static Node CallRef(FuncDef def, params Node[] args) => new() { Op = IrOp.CallRef, Data = def, Type = Effect(def.Result, args), Args = args };

    public static Node Null(HeapDef heap) => new() { Op = IrOp.RefNull, Type = WType.Ref(heap, true) };

    public static Node Func(IrFunction function, FuncDef def)
    {
        function.IsReferenced = true;
        return new() { Op = IrOp.RefFunc, Data = function, Type = WType.Ref(def) };
    }

    public static Node Cast(WType type, Node value) => value.Type.IsSubtypeOf(type) ? value : new() { Op = IrOp.Cast, Type = type, Args = [value] };

    public static Node Test(WType type, Node value) => new() { Op = IrOp.Test, Data = type, Type = Effect(WType.I32, [value]), Args = [value] };

    public static Node NonNull(Node value) => value.IsNever || !value.Type.Nullable ? value : new() { Op = IrOp.NonNull, Type = value.Type.AsNonNull, Args = [value] };

    public static Node IsNull(Node value) => new() { Op = IrOp.IsNull, Type = Effect(WType.I32, [value]), Args = [value] };

    public static Node RefEq(Node a, Node b) => new() { Op = IrOp.RefEq, Type = Effect(WType.I32, [a, b]), Args = [a, b] };

    public static Node Not(Node value) => value.Op == IrOp.Numeric && value.Number == (long)Opcode.I32Eqz && value.Args[0].Type == WType.I32 && IsBoolean(value.Args[0])
        ? value.Args[0] : Numeric(Opcode.I32Eqz, WType.I32, value);

    private static bool IsBoolean(Node value) => value.Op is IrOp.IsNull or IrOp.RefEq or IrOp.Test or IrOp.ClassTest;

    public static Node Seq(params Node[] nodes) => Seq((IReadOnlyList<Node>)nodes);

    public static Node Seq(IReadOnlyList<Node> nodes)
    {
        if (nodes.Count == 1)
        {
            return nodes[0];
        }

        if (nodes.Count == 0)
        {
            return Nop();
        }

        return new() { Op = IrOp.Seq, Body = [.. nodes], Type = SeqType(nodes) };
    }

    public static WType SeqType(IReadOnlyList<Node> nodes)
    {
        foreach (var node in nodes)
        {
            if (node.IsNever)
            {
                return WType.Never;
            }
        }

        return nodes.Count == 0 ? WType.None : nodes[^1].Type;
    }

    public static Node Nop() => new() { Op = IrOp.Nop };

    public static Node Block(IrLabel label, List<Node> body, WType type) => new() { Op = IrOp.Block, Data = label, Body = body, Type = type };

    public static Node Loop(IrLabel label, List<Node> body) => new() { Op = IrOp.Loop, Data = label, Body = body, Type = WType.None };

    public static Node If(Node condition, Node then, Node? otherwise, WType type)
    {
        if (condition.IsNever)
        {
            return condition;
        }

        if (condition.Op == IrOp.I32)
        {
            return condition.Number != 0 ? then : otherwise ?? Nop();
        }

        if (otherwise is not null && then.IsNever && otherwise.IsNever)
        {
            type = WType.Never;
        }

        return new() { Op = IrOp.If, Args = [condition], Body = [then], Else = otherwise is null ? null : [otherwise], Type = type };
    }

    public static Node Br(IrLabel label, Node? value = null) => new() { Op = IrOp.Br, Data = label, Args = value is null ? [] : [value], Type = WType.Never };

    public static Node Return(Node? value = null) => new() { Op = IrOp.Return, Args = value is null ? [] : [value], Type = WType.Never };

    public static Node Throw(Node exception, Node stack) => new() { Op = IrOp.Throw, Args = [exception, stack], Type = WType.Never };

    public static Node Drop(Node value) => value.IsNever || value.Type.Kind == WKind.None ? value : new() { Op = IrOp.Drop, Args = [value], Type = WType.None };

    public static Node Unreachable() => new() { Op = IrOp.Unreachable, Type = WType.Never };

    /// <summary>Whether evaluating it again, later or never makes no difference.</summary>
    public bool IsPure => Op is IrOp.I32 or IrOp.I64 or IrOp.F64 or IrOp.RefNull or IrOp.RefFunc || Op == IrOp.GlobalGet && !((IrGlobal)Data!).Mutable || Op == IrOp.Get && ((IrLocal)Data!).IsParameter && false;
}

/// <summary>What a try binds: exception and stack trace.</summary>
internal sealed record TryData(IrLocal Exception, IrLocal Stack);
