using System.Diagnostics;

namespace Harness.Experiments.Tests.Commands;

/// <summary>Whatever the user gets wrong is answered in one line, without a stack trace, and with an exit code that is not 0.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public BadInputTests()
    {
        folder.Write("text.wat", "(module (fun))");
        folder.Write("invalid.wat", "(module (func (export \"main\") i32.add drop))");
        folder.Write("good.wat", "(module (func (export \"main\") (param i32) (result i32) local.get 0))");
        folder.Write("truncated.wasm", "\0asm\u0001\0\0\0\u0001");
        folder.Write("notcsv.txt", "x");
        Directory.CreateDirectory(folder.File("damaged"));
        folder.Write("damaged/results.csv", "some,thing\n1,2\n");
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("blub", "Unrecognized command or argument 'blub'")]
    [InlineData("run", "Required argument missing")]
    [InlineData("run {0}/none.wat", "cannot read module")]
    [InlineData("run {0}/text.wat", "text.wat:1:10: unknown operator fun")]
    [InlineData("run {0}/invalid.wat", "invalid.wat: type mismatch")]
    [InlineData("run {0}/truncated.wasm", "truncated.wasm: unexpected end")]
    [InlineData("run {0}/good.wat --invoke mian 1", "exports no function 'mian'; it exports main")]
    [InlineData("run {0}/good.wat", "'main' takes 1 arguments")]
    [InlineData("run {0}/good.wat x", "'x' is not a number of type i32")]
    [InlineData("run {0}/good.wat 1 --deoptt off", "unknown knob 'deoptt'; did you mean 'deopt'?")]
    [InlineData("run {0}/good.wat 1 --deopt maybe", "knob 'deopt' does not take 'maybe'")]
    [InlineData("run {0}/good.wat 1 --polymorphism-limit 99", "it takes a whole number in 1..16 (targets)")]
    [InlineData("wast {0}/none", "there is no file or folder")]
    [InlineData("sweep none", "there is no sweep or file 'none'")]
    [InlineData("sweep v8-example --engine v9", "unknown engine 'v9'; there are ours and v8")]
    [InlineData("sweep v8-example --workload none", "has no workload 'none'")]
    [InlineData("sweep v8-example --results /proc/none", "cannot make the results folder")]
    [InlineData("sweep v8-example --results {0}/notcsv.txt", "cannot make the results folder")]
    [InlineData("chart {0}", "there are no results in")]
    [InlineData("chart {0}/damaged", "results.csv is damaged")]
    public async Task MistakesAreExplainedInOneLine(string command, string part)
    {
        string[] arguments = [typeof(HarnessException).Assembly.Location, .. command.Split(' ').Select(word => word.Replace("{0}", folder.Path, StringComparison.Ordinal))];
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = (await process.StandardError.ReadToEndAsync()).TrimEnd();
        await process.WaitForExitAsync();

        Assert.Equal(2, process.ExitCode);
        Assert.Empty(await output);
        Assert.StartsWith("harness: ", error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error);
        Assert.Contains(part, error, StringComparison.Ordinal);
    }
}
