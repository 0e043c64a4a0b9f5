using System.Diagnostics;
using Harness.Experiments.Engines;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Tests.Workloads;

/// <summary>What programs find in their folders: folders of the user entry by entry, and what cannot be copied or stands at one place with something else.</summary>
public sealed class InputTreeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Links are told as they are, wherever they lead, and what they lead to is not looked at.</summary>
    [Fact]
    public void FoldersAreToldEntryByEntry()
    {
        _folder.Write("tree/b.txt", "");
        _folder.Write("tree/sub/a.txt", "");
        Directory.CreateDirectory(_folder.File("tree/empty"));
        File.CreateSymbolicLink(_folder.File("tree/loop"), "..");
        File.CreateSymbolicLink(_folder.File("tree/nowhere"), "/none");
        _folder.Write("in.txt", "");
        Assert.Equal(
            [
                "x/", "x/data/", "x/data/b.txt = tree/b.txt", "x/data/empty/", "x/data/loop -> ..", "x/data/nowhere -> /none", "x/data/sub/", "x/data/sub/a.txt = tree/sub/a.txt",
                "x/data/sub/in.txt = in.txt",
            ],
            Find(new("x/data", "tree"), new("x/data/sub/in.txt", "in.txt")));
    }

    [Fact]
    public void TheProgramsFolderItselfMayBeACopy()
    {
        _folder.Write("tree/sub/a.txt", "");
        _folder.Write("in.txt", "");
        Assert.Equal(["sub/", "sub/a.txt = tree/sub/a.txt", "in.txt = in.txt"], Find(new("", "tree"), new("in.txt", "in.txt")));
    }

    [Theory]
    [InlineData("a.txt", "a.txt", "two inputs stand at 'a.txt' in the program's folder")]
    [InlineData("a.txt/b", "a.txt", "two inputs stand at 'a.txt' in the program's folder")]
    [InlineData("link/b", "link", "two inputs stand at 'link' in the program's folder")]
    public void TwoInputsAtOnePlaceAreRefused(string place, string other, string mistake)
    {
        _folder.Write("in.txt", "");
        _folder.Write("tree/a.txt", "");
        File.CreateSymbolicLink(_folder.File("tree/link"), "a.txt");
        ProgramInput known = other == "link" ? new("", "tree") : new(other, "in.txt");
        Refuses(mistake, known, new(place, "in.txt"));
    }

    [Fact]
    public void AFileIsNotTheProgramsFolder()
    {
        _folder.Write("in.txt", "");
        Refuses($"{_folder.File("in.txt")} is no folder, and cannot be the program's folder", new ProgramInput("", "in.txt"));
    }

    /// <summary>Whoever copied a FIFO would wait for somebody to write into it.</summary>
    [Fact]
    public void WhatIsNoFileIsRefused()
    {
        Directory.CreateDirectory(_folder.File("tree"));
        using (var made = Process.Start("mkfifo", [_folder.File("tree/fifo")]))
        {
            made.WaitForExit();
        }

        Refuses($"{_folder.File("tree/fifo")} is neither a file nor a folder nor a link, so that there is no copy of it", new ProgramInput("tree", "tree"));
    }

    [Fact]
    public void MoreThanAFolderInMemoryTakesIsRefused()
    {
        Directory.CreateDirectory(_folder.File("tree"));
        foreach (var name in (string[])["one", "two"])
        {
            using var stream = File.Create(_folder.File($"tree/{name}"));
            stream.SetLength((1L << 29) + 1);
        }

        Refuses("the folders that the program is given have more than 1024 MiB in them; give it those files alone that it reads", new ProgramInput("tree", "tree"));
    }

    private void Refuses(string mistake, params ProgramInput[] inputs) => Assert.Equal(mistake, Assert.Throws<HarnessException>(() => Find(inputs)).Message);

    /// <summary>The entries, with paths relative to the folder.</summary>
    private List<string> Find(params ProgramInput[] inputs)
    {
        var program = new ProgramDefinition { Name = "a", Title = "a", Folder = _folder.Path, Host = HostKind.Wasi, Iteration = IterationKind.Instance, Inputs = inputs };
        return [.. InputTree.Of(program).Select(Describe)];
    }

    private string Describe(WorkerInput input) => input switch
    {
        { File: { } file } => $"{input.Place} = {Path.GetRelativePath(_folder.Path, file)}",
        { Link: { } link } => $"{input.Place} -> {link}",
        _ => $"{input.Place}/",
    };
}
