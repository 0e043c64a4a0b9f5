namespace Harness.Engine.Modules.Text;

/// <summary>
/// A script in the format of the specification's tests: modules, actions on them, and assertions. Modules are assembled
/// only when the script is run, so that one that fails does not keep the others from being run.
/// </summary>
internal sealed class WastScript
{
    private WastScript(IReadOnlyList<WastCommand> commands) => Commands = commands;

    /// <summary>The commands in their order.</summary>
    public IReadOnlyList<WastCommand> Commands { get; }

    /// <summary>Parses a script.</summary>
    /// <exception cref="WatException">The script itself, outside of its modules, is malformed.</exception>
    public static WastScript Parse(string text) => new(new WastParser(new TokenCursor(new SourceText(text))).Script());

    /// <summary>Parses a script in UTF-8.</summary>
    /// <exception cref="WatException">The script itself, outside of its modules, is malformed.</exception>
    public static WastScript Parse(ReadOnlySpan<byte> utf8) =>
        new(new WastParser(new TokenCursor(SourceText.FromUtf8(utf8))).Script());
}
