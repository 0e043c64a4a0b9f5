using Harness.Engine.Modules;

namespace Harness.Experiments.Fuzzing.Programs;

/// <summary>
/// The exported function <c>digest</c> that every random program has: a checksum of its globals and of all bytes of its
/// memories, so that an effect that no result shows is seen as well.
/// </summary>
internal static class StateDigest
{
    /// <summary>The name of the export; its type is <c>i32 → i64</c> like that of all others.</summary>
    public const string Export = "digest";

    private const int DigestLocal = 1;
    private const int AddressLocal = 2;

    public static ProgramFunction Create(RandomProgram program)
    {
        var type = program.TypeIndex(new ProgramSignature([ProgramType.I32], [ProgramType.I64]));
        var function = new ProgramFunction(type) { Export = Export };
        function.Locals.AddRange([ProgramType.I64, ProgramType.I64]);
        for (var i = 0; i < program.Globals.Count; i++)
        {
            if (BitsOf(Get(Opcode.GlobalGet, program.Globals[i].Type, i), () => Get(Opcode.GlobalGet, program.Globals[i].Type, i)) is { } bits)
            {
                function.Body.Add(Update(bits));
            }
            else if (program.Globals[i].Type.Heap >= 0 && program.Types[program.Globals[i].Type.Heap] is ProgramAggregate { IsArray: false } structure)
            {
                function.Body.Add(UpdateWithFields(i, program.Globals[i].Type, structure));
            }
        }

        for (var i = 0; i < program.Tables.Count; i++)
        {
            var size = Get(Opcode.TableSize, program.Tables[i].AddressType, i);
            function.Body.Add(Update(program.Tables[i].Is64 ? size : new ProgramNode(Opcode.I64ExtendI32U, [ProgramType.I64], size)));
        }

        for (var i = 0; i < program.Memories.Count; i++)
        {
            function.Body.AddRange(UpdateWithMemory(program, i));
        }

        function.Body.Add(Get(Opcode.LocalGet, ProgramType.I64, DigestLocal));
        return function;
    }

    /// <summary>The bits of a number as an i64, of a NaN as 1, of a vector mixed; null for references.</summary>
    private static ProgramNode? BitsOf(ProgramNode value, Func<ProgramNode> again)
    {
        var isSingle = value.Results[0] == ProgramType.F32;
        switch (value.Results[0].Kind)
        {
            case ValueKind.I32:
                return new ProgramNode(Opcode.I64ExtendI32U, [ProgramType.I64], value);
            case ValueKind.I64:
                return value;
            case ValueKind.F32 or ValueKind.F64:
                var bits = isSingle
                    ? new ProgramNode(Opcode.I64ExtendI32U, [ProgramType.I64], new ProgramNode(Opcode.I32ReinterpretF32, [ProgramType.I32], value))
                    : new ProgramNode(Opcode.I64ReinterpretF64, [ProgramType.I64], value);
                return new ProgramNode(Opcode.Select, [ProgramType.I64], bits, ProgramNode.I64Const(1),
                    new ProgramNode(isSingle ? Opcode.F32Eq : Opcode.F64Eq, [ProgramType.I32], again(), again()));
            case ValueKind.V128:
                return new ProgramNode(Opcode.I64Xor, [ProgramType.I64], Half(value, 0),
                    new ProgramNode(Opcode.I64Mul, [ProgramType.I64], Half(again(), 1), ProgramNode.I64Const(31)));
            default:
                return null;
        }
    }

    private static ProgramNode Half(ProgramNode vector, int lane) =>
        new(Opcode.I64x2ExtractLane, [ProgramType.I64], vector) { Immediates = [lane] };

    /// <summary>Takes in the numbers among the fields of a structure, unless the global is null.</summary>
    private static BlockNode UpdateWithFields(int global, ProgramType type, ProgramAggregate structure)
    {
        ProgramNode Reference() => Get(Opcode.GlobalGet, type, global);
        var block = new BlockNode(Opcode.If, new ProgramSignature([], []), -1,
            new ProgramNode(Opcode.I32Eqz, [ProgramType.I32], new ProgramNode(Opcode.RefIsNull, [ProgramType.I32], Reference())));
        for (var i = 0; i < structure.Fields.Length; i++)
        {
            var field = i;
            var opcode = structure.Fields[i].Packing == Packing.None ? Opcode.StructGet : Opcode.StructGetU;
            ProgramNode Value() => new(opcode, [structure.Fields[field].Type], Reference()) { Immediates = [type.Heap, field] };
            if (BitsOf(Value(), Value) is { } bits)
            {
                block.Body.Add(Update(bits));
            }
        }

        return block;
    }

    private static IEnumerable<ProgramNode> UpdateWithMemory(RandomProgram program, int index)
    {
        var memory = program.Memories[index];
        var none = new ProgramSignature([], []);
        var loop = new BlockNode(Opcode.Loop, none, -1);
        var address = Get(Opcode.LocalGet, ProgramType.I64, AddressLocal);
        var size = BytePagesNode.SizeOf(program, index);
        var pages = memory.Is64 ? size : new ProgramNode(Opcode.I64ExtendI32U, [ProgramType.I64], size);
        loop.Body.Add(Update(new ProgramNode(Opcode.I64Load, [ProgramType.I64],
            memory.Is64 ? address : new ProgramNode(Opcode.I32WrapI64, [ProgramType.I32], address))
        {
            Immediates = [3, 0, index],
        }));
        loop.Body.Add(new ProgramNode(Opcode.LocalSet, [], new ProgramNode(Opcode.I64Add, [ProgramType.I64], address, ProgramNode.I64Const(8))) { Immediates = [AddressLocal] });
        loop.Body.Add(new ProgramNode(Opcode.BrIf, [],
            new ProgramNode(Opcode.I64LtU, [ProgramType.I32],
                address,
                memory.HasBytePages ? pages : new ProgramNode(Opcode.I64Shl, [ProgramType.I64], pages, ProgramNode.I64Const(16))))
        {
            Targets = [loop],
        });
        return [new ProgramNode(Opcode.LocalSet, [], ProgramNode.I64Const(0)) { Immediates = [AddressLocal] }, loop];
    }

    private static ProgramNode Update(ProgramNode value) =>
        new(Opcode.LocalSet, [], BodyGenerator.Mix(Get(Opcode.LocalGet, ProgramType.I64, DigestLocal), value)) { Immediates = [DigestLocal] };

    private static ProgramNode Get(Opcode opcode, ProgramType type, int index) => new(opcode, [type]) { Immediates = [index] };
}
