namespace Harness.Experiments.Fuzzing.Mutation;

/// <summary>Makes mutants: modules that differ from a seed by a few changes of bytes, sections, instructions and types. The same number always gives the same.</summary>
internal sealed class Mutator(SeedCorpus corpus)
{
    /// <summary>The mutant with a number.</summary>
    public Mutant Make(ulong number)
    {
        var random = new RandomSource(number);
        var seed = random.Pick(corpus.Modules);
        var other = random.Pick(corpus.Modules).Parts;
        var module = seed.Parts?.Clone();
        var bytes = seed.Bytes;
        for (var changes = random.Weighted(50, 25, 15, 10) + 1; changes > 0; changes--)
        {
            module ??= ModuleParts.TryParse(bytes);
            var level = module is null ? 3 : random.Weighted(50, 20, 15, 15);
            switch (level)
            {
                case 0:
                    InstructionMutations.Apply(module!, random, other);
                    break;
                case 1:
                    TypeMutations.Apply(module!, random);
                    break;
                case 2:
                    SectionMutations.Apply(module!, random, other);
                    break;
                default:
                    bytes = ByteMutations.Apply(module?.Encode() ?? bytes, random);
                    module = null;
                    break;
            }
        }

        return new Mutant(number, seed.Name, module?.Encode() ?? bytes);
    }
}

/// <summary>A module to try.</summary>
/// <param name="Number">The number that it is made from, with the seeds.</param>
/// <param name="Seed">The name of the module that it comes from.</param>
/// <param name="Bytes">The module, which may be anything.</param>
internal sealed record Mutant(ulong Number, string Seed, byte[] Bytes);
