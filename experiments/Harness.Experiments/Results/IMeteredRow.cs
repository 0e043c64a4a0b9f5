namespace Harness.Experiments.Results;

/// <summary>A row of a file of measurements, with what it tells of the machine while its process ran: by that rows of sweeps and of searches are judged alike, whatever they measure.</summary>
internal interface IMeteredRow
{
    /// <summary>The process that the row is of: rows of one process have the same.</summary>
    ProcessKey Process { get; }

    /// <summary>What else happened on the machine meanwhile.</summary>
    Interference Interference { get; }

    /// <summary>How fast the machine itself was before and after the process.</summary>
    MachineSpeed Speed { get; }

    /// <summary>The version of the columns that <see cref="Speed"/> is of: probes of different ones are not compared.</summary>
    int ProbeFormat { get; }
}

/// <summary>Names a measured process within a file of rows.</summary>
/// <param name="Part">The part of the file: the engine in results of a sweep, the phase in those of a search.</param>
/// <param name="Configuration">The configuration.</param>
/// <param name="Program">The program.</param>
/// <param name="Round">The round.</param>
internal readonly record struct ProcessKey(string Part, string Configuration, string Program, int Round);
