using System.Diagnostics;

namespace Harness.Hosts.Tests;

/// <summary>The committed modules of C programs are what their sources give, bit for bit, with the compiler that they were built with.</summary>
public sealed class RebuildTests
{
    [RebuildTheory]
    [InlineData("engine/Harness.Hosts.Tests/Wasi/Programs")]
    [InlineData("workloads/c")]
    public void ModulesAreWhatTheirSourcesGive(string folder)
    {
        var source = Path.Combine(Experiments.ProjectLayout.Root, folder);
        var target = Directory.CreateTempSubdirectory("harness-rebuild-");
        try
        {
            using var process = Process.Start(new ProcessStartInfo(Path.Combine(source, "build.sh"), [target.FullName]) { RedirectStandardError = true })!;
            var errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, errors);
            string[] modules = [.. Directory.GetFiles(source, "*.c").Select(path => Path.GetFileNameWithoutExtension(path) + ".wasm")];
            Assert.NotEmpty(modules);
            foreach (var module in modules)
            {
                Assert.True(
                    File.ReadAllBytes(Path.Combine(target.FullName, module)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(source, module))),
                    $"{folder}/{module} is not what its source gives; run {folder}/build.sh and commit what it makes");
            }
        }
        finally
        {
            target.Delete(recursive: true);
        }
    }
}
