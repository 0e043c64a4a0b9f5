using System.Globalization;
using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Hosts.Tests;

/// <summary>
/// The programs of <c>workloads/c</c> and <c>workloads/assemblyscript</c> give in every configuration the checksums that stand in their
/// <c>checksums.txt</c>: those of the same sources compiled natively, or on V8.
/// </summary>
public sealed class CWorkloadTests
{
    private static readonly Dictionary<string, EngineOptions> Options = new()
    {
        ["default"] = EngineOptions.Default,
        ["never"] = EngineOptions.Default with { TierUp = TierUpMode.Never },
        ["eager"] = EngineOptions.Default with { TierUp = TierUpMode.Eager },
        ["no deopt"] = EngineOptions.Default with { TierUp = TierUpMode.Synchronous, Deopt = false },
        ["failing guards"] = EngineOptions.Default with { TierUp = TierUpMode.Synchronous, StressGuardFailInterval = 1000 },
        ["collecting"] = EngineOptions.Default with { StressGcInterval = 5 },
    };

    public static TheoryData<string, string> Programs
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var folder in new[] { "c", "assemblyscript" })
            {
                foreach (var line in File.ReadAllLines(Path.Combine(Experiments.ProjectLayout.Workloads, folder, "checksums.txt")))
                {
                    if (line.Length > 0 && !line.StartsWith('#'))
                    {
                        data.Add(folder, line);
                    }
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void ProgramGivesItsChecksum(string folder, string line)
    {
        var parts = line.Split(' ');
        var size = int.Parse(parts[1], CultureInfo.InvariantCulture);
        var module = WasmModule.FromFile(Path.Combine(Experiments.ProjectLayout.Workloads, folder, parts[0] + ".wasm"));
        foreach (var (configuration, options) in Options)
        {
            using var store = new Store(options);
            var iterate = store.Instantiate(module, new Imports()).GetFunction("iterate");
            for (var i = 0; i < 3; i++)
            {
                Assert.Equal((configuration, parts[2]), (configuration, iterate.Invoke(size)[0].AsI32().ToString(CultureInfo.InvariantCulture)));
            }
        }
    }
}
