using Harness.Engine.Modules;
using Harness.Experiments.Fuzzing;
using Harness.Experiments.Fuzzing.Programs;

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

    /// <summary>The instructions that no program used would go untested everywhere; relaxed ones may differ from engine to engine.</summary>
    [Fact]
    public void ProgramsTogetherUseEveryInstruction()
    {
        var used = new HashSet<Opcode>();
        for (var seed = 0ul; seed < 400; seed++)
        {
            foreach (var function in RandomProgram.Generate(seed).Functions)
            {
                Collect(function.Body, used);
            }
        }

        var unused = OpcodeTable.All.ToArray().Where(info => !info.Name.Contains("relaxed", StringComparison.Ordinal)).Select(info => info.Opcode).Where(opcode => !used.Contains(opcode) && opcode != Opcode.End);
        Assert.Empty(unused);
    }

    /// <summary>Programs that never get hot, or where nothing is speculated on or removed, would prove nothing.</summary>
    [Fact]
    public void ProgramsGiveTheOptimizerWork()
    {
        var statistics = new FuzzStatistics();
        for (var seed = 2_000_000ul; seed < 2_000_060; seed++)
        {
            statistics.Add(RandomProgram.Generate(seed), FuzzConfiguration.Find("optimizing"));
        }

        Assert.True(statistics.OptimizedShare > 0.4);
        Assert.True(statistics.TrappingShare < 0.3);
        Assert.True(statistics.InlinedCalls > 200);
        Assert.True(statistics.Deopts > 15);
        Assert.True(statistics.RemovedAllocations > 1000);
    }

    [Fact]
    public void ProgramsTogetherCallEveryImport()
    {
        var imported = new HashSet<string>();
        var called = new HashSet<string>();
        foreach (var program in Enumerable.Range(0, 150).Select(seed => RandomProgram.Generate((ulong)seed)))
        {
            imported.UnionWith(program.Functions.Select(function => function.Import?.Name).OfType<string>());
            foreach (var function in program.Functions)
            {
                Visit(function.Body, node =>
                {
                    if (node.Opcode == Opcode.Call && program.Functions[(int)node.Immediates[0]].Import is { } import)
                    {
                        called.Add(import.Name);
                    }
                });
            }
        }

        Assert.True(imported.Count > 15);
        Assert.Equal(imported, called);
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
        {
            Collect(function.Body, used);
        }

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

    private static void Collect(IEnumerable<ProgramNode> nodes, HashSet<Opcode> used) => Visit(nodes, node =>
    {
        used.Add(node.Opcode);
        if (node is BlockNode { Else: not null })
        {
            used.Add(Opcode.Else);
        }

        if (node is LegacyTryNode legacy)
        {
            used.UnionWith([legacy.Delegate is null ? Opcode.Nop : Opcode.Delegate, .. legacy.Handlers.Select(handler => handler.Tag < 0 ? Opcode.CatchAll : Opcode.Catch)]);
        }
    });

    private static void Visit(IEnumerable<ProgramNode> nodes, Action<ProgramNode> visit)
    {
        foreach (var node in nodes)
        {
            visit(node);
            foreach (var children in node.Children)
            {
                Visit(children, visit);
            }
        }
    }
}
