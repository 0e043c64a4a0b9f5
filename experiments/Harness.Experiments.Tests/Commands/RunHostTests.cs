using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Harness.Experiments.Tests.Commands;

/// <summary>WASI commands of the user's own: what they are given, and what is passed on of what they give.</summary>
public sealed class RunHostTests : IDisposable
{
    /// <summary>Writes the words of its command line, each with a zero behind it, and the file <c>in.txt</c>; its exit code is the number of words.</summary>
    private const string Command = """
        (module
          (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes_get (param i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
          (memory (export "memory") 1)
          (data (i32.const 0) "in.txt")
          (func (export "_start")
            (drop (call $args_sizes_get (i32.const 16) (i32.const 20)))
            (drop (call $args_get (i32.const 512) (i32.const 1024)))
            (i32.store (i32.const 24) (i32.const 1024))
            (i32.store (i32.const 28) (i32.load (i32.const 20)))
            (drop (call $fd_write (i32.const 1) (i32.const 24) (i32.const 1) (i32.const 32)))
            (drop (call $path_open
              (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 6) (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 36)))
            (i32.store (i32.const 24) (i32.const 4096))
            (i32.store (i32.const 28) (i32.const 100))
            (drop (call $fd_read (i32.load (i32.const 36)) (i32.const 24) (i32.const 1) (i32.const 40)))
            (i32.store (i32.const 28) (i32.load (i32.const 40)))
            (drop (call $fd_write (i32.const 1) (i32.const 24) (i32.const 1) (i32.const 32)))
            (call $proc_exit (i32.load (i32.const 16)))))
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Words that look like options stand behind two dashes; output need not be text.</summary>
    [Fact]
    public void ACommandGetsItsWordsAndFilesAndItsExitCodeIsPassedOn()
    {
        var command = _folder.Write("command.wat", Command);
        var input = _folder.File("in.txt");
        File.WriteAllBytes(input, [0xFF, (byte)'.', 0x80]);
        var (exitCode, output) = Run("run", command, "--host", "wasi", "--input", input, "--tier-up", "never", "word", "--", "--deopt", "-v");
        byte[] expected = [.. "word\0--deopt\0-v\0"u8, 0xFF, (byte)'.', 0x80];
        Assert.Equal(expected, output[^expected.Length..]);
        Assert.Equal(4, exitCode);
    }

    /// <summary>What it does to the copy of a folder is done to the copy. Of a pipe each iteration gets all.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ACommandIsGivenVariablesInputAndFolders(bool isPipe)
    {
        var command = _folder.Write("command.wat", GivenCommand.Text);
        _folder.Write("data/sub/in.txt", "inner\n");
        var words = _folder.Write("words.txt", "words\n");
        var (exitCode, output) = RunIn(
            _folder.Path,
            "words\n",
            ["run", command, "--host", "wasi", "--dir", "data", "--stdin", isPipe ? "-" : words, "--env", "FIRST=one", "--env", "SECOND=", "--repeat", "2"]);
        Assert.Equal(0, exitCode);
        Assert.StartsWith("FIRST=one\0SECOND=\0words\ninner\n", Encoding.UTF8.GetString(output), StringComparison.Ordinal);
    }

    /// <summary>A folder is found under the path that leads down to it, and under its name where none does.</summary>
    [Theory]
    [InlineData("", ".")]
    [InlineData("", "data/..")]
    [InlineData("", "./data/")]
    [InlineData("other", "../data")]
    [InlineData("other", "{0}/data")]
    [InlineData("data", ".")]
    public void AFolderIsFoundByItsPathOrName(string from, string given)
    {
        var command = _folder.Write("command.wat", GivenCommand.Text);
        _folder.Write("data/sub/in.txt", "inner\n");
        Directory.CreateDirectory(_folder.File("other"));
        var (exitCode, output) = RunIn(_folder.File(from), "", ["run", command, "--host", "wasi", "--dir", given.Replace("{0}", _folder.Path, StringComparison.Ordinal)]);
        Assert.Equal((0, from == "data" ? "" : "inner\n"), (exitCode, Encoding.UTF8.GetString(output)));
    }

    /// <summary>The command's function is the one behind six that it imports.</summary>
    [Theory]
    [InlineData("explain", @"^function 6 .*, \d+ wire bytes")]
    [InlineData("diff-decisions default deopt=off", @"Both decide alike about every call\.")]
    public void ACommandIsExplainedWithItsHost(string command, string expected)
    {
        var (exitCode, output) = Run([.. command.Split(' '), _folder.Write("command.wat", Command), "--host", "wasi", "--input", _folder.Write("in.txt", "text"), "word"]);
        Assert.Equal(0, exitCode);
        Assert.Matches(expected, Encoding.UTF8.GetString(output));
    }

    [Fact]
    public void ADartProgramGetsItsWords()
    {
        var program = _folder.Write("main.dart", "void main(List<String> args) => print(args);");
        var (exitCode, output) = Run("dart", "run", program, "word", "", "--dart.inline", "5", "--", "--deopt", "-v");
        Assert.Equal((0, "[word, , --deopt, -v]\n"), (exitCode, Encoding.UTF8.GetString(output)));
    }

    [Fact]
    public void CallsOfNanosecondsHaveTimes()
    {
        var module = _folder.Write("quick.wat", """(module (func (export "main") (result i32) (i32.const 7)))""");
        var (exitCode, output) = Run("run", module, "--repeat", "50");
        var lines = Encoding.UTF8.GetString(output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal((0, "7", 52), (exitCode, lines[0], lines.Length));
        Assert.True(double.Parse(lines[^1], CultureInfo.InvariantCulture) > 0);
        Assert.DoesNotContain("0.000 ms", lines);
    }

    private static (int ExitCode, byte[] Output) Run(params string[] arguments) => RunIn(Environment.CurrentDirectory, "", arguments);

    private static (int ExitCode, byte[] Output) RunIn(string place, string input, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", HarnessProcess.Arguments(arguments))
        {
            RedirectStandardError = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = place,
        })!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        using var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        Assert.Empty(error.GetAwaiter().GetResult());
        return (process.ExitCode, output.ToArray());
    }
}
