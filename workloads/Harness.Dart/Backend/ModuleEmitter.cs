using Harness.Dart.Ir;
using Harness.Engine.Modules;

namespace Harness.Dart.Backend;

/// <summary>What a module consists of before it has indices.</summary>
internal sealed class ModuleParts
{
    public FuncDefs FuncDefs { get; init; } = new();
    public List<IrFunction> Functions { get; } = [];
    public List<IrGlobal> Globals { get; } = [];

    /// <summary>The elements of the dispatch table; null where no class has that row.</summary>
    public List<IrFunction?> Table { get; set; } = [];

    /// <summary>What runs when the module is instantiated; null for nothing.</summary>
    public IrFunction? Start { get; set; }

    /// <summary>Type of the exception tag.</summary>
    public required FuncDef Tag { get; init; }

    /// <summary>A block type without parameters; its two results are the tag's parameters.</summary>
    public FuncDef CatchBlock { get; } = new([], WType.None);
}

/// <summary>Writes the module: lays out types and gives indices, then translates trees to code.</summary>
/// <param name="parts">What the module consists of.</param>
/// <param name="positions">The places that nodes come from.</param>
/// <param name="hasBranchHints">Whether the module says which branches are unlikely.</param>
internal sealed class ModuleEmitter(ModuleParts parts, SourcePositions positions, bool hasBranchHints = false)
{
    private readonly List<HeapDef> _types = [];
    private readonly HashSet<HeapDef> _seen = [];
    private readonly List<FuncDef> _importTypes = [];

    public DartModule Emit()
    {
        CollectTypes();
        var imports = parts.Functions.Where(f => f.Import is not null).ToList();
        var defined = parts.Functions.Where(f => f.Import is null && f.Body is not null).ToList();
        var index = 0;
        foreach (var function in imports.Concat(defined))
        {
            function.Index = index++;
        }

        for (var i = 0; i < parts.Globals.Count; i++)
        {
            parts.Globals[i].Index = i;
        }

        var w = new WasmWriter();
        w.Header();
        w.Section(SectionId.Type, WriteTypes);
        w.Section(SectionId.Import, s =>
        {
            s.U32(imports.Count);
            foreach (var f in imports)
            {
                s.Name(f.Import!.Value.Module);
                s.Name(f.Import.Value.Name);
                s.Byte(0);
                s.U32(_importIndex[f.Def!]);
            }
        });
        w.Section(SectionId.Function, s =>
        {
            s.U32(defined.Count);
            foreach (var f in defined)
            {
                s.U32(f.Def!.Index);
            }
        });
        w.Section(SectionId.Table, s =>
        {
            s.U32(1);
            s.Byte(0x70);
            s.Byte(1);
            s.U32(parts.Table.Count);
            s.U32(parts.Table.Count);
        });
        w.Section(SectionId.Memory, s => { s.U32(1); s.Byte(0); s.U32(2); });
        w.Section(SectionId.Tag, s => { s.U32(1); s.Byte(0); s.U32(parts.Tag.Index); });
        w.Section(SectionId.Global, s =>
        {
            s.U32(parts.Globals.Count);
            foreach (var global in parts.Globals)
            {
                Value(s, global.Type);
                s.Byte((byte)(global.Mutable ? 1 : 0));
                new FunctionEmitter(this, s, null).Constant(global.Init!);
                s.Byte(0x0B);
            }
        });
        w.Section(SectionId.Export, s =>
        {
            var exported = parts.Functions.Where(f => f.Export is not null).ToList();
            s.U32(exported.Count + 1);
            foreach (var f in exported) { s.Name(f.Export!); s.Byte(0); s.U32(f.Index); }

            s.Name("memory");
            s.Byte(2);
            s.U32(0);
        });
        if (parts.Start is { } start)
        {
            w.Section(SectionId.Start, s => s.U32(start.Index));
        }

        w.Section(SectionId.Element, s => WriteElements(s, defined));
        var map = new CodeMap(positions);
        var hints = new List<(int Function, List<(int Offset, bool IsLikely)> Hints)>();
        var code = new WasmWriter();
        WriteCode(code, defined, map, hints);

        // Hints come before the code that they are about.
        if (hasBranchHints && hints.Count > 0)
        {
            w.Section(SectionId.Custom, s => WriteHints(s, hints));
        }

        w.Section(SectionId.Code, s => s.Bytes(code.Written));
        var codeLength = code.Length;
        map.Start = w.Length - codeLength;
        w.Section(SectionId.Custom, s =>
        {
            s.Name("name");
            s.Byte(1);
            s.Sized(names =>
            {
                names.U32(imports.Count + defined.Count);
                foreach (var f in imports.Concat(defined)) { names.U32(f.Index); names.Name(f.Name); }
            });
        });
        return new DartModule(w.ToArray(), map);
    }

    private void WriteCode(WasmWriter s, List<IrFunction> defined, CodeMap map, List<(int Function, List<(int Offset, bool IsLikely)> Hints)> hints)
    {
        s.U32(defined.Count);
        foreach (var f in defined)
        {
            var body = new WasmWriter();
            var emitter = new FunctionEmitter(this, body, f);
            emitter.Function();
            s.Sized(body.Written);
            var bodyStart = s.Length - body.Length;
            map.Add(bodyStart, f.At);
            foreach (var (offset, place) in emitter.Places)
            {
                map.Add(bodyStart + offset, place);
            }

            if (emitter.Hints.Count > 0)
            {
                hints.Add((f.Index, emitter.Hints));
            }
        }

        map.Add(s.Length, 0);
    }

    /// <summary>Writes the section <c>metadata.code.branch_hint</c>: by function, offsets from the start of the body, and a byte each.</summary>
    private static void WriteHints(WasmWriter s, List<(int Function, List<(int Offset, bool IsLikely)> Hints)> hints)
    {
        s.Name(BranchHints.SectionName);
        s.U32(hints.Count);
        foreach (var (function, ofFunction) in hints)
        {
            s.U32(function);
            s.U32(ofFunction.Count);
            foreach (var (offset, isLikely) in ofFunction)
            {
                s.U32(offset);
                s.U32(1);
                s.Byte((byte)(isLikely ? 1 : 0));
            }
        }
    }

    private void WriteElements(WasmWriter s, List<IrFunction> defined)
    {
        // Runs of the table without holes, and a declaration of functions that only ref.func mentions.
        var runs = new List<(int Start, int Count)>();
        for (var i = 0; i < parts.Table.Count; i++)
        {
            if (parts.Table[i] is null)
            {
                continue;
            }

            var start = i;
            while (i < parts.Table.Count && parts.Table[i] is not null)
            {
                i++;
            }

            runs.Add((start, i - start));
        }

        var referenced = defined.Where(f => f.IsReferenced).ToList();
        s.U32(runs.Count + 1);
        foreach (var (start, count) in runs)
        {
            s.U32(0);
            s.Opcode(Opcode.I32Const);
            s.I32(start);
            s.Byte(0x0B);
            s.U32(count);
            for (var i = 0; i < count; i++)
            {
                s.U32(parts.Table[start + i]!.Index);
            }
        }

        s.U32(3);
        s.Byte(0);
        s.U32(referenced.Count);
        foreach (var f in referenced)
        {
            s.U32(f.Index);
        }
    }

    private void CollectTypes()
    {
        foreach (var f in parts.Functions)
        {
            f.Def = parts.FuncDefs.Get([.. f.Params.Select(p => p.Type)], f.Result);
            if (f.Import is not null)
            {
                _importTypes.Add(f.Def);
            }
        }

        foreach (var f in parts.Functions)
        {
            if (f.Import is not null)
            {
                continue;
            }

            Collect(f.Def!);
            foreach (var local in f.Locals)
            {
                Collect(local.Type);
            }

            if (f.Body is not null)
            {
                CollectNode(f.Body);
            }
        }

        Collect(parts.Tag);
        Collect(parts.CatchBlock);
        foreach (var g in parts.Globals)
        {
            Collect(g.Type);
            if (g.Init is not null)
            {
                CollectNode(g.Init);
            }
        }

        // Imports' types stand alone, since hosts know them by structure.
        var imported = _importTypes.Distinct().ToList();
        for (var i = 0; i < imported.Count; i++)
        {
            _importIndex[imported[i]] = i;
        }

        // Supertypes come first within the group.
        var ordered = new List<HeapDef>();
        var placed = new HashSet<HeapDef>();
        foreach (var def in _types)
        {
            Place(def, placed, ordered);
        }

        _types.Clear();
        _types.AddRange(ordered);
        for (var i = 0; i < _types.Count; i++)
        {
            _types[i].Index = imported.Count + i;
        }

        _imported = imported;
    }

    /// <summary>Index of the block type that leaves an exception and its stack trace.</summary>
    public int TagBlockType => parts.CatchBlock.Index;

    private List<FuncDef> _imported = [];
    private readonly Dictionary<FuncDef, int> _importIndex = [];

    private static void Place(HeapDef def, HashSet<HeapDef> placed, List<HeapDef> ordered)
    {
        var chain = new Stack<HeapDef>();
        for (var d = def; d is not null && !placed.Contains(d); d = (d as StructDef)?.Super)
        {
            chain.Push(d);
        }

        while (chain.TryPop(out var next))
        {
            placed.Add(next);
            ordered.Add(next);
        }
    }

    private void Collect(WType type)
    {
        if (type.IsRef)
        {
            Collect(type.Heap!);
        }
    }

    private void Collect(HeapDef root)
    {
        if (root.IsAbstract || !_seen.Add(root))
        {
            return;
        }

        var stack = new Stack<HeapDef>();
        stack.Push(root);
        while (stack.TryPop(out var def))
        {
            _types.Add(def);
            void Visit(WType t)
            {
                if (t.IsRef && !t.Heap!.IsAbstract && _seen.Add(t.Heap))
                {
                    stack.Push(t.Heap);
                }
            }

            switch (def)
            {
                case StructDef s:
                    if (s.Super is not null)
                    {
                        Visit(WType.Ref(s.Super));
                    }

                    foreach (var f in s.Fields)
                    {
                        Visit(f.Type);
                    }

                    break;
                case ArrayDef a: Visit(a.Element); break;
                case FuncDef f:
                    foreach (var p in f.Parameters)
                    {
                        Visit(p);
                    }

                    Visit(f.Result);
                    break;
            }
        }
    }

    private void CollectNode(Node root)
    {
        var stack = new Stack<Node>();
        stack.Push(root);
        while (stack.TryPop(out var node))
        {
            Collect(node.Type);
            switch (node.Data)
            {
                case HeapDef h: Collect(h); break;
                case WType t: Collect(t); break;
                case (ArrayDef a, ArrayDef b): Collect(a); Collect(b); break;
            }

            foreach (var arg in node.Args)
            {
                stack.Push(arg);
            }

            if (node.Body is not null)
            {
                foreach (var n in node.Body)
                {
                    stack.Push(n);
                }
            }

            if (node.Else is not null)
            {
                foreach (var n in node.Else)
                {
                    stack.Push(n);
                }
            }
        }
    }

    private void WriteTypes(WasmWriter w)
    {
        w.U32(_imported.Count + (_types.Count > 0 ? 1 : 0));
        foreach (var f in _imported)
        {
            WriteFunc(w, f);
        }

        if (_types.Count == 0)
        {
            return;
        }

        w.Byte(0x4E);
        w.U32(_types.Count);
        var extended = _types.OfType<StructDef>().Select(s => s.Super).Where(s => s is not null).ToHashSet();
        foreach (var def in _types)
        {
            switch (def)
            {
                case StructDef s:
                    w.Byte((byte)(s.IsFinal && !extended.Contains(s) ? 0x4F : 0x50));
                    if (s.Super is null) { w.U32(0); }
                    else { w.U32(1); w.U32(s.Super.Index); }

                    w.Byte(0x5F);
                    w.U32(s.Fields.Count);
                    foreach (var f in s.Fields) { Value(w, f.Type); w.Byte((byte)(f.Mutable ? 1 : 0)); }

                    break;
                case ArrayDef a:
                    w.Byte(0x5E);
                    Value(w, a.Element);
                    w.Byte((byte)(a.Mutable ? 1 : 0));
                    break;
                case FuncDef f: WriteFunc(w, f); break;
            }
        }
    }

    private void WriteFunc(WasmWriter w, FuncDef f)
    {
        w.Byte(0x60);
        w.U32(f.Parameters.Length);
        foreach (var p in f.Parameters)
        {
            Value(w, p);
        }

        if (f == parts.CatchBlock)
        {
            w.U32(parts.Tag.Parameters.Length);
            foreach (var p in parts.Tag.Parameters)
            {
                Value(w, p);
            }
        }
        else if (f.Result.Kind == WKind.None) { w.U32(0); }
        else { w.U32(1); Value(w, f.Result); }
    }

    public static void Value(WasmWriter w, WType type)
    {
        switch (type.Kind)
        {
            case WKind.I32: w.Byte(0x7F); break;
            case WKind.I64: w.Byte(0x7E); break;
            case WKind.F32: w.Byte(0x7D); break;
            case WKind.F64: w.Byte(0x7C); break;
            case WKind.I8: w.Byte(0x78); break;
            case WKind.I16: w.Byte(0x77); break;
            case WKind.Ref:
                w.Byte((byte)(type.Nullable ? 0x63 : 0x64));
                Heap(w, type.Heap!);
                break;
            default: throw new InvalidOperationException(type.ToString());
        }
    }

    public static void Heap(WasmWriter w, HeapDef heap)
    {
        if (heap == HeapDef.Struct)
        {
            w.S33(-0x15);
        }
        else if (heap == HeapDef.Array)
        {
            w.S33(-0x16);
        }
        else if (heap == HeapDef.Extern)
        {
            w.S33(-0x11);
        }
        else
        {
            w.S33(heap.Index);
        }
    }
}
