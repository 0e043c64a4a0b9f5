using Harness.Engine.Modules;
using Harness.Experiments.Fuzzing.Observers;
using Harness.Experiments.Fuzzing.Programs;

namespace Harness.Experiments.Fuzzing.Bodies;

/// <summary>Calls, of functions and of the host.</summary>
internal sealed class CallGenerator(BodyGenerator parts)
{
    private readonly BodyScope _scope = parts.Scope;
    private readonly ProgramContext _context = parts.Scope.Context;
    private readonly RandomSource _random = parts.Scope.Random;
    private readonly List<BlockNode> _labels = parts.Scope.Labels;

    public ProgramNode? CallExpression(ProgramType type, int depth)
    {
        var candidates = CalleesWith([type]);
        return candidates.Count == 0 ? null : Call(_random.Pick(candidates), depth);
    }

    /// <summary>The signatures with the given results.</summary>
    public List<int> CalleesWith(ProgramType[] results) =>
        [.. Enumerable.Range(0, _context.Signatures.Count).Where(index => _context.Signatures[index].Results.SequenceEqual(results))];

    /// <summary>A call of a function of a signature: direct, through a table, or by reference.</summary>
    public ProgramNode Call(int callee, int depth)
    {
        var type = _context.Signatures[callee];
        var left = _scope.Role == FunctionRole.Run
            ? ProgramNode.I32Const(_random.Between(2, 6), Reducibility.Fixed)
            : Nodes.Fixed(Opcode.I32Sub, ProgramType.I32, _scope.FixedLocal(0), ProgramNode.I32Const(1, Reducibility.Fixed));
        ProgramNode[] arguments = [left, .. type.Parameters[1..].Select(parameter => Argument(parameter, depth - 1))];
        var tables = Enumerable.Range(0, _context.Program.Tables.Count)
            .Where(index => _context.Program.Tables[index].RegionStart(callee) >= 0).ToList();
        switch (_random.Weighted(30, 50, 20))
        {
            case 0:
                return new ProgramNode(Opcode.Call, type.Results, arguments)
                {
                    Immediates = [_random.Pick(_context.FunctionsBelow[callee])],
                };
            case 1:
                var table = _random.Pick(tables);
                return new ProgramNode(Opcode.CallIndirect, type.Results, [.. arguments, TableIndex(table, callee, depth - 1)])
                {
                    Immediates = [callee, table],
                };
            default:
                return new ProgramNode(Opcode.CallRef, type.Results, [.. arguments, CalleeReference(callee, depth - 1)]) { Immediates = [callee] };
        }
    }

    /// <summary>A value to pass: of objects often what another one refers to, so that functions descend into objects.</summary>
    private ProgramNode Argument(ProgramType type, int depth) =>
        type.IsReference && depth > 0 && _random.Percent(35) ? parts.Objects.FieldValue(type, depth) ?? parts.Expressions.Of(type, depth) : parts.Expressions.Of(type, depth);

    /// <summary>
    /// The index of a table entry with a function of a signature. What it depends on decides whether the call site sees one
    /// target, several, or another one in each phase.
    /// </summary>
    public ProgramNode TableIndex(int table, int wanted, int depth) => parts.Tables.Index(table, NarrowIndex(table, wanted, depth));

    private ProgramNode NarrowIndex(int table, int wanted, int depth)
    {
        if (_scope.Dares())
        {
            return parts.Expressions.Of(ProgramType.I32, depth);
        }

        var declared = _context.Program.Tables[table];
        var start = Math.Max(0, declared.RegionStart(wanted >= 0 ? wanted : _random.Pick(declared.Regions)));
        var inRegion = _random.Weighted(20, 55, 10, 15) switch
        {
            0 => null,
            1 => Nodes.Phase(_random.Below(3)),
            2 => parts.Expressions.Simple(ProgramType.I32),
            _ => parts.Expressions.Of(ProgramType.I32, depth),
        };
        if (inRegion is null)
        {
            return ProgramNode.I32Const(start + _random.Below(ProgramGenerator.RegionSize));
        }

        var mask = _random.Pick([1, 3, 7, 7]);
        return Nodes.Constrained(Opcode.I32Add, ProgramType.I32, Nodes.Constrained(Opcode.I32And, ProgramType.I32, inRegion, mask), start);
    }

    /// <summary>A reference to call: one that cannot be null, or one whose null is caught in one of three ways.</summary>
    private ProgramNode CalleeReference(int callee, int depth)
    {
        var nullable = ProgramType.ReferenceTo(callee);
        ProgramType[] results = [nullable with { Nullable = false }];
        var targets = _labels.Where(label => label.Opcode != Opcode.Loop && label.LabelTypes.Length == 0).ToList();
        switch (_random.Weighted(10, 20, 8, 12, 12, 30, 40, 12, 3))
        {
            case 0:
                return parts.Expressions.FunctionReference(callee);
            case 1:
                return parts.Expressions.Reference(nullable, depth);
            case 2:
                return new ProgramNode(Opcode.RefAsNonNull, results, parts.Expressions.Reference(nullable, depth)) { Reducibility = Reducibility.Fixed };
            case 3 when targets.Count > 0:
                return new ProgramNode(Opcode.BrOnNull, results, parts.Expressions.Reference(nullable, depth))
                {
                    Targets = [_random.Pick(targets)],
                    Reducibility = Reducibility.Fixed,
                };
            case 5:
                // Another function in another phase.
                return new ProgramNode(Opcode.SelectTyped, results, parts.Expressions.FunctionReference(callee), parts.Expressions.FunctionReference(callee), Nodes.Phase(_random.Below(3)))
                {
                    Reducibility = Reducibility.Fixed,
                };
            case 6 when depth > 0 && parts.Objects.FieldValue(results[0], depth) is { } method:
                return method;
            case 7 when parts.Casts.CastTo(results[0], depth) is { } cast:
                return cast;
            case 8:
                return parts.Casts.TrappingCast(results[0], depth);
            default:
                var block = _scope.Block(Opcode.Block, new ProgramSignature([], results), Reducibility.Fixed);
                block.Body.Add(new ProgramNode(Opcode.BrOnNonNull, [], parts.Expressions.Reference(nullable, depth)) { Targets = [block], Reducibility = Reducibility.Whole });
                block.Body.Add(parts.Expressions.FunctionReference(callee));
                return block;
        }
    }

    /// <summary>A call in place of a return.</summary>
    public ProgramNode TailCall(int callee, int depth)
    {
        var call = Call(callee, depth);
        var opcode = call.Opcode switch
        {
            Opcode.Call => Opcode.ReturnCall,
            Opcode.CallIndirect => Opcode.ReturnCallIndirect,
            _ => Opcode.ReturnCallRef,
        };
        return new ProgramNode(opcode, [], call.Operands) { Immediates = call.Immediates, Reducibility = Reducibility.Fixed };
    }

    public ProgramNode CallImport(string name, Reducibility reducibility, params ProgramNode[] arguments)
    {
        var index = _context.Program.ImportIndex(name);
        return new ProgramNode(Opcode.Call, _context.Program.Signature(_context.Program.Functions[index].Type).Results, arguments)
        {
            Immediates = [index],
            Reducibility = reducibility,
        };
    }

    private bool Imports(string name) => _context.Program.ImportIndex(name) >= 0;

    /// <summary>Tells the host a number that is observed, or lets it throw on a condition; null where it can do neither.</summary>
    public ProgramNode? CallHost(int depth)
    {
        if (Imports(FuzzImports.Throw) && _random.Percent(25))
        {
            var node = _scope.Block(Opcode.If, new ProgramSignature([], []), Reducibility.Free, parts.Expressions.Of(ProgramType.I32, depth - 1));
            node.Body.Add(CallImport(FuzzImports.Throw, Reducibility.Whole, parts.Expressions.Of(ProgramType.I32, depth - 1)));
            return node;
        }

        return Imports(FuzzImports.Log)
            ? CallImport(FuzzImports.Log, Reducibility.Whole, parts.Expressions.Of(ProgramType.I32, depth - 1), parts.Expressions.Of(ProgramType.F64, depth - 1))
            : null;
    }

    /// <summary>A reference that has been with the host.</summary>
    public ProgramNode? PassedOn(int depth) => Imports(FuzzImports.PassOn)
        ? CallImport(FuzzImports.PassOn, Reducibility.Whole, ProgramNode.I32Const(1), parts.Expressions.Of(ProgramType.ExternRef, depth - 1))
        : null;
}
