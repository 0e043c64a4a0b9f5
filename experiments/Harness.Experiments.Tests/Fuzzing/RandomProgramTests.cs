using Harness.Engine.Modules;
using Harness.Experiments.Fuzzing;

namespace Harness.Experiments.Tests.Fuzzing;

public class RandomProgramTests
{
    [Fact]
    public void EveryProgramIsValid()
    {
        for (var seed = 0ul; seed < 300; seed++)
        {
            var module = WasmModule.Decode(RandomProgram.Generate(seed).Encode());
            Assert.Contains(module.Exports, export => export.Name == StateDigest.Export);
        }
    }

    [Fact]
    public void SameSeedGivesSameProgram() =>
        Assert.Equal(RandomProgram.Generate(17).Encode(), RandomProgram.Generate(17).Encode());

    [Fact]
    public void OtherSeedGivesOtherProgram() =>
        Assert.NotEqual(RandomProgram.Generate(17).Encode(), RandomProgram.Generate(18).Encode());

    /// <summary>The instructions that no program used would go untested everywhere.</summary>
    [Fact]
    public void ProgramsTogetherUseEveryInstructionButSome()
    {
        var used = new HashSet<Opcode>();
        for (var seed = 0ul; seed < 400; seed++)
        {
            foreach (var function in RandomProgram.Generate(seed).Functions)
                Collect(function.Body, used);
        }
        var unused = OpcodeTable.All.ToArray().Select(info => info.Opcode).Where(opcode => !used.Contains(opcode) && !IsLeftOut(opcode));
        Assert.Empty(unused);
    }

    [Fact]
    public void ReducerKeepsWhatMattersAndRemovesTheRest()
    {
        var program = Enumerable.Range(0, 100).Select(seed => RandomProgram.Generate((ulong)seed)).First(candidate => Contains(candidate, Opcode.MemoryCopy));
        var size = program.Encode().Length;
        new ProgramReducer(program, () => Contains(program, Opcode.MemoryCopy) && IsValid(program)).Reduce();
        Assert.True(Contains(program, Opcode.MemoryCopy));
        Assert.InRange(program.Encode().Length, 1, size / 2);
    }

    private static bool Contains(RandomProgram program, Opcode opcode)
    {
        var used = new HashSet<Opcode>();
        foreach (var function in program.Functions)
            Collect(function.Body, used);
        return used.Contains(opcode);
    }

    private static bool IsValid(RandomProgram program)
    {
        try
        {
            WasmModule.Decode(program.Encode());
            return true;
        }
        catch (ModuleException)
        {
            return false;
        }
    }

    private static void Collect(IEnumerable<ProgramNode> nodes, HashSet<Opcode> used)
    {
        foreach (var node in nodes)
        {
            used.Add(node.Opcode);
            if (node is BlockNode { Else: not null })
                used.Add(Opcode.Else);
            foreach (var children in node.Children)
                Collect(children, used);
        }
    }

    /// <summary>
    /// What programs do without: the legacy exception instructions, which V8 does not take together with the new ones; arrays made
    /// from segments; the cast that traps on null; and what only structures the text.
    /// </summary>
    private static bool IsLeftOut(Opcode opcode) => opcode
        is Opcode.Try or Opcode.Catch or Opcode.CatchAll or Opcode.Delegate or Opcode.Rethrow
        or Opcode.ArrayNewData or Opcode.ArrayNewElem or Opcode.ArrayInitData or Opcode.ArrayInitElem
        or Opcode.RefCast
        or Opcode.End;
}
