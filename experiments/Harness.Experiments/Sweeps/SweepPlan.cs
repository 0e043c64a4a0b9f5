using Harness.Experiments.Results;
using MathNet.Numerics.Random;

namespace Harness.Experiments.Sweeps;

/// <summary>One run of a program in a fresh process: a repetition of all its workloads.</summary>
internal readonly record struct ProgramRun(string Engine, string Configuration, string Program, int Repetition)
{
    /// <summary>What is repeated.</summary>
    public Cell Cell => new(Engine, Configuration, Program);

    /// <summary>The repetition of one of its workloads.</summary>
    public RepetitionKey Of(string workload) => new(Engine, Configuration, workload, Repetition);
}

/// <summary>
/// The order of a sweep: rounds, each of which has every cell once in a random order of its own, so that drift of the
/// machine hits all alike. The order depends on the seed alone, not on what was measured before. A shard has some of the rounds, each as it is in the whole sweep.
/// </summary>
internal static class SweepPlan
{
    /// <summary>All runs of programs in the order in which they are measured.</summary>
    public static IEnumerable<ProgramRun> Order(SweepDefinition sweep)
    {
        var cells = (
            from engine in sweep.Engines
            from configuration in sweep.ConfigurationsFor(engine)
            from program in sweep.Programs
            where sweep.Selects(engine, configuration, program)
            select new Cell(engine, configuration.Name, program.Name)).ToArray();
        for (var repetition = 1; repetition <= sweep.Repetitions; repetition++)
        {
            if (!sweep.Shard.Has(repetition))
            {
                continue;
            }

            var random = new MersenneTwister(unchecked((sweep.Seed * 1_000_003) + repetition));
            foreach (var cell in Shuffled(cells, random))
            {
                yield return new ProgramRun(cell.Engine, cell.Configuration, cell.Workload, repetition);
            }
        }
    }

    /// <summary>The runs of programs that can be run of which some workload has no row yet.</summary>
    public static IEnumerable<ProgramRun> Pending(SweepDefinition sweep, IEnumerable<Measurement> rows)
    {
        var done = rows.Select(row => row.Key).ToHashSet();
        var workloads = sweep.Workloads.ToLookup(workload => workload.Program);
        var absent = sweep.Programs.Where(program => program.Absence is not null).Select(program => program.Name).ToHashSet();
        return Order(sweep).Where(run => !absent.Contains(run.Program) && workloads[run.Program].Any(workload => !done.Contains(run.Of(workload.Name))));
    }

    private static Cell[] Shuffled(Cell[] cells, MersenneTwister random)
    {
        var shuffled = (Cell[])cells.Clone();
        for (var i = shuffled.Length - 1; i > 0; i--)
        {
            var j = random.Next(i + 1);
            (shuffled[i], shuffled[j]) = (shuffled[j], shuffled[i]);
        }

        return shuffled;
    }
}
