using Harness.Dart;
using Harness.Engine.Configuration;

namespace Harness.Experiments.Engines;

/// <summary>
/// Every knob that a sweep or a tuning run can name, whoever's it is: those of this engine, those of the other engines, whose names begin with
/// the engine's, and those of the Dart compiler. A knob of this engine holds for other engines as far as they have the same setting; a knob of another engine
/// holds for that one alone; a knob of the compiler decides what programs are built, which all engines then run.
/// </summary>
internal static class KnobCatalog
{
    private static readonly Dictionary<string, Knob> ByName = KnobRegistry.All.Concat<Knob>(DartKnobs.All).Concat(EngineCatalog.All.SelectMany(engine => engine.Knobs)).ToDictionary(knob => knob.Name);

    /// <summary>All knobs; those of this engine first, then those of the Dart compiler.</summary>
    public static IReadOnlyCollection<Knob> All => ByName.Values;

    /// <summary>Finds a knob by its name.</summary>
    /// <exception cref="KnobException">There is no such knob; the message suggests the nearest name.</exception>
    public static Knob Find(string name) => ByName.TryGetValue(name, out var knob)
        ? knob
        : throw new KnobException($"unknown knob '{name}'; did you mean '{NameSuggestion.Nearest(name, ByName.Keys)}'? ('harness knobs' lists all)");

    /// <summary>Whether a knob says how programs are compiled, which is nothing to engines.</summary>
    public static bool IsOfPrograms(string knob) => knob.StartsWith(DartKnobs.Prefix, StringComparison.Ordinal);

    /// <summary>Refuses knobs of the Dart compiler where nothing is compiled.</summary>
    /// <param name="knobs">Values by knob name.</param>
    /// <param name="subject">What is run, for the message.</param>
    /// <exception cref="HarnessException">There is one.</exception>
    public static void RefuseOfPrograms(IEnumerable<KeyValuePair<string, string>> knobs, string subject)
    {
        if (knobs.Select(pair => pair.Key).FirstOrDefault(IsOfPrograms) is { } knob)
        {
            throw new HarnessException($"knob '{knob}' says how Dart programs are compiled, and {subject} is none; leave it out");
        }
    }

    /// <summary>The engine whose knob it is alone; null for the knobs of this engine, which others may have as well, and for those of programs.</summary>
    public static EngineEntry? OwnerOf(string knob) => EngineCatalog.All.FirstOrDefault(engine => knob.StartsWith(engine.Name + ".", StringComparison.Ordinal));

    /// <summary>Checks names and values.</summary>
    /// <exception cref="KnobException">A knob is unknown, or does not take its value.</exception>
    public static void Check(IEnumerable<KeyValuePair<string, string>> knobs)
    {
        foreach (var (name, value) in knobs)
        {
            Find(name).Parse(value);
        }
    }

    /// <summary>The knobs of this engine, which others may have as well.</summary>
    public static IReadOnlyDictionary<string, string> Shared(IReadOnlyDictionary<string, string> knobs) =>
        knobs.Where(pair => IsShared(pair.Key)).ToDictionary();

    /// <summary>The knobs that decide what this engine does with a program: its own, and those of the Dart compiler, which say what the program is.</summary>
    public static IReadOnlyDictionary<string, string> OfThisEngine(IReadOnlyDictionary<string, string> knobs) =>
        knobs.Where(pair => OwnerOf(pair.Key) is null).ToDictionary();

    /// <summary>The knobs that an engine may look at: the shared ones, and its own.</summary>
    public static IReadOnlyDictionary<string, string> Concerning(string engine, IReadOnlyDictionary<string, string> knobs) =>
        knobs.Where(pair => IsShared(pair.Key) || OwnerOf(pair.Key)?.Name == engine).ToDictionary();

    /// <summary>The value of every knob: all of this engine's, and of the others those that are given.</summary>
    public static IReadOnlyDictionary<string, string> Complete(IReadOnlyDictionary<string, string> knobs) =>
        EngineOptions.FromDictionary(Shared(knobs)).ToDictionary().Concat(knobs.Where(pair => !IsShared(pair.Key))).ToDictionary();

    private static bool IsShared(string knob) => OwnerOf(knob) is null && !IsOfPrograms(knob);
}
