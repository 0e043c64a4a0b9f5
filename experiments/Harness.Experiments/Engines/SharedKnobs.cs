namespace Harness.Experiments.Engines;

/// <summary>
/// What the knobs of this engine mean on another one: an engine translates the values that it has settings for into its own knobs. An engine without a setting
/// may be measured with the default of a knob, which then means its own behaviour, and with no other value.
/// </summary>
internal static class SharedKnobs
{
    private static readonly IReadOnlyDictionary<string, string> Nothing = new Dictionary<string, string>();

    /// <summary>The engine's own words for a value of a shared knob; none where it behaves so anyway; null where it cannot.</summary>
    public delegate IReadOnlyDictionary<string, string>? Translation(string knob, string value);

    /// <summary>Checks that an engine can be configured so.</summary>
    /// <param name="title">The engine's title, for the message.</param>
    /// <param name="engine">Its name.</param>
    /// <param name="translate">Its translation.</param>
    /// <param name="knobs">Values by knob name.</param>
    /// <param name="ignored">Knobs that may differ although the engine does not have them.</param>
    /// <exception cref="HarnessException">It cannot.</exception>
    public static void Check(string title, string engine, Translation translate, IReadOnlyDictionary<string, string> knobs, IReadOnlySet<string> ignored)
    {
        if (FindGap(translate, knobs, ignored) is { } gap)
        {
            throw new HarnessException($"{title} {gap}; leave it out, add it to 'ignores' for {engine}, or name the engines that the configuration is for: 'engines: [{OwnEngine.EngineName}]'");
        }

        var given = knobs.Keys.Where(name => KnobCatalog.OwnerOf(name)?.Name == engine).ToHashSet();
        foreach (var (name, text) in KnobCatalog.Shared(knobs))
        {
            var knob = KnobCatalog.Find(name);
            if ((translate(name, knob.Format(knob.Parse(text))) ?? Nothing).Keys.FirstOrDefault(key => !given.Add(key)) is { } twice)
            {
                throw new HarnessException($"knob '{name}' = {text} sets '{twice}' on {title}, which another knob sets as well; write one of them");
            }
        }
    }

    /// <summary>Why an engine cannot be configured so, in words that follow its title; null where it can.</summary>
    public static string? FindGap(Translation translate, IReadOnlyDictionary<string, string> knobs, IReadOnlySet<string> ignored)
    {
        foreach (var (name, text) in KnobCatalog.Shared(knobs))
        {
            var knob = KnobCatalog.Find(name);
            var value = knob.Parse(text);
            if (translate(name, knob.Format(value)) is null && !value.Equals(knob.Default) && !ignored.Contains(name))
            {
                return $"has no setting for knob '{name}' = {text}";
            }
        }

        return null;
    }

    /// <summary>The engine's own knobs: those that are given, and what the shared ones come to.</summary>
    public static IReadOnlyDictionary<string, string> Resolve(string engine, Translation translate, IReadOnlyDictionary<string, string> knobs)
    {
        var own = new Dictionary<string, string>();
        foreach (var (name, text) in KnobCatalog.Concerning(engine, knobs))
        {
            var knob = KnobCatalog.Find(name);
            var value = knob.Format(knob.Parse(text));
            if (KnobCatalog.OwnerOf(name) is not null)
            {
                own[name] = value;
                continue;
            }

            foreach (var (key, translated) in translate(name, value) ?? Nothing)
            {
                own[key] = translated;
            }
        }

        return own;
    }
}
