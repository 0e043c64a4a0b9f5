using Harness.Experiments.Engines;
using Harness.Experiments.Engines.Jsc;
using Harness.Experiments.Engines.V8;

namespace Harness.Experiments.Tuning.Reporting;

/// <summary>Knob values in the words of another engine's command line.</summary>
/// <param name="Engine">Name of the engine.</param>
/// <param name="Words">Its flags or options, in order.</param>
/// <param name="Missing">Knobs that it has no setting for.</param>
internal sealed record EngineSettings(string Engine, IReadOnlyList<string> Words, IReadOnlyList<string> Missing)
{
    // The words are of no version: those that the knobs are called by here.
    private static readonly HashSet<string> NoneListed = [];

    private static readonly (string Engine, Func<IReadOnlyDictionary<string, string>, IReadOnlyList<string>> Write)[] Writers =
        [(V8Engine.EngineName, V8Engine.Flags), (JscEngine.EngineName, knobs => JscEngine.Options(knobs, NoneListed))];

    /// <summary>The engine's name for people.</summary>
    public string Title => EngineCatalog.TitleOf(Engine);

    /// <summary>The settings of all engines that have any of the knobs.</summary>
    public static IReadOnlyList<EngineSettings> Of(IReadOnlyDictionary<string, string> knobs) =>
    [
        .. Writers.Select(writer => new EngineSettings(
            writer.Engine,
            writer.Write(knobs),
            [.. knobs.Where(pair => KnobCatalog.OwnerOf(pair.Key) is not { } owner || owner.Name == writer.Engine)
                .Where(pair => writer.Write(new Dictionary<string, string> { [pair.Key] = pair.Value }).Count == 0).Select(pair => pair.Key)]))
        .Where(settings => settings.Words.Count > 0),
    ];
}
