using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Harness.Engine.Configuration;

/// <summary>
/// A model that says whether a call is worth inlining: a linear function of features of the call, a sum of decision trees, or both added. It
/// is read from a text file, which whatever trains it can write; <see cref="InliningModelReader"/> describes the format. Immutable.
/// </summary>
public sealed class InliningModel : IEquatable<InliningModel>
{
    /// <summary>The name of the model that comes with the engine, in place of a file's.</summary>
    public const string BuiltInName = "built-in";

    private const string Resource = "inlining-model.txt";
    private readonly Lazy<Content> _content;

    internal InliningModel(
        string path, double intercept, ImmutableArray<double> weights, ImmutableArray<ImmutableArray<InliningModelNode>> trees)
        : this(path, new Lazy<Content>(new Content(intercept, weights, trees)))
    {
    }

    private InliningModel(string path, Lazy<Content> content)
    {
        Path = path;
        _content = content;
    }

    /// <summary>The model that comes with the engine. Every process has it among its options and hardly any asks it: it is read when one does.</summary>
    public static InliningModel BuiltIn { get; } = new(BuiltInName, new Lazy<Content>(ReadBuiltIn));

    /// <summary>The file's absolute path, or <see cref="BuiltInName"/>. Models of the same path are the same model.</summary>
    public string Path { get; }

    /// <summary>Reads a model.</summary>
    /// <param name="path">The file, or <see cref="BuiltInName"/>.</param>
    /// <exception cref="KnobException">The file cannot be read, or is malformed; the message says where and how to mend it.</exception>
    public static InliningModel Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path == BuiltInName)
        {
            return BuiltIn;
        }

        var text = KnobFile.Read(path, InliningModelReader.MaximumBytes, "the inlining model", BuiltInName);
        return InliningModelReader.Read(text, System.IO.Path.GetFullPath(path));
    }

    /// <summary>What is added for every call.</summary>
    public double Intercept => _content.Value.Intercept;

    /// <summary>The weight of a feature in the linear function.</summary>
    public double WeightOf(InliningFeature feature) => _content.Value.Weights[(int)feature];

    /// <summary>A model with other weights and the same trees.</summary>
    /// <param name="path">Its name.</param>
    /// <param name="newIntercept">What is added for every call; finite.</param>
    /// <param name="newWeights">The weights in the order of <see cref="InliningFeature"/>, all of them finite.</param>
    public InliningModel With(string path, double newIntercept, ReadOnlySpan<double> newWeights) => new(path, newIntercept, [.. newWeights], _content.Value.Trees);

    /// <summary>The model as a file has it.</summary>
    public string ToText()
    {
        var (intercept, weights, trees) = _content.Value;
        var text = new StringBuilder("inlining-model 1\n");
        text.Append(CultureInfo.InvariantCulture, $"intercept {intercept:R}\n");
        for (var i = 0; i < weights.Length; i++)
        {
            if (weights[i] != 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"weight {InliningModelReader.NameOf((InliningFeature)i)} {weights[i]:R}\n");
            }
        }

        foreach (var tree in trees)
        {
            text.Append("tree\n");
            foreach (var node in tree)
            {
                text.Append(node.IsLeaf
                    ? string.Create(CultureInfo.InvariantCulture, $"  leaf {node.Value:R}\n")
                    : string.Create(CultureInfo.InvariantCulture, $"  split {InliningModelReader.NameOf(node.Feature)} {node.Value:R} {node.Below} {node.NotBelow}\n"));
            }
        }

        return text.ToString();
    }

    /// <summary>The model's opinion of a call: it is inlined if this is not below zero, those with more first.</summary>
    /// <param name="features">The features in the order of <see cref="InliningFeature"/>, all of them finite.</param>
    public double Evaluate(ReadOnlySpan<double> features)
    {
        var (intercept, weights, trees) = _content.Value;
        var sum = intercept;
        for (var i = 0; i < weights.Length; i++)
        {
            sum += weights[i] * features[i];
        }

        foreach (var tree in trees)
        {
            var node = tree[0];
            while (!node.IsLeaf)
            {
                node = tree[features[(int)node.Feature] < node.Value ? node.Below : node.NotBelow];
            }

            sum += node.Value;
        }

        return sum;
    }

    /// <inheritdoc/>
    public bool Equals(InliningModel? other) => other is not null && Path == other.Path;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as InliningModel);

    /// <inheritdoc/>
    public override int GetHashCode() => Path.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Path;

    private static Content ReadBuiltIn()
    {
        using var stream = typeof(InliningModel).Assembly.GetManifestResourceStream(Resource)!;
        using var reader = new StreamReader(stream);
        return InliningModelReader.Read(reader.ReadToEnd(), BuiltInName)._content.Value;
    }

    /// <summary>What a file says.</summary>
    private sealed record Content(double Intercept, ImmutableArray<double> Weights, ImmutableArray<ImmutableArray<InliningModelNode>> Trees);
}

/// <summary>What an <see cref="InliningModel"/> knows of a call. A feature's name in the file is its name here in lower case with hyphens.</summary>
public enum InliningFeature
{
    /// <summary>Natural logarithm of the calls for each call of the compiled function, at least one in 10⁹.</summary>
    CallsLog,

    /// <summary>Natural logarithm of the calls that baseline code has counted, plus one.</summary>
    CountLog,

    /// <summary>Natural logarithm of the target's wire bytes, at least one.</summary>
    BytesLog,

    /// <summary>Natural logarithm of the nodes that inlining adds by estimate, at least one.</summary>
    NodesLog,

    /// <summary>1 if inlining adds no nodes by estimate, else 0.</summary>
    Shrinks,

    /// <summary>Natural logarithm of the cycles that it saves each call by estimate, at least one in 1000.</summary>
    SavedLog,

    /// <summary>Natural logarithm of the wire bytes that the target runs in a call, at least one.</summary>
    WorkLog,

    /// <summary>Natural logarithm of the cycles that the compiled function spends for each of its own nodes, by estimate.</summary>
    RootWorkLog,

    /// <summary>Natural logarithm of the compiled function's wire bytes, at least one.</summary>
    RootBytesLog,

    /// <summary>Levels below the compiled function, from 1.</summary>
    Depth,

    /// <summary>1 for a call through a table or a reference, else 0.</summary>
    Indirect,

    /// <summary>Targets that the site has seen.</summary>
    Targets,

    /// <summary>The target's share of the site's calls, 0 to 1.</summary>
    Share,

    /// <summary>The target's parameters.</summary>
    Parameters,

    /// <summary>1 if the target has a loop, else 0.</summary>
    Loop,

    /// <summary>Thousands of nodes that inlining has added to the compiled function so far, by estimate.</summary>
    Added,
}

/// <summary>A node of a decision tree: a leaf, or a question whose answers are nodes further behind.</summary>
/// <param name="Feature">What is asked for; of a leaf nothing.</param>
/// <param name="Value">What it is compared with; of a leaf what it adds.</param>
/// <param name="Below">The node to go on with where the feature is below the value; -1 at a leaf.</param>
/// <param name="NotBelow">The node to go on with otherwise; -1 at a leaf.</param>
internal readonly record struct InliningModelNode(InliningFeature Feature, double Value, int Below, int NotBelow)
{
    public bool IsLeaf => Below < 0;
}
