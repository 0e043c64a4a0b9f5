using System.Collections.Frozen;
using System.Text;

namespace Harness.Engine.Configuration;

/// <summary>
/// Decisions about single calls, made by somebody who has measured them: what is inlined and what not, and what a call does where another target comes, each by the way to the call from the
/// function that is compiled. They are read from a text file (<see cref="InliningDecisionsReader"/> describes the format) and followed by the policy <see cref="InliningPolicyKind.Oracle"/>.
/// Immutable.
/// </summary>
public sealed class InliningDecisions : IEquatable<InliningDecisions>
{
    /// <summary>What stands in place of a file's name where there are no decisions.</summary>
    public const string NoFile = "none";

    private readonly FrozenDictionary<string, ModuleDecisions> _modules;

    internal InliningDecisions(string path, InliningPolicyKind rest, FrozenDictionary<string, ModuleDecisions> modules)
    {
        Path = path;
        Rest = rest;
        _modules = modules;
    }

    /// <summary>No decisions: V8's policy decides about all calls.</summary>
    public static InliningDecisions None { get; } = new(NoFile, InliningPolicyKind.V8, FrozenDictionary<string, ModuleDecisions>.Empty);

    /// <summary>The file's absolute path, or <see cref="NoFile"/>. Decisions of the same path are the same.</summary>
    public string Path { get; }

    /// <summary>The policy that decides about calls that the file does not name.</summary>
    public InliningPolicyKind Rest { get; }

    /// <summary>Reads decisions.</summary>
    /// <param name="path">The file, or <see cref="NoFile"/>.</param>
    /// <exception cref="KnobException">The file cannot be read, or is malformed; the message says where and how to mend it.</exception>
    public static InliningDecisions Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path == NoFile)
        {
            return None;
        }

        var text = KnobFile.Read(path, InliningDecisionsReader.MaximumBytes, "the inlining decisions", NoFile);
        return InliningDecisionsReader.Read(text, System.IO.Path.GetFullPath(path));
    }

    /// <summary>The decisions about a module's calls: whether a call is inlined, by its <see cref="PathOf">path</see>.</summary>
    /// <param name="moduleHash">SHA-256 of the module's bytes, in lower-case hexadecimal digits.</param>
    public IReadOnlyDictionary<string, bool> Of(string moduleHash) =>
        _modules.TryGetValue(moduleHash, out var decisions) ? decisions.Calls : FrozenDictionary<string, bool>.Empty;

    /// <summary>The decisions about what a module's calls do where another target comes than those inlined, by the <see cref="SiteOf">path of the site</see>.</summary>
    /// <param name="moduleHash">SHA-256 of the module's bytes, in lower-case hexadecimal digits.</param>
    public IReadOnlyDictionary<string, MissHandling> MissesOf(string moduleHash) =>
        _modules.TryGetValue(moduleHash, out var decisions) ? decisions.Misses : FrozenDictionary<string, MissHandling>.Empty;

    /// <summary>The way to a call as decisions name it: <c>12 418>5 512>7</c> is, in function 12, the call at offset 418 of function 5, and in that, the one at 512 of function 7.</summary>
    /// <param name="function">Index of the compiled function.</param>
    /// <param name="calls">The calls, outermost first: offset of the instruction in the module's bytes, and index of the function called.</param>
    public static string PathOf(int function, IEnumerable<(int Offset, int Target)> calls)
    {
        ArgumentNullException.ThrowIfNull(calls);
        var text = new StringBuilder().Append(function);
        foreach (var (offset, target) in calls)
        {
            text.Append(' ').Append(offset).Append('>').Append(target);
        }

        return text.ToString();
    }

    /// <summary>The way to a call instruction, whatever it calls: <c>12 418>5 512</c> is the site of which <c>12 418>5 512>7</c> is one target.</summary>
    /// <param name="path">The way to one of its targets, as <see cref="PathOf"/> writes it.</param>
    public static string SiteOf(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var end = path.LastIndexOf('>');
        return end < 0 ? throw new ArgumentException($"'{path}' leads to no call", nameof(path)) : path[..end];
    }

    /// <inheritdoc/>
    public bool Equals(InliningDecisions? other) => other is not null && Path == other.Path;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as InliningDecisions);

    /// <inheritdoc/>
    public override int GetHashCode() => Path.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Path;
}

/// <summary>The decisions about one module.</summary>
/// <param name="Calls">Whether a call is inlined, by its path.</param>
/// <param name="Misses">What a call does where another target comes, by the path of the site.</param>
internal sealed record ModuleDecisions(FrozenDictionary<string, bool> Calls, FrozenDictionary<string, MissHandling> Misses);
