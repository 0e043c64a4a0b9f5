using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Dart.Tests;

/// <summary>
/// Programs that use the core library, in the folder CoreLibrary, must print what lies beside them: large integers as Python computes
/// them, matches of regular expressions as V8 finds them, dates, collections and codecs as the library's documentation has them.
/// </summary>
public sealed class CoreLibraryTests
{
    private static string Folder { get; } = FindFolder();

    public static TheoryData<string> Programs => [.. Directory.EnumerateFiles(Folder, "*.dart").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Programs))]
    public void TheLibraryDoesWhatItMust(string name) => Check(name, DartOptions.Default);

    [Theory]
    [MemberData(nameof(Programs))]
    public void TheLibraryDoesTheSameWithNarrowStrings(string name) => Check(name, DartOptions.Default with { Strings = StringKind.OneByte });

    private static void Check(string name, DartOptions lowering)
    {
        var bytes = DartCompiler.Compile(Path.Combine(Folder, name + ".dart"), lowering);
        var output = new StringWriter();
        var code = ExecutionThread.Run(EngineOptions.Default, () =>
        {
            using var store = new Store(EngineOptions.Default);
            return new DartHost(output).Run(store, WasmModule.Decode(bytes));
        });
        Assert.Equal(File.ReadAllText(Path.Combine(Folder, name + ".txt")), output.ToString());
        Assert.Equal(0, code);
    }

    private static string FindFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Harness.sln")))
            {
                return Path.Combine(folder.FullName, "workloads", "Harness.Dart.Tests", "CoreLibrary");
            }
        }

        throw new DirectoryNotFoundException("the project's folder was not found");
    }
}
