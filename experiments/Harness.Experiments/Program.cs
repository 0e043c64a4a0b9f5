using Harness.Experiments.Commands;
using Harness.Experiments.Engines;
using Harness.Experiments.Engines.Wasmtime;

// Workers are started by the thousand and live for milliseconds: what the command line needs is loaded only where there is one.
return args switch
{
    [OwnEngine.WorkerCommandName] => OwnWorker.Run(),
    [WasmtimeEngine.WorkerCommandName] => WasmtimeWorker.Run(),
    _ => CommandLine.Run(args),
};
