using Harness.Engine.Modules;

namespace Harness.Engine.Feedback;

/// <summary>
/// What the modules of an engine have learnt: the feedback of their call sites, and which functions were worth optimizing, apart from any
/// instance and any code. Kept in a file and given to a later engine (knob <c>feedback.profile</c>), it makes "perfect feedback from the
/// start" a configuration that can be measured. Immutable; it says how fast programs may run, never what they compute.
/// </summary>
public sealed class FeedbackProfile
{
    private readonly Dictionary<string, ModuleProfile> _modules;

    internal FeedbackProfile(IEnumerable<ModuleProfile> modules) => _modules = modules.ToDictionary(module => module.ModuleHash);

    /// <summary>How many modules something is known of.</summary>
    public int ModuleCount => _modules.Count;

    /// <summary>How many functions something is known of.</summary>
    public int FunctionCount => _modules.Values.Sum(module => module.Functions.Count);

    /// <summary>How many functions were worth optimizing.</summary>
    public int HotFunctionCount => _modules.Values.Sum(module => module.Functions.Values.Count(function => function.IsHot));

    internal IEnumerable<ModuleProfile> Modules => _modules.Values;

    /// <summary>Reads a profile that <see cref="Save"/> has written.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">It is no profile, of another version, cut, or changed since; the message is one line.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static FeedbackProfile Load(string path) => ProfileText.Read(File.ReadAllText(path));

    /// <summary>
    /// Writes the profile to a file, as text with one line a call site. An earlier file is replaced at once or not at all; where several processes write the same one at a time, one of their texts stays.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void Save(string path)
    {
        // A name that no other process has.
        var unfinished = $"{path}.{Path.GetFileNameWithoutExtension(Path.GetRandomFileName())}.new";
        try
        {
            File.WriteAllText(unfinished, ProfileText.Write(this));
            File.Move(unfinished, path, overwrite: true);
        }
        catch when (File.Exists(unfinished))
        {
            File.Delete(unfinished);
            throw;
        }
    }

    /// <summary>Whether anything is known of a module of these bytes.</summary>
    public bool Knows(WasmModule module)
    {
        ArgumentNullException.ThrowIfNull(module);
        return _modules.ContainsKey(ModuleProfile.HashOf(module));
    }

    /// <summary>What is known of a module; null if nothing is.</summary>
    internal ModuleProfile? Of(WasmModule module, int polymorphismLimit) =>
        _modules.GetValueOrDefault(ModuleProfile.HashOf(module))?.For(module, polymorphismLimit);
}
