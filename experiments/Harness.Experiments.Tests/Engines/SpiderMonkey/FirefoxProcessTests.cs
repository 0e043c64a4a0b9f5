using System.Runtime.Versioning;
using Harness.Experiments.Engines.Installation;
using Harness.Experiments.Engines.SpiderMonkey;

namespace Harness.Experiments.Tests.Engines.SpiderMonkey;

/// <summary>The process of a browser, with a script in the browser's place.</summary>
[SupportedOSPlatform("linux")]
public sealed class FirefoxProcessTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>A browser has many, which would else end beside whatever the harness does next.</summary>
    [Fact]
    public async Task ItsChildrenHaveEndedWhenItIsDisposedOf()
    {
        var script = _folder.Write("browser", "#!/usr/bin/env bash\n(sleep 0.2; echo > \"$0.ended\") &\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using (var browser = new FirefoxProcess(new InstalledProgram(script, InstalledProgram.UnknownVersion, null), new Dictionary<string, string>()))
        {
            await browser.Exited;
        }

        Assert.True(File.Exists(script + ".ended"));
    }
}
