using System.CommandLine;
using Harness.Engine.Configuration;
using Harness.Experiments;
using Harness.Experiments.Commands;
using Harness.Experiments.Engines;

if (args is [OwnEngine.WorkerCommandName])
    return OwnWorker.Run();

var root = new RootCommand("Research harness for speculative optimisation in WebAssembly engines.")
{
    SweepCommand.Create(),
    RunCommand.Create(),
    ExplainCommand.Create(),
    WastCommand.Create(),
    KnobsCommand.Create(),
    ChartCommand.Create(),
    CompareCommand.Create(),
    FuzzCommand.Create(),
    FuzzWorkerCommand.Create(),
};

try
{
    return root.Parse(args).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (Exception exception) when (exception is HarnessException or KnobException)
{
    Console.Error.WriteLine("harness: " + exception.Message);
    return 2;
}
