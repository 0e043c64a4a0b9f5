namespace Harness.Experiments.Engines;

/// <summary>An engine that runs programs in worker processes.</summary>
internal interface IEngine
{
    /// <summary>Short name, as used on the command line, in sweep files and in results.</summary>
    string Name { get; }

    /// <summary>Name for charts and tables.</summary>
    string Title { get; }

    /// <summary>Version for the provenance.</summary>
    string Version { get; }

    /// <summary>Identifies the build: results of different builds are not mixed.</summary>
    string Fingerprint { get; }

    /// <summary>Checks that the engine can be configured so.</summary>
    /// <param name="knobs">Values by knob name; those of other engines alone are passed over.</param>
    /// <param name="ignored">Knobs that may differ although the engine does not have them.</param>
    /// <exception cref="HarnessException">It cannot.</exception>
    void CheckKnobs(IReadOnlyDictionary<string, string> knobs, IReadOnlySet<string> ignored);

    /// <summary>Why the engine cannot be configured so, in words that follow its title; null where it can.</summary>
    /// <param name="knobs">Values by knob name; those of other engines alone are passed over.</param>
    /// <param name="ignored">Knobs that may differ although the engine does not have them.</param>
    string? FindGap(IReadOnlyDictionary<string, string> knobs, IReadOnlySet<string> ignored);

    /// <summary>The knobs in the engine's own words, as its processes are given them: flags, options, preferences.</summary>
    IReadOnlyList<string> Settings(IReadOnlyDictionary<string, string> knobs);

    /// <summary>Why the engine can run no program of this kind, in words that follow its title; null where it should be able to.</summary>
    string? FindGap(WorkerProgram program);

    /// <summary>Makes what the repetitions of a cell need from a process of its own, such as a recorded profile, so that <see cref="Measure"/> starts one process only. It is made once, by whatever asks first.</summary>
    /// <param name="request">What is to be run.</param>
    /// <param name="timeout">Time after which a process is killed.</param>
    void Prepare(WorkerRequest request, TimeSpan timeout)
    {
    }

    /// <summary>Runs one repetition in a fresh process. When it returns, the process has ended and so has all that it started, so that nothing of it disturbs what comes next.</summary>
    /// <param name="request">What to run.</param>
    /// <param name="timeout">Time after which the process is killed.</param>
    WorkerReport Measure(WorkerRequest request, TimeSpan timeout);

    /// <summary>Adds what the process of a repetition does not tell itself, where the request asks for it (<see cref="WorkerRequest.Counts"/>): in another process, if need be, which nobody times.</summary>
    /// <param name="request">What was run.</param>
    /// <param name="report">What its process reported.</param>
    /// <param name="timeout">Time after which a process is killed.</param>
    /// <returns>The report with what was added; that of the other process where it failed.</returns>
    WorkerReport AddCounts(WorkerRequest request, WorkerReport report, TimeSpan timeout) => report;
}
