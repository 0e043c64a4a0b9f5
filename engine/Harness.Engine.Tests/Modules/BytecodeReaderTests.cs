using Harness.Engine.Modules;

namespace Harness.Engine.Tests.Modules;

public class BytecodeReaderTests
{
    [Fact]
    public void SkippingImmediatesVisitsEachInstruction()
    {
        var module = WasmModule.Decode(SampleModule.Bytes);
        var seen = new HashSet<ImmediateKind>();
        foreach (var function in module.Functions.Where(function => !function.IsImported))
        {
            var reader = module.OpenBody(function);
            Assert.Equal(0u, reader.ReadVarU32());
            var last = Opcode.Nop;
            while (!reader.IsAtEnd)
            {
                last = reader.PeekOpcode();
                Assert.Equal(last, reader.ReadOpcode());
                seen.Add(OpcodeTable.Get(last).Immediates);
                reader.SkipImmediates(last);
            }

            Assert.Equal(Opcode.End, last);
            Assert.Equal(function.BodyEnd, reader.Offset);
        }

        Assert.Superset(new HashSet<ImmediateKind>([ImmediateKind.TryTable, ImmediateKind.BranchOnCast,
            ImmediateKind.BranchTable]), seen);
    }

    [Fact]
    public void ImmediatesAreRead()
    {
        var module = WasmModule.Decode(SampleModule.Bytes);
        var reader = module.OpenBody(module.Functions[1]);
        reader.ReadVarU32();
        var memoryArguments = new List<(int, ulong, int)>();
        var blocks = new List<(int, int)>();
        var clauses = new List<CatchClause>();
        var tables = new List<int>();
        while (!reader.IsAtEnd)
        {
            var opcode = reader.ReadOpcode();
            switch (OpcodeTable.GetImmediates(opcode))
            {
                case ImmediateKind.MemoryArgument:
                    reader.ReadMemArg(out var memory, out var offset, out var alignment);
                    memoryArguments.Add((memory, offset, alignment));
                    break;
                case ImmediateKind.BlockType:
                    var type = reader.ReadBlockType();
                    blocks.Add((type.ParameterCount, type.ResultCount));
                    break;
                case ImmediateKind.BranchTable:
                    tables.Add(reader.ReadBrTable());
                    for (var i = 0; i <= tables[^1]; i++)
                    {
                        Assert.Equal(0u, reader.ReadVarU32());
                    }

                    break;
                case ImmediateKind.TryTable:
                    reader.ReadBlockType();
                    for (var count = reader.ReadVarU32(); count > 0; count--)
                    {
                        clauses.Add(reader.ReadCatch());
                    }

                    break;
                default:
                    reader.SkipImmediates(opcode);
                    break;
            }
        }

        Assert.Equal([(0, 4UL, 2), (1, 128UL, 3)], memoryArguments);
        Assert.Equal([(0, 0), (0, 0), (0, 0), (0, 1), (2, 2)], blocks[..5]);
        Assert.Equal([2], tables);
        Assert.Equal(
            [new CatchClause(CatchKind.CatchAll, -1, 0), new CatchClause(CatchKind.Catch, 0, 0),
                new CatchClause(CatchKind.CatchAllRef, -1, 0)],
            clauses);
    }

    [Fact]
    public void HeapTypesAreCanonical()
    {
        var module = new ModuleBuilder()
            .Types(ModuleBuilder.Function([], []), w => w.Bytes([BinaryFormat.FunctionForm, 0, 1,
                BinaryFormat.TypeRefNull, 0]))
            .Section(SectionId.Function, 1, w => w.U32(1))
            .Code(w => SampleModule.Instructions(w, Opcode.RefNull, 0))
            .Decode();
        var reader = module.OpenBody(module.Functions[0]);
        reader.ReadVarU32();
        Assert.Equal(Opcode.RefNull, reader.ReadOpcode());
        Assert.Equal(HeapType.Defined(module.CanonicalTypeIds[0]), reader.ReadHeapType());
        Assert.Equal(module.Functions[0].Type.Results[0].HeapType, HeapType.Defined(module.CanonicalTypeIds[0]));
    }
}
