using Harness.Engine.Modules;
using Harness.Experiments.Fuzzing.Programs;

namespace Harness.Experiments.Fuzzing.Bodies;

/// <summary>Casts, of objects and of functions.</summary>
internal sealed class CastGenerator(BodyGenerator parts)
{
    /// <summary>The flag of a cast that branches.</summary>
    private const int SourceIsNullable = 1;

    private readonly BodyScope _scope = parts.Scope;
    private readonly ProgramContext _context = parts.Scope.Context;
    private readonly RandomSource _random = parts.Scope.Random;

    /// <summary>Whether there is something to cast down to a type.</summary>
    public static bool IsCastTarget(ProgramType type) => type.IsReference
        && type.Heap != ProgramType.AnyRef.Heap && type.Heap != ProgramType.ExternRef.Heap && type.Heap != ProgramType.ExnRef.Heap
        && type.Heap != ProgramType.FuncRef.Heap;

    /// <summary>A type above another, with null.</summary>
    public ProgramType Above(ProgramType type)
    {
        if (type.Heap >= 0 && _context.Program.Types[type.Heap].Supertype is >= 0 and var supertype && _random.Percent(50))
        {
            return ProgramType.ReferenceTo(supertype);
        }

        if (_context.IsFunction(type))
        {
            return ProgramType.FuncRef;
        }

        if (type.Heap >= 0 && _random.Percent(30))
        {
            return _context.Aggregate(type.Heap).IsArray ? ProgramType.ArrayRef : ProgramType.StructRef;
        }

        return type.Heap == ProgramType.EqRef.Heap || _random.Percent(50) ? ProgramType.AnyRef : ProgramType.EqRef;
    }

    /// <summary>A cast that may give null.</summary>
    public ProgramNode? Cast(ProgramType type, int depth)
    {
        if (type.Heap == ProgramType.ExternRef.Heap && _random.Percent(30) && parts.Calls.PassedOn(depth) is { } passed)
        {
            return passed;
        }

        if (type.Heap == ProgramType.ExternRef.Heap)
        {
            return new ProgramNode(Opcode.ExternConvertAny, [type], parts.Expressions.Of(ProgramType.AnyRef, depth - 1));
        }

        if (type.Heap == ProgramType.AnyRef.Heap)
        {
            return new ProgramNode(Opcode.AnyConvertExtern, [type], parts.Expressions.Of(ProgramType.ExternRef, depth - 1));
        }

        if (!IsCastTarget(type))
        {
            return null;
        }

        return _random.Percent(30) ? TrappingCast(type, depth) : CastTo(type with { Nullable = false }, depth);
    }

    /// <summary>A cast that traps where it fails, which few do.</summary>
    public ProgramNode TrappingCast(ProgramType type, int depth) =>
        new(type.Nullable ? Opcode.RefCastNull : Opcode.RefCast, [type], _scope.Dares() ? parts.Expressions.Of(Above(type), depth - 1) : Disguised(type, Above(type), depth))
        {
            Immediates = [type.Heap],
            Reducibility = type.Nullable ? Reducibility.Free : Reducibility.Fixed,
        };

    /// <summary>What is mostly of a type, as one of a type above it.</summary>
    public BlockNode Disguised(ProgramType type, ProgramType above, int depth)
    {
        var node = _scope.Block(Opcode.If, new ProgramSignature([], [above]), Reducibility.Fixed, parts.Expressions.Of(ProgramType.I32, depth - 1));
        node.Body.Add(parts.Expressions.Of(type, depth - 1));
        node.Else = [parts.Expressions.Of(_random.Percent(_context.Danger) ? above : type, depth - 1)];
        return node;
    }

    /// <summary>A cast by branch, with something made of constants where it fails; null where nothing is above the type.</summary>
    public BlockNode? CastTo(ProgramType type, int depth)
    {
        if (!IsCastTarget(type))
        {
            return null;
        }

        var above = Above(type);
        var source = _random.Percent(30) ? Disguised(type, above, depth) : parts.Expressions.Of(above, depth - 1);
        return _random.Percent(60) ? BranchOnSuccess(type, above, source) : BranchOnFailure(type, above, source);
    }

    /// <summary>A branch on a cast of a reference to objects of a defined type, by <c>br_on_cast</c> or <c>br_on_cast_fail</c>.</summary>
    public static ProgramNode Branch(Opcode opcode, ProgramNode source, int type, BlockNode target)
    {
        var above = source.Results[0];
        return new ProgramNode(opcode, [opcode == Opcode.BrOnCast ? above : ProgramType.ReferenceTo(type, nullable: false)], source)
        {
            Immediates = [SourceIsNullable, above.Heap, type],
            Targets = [target],
            Reducibility = Reducibility.Fixed,
        };
    }

    private BlockNode BranchOnSuccess(ProgramType type, ProgramType above, ProgramNode source)
    {
        var block = _scope.Block(Opcode.Block, new ProgramSignature([], [type]), Reducibility.Fixed);
        block.Body.Add(new ProgramNode(Opcode.BrOnCast, [above], source)
        {
            Immediates = [SourceIsNullable, above.Heap, type.Heap],
            Targets = [block],
            Reducibility = Reducibility.Fixed,
        });
        block.Body.Add(new ProgramNode(Opcode.Drop, []) { Reducibility = Reducibility.Fixed });
        block.Body.Add(Certain(type));
        return block;
    }

    /// <summary><c>(block $done (block $failed (br $done (br_on_cast_fail $failed source))) drop, new)</c>.</summary>
    private BlockNode BranchOnFailure(ProgramType type, ProgramType above, ProgramNode source)
    {
        var done = _scope.Block(Opcode.Block, new ProgramSignature([], [type]), Reducibility.Fixed);
        var failed = _scope.Block(Opcode.Block, new ProgramSignature([], [above]), Reducibility.Fixed);
        failed.Body.Add(new ProgramNode(Opcode.BrOnCastFail, [type], source)
        {
            Immediates = [SourceIsNullable, above.Heap, type.Heap],
            Targets = [failed],
            Reducibility = Reducibility.Fixed,
        });
        failed.Body.Add(new ProgramNode(Opcode.Br, []) { Targets = [done], Reducibility = Reducibility.Fixed });
        done.Body.Add(failed);
        done.Body.Add(new ProgramNode(Opcode.Drop, []) { Reducibility = Reducibility.Fixed });
        done.Body.Add(Certain(type));
        return done;
    }

    /// <summary>A function, or an object made of constants, which is not null.</summary>
    public ProgramNode Certain(ProgramType type)
    {
        var made = _context.IsFunction(type) ? parts.Expressions.FunctionReference(type.Heap) : parts.Objects.New(type, 0);
        return made.Opcode == Opcode.RefNull
            ? new ProgramNode(Opcode.RefAsNonNull, [type], made) { Reducibility = Reducibility.Fixed }
            : made;
    }
}
