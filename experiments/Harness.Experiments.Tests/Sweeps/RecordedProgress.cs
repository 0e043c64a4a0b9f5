using Harness.Experiments.Results;
using Harness.Experiments.Sweeps;

namespace Harness.Experiments.Tests.Sweeps;

/// <summary>Progress of a sweep in which nothing may fail; keeps the gaps, and how much was to be measured.</summary>
internal sealed class RecordedProgress : ISweepProgress
{
    public List<EngineGap> Gaps { get; } = [];

    public int Pending { get; private set; }

    public void Begin(IReadOnlyList<ProgramRun> pending, int alreadyDone) => Pending = pending.Count;

    public void Start(ProgramRun key)
    {
    }

    public void Finish(ProgramRun key, Failure? failure) => Assert.Null(failure);

    public void Measured(IReadOnlyList<Measurement> rows)
    {
    }

    public void Absent(Failure failure) => Assert.Fail(failure.Message);

    public void Gap(EngineGap gap) => Gaps.Add(gap);

    public void Skip(ProgramRun key)
    {
    }

    public void Stop() => Assert.Fail("no limit was set");
}
