using Harness.Dart.Ir;
using Harness.Engine.Modules;

namespace Harness.Dart.Backend;

/// <summary>Translates one function's tree to code.</summary>
internal sealed class FunctionEmitter(ModuleEmitter module, WasmWriter w, IrFunction? function)
{
    private readonly List<IrLabel?> _labels = [];
    private readonly ModuleEmitter _module = module;
    private int _at;
    private int _marked = -1;

    /// <summary>Where the instructions come from: each entry holds from its offset in what was written up to the next one.</summary>
    public List<(int Offset, int Place)> Places { get; } = [];

    /// <summary>The conditions of which one way only fails: offset of the <c>if</c> in what was written, and whether the condition is likely to hold.</summary>
    public List<(int Offset, bool IsLikely)> Hints { get; } = [];

    public void Function()
    {
        // Locals of one type are numbered together.
        var groups = function!.Locals.GroupBy(Declared).ToList();
        var index = function.Params.Count;
        foreach (var group in groups)
        {
            foreach (var local in group)
            {
                local.Index = index++;
            }
        }

        w.U32(groups.Count);
        foreach (var group in groups)
        {
            w.U32(group.Count());
            ModuleEmitter.Value(w, group.Key);
        }

        _at = function.At;
        Emit(function.Body!);
        if (function.Result.Kind != WKind.None && function.Body!.Type.Kind is WKind.None)
        {
            w.Opcode(Opcode.Unreachable);
        }

        w.Byte(0x0B);
    }

    private static WType Declared(IrLocal local) => local.Type.IsRef && !local.IsDefinite ? local.Type.AsNullable : local.Type;

    public void Constant(Node node) => Emit(node);

    private void Value(Node node)
    {
        Emit(node);
    }

    private void Emit(Node node)
    {
        var around = _at;
        if (node.At != 0)
        {
            _at = node.At;
        }

        Mark();
        switch (node.Op)
        {
            case IrOp.Nop: break;
            case IrOp.I32: w.Opcode(Opcode.I32Const); w.I32((int)node.Number); break;
            case IrOp.I64: w.Opcode(Opcode.I64Const); w.I64(node.Number); break;
            case IrOp.F64: w.Opcode(Opcode.F64Const); w.F64Bits((ulong)node.Number); break;
            case IrOp.F32: w.Opcode(Opcode.F32Const); w.F32Bits((uint)node.Number); break;
            case IrOp.Get:
                var local = (IrLocal)node.Data!;
                w.Opcode(Opcode.LocalGet);
                w.U32(local.Index);
                if (local.Type.IsRef && !local.Type.Nullable && !local.IsDefinite && node.Number == 0)
                {
                    w.Opcode(Opcode.RefAsNonNull);
                }

                break;
            case IrOp.Set: Args(node); w.Opcode(Opcode.LocalSet); w.U32(((IrLocal)node.Data!).Index); break;
            case IrOp.Tee:
                Args(node);
                local = (IrLocal)node.Data!;
                w.Opcode(Opcode.LocalTee);
                w.U32(local.Index);
                if (local.Type.IsRef && !local.Type.Nullable && !local.IsDefinite)
                {
                    w.Opcode(Opcode.RefAsNonNull);
                }

                break;
            case IrOp.GlobalGet: w.Opcode(Opcode.GlobalGet); w.U32(((IrGlobal)node.Data!).Index); break;
            case IrOp.GlobalSet: Args(node); w.Opcode(Opcode.GlobalSet); w.U32(((IrGlobal)node.Data!).Index); break;
            case IrOp.Numeric: Args(node); w.Opcode((Opcode)node.Number); break;
            case IrOp.Load:
            case IrOp.Store:
                Args(node);
                w.Opcode((Opcode)node.Number);
                w.U32(0);
                w.U32(0);
                break;
            case IrOp.StructNew: Args(node); Typed(Opcode.StructNew, node); break;
            case IrOp.StructGet: Args(node); Typed(Opcode.StructGet, node); w.U32((int)node.Number); break;
            case IrOp.StructSet: Args(node); Typed(Opcode.StructSet, node); w.U32((int)node.Number); break;
            case IrOp.ArrayNew: Args(node); Typed(Opcode.ArrayNew, node); break;
            case IrOp.ArrayNewDefault: Args(node); Typed(Opcode.ArrayNewDefault, node); break;
            case IrOp.ArrayNewFixed: Args(node); Typed(Opcode.ArrayNewFixed, node); w.U32(node.Args.Length); break;
            case IrOp.ArrayGet:
                Args(node);
                var def = (ArrayDef)node.Data!;
                Typed(def.Element.Kind is WKind.I8 or WKind.I16 ? node.Number == 1 ? Opcode.ArrayGetS : Opcode.ArrayGetU : Opcode.ArrayGet, node);
                break;
            case IrOp.ArraySet: Args(node); Typed(Opcode.ArraySet, node); break;
            case IrOp.ArrayLen: Args(node); w.Opcode(Opcode.ArrayLen); break;
            case IrOp.ArrayCopy:
                Args(node);
                Typed(Opcode.ArrayCopy, node);
                w.U32(((ArrayDef)node.Data!).Index);
                break;
            case IrOp.ArrayFill: Args(node); Typed(Opcode.ArrayFill, node); break;
            case IrOp.Call: Args(node); w.Opcode(Opcode.Call); w.U32(((IrFunction)node.Data!).Index); break;
            case IrOp.CallRef: Args(node); w.Opcode(Opcode.CallRef); w.U32(((HeapDef)node.Data!).Index); break;
            case IrOp.CallVirtual:
                // Laid out by the dispatch lowering: arguments, then the index in the table.
                Args(node);
                w.Opcode(Opcode.CallIndirect);
                w.U32(((HeapDef)node.Data!).Index);
                w.U32(0);
                break;
            case IrOp.RefNull: w.Opcode(Opcode.RefNull); ModuleEmitter.Heap(w, node.Type.Heap!); break;
            case IrOp.RefFunc: w.Opcode(Opcode.RefFunc); w.U32(((IrFunction)node.Data!).Index); break;
            case IrOp.Cast:
                Args(node);
                w.Opcode(node.Type.Nullable ? Opcode.RefCastNull : Opcode.RefCast);
                ModuleEmitter.Heap(w, node.Type.Heap!);
                break;
            case IrOp.Test:
                Args(node);
                var tested = (WType)node.Data!;
                w.Opcode(tested.Nullable ? Opcode.RefTestNull : Opcode.RefTest);
                ModuleEmitter.Heap(w, tested.Heap!);
                break;
            case IrOp.NonNull: Args(node); w.Opcode(Opcode.RefAsNonNull); break;
            case IrOp.IsNull: Args(node); w.Opcode(Opcode.RefIsNull); break;
            case IrOp.RefEq: Args(node); w.Opcode(Opcode.RefEq); break;
            case IrOp.Seq: Sequence(node.Body!, node.Type); break;
            case IrOp.Drop: Args(node); w.Opcode(Opcode.Drop); break;
            case IrOp.Unreachable: w.Opcode(Opcode.Unreachable); break;
            case IrOp.Return: Args(node); w.Opcode(Opcode.Return); break;
            case IrOp.Throw: Args(node); w.Opcode(Opcode.Throw); w.U32(0); break;
            case IrOp.Block:
                w.Opcode(Opcode.Block);
                Structured(node, (IrLabel)node.Data!, node.Body!);
                break;
            case IrOp.Loop:
                w.Opcode(Opcode.Loop);
                Structured(node, (IrLabel)node.Data!, node.Body!);
                break;
            case IrOp.If:
                Args(node);
                if (Fails(node.Body!))
                {
                    Hints.Add((w.Length, false));
                }
                else if (node.Else is not null && Fails(node.Else))
                {
                    Hints.Add((w.Length, true));
                }

                w.Opcode(Opcode.If);
                BlockType(node.Type);
                _labels.Add(null);
                Sequence(node.Body!, node.Type);
                if (node.Else is not null)
                {
                    w.Opcode(Opcode.Else);
                    Sequence(node.Else, node.Type);
                }

                _labels.RemoveAt(_labels.Count - 1);
                w.Byte(0x0B);
                break;
            case IrOp.Br:
                Args(node);
                w.Opcode(Opcode.Br);
                w.U32(Depth((IrLabel)node.Data!));
                break;
            case IrOp.BrTable:
                Args(node);
                var labels = (IReadOnlyList<IrLabel>)node.Data!;
                w.Opcode(Opcode.BrTable);
                w.U32(labels.Count - 1);
                foreach (var label in labels)
                {
                    w.U32(Depth(label));
                }

                break;
            case IrOp.Try: Try(node); break;
            default: throw new InvalidOperationException($"{node.Op} in {function?.Name}");
        }

        // Behind something that never goes on, the stack must be polymorphic for what expects a value.
        if (node.IsNever && node.Op is not (IrOp.Br or IrOp.BrTable or IrOp.Return or IrOp.Throw or IrOp.Unreachable))
        {
            w.Opcode(Opcode.Unreachable);
        }

        _at = around;
    }

    // What is written next comes from the node that is at work.
    private void Mark()
    {
        if (_at == _marked)
        {
            return;
        }

        if (Places.Count > 0 && Places[^1].Offset == w.Length)
        {
            Places.RemoveAt(Places.Count - 1);
        }

        Places.Add((w.Length, _at));
        _marked = _at;
    }

    private void Try(Node node)
    {
        // block $catch (result exception stack): try_table … end, br out; handler.
        var data = (TryData)node.Data!;
        var outer = new IrLabel();
        w.Opcode(Opcode.Block);
        BlockType(node.Type);
        _labels.Add(outer);
        w.Opcode(Opcode.Block);
        w.S33(_module.TagBlockType);
        _labels.Add(null);
        w.Opcode(Opcode.TryTable);
        BlockType(node.Type);
        w.U32(1);
        w.Byte(0);
        w.U32(0);
        w.U32(0);
        _labels.Add(null);
        Sequence(node.Body!, node.Type);
        _labels.RemoveAt(_labels.Count - 1);
        w.Byte(0x0B);
        if (node.IsNever)
        {
            w.Opcode(Opcode.Unreachable);
        }

        w.Opcode(Opcode.Br);
        w.U32(1);
        _labels.RemoveAt(_labels.Count - 1);
        w.Byte(0x0B);
        w.Opcode(Opcode.LocalSet);
        w.U32(data.Stack.Index);
        w.Opcode(Opcode.LocalSet);
        w.U32(data.Exception.Index);
        Sequence(node.Else!, node.Type);
        _labels.RemoveAt(_labels.Count - 1);
        w.Byte(0x0B);
    }

    private void Structured(Node node, IrLabel label, List<Node> body)
    {
        BlockType(node.Type);
        _labels.Add(label);
        Sequence(body, node.Type);
        _labels.RemoveAt(_labels.Count - 1);
        w.Byte(0x0B);
    }

    private void Sequence(List<Node> nodes, WType type)
    {
        for (var i = 0; i < nodes.Count; i++)
        {
            var node = nodes[i];
            Emit(node);
            if (i < nodes.Count - 1 || type.Kind is WKind.None)
            {
                if (!node.IsNever && node.Type.Kind != WKind.None)
                {
                    w.Opcode(Opcode.Drop);
                }
            }

            if (node.IsNever)
            {
                return;
            }
        }

        if (type.Kind == WKind.Never || type.Kind != WKind.None && (nodes.Count == 0 || nodes[^1].Type.Kind == WKind.None))
        {
            w.Opcode(Opcode.Unreachable);
        }
    }

    /// <summary>Whether what comes last never goes on, and neither returns nor goes elsewhere in the function.</summary>
    private static bool Fails(List<Node> nodes)
    {
        var last = nodes.Count == 0 ? null : nodes[^1];
        while (last is { IsNever: true })
        {
            if (last.Op is IrOp.Throw or IrOp.Unreachable)
            {
                return true;
            }

            var within = Array.Find(last.Args, static arg => arg.IsNever);
            if (within is null && last.Op is IrOp.Call or IrOp.CallRef or IrOp.CallVirtual)
            {
                return true;
            }

            last = within ?? (last is { Op: IrOp.Seq, Body.Count: > 0 } ? last.Body[^1] : null);
        }

        return false;
    }

    private int Depth(IrLabel label)
    {
        for (var i = _labels.Count - 1; i >= 0; i--)
        {
            if (ReferenceEquals(_labels[i], label))
            {
                return _labels.Count - 1 - i;
            }
        }

        throw new InvalidOperationException($"a branch to a label that is not around it, in {function?.Name}");
    }

    private void BlockType(WType type)
    {
        if (type.Kind is WKind.None or WKind.Never)
        {
            w.Byte(0x40);
        }
        else
        {
            ModuleEmitter.Value(w, type);
        }
    }

    private void Args(Node node)
    {
        foreach (var arg in node.Args)
        {
            Value(arg);
        }

        Mark();
    }

    private void Typed(Opcode opcode, Node node)
    {
        w.Opcode(opcode);
        w.U32(((HeapDef)node.Data!).Index);
    }
}
