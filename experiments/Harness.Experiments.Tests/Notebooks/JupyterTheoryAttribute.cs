namespace Harness.Experiments.Tests.Notebooks;

/// <summary>A test that executes notebooks; skipped where Jupyter is not installed, or what notebooks refer to is not built in Release.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class JupyterTheoryAttribute : TheoryAttribute
{
    /// <summary>The assembly that notebooks refer to.</summary>
    private static readonly string Assembly = Path.Combine(ProjectLayout.Root, "experiments", "Harness.Notebooks", "bin", "Release", "net10.0", "Harness.Notebooks.dll");

    public JupyterTheoryAttribute()
    {
        if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "jupyter-nbconvert"))))
        {
            Skip = "notebooks are executed by Jupyter, which is not installed (Debian: apt-get install jupyter-nbconvert jupyter-client python3-ipykernel)";
        }
        else if (!File.Exists(Assembly))
        {
            Skip = "notebooks refer to a build in Release: dotnet build experiments/Harness.Notebooks -c Release";
        }
    }
}
