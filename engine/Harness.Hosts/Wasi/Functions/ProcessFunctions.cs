using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Hosts.Wasi.Functions;

/// <summary>The process: <c>proc_exit</c>, <c>proc_raise</c>, <c>sched_yield</c>.</summary>
internal static class ProcessFunctions
{
    /// <summary>What shells add to a signal's number to make the exit code of a process that it ended.</summary>
    private const int SignalExitCode = 128;

    private const ulong Continue = 17;
    private const ulong LastSignal = 30;

    /// <summary>Signals that end no process that does not handle them: none, <c>SIGCHLD</c>, <c>SIGCONT</c>, <c>SIGURG</c>, <c>SIGWINCH</c>.</summary>
    private static readonly ulong[] Ignored = [0, 16, Continue, 22, 27];

    public static void Add(WasiFunctionTable table)
    {
        var exit = FunctionType.Of([ValueType.I32], []);
        table.Functions.Add("proc_exit", HostFunction.Create(exit, (_, slots) => throw new WasiExitException((int)slots[0])));
        table.Add("proc_raise", "i", (_, a) => Raise(a[0]));
        table.Add("sched_yield", string.Empty, (_, _) => Thread.Yield(), waits: true);
    }

    /// <summary>Ends the program as a signal does; programs cannot handle any.</summary>
    private static void Raise(ulong signal)
    {
        if (signal > LastSignal)
        {
            throw new WasiErrorException(Errno.Inval);
        }

        if (!Ignored.Contains(signal))
        {
            throw new WasiExitException(SignalExitCode + (int)signal);
        }
    }
}
