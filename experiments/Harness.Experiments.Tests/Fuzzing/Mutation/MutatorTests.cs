using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Experiments.Fuzzing;
using Harness.Experiments.Fuzzing.Mutation;

namespace Harness.Experiments.Tests.Fuzzing.Mutation;

public class MutatorTests
{
    private static readonly SeedCorpus Corpus = SeedCorpus.Read([ProjectLayout.Workloads]);

    [Fact]
    public void TheSameNumberGivesTheSameMutant()
    {
        var (first, second) = (new Mutator(Corpus), new Mutator(SeedCorpus.Read([ProjectLayout.Workloads])));
        for (var number = 0UL; number < 200; number++)
        {
            Assert.Equal(first.Make(number).Bytes, second.Make(number).Bytes);
        }
    }

    /// <summary>Mutants that all fail at once would show nothing, and neither would those that are all as before.</summary>
    [Fact]
    public void MutantsAreNewAndOftenValid()
    {
        const int count = 2000;
        var mutator = new Mutator(Corpus);
        var seeds = Corpus.Modules.Select(seed => Convert.ToBase64String(seed.Bytes)).ToHashSet();
        var (valid, known) = (0, 0);
        var messages = new HashSet<string>();
        for (var number = 0UL; number < count; number++)
        {
            var mutant = mutator.Make(number).Bytes;
            known += seeds.Contains(Convert.ToBase64String(mutant)) ? 1 : 0;
            var verdict = Verdict.Of(mutant);
            Assert.DoesNotContain(Verdict.Error, verdict, StringComparison.Ordinal);
            if (verdict == Verdict.Valid)
            {
                valid++;
            }
            else
            {
                messages.Add(verdict.Split(" (at")[0]);
            }
        }

        Assert.InRange(valid, count / 8, count * 7 / 8);
        Assert.InRange(known, 0, count / 8);
        Assert.True(messages.Count > 50, $"only {messages.Count} ways to be invalid");
    }

    [Fact]
    public void EachLevelChangesWhatItSaysAndLeavesTheRest()
    {
        const string text = """
            (module
              (type (func (param i32 i64) (result i64)))
              (memory 1) (global (mut f64) (f64.const 1))
              (func (export "f") (type 0) (local i32) (i64.add (local.get 1) (i64.load offset=8 (local.get 0))))
              (func (export "g") (param f64) (result f64) (f64.mul (local.get 0) (f64.const 3)))
              (data (i32.const 0) "abc"))
            """;
        var module = ModuleParts.TryParse(WatAssembler.Assemble(text))!;
        var changes = (Instructions: 0, Types: 0, Sections: 0);
        for (var number = 0UL; number < 300; number++)
        {
            var random = new RandomSource(number);
            var instructions = module.Clone();
            InstructionMutations.Apply(instructions, random, module);
            Assert.Equal(
                module.Sections.Where(section => section.Bodies is null).Select(section => section.Payload),
                instructions.Sections.Where(section => section.Bodies is null).Select(section => section.Payload));
            changes.Instructions += Differs(module, instructions);

            var types = module.Clone();
            TypeMutations.Apply(types, random);
            Assert.Equal(module.Find(SectionId.Data)!.Payload, types.Find(SectionId.Data)!.Payload);
            Assert.Equal(module.Sections.Count, types.Sections.Count);
            changes.Types += Differs(module, types);

            var sections = module.Clone();
            SectionMutations.Apply(sections, random, module);
            changes.Sections += Differs(module, sections);
        }

        Assert.InRange(changes.Instructions, 200, 300);
        Assert.InRange(changes.Types, 150, 300);
        Assert.InRange(changes.Sections, 150, 300);
    }

    [Fact]
    public void AnythingCanBeMutated()
    {
        var corpus = new SeedCorpus();
        corpus.Add("nothing", []);
        corpus.Add("header", [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0]);
        corpus.Add("text", "(module)"u8.ToArray());
        corpus.Add("empty code", [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 10, 1, 0]);
        corpus.Add("text", "(module)"u8.ToArray());
        corpus.Add("large", new byte[SeedCorpus.LargestSeed + 1]);
        Assert.Equal(4, corpus.Modules.Count);
        Assert.Equal(1, corpus.TooLarge);
        var mutator = new Mutator(corpus);
        for (var number = 0UL; number < 5000; number++)
        {
            mutator.Make(number);
        }
    }

    [Fact]
    public void ScriptsGiveTheirModulesWhateverTheyAre()
    {
        using var folder = new TemporaryFolder();
        folder.Write("script.wast", """
            (module (func (export "f")))
            (assert_invalid (module (func (result i32))) "type mismatch")
            (assert_malformed (module binary "\00asm\02\00\00\00") "unknown binary version")
            (assert_malformed (module quote "(func") "unexpected token")
            (assert_return (invoke "f"))
            """);
        folder.Write("broken.wast", "(module");
        folder.Write("other.txt", "(module)");
        var corpus = SeedCorpus.Read([folder.Path]);
        Assert.Equal(["script.wast:1", "script.wast:2", "script.wast:3"], corpus.Modules.Select(seed => seed.Name));
        Assert.Equal(2, corpus.Unassembled);
    }

    [Fact]
    public void SeedsThatAreNotThereAreNamed()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("no module", Assert.Throws<HarnessException>(() => SeedCorpus.Read([folder.Path])).Message, StringComparison.Ordinal);
        var missing = folder.File("missing");
        Assert.Contains(missing, Assert.Throws<HarnessException>(() => SeedCorpus.Read([missing])).Message, StringComparison.Ordinal);
    }

    private static int Differs(ModuleParts before, ModuleParts after) => before.Encode().AsSpan().SequenceEqual(after.Encode()) ? 0 : 1;
}
