namespace Harness.Experiments.Results;

/// <summary>How fast the machine itself was before and after a measured process, by the time of a fixed piece of work (<see cref="MachineSpeedProbe"/>).</summary>
/// <param name="Machine">Which machine that was (<see cref="MachineBoot"/>): times of different ones are not compared.</param>
/// <param name="BeforeMs">Time of the work just before the process was started, in ms; 0 where it was not done.</param>
/// <param name="AfterMs">Time of the work just after the process had ended, in ms; 0 where it was not done.</param>
internal readonly record struct MachineSpeed(string Machine, double BeforeMs, double AfterMs)
{
    /// <summary>Whether both times are there.</summary>
    public bool IsKnown => IsTime(BeforeMs) && IsTime(AfterMs);

    private static bool IsTime(double ms) => ms > 0 && double.IsFinite(ms);
}
