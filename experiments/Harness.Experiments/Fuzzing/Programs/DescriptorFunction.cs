using Harness.Engine.Modules;

namespace Harness.Experiments.Fuzzing.Programs;

/// <summary>
/// A function that makes objects with descriptors, reads these and casts by them, in all ways that there are. What it gives follows from its arguments, so that
/// for an engine that knows no descriptors it is a sum: x, y and flags give y + (flags has 1 ? x + 100 : 207) + x + (flags has 2 ? 0 : 1).
/// </summary>
internal sealed class DescriptorFunction
{
    private const int SourceIsNullable = 1;
    private const int X = 0, Y = 1, Flags = 2, Object = 3, Descriptor = 4, Other = 5;

    /// <summary>The type of the objects; that of their descriptors, a subtype of the first, and that of its descriptors follow.</summary>
    private readonly int _type;

    private DescriptorFunction(int type) => _type = type;

    /// <summary>How many types it needs: one recursion group.</summary>
    public const int TypeCount = 4;

    private ProgramType Reference => ProgramType.ReferenceTo(_type);

    /// <summary>Adds the function, and its types, at the end of a program.</summary>
    public static void AddTo(RandomProgram program)
    {
        var first = program.Types.Count;
        program.FirstDescribedType = first;
        program.Types.Add(new ProgramDescribed(program, -1, -1, first + 1));
        program.Types.Add(new ProgramDescribed(program, -1, first, -1));
        program.Types.Add(new ProgramDescribed(program, first, -1, first + 3));
        program.Types.Add(new ProgramDescribed(program, first + 1, first + 2, -1));
        var signature = program.TypeIndex(new ProgramSignature([ProgramType.I64, ProgramType.I64, ProgramType.I32], [ProgramType.I64]), isLone: true);
        program.DescriptorFunction = program.Functions.Count;
        var function = new ProgramFunction(signature) { IsFixed = true, Body = new DescriptorFunction(first).Body(), ReferenceBody = [ReferenceResult()] };
        function.Locals.AddRange([ProgramType.ReferenceTo(first), ProgramType.ReferenceTo(first + 1), ProgramType.ReferenceTo(first + 2)]);
        program.Functions.Add(function);
    }

    private List<ProgramNode> Body() =>
    [
        Set(Object, Typed(Opcode.StructNewDesc, _type, Number(X), Typed(Opcode.StructNew, _type + 1, Number(Y)))),
        Set(Descriptor, Typed(Opcode.RefGetDesc, _type, Get(Object, Reference))),
        Set(Other, Typed(Opcode.StructNewDefaultDesc, _type + 2, Typed(Opcode.StructNew, _type + 3, Number(X)))),
        Sum(
            NumberIn(_type + 1, TheDescriptor()),
            BranchOnSuccess(),
            BranchOnFailure(),
            NumberIn(_type, Typed(Opcode.RefCastDescEq, _type, Get(Object, Reference), TheDescriptor())),
            IsNull(Typed(Opcode.RefCastDescEqNull, _type, Select(2, Get(Object, Reference), ProgramNode.Zero(Reference)), TheDescriptor())),
            NumberIn(_type + 2, Typed(Opcode.RefCastDescEq, _type + 2, TheOther(), Typed(Opcode.RefGetDesc, _type + 2, TheOther())))),
    ];

    private static ProgramNode ReferenceResult() => Sum(
        Number(Y), Choose(1, Number(X), ProgramNode.I64Const(7)), Choose(1, ProgramNode.I64Const(100), ProgramNode.I64Const(200)), Number(X), Choose(2, ProgramNode.I64Const(0), ProgramNode.I64Const(1)));

    /// <summary>The object's number if the object is picked, else 7.</summary>
    private BlockNode BranchOnSuccess()
    {
        var done = new BlockNode(Opcode.Block, new ProgramSignature([], [ProgramType.I64]), -1);
        var isOfType = new BlockNode(Opcode.Block, new ProgramSignature([], [Reference with { Nullable = false }]), -1);
        isOfType.Body.Add(Branch(Opcode.BrOnCastDescEq, isOfType));
        isOfType.Body.Add(new ProgramNode(Opcode.Drop, []));
        isOfType.Body.Add(new ProgramNode(Opcode.Br, [], ProgramNode.I64Const(7)) { Targets = [done] });
        done.Body.Add(NumberIn(_type, isOfType));
        return done;
    }

    /// <summary>100 if the object is picked, else 200.</summary>
    private BlockNode BranchOnFailure()
    {
        var done = new BlockNode(Opcode.Block, new ProgramSignature([], [ProgramType.I64]), -1);
        var isOther = new BlockNode(Opcode.Block, new ProgramSignature([], [Reference]), -1);
        isOther.Body.Add(Branch(Opcode.BrOnCastDescEqFail, isOther));
        isOther.Body.Add(new ProgramNode(Opcode.Drop, []));
        isOther.Body.Add(new ProgramNode(Opcode.Br, [], ProgramNode.I64Const(100)) { Targets = [done] });
        done.Body.Add(isOther);
        done.Body.Add(new ProgramNode(Opcode.Drop, []));
        done.Body.Add(ProgramNode.I64Const(200));
        return done;
    }

    private ProgramNode Branch(Opcode opcode, BlockNode target) =>
        new(opcode, [Reference], Select(1, Get(Object, Reference), TheOther()), TheDescriptor())
        {
            Immediates = [SourceIsNullable, _type, _type],
            Targets = [target],
        };

    private ProgramNode TheDescriptor() => Get(Descriptor, ProgramType.ReferenceTo(_type + 1));

    private ProgramNode TheOther() => Get(Other, ProgramType.ReferenceTo(_type + 2));

    /// <summary>One reference if the flags have a bit, else the other one.</summary>
    private ProgramNode Select(int bit, ProgramNode first, ProgramNode second) => new(Opcode.SelectTyped, [Reference], first, second, Flag(bit));

    private static ProgramNode Choose(int bit, ProgramNode first, ProgramNode second) => new(Opcode.Select, [ProgramType.I64], first, second, Flag(bit));

    private static ProgramNode Flag(int bit) =>
        new(Opcode.I32And, [ProgramType.I32], Get(Flags, ProgramType.I32), ProgramNode.I32Const(bit));

    private static ProgramNode IsNull(ProgramNode reference) =>
        new(Opcode.I64ExtendI32U, [ProgramType.I64], new ProgramNode(Opcode.RefIsNull, [ProgramType.I32], reference));

    private static ProgramNode NumberIn(int type, ProgramNode structure) => new(Opcode.StructGet, [ProgramType.I64], structure) { Immediates = [type, 0] };

    private static ProgramNode Typed(Opcode opcode, int type, params ProgramNode[] operands) =>
        new(opcode, [ProgramType.ReferenceTo(type, nullable: false)], operands) { Immediates = [type] };

    private static ProgramNode Sum(params ProgramNode[] terms) => terms.Aggregate((sum, term) => new ProgramNode(Opcode.I64Add, [ProgramType.I64], sum, term));

    private static ProgramNode Set(int local, ProgramNode value) => new(Opcode.LocalSet, [], value) { Immediates = [local] };

    private static ProgramNode Get(int local, ProgramType type) => new(Opcode.LocalGet, [type]) { Immediates = [local] };

    private static ProgramNode Number(int local) => Get(local, ProgramType.I64);
}
