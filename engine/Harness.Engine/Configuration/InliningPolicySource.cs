using System.Reflection;

namespace Harness.Engine.Configuration;

/// <summary>Where a <see cref="CustomInliningPolicy"/> comes from: an assembly, or a class that is there already. Immutable.</summary>
public sealed class InliningPolicySource : IEquatable<InliningPolicySource>
{
    /// <summary>What stands in place of a file's name where there is none.</summary>
    public const string NoFile = "none";

    private readonly Func<CustomInliningPolicy>? _create;

    private InliningPolicySource(string path, Func<CustomInliningPolicy>? create)
    {
        Path = path;
        _create = create;
    }

    /// <summary>No policy: V8's decides.</summary>
    public static InliningPolicySource None { get; } = new(NoFile, null);

    /// <summary>The assembly's absolute path, the name of a class, or <see cref="NoFile"/>. Sources of the same path are the same.</summary>
    public string Path { get; }

    /// <summary>A class that is there already, such as one of a notebook. It holds in this process only: no file has it that another one could read.</summary>
    /// <typeparam name="TPolicy">The class.</typeparam>
    public static InliningPolicySource Of<TPolicy>()
        where TPolicy : CustomInliningPolicy, new() => new(typeof(TPolicy).FullName!, static () => new TPolicy());

    /// <summary>Loads the policy of an assembly: its only public class that derives from <see cref="CustomInliningPolicy"/>.</summary>
    /// <param name="path">The assembly, or <see cref="NoFile"/>.</param>
    /// <exception cref="KnobException">There is no such file, it is no assembly, or it has no such class or several; the message says how to mend it.</exception>
    public static InliningPolicySource Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path == NoFile)
        {
            return None;
        }

        Type[] policies;
        try
        {
            policies = [.. Assembly.LoadFrom(System.IO.Path.GetFullPath(path)).GetExportedTypes().Where(type => type.IsSubclassOf(typeof(CustomInliningPolicy)) && !type.IsAbstract)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or BadImageFormatException or TypeLoadException
            or ReflectionTypeLoadException or NotSupportedException)
        {
            var reason = path.Length == 0 ? "its name is empty" : exception.Message.Split('\n')[0].TrimEnd('.', '\r');
            throw new KnobException($"the inlining policy '{path}' cannot be loaded: {reason}; name an assembly (.dll), or '{NoFile}'", exception);
        }

        if (policies is not [var policy])
        {
            var found = policies.Length == 0 ? "none" : string.Join(", ", policies.Select(type => type.FullName));
            throw new KnobException($"the inlining policy '{path}': an assembly has one public class that derives from {nameof(CustomInliningPolicy)}; this one has {found}");
        }

        var constructor = policy.GetConstructor(Type.EmptyTypes)
            ?? throw new KnobException($"the inlining policy '{path}': {policy.FullName} has no public constructor without parameters; add one");
        return new InliningPolicySource(System.IO.Path.GetFullPath(path), () => (CustomInliningPolicy)constructor.Invoke(null));
    }

    /// <inheritdoc/>
    public bool Equals(InliningPolicySource? other) => other is not null && Path == other.Path;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as InliningPolicySource);

    /// <inheritdoc/>
    public override int GetHashCode() => Path.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Path;

    /// <summary>Makes the policy for one compilation; null where there is none.</summary>
    /// <param name="options">The knobs, which have the policy's numbers.</param>
    internal CustomInliningPolicy? Create(EngineOptions options)
    {
        var policy = _create?.Invoke();
        policy?.SetParameters(options);
        return policy;
    }
}
