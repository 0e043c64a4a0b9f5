namespace Harness.Experiments.Tests.Cluster;

/// <summary>A test with a real Slurm, which it starts itself; skipped where that is not installed, or cannot be started.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SlurmFactAttribute : FactAttribute
{
    private static readonly string[] Programs = ["slurmctld", "slurmd", "sbatch", "munged"];

    public SlurmFactAttribute()
    {
        var places = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Concat(["/usr/sbin", "/usr/bin"]).ToList();
        if (Programs.FirstOrDefault(program => !places.Exists(place => File.Exists(Path.Combine(place, program)))) is { } missing)
        {
            Skip = $"a cluster needs Slurm, of which {missing} is not installed (Debian: apt-get install slurm-wlm munge)";
        }
        else if (Environment.UserName != "root")
        {
            Skip = "a cluster on one host is started by root";
        }
    }
}
