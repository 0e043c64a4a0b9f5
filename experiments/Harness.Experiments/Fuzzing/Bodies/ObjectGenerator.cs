using Harness.Engine.Modules;
using Harness.Experiments.Fuzzing.Programs;

namespace Harness.Experiments.Fuzzing.Bodies;

/// <summary>Objects: making them, reading and writing their fields, and asking about them.</summary>
internal sealed class ObjectGenerator(BodyGenerator parts)
{
    private readonly BodyScope _scope = parts.Scope;
    private readonly ProgramContext _context = parts.Scope.Context;
    private readonly RandomSource _random = parts.Scope.Random;
    private readonly List<BlockNode> _labels = parts.Scope.Labels;

    /// <summary>A type of references to objects, with null.</summary>
    private ProgramType AnyObjectType() => _random.Percent(75)
        ? ProgramType.ReferenceTo(_random.Pick(_context.Aggregates))
        : _random.Pick([ProgramType.AnyRef, ProgramType.EqRef, ProgramType.StructRef, ProgramType.I31Ref, ProgramType.ArrayRef, ProgramType.ExternRef]);

    /// <summary>Null, or an object made of constants.</summary>
    public ProgramNode SimpleObject(ProgramType type) =>
        type.Nullable && _random.Percent(30) ? ProgramNode.Zero(type) : New(type, 0);

    /// <summary>An object, or null where the type allows it.</summary>
    public ProgramNode ObjectReference(ProgramType type, int depth)
    {
        if (!type.Nullable)
        {
            return NonNull(type, depth);
        }

        return _random.Weighted(25, 20, 18, 8, 6, 6, 9, _scope.Role == FunctionRole.Leaf ? 0 : 8, 6) switch
        {
            8 => parts.Tables.TableEntry(type, depth) ?? parts.Expressions.Simple(type),
            0 => parts.Expressions.Simple(type),
            1 => New(type, depth),
            2 => FieldValue(type, depth) ?? New(type, depth),
            3 => parts.Expressions.Select(type, depth),
            4 => parts.Expressions.IfExpression(type, depth),
            5 => new ProgramNode(Opcode.LocalTee, [type], parts.Expressions.Of(type, depth - 1)) { Immediates = [_scope.WritableLocal(type)] },
            6 => parts.Casts.Cast(type, depth) ?? parts.Expressions.Simple(type),
            _ => parts.Calls.CallExpression(type, depth) ?? New(type, depth),
        };
    }

    /// <summary>A new object of a type or below it; of constants where depth is 0.</summary>
    public ProgramNode New(ProgramType type, int depth)
    {
        if (type == ProgramType.ExnRef)
        {
            return ProgramNode.Zero(type);
        }

        if (type.Heap == ProgramType.ExternRef.Heap && _context.Program.HasStrings && _random.Percent(60))
        {
            return parts.Strings.NewText(depth);
        }

        if (type.Heap == ProgramType.ExternRef.Heap)
        {
            return new ProgramNode(Opcode.ExternConvertAny, [type with { Nullable = false }], New(ProgramType.AnyRef with { Nullable = false }, depth));
        }

        if (!type.Nullable && _context.ConstantGlobals(type) is { Count: > 0 } globals && _random.Percent(50))
        {
            return new ProgramNode(Opcode.GlobalGet, [type]) { Immediates = [_random.Pick(globals)] };
        }

        var candidates = _context.Aggregates.Where(index => _context.IsBelow(index, type)).ToList();
        var mayBeI31 = type.Heap == ProgramType.I31Ref.Heap || type.Heap == ProgramType.AnyRef.Heap || type.Heap == ProgramType.EqRef.Heap;
        if (mayBeI31 && (candidates.Count == 0 || type.Heap == ProgramType.I31Ref.Heap || _random.Percent(30)))
        {
            return new ProgramNode(Opcode.RefI31, [ProgramType.I31Ref with { Nullable = false }], parts.Expressions.Of(ProgramType.I32, depth - 1));
        }

        if (candidates.Count == 0)
        {
            return ProgramNode.Zero(type);
        }

        var chosen = _random.Pick(candidates);
        if (depth <= 0 || _scope.Budget < 0)
        {
            return ObjectFactory.Constant(chosen, _context, _random, 1);
        }

        return _context.Aggregate(chosen).IsArray ? parts.Arrays.NewArray(chosen, depth) : NewStruct(chosen, depth);
    }

    private ProgramNode NewStruct(int type, int depth)
    {
        var fields = _context.Aggregate(type).Fields;
        ProgramType[] results = [ProgramType.ReferenceTo(type, nullable: false)];
        return _random.Percent(20) && _context.Aggregate(type).IsDefaultable
            ? new ProgramNode(Opcode.StructNewDefault, results) { Immediates = [type] }
            : new ProgramNode(Opcode.StructNew, results, parts.Expressions.All([.. fields.Select(field => field.Type)], depth - 1)) { Immediates = [type] };
    }

    /// <summary>A field or element that has a type, of any object; null if there is no such field.</summary>
    public ProgramNode? FieldValue(ProgramType type, int depth)
    {
        var candidates = _context.Aggregates
            .SelectMany(index => Enumerable.Range(0, _context.Aggregate(index).Fields.Length).Select(field => (Type: index, Field: field)))
            .Where(place => _context.Aggregate(place.Type).Fields[place.Field].Type == type).ToList();
        if (candidates.Count == 0)
        {
            return null;
        }

        var (aggregate, field) = _random.Pick(candidates);
        var isPacked = _context.Aggregate(aggregate).Fields[field].Packing != Packing.None;
        var isSigned = _random.Percent(50);
        if (!_context.Aggregate(aggregate).IsArray)
        {
            var opcode = !isPacked ? Opcode.StructGet : isSigned ? Opcode.StructGetS : Opcode.StructGetU;
            return new ProgramNode(opcode, [type], Target(aggregate, depth)) { Immediates = [aggregate, field] };
        }

        var (array, position) = parts.Arrays.Element(aggregate, depth);
        return new ProgramNode(!isPacked ? Opcode.ArrayGet : isSigned ? Opcode.ArrayGetS : Opcode.ArrayGetU, [type], array, position) { Immediates = [aggregate] };
    }

    /// <summary>An object to read or write: one that is null only where the operation goes unprotected.</summary>
    public ProgramNode Target(int aggregate, int depth)
    {
        var nullable = ProgramType.ReferenceTo(aggregate);
        return _scope.Dares() ? parts.Expressions.Of(nullable, depth - 1) : NonNull(nullable with { Nullable = false }, depth - 1);
    }

    /// <summary>An object that is not null: a new one, or one whose null is caught in one of three ways.</summary>
    private ProgramNode NonNull(ProgramType type, int depth)
    {
        var nullable = type with { Nullable = true };
        var targets = _labels.Where(label => label.Opcode != Opcode.Loop && label.LabelTypes.Length == 0).ToList();
        if (depth <= 0 || _scope.Budget < 0)
        {
            return Caught(type, parts.Expressions.Simple(nullable));
        }

        switch (_random.Weighted(20, 45, _context.Danger, 12, 14, 25, 5))
        {
            case 0:
                return NewOrCaught(type, depth);
            case 5 when FieldValue(type, depth) is { } field:
                return field;
            case 6 when CastGenerator.IsCastTarget(type):
                return parts.Casts.TrappingCast(type, depth);
            case 2:
                return new ProgramNode(Opcode.RefAsNonNull, [type], parts.Expressions.Of(nullable, depth - 1)) { Reducibility = Reducibility.Fixed };
            case 3 when targets.Count > 0:
                return new ProgramNode(Opcode.BrOnNull, [type], parts.Expressions.Of(nullable, depth - 1))
                {
                    Targets = [_random.Pick(targets)],
                    Reducibility = Reducibility.Fixed,
                };
            case 4 when parts.Casts.CastTo(type, depth) is { } cast:
                return cast;
            default:
                return Caught(type, parts.Expressions.Of(nullable, depth - 1));
        }
    }

    /// <summary>A reference, or a new object in place of null.</summary>
    private BlockNode Caught(ProgramType type, ProgramNode reference)
    {
        var block = _scope.Block(Opcode.Block, new ProgramSignature([], [type]), Reducibility.Fixed);
        block.Body.Add(new ProgramNode(Opcode.BrOnNonNull, [], reference) { Targets = [block], Reducibility = Reducibility.Whole });
        block.Body.Add(parts.Casts.Certain(type));
        return block;
    }

    /// <summary>A global that is never null, or a new object.</summary>
    private ProgramNode NewOrCaught(ProgramType type, int depth)
    {
        var globals = Enumerable.Range(0, _context.Program.Globals.Count).Where(index => _context.Program.Globals[index].Type == type).ToList();
        if (globals.Count > 0 && _random.Percent(60))
        {
            return new ProgramNode(Opcode.GlobalGet, [type]) { Immediates = [_random.Pick(globals)] };
        }

        var made = New(type, depth);
        return made.Opcode == Opcode.RefNull ? Caught(type, made) : made;
    }

    /// <summary>A question about objects.</summary>
    public ProgramNode QueryOfObject(int depth)
    {
        switch (_random.Below(5))
        {
            case 0:
                return new ProgramNode(Opcode.RefIsNull, [ProgramType.I32], parts.Expressions.Of(AnyObjectType(), depth - 1));
            case 1:
                return new ProgramNode(Opcode.RefEq, [ProgramType.I32], parts.Expressions.Of(ProgramType.EqRef, depth - 1), parts.Expressions.Of(ProgramType.EqRef, depth - 1));
            case 2:
                var type = ProgramType.ReferenceTo(_random.Pick(_context.Aggregates));
                return new ProgramNode(_random.Percent(50) ? Opcode.RefTest : Opcode.RefTestNull, [ProgramType.I32], parts.Expressions.Of(parts.Casts.Above(type), depth - 1))
                {
                    Immediates = [type.Heap],
                };
            case 3 when _context.Arrays.Count > 0:
                return new ProgramNode(Opcode.ArrayLen, [ProgramType.I32], Target(_random.Pick(_context.Arrays), depth));
            default:
                return new ProgramNode(_random.Percent(50) ? Opcode.I31GetS : Opcode.I31GetU, [ProgramType.I32],
                    _scope.Dares() ? parts.Expressions.Of(ProgramType.I31Ref, depth - 1) : NonNull(ProgramType.I31Ref with { Nullable = false }, depth - 1));
        }
    }

    public ProgramNode SetObject(int depth)
    {
        var type = AnyObjectType();
        return new ProgramNode(Opcode.LocalSet, [], parts.Expressions.Of(type, depth - 1)) { Immediates = [_scope.WritableLocal(type)] };
    }

    /// <summary>Writes a field or an element.</summary>
    public ProgramNode SetField(int depth)
    {
        var candidates = _context.Aggregates
            .SelectMany(index => Enumerable.Range(0, _context.Aggregate(index).Fields.Length).Select(field => (Type: index, Field: field)))
            .Where(place => _context.Aggregate(place.Type).Fields[place.Field].Mutable).ToList();
        if (candidates.Count == 0)
        {
            return parts.Statements.SetLocal(depth);
        }

        var (aggregate, field) = _random.Pick(candidates);
        var type = _context.Aggregate(aggregate).Fields[field].Type;
        if (!_context.Aggregate(aggregate).IsArray)
        {
            return new ProgramNode(Opcode.StructSet, [], Target(aggregate, depth), parts.Expressions.Of(type, depth - 1)) { Immediates = [aggregate, field] };
        }

        var (array, index) = parts.Arrays.Element(aggregate, depth);
        return new ProgramNode(Opcode.ArraySet, [], array, index, parts.Expressions.Of(type, depth - 1)) { Immediates = [aggregate] };
    }
}
