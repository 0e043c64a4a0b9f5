using Harness.Experiments.Engines;

namespace Harness.Experiments.Results;

/// <summary>What a measured process reported, and what the machine did meanwhile.</summary>
/// <param name="Report">The report.</param>
/// <param name="Interference">What else happened on the machine while the process ran.</param>
/// <param name="Speed">How fast the machine itself was before and after it.</param>
internal sealed record MeteredProcess(WorkerReport Report, Interference Interference, MachineSpeed Speed);

/// <summary>
/// Runs measured processes one after another, for sweeps and for searches, and notes what the machine did meanwhile. That is told of the measured process alone: what it needs from other processes
/// is made before, and what only another process tells is left to the caller to ask for afterwards. How fast the machine is, is asked right before and right after the process, and never beside it.
/// </summary>
internal sealed class ProcessMeter
{
    private readonly MachineSpeedProbe _probe = new();

    /// <summary>Runs a process.</summary>
    /// <param name="engine">The engine that runs it.</param>
    /// <param name="request">What is run.</param>
    /// <param name="timeout">Time after which it is killed.</param>
    public MeteredProcess Run(IEngine engine, WorkerRequest request, TimeSpan timeout)
    {
        engine.Prepare(request, timeout);
        var before = _probe.Take();
        var meter = new InterferenceMeter();
        var report = engine.Measure(request, timeout);
        var interference = meter.Stop(report.CpuMs);
        return new MeteredProcess(report, interference, new MachineSpeed(MachineBoot.Current, before, _probe.Take()));
    }
}
