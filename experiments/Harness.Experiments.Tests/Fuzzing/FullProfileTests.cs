using Harness.Engine.Modules;
using Harness.Experiments.Fuzzing;
using Harness.Experiments.Fuzzing.Programs;

namespace Harness.Experiments.Tests.Fuzzing;

/// <summary>The programs that <c>harness fuzz</c> runs, which have more than those of the basic profile.</summary>
public class FullProfileTests
{
    private const int Programs = 300;

    private static readonly Opcode[] TableInstructions =
    [
        Opcode.CallIndirect, Opcode.ReturnCallIndirect, Opcode.TableGet, Opcode.TableSet, Opcode.TableSize, Opcode.TableGrow,
        Opcode.TableFill, Opcode.TableCopy, Opcode.TableInit,
    ];

    [Fact]
    public void EveryProgramIsValidAsItIsAndForTheReference()
    {
        foreach (var program in Generate(Programs))
        {
            Assert.Contains(WasmModule.Decode(program.Encode()).Exports, export => export.Name == StateDigest.Export);
            var forReference = WasmModule.Decode(program.EncodeForReference());
            Assert.DoesNotContain(forReference.Memories, memory => memory.Type.PageSizeLog2 != MemoryType.UsualPageSizeLog2);
        }
    }

    [Fact]
    public void SameSeedGivesSameProgram() =>
        Assert.Equal(RandomProgram.Generate(17, ProgramProfile.Full).Encode(), RandomProgram.Generate(17, ProgramProfile.Full).Encode());

    [Theory]
    [InlineData(FuzzSource.Basic, 0)]
    [InlineData(FuzzSource.Own, 1)]
    public void AMismatchTellsHowToMakeTheSameProgramAgain(string source, int profile)
    {
        var mismatch = new FuzzMismatch(RandomProgram.Generate(17, (ProgramProfile)profile), FuzzConfiguration.Always[0], [], []);
        Assert.Contains($"harness fuzz --source {source} --seed 17 ", mismatch.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void SomeProgramsHaveManyMemories() => Assert.Contains(Generate(100), program => program.Memories.Count > 3);

    [Fact]
    public void SomeMemoriesWithPagesOfOneByteGrow() =>
        Assert.Contains(Generate(Programs), program => ProgramNodes.Of(program).Any(node => node is BytePagesNode { Opcode: Opcode.MemoryGrow }));

    [Fact]
    public void AMemoryWithPagesOfOneByteHasAsManyBytesForTheReference()
    {
        var program = Generate(Programs).First(candidate => candidate.Memories.Exists(memory => memory.HasBytePages));
        var own = WasmModule.Decode(program.Encode()).Memories;
        var forReference = WasmModule.Decode(program.EncodeForReference()).Memories;
        Assert.Contains(own, memory => memory.Type.PageSizeLog2 == 0);
        Assert.Equal(own.Select(memory => memory.Type.InitialBytes), forReference.Select(memory => memory.Type.InitialBytes));
        Assert.Equal(own.Select(memory => MaximumBytes(memory)), forReference.Select(memory => MaximumBytes(memory)));
    }

    [Fact]
    public void EveryInstructionOnTablesIsUsedWithIndicesOf64Bits()
    {
        var unused = new HashSet<Opcode>(TableInstructions);
        foreach (var program in Generate(2000).TakeWhile(_ => unused.Count > 0))
        {
            unused.ExceptWith(ProgramNodes.Of(program).Where(node => TableOf(node) is >= 0 and var table && program.Tables[table].Is64).Select(node => node.Opcode));
        }

        Assert.Empty(unused);
    }

    private static IEnumerable<RandomProgram> Generate(int count) =>
        Enumerable.Range(0, count).Select(seed => RandomProgram.Generate((ulong)seed, ProgramProfile.Full));

    private static ulong? MaximumBytes(MemoryInfo memory) => memory.Type.Limits.Maximum << memory.Type.PageSizeLog2;

    /// <summary>The table that an instruction works on; -1 if it works on none.</summary>
    private static int TableOf(ProgramNode node) =>
        !TableInstructions.Contains(node.Opcode) ? -1
        : node.Opcode is Opcode.CallIndirect or Opcode.ReturnCallIndirect or Opcode.TableInit ? (int)node.Immediates[1]
        : (int)node.Immediates[0];
}
