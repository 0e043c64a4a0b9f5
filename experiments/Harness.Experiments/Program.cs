using System.CommandLine;
using Harness.Engine.Configuration;
using Harness.Experiments;
using Harness.Experiments.Commands;

var root = new RootCommand("Research harness for speculative optimisation in WebAssembly engines.")
{
    SweepCommand.Create(),
    ChartCommand.Create(),
    CompareCommand.Create(),
    KnobsCommand.Create(),
    FuzzCommand.Create(),
    FuzzWorkerCommand.Create(),
};

try
{
    var parsed = root.Parse(args);
    return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (Exception exception) when (exception is HarnessException or KnobException)
{
    Console.Error.WriteLine("harness: " + exception.Message);
    return 2;
}
