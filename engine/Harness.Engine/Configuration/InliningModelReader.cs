using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Harness.Engine.Configuration;

/// <summary>
/// Reads the text form of an <see cref="InliningModel"/>. The first item is <c>inlining-model 1</c>. Then come, in any order, <c>intercept NUMBER</c>; <c>weight FEATURE NUMBER</c>; and trees: a line
/// <c>tree</c>, and below it its nodes, which are numbered from 0 where they stand: <c>leaf NUMBER</c>, or
/// <c>split FEATURE NUMBER BELOW NOT-BELOW</c> with the numbers of two later nodes.
/// </summary>
internal sealed class InliningModelReader : KnobFileReader
{
    /// <summary>Largest file, in bytes.</summary>
    public const int MaximumBytes = 1 << 20;

    private static readonly Dictionary<string, InliningFeature> Features = Enum.GetValues<InliningFeature>()
        .ToDictionary(feature => NameOf(feature));

    private readonly double[] _weights = new double[Enum.GetValues<InliningFeature>().Length];
    private readonly HashSet<InliningFeature> _weighted = [];
    private readonly List<ImmutableArray<InliningModelNode>> _trees = [];
    private List<(InliningModelNode Node, int Line)>? _tree;
    private double? _intercept;

    private InliningModelReader(string path)
        : base("inlining-model 1", "the inlining model", path)
    {
    }

    /// <summary>The name of a feature in a file.</summary>
    public static string NameOf(InliningFeature feature) => JsonNamingPolicy.KebabCaseLower.ConvertName(feature.ToString());

    /// <summary>Reads a model.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="path">The file's name, for messages and as the model's.</param>
    /// <exception cref="KnobException">The text is malformed.</exception>
    public static InliningModel Read(string text, string path)
    {
        var reader = new InliningModelReader(path);
        reader.ReadItems(text, MaximumBytes);
        return reader.Finish(path);
    }

    private protected override void ReadItem(string[] words)
    {
        switch (words)
        {
            case ["intercept", var number]:
                if (_intercept is not null)
                {
                    Fail("there is an intercept already");
                }

                _intercept = Number(number);
                break;
            case ["weight", var feature, var number]:
                if (!_weighted.Add(Feature(feature)))
                {
                    Fail($"the feature '{feature}' has a weight already");
                }

                _weights[(int)Feature(feature)] = Number(number);
                break;
            case ["tree"]:
                FinishTree();
                _tree = [];
                break;
            case ["leaf", var number]:
                Add(new InliningModelNode(default, Number(number), -1, -1));
                break;
            case ["split", var feature, var number, var below, var notBelow]:
                Add(new InliningModelNode(Feature(feature), Number(number), Node(below), Node(notBelow)));
                break;
            case ["intercept" or "weight" or "tree" or "leaf" or "split", ..]:
                Fail($"'{words[0]}' takes {Form(words[0])}");
                break;
            default:
                Fail($"there is no item '{words[0]}'; items are intercept, weight, tree, leaf and split");
                break;
        }
    }

    private InliningModel Finish(string path)
    {
        FinishTree();
        if (_weighted.Count == 0 && _trees.Count == 0)
        {
            Fail("there is neither a weight nor a tree");
        }

        return new InliningModel(path, _intercept ?? 0, [.. _weights], [.. _trees]);
    }

    private void FinishTree()
    {
        if (_tree is null)
        {
            return;
        }

        if (_tree.Count == 0)
        {
            Fail("the tree before has no nodes");
        }

        for (var i = 0; i < _tree.Count; i++)
        {
            var (node, at) = _tree[i];
            foreach (var next in node.IsLeaf ? (ReadOnlySpan<int>)[] : [node.Below, node.NotBelow])
            {
                if (next <= i || next >= _tree.Count)
                {
                    Line = at;
                    Fail($"node {i} of the tree goes on with node {next}; it must be a later one, up to {_tree.Count - 1}");
                }
            }
        }

        _trees.Add([.. _tree.Select(entry => entry.Node)]);
        _tree = null;
    }

    private void Add(InliningModelNode node)
    {
        if (_tree is null)
        {
            Fail("there is no line 'tree' above");
        }

        _tree.Add((node, Line));
    }

    private InliningFeature Feature(string name)
    {
        if (!Features.TryGetValue(name, out var feature))
        {
            Fail($"there is no feature '{name}'; did you mean '{NameSuggestion.Nearest(name, Features.Keys)}'? Features are {string.Join(", ", Features.Keys)}");
        }

        return feature;
    }

    private double Number(string text)
    {
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
        {
            Fail($"'{text}' is no number");
        }

        return number;
    }

    private int Node(string text)
    {
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            Fail($"'{text}' is no number of a node");
        }

        return number;
    }

    private static string Form(string item) => item switch
    {
        "intercept" or "leaf" => "one number",
        "weight" => "a feature and a number",
        "split" => "a feature, a number and the numbers of two later nodes",
        _ => "nothing behind it",
    };
}
