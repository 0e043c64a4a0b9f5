using Harness.Dart.Semantics;
using Harness.Dart.Syntax;

namespace Harness.Dart.Lowering.Bodies;

/// <summary>
/// Whether patterns cover all values of a type (specification of the feature "patterns", "Exhaustiveness"). Rows are cases, columns are values that they look at: at first the matched value alone. What the first column can be
/// is divided until each pattern matches all of a part or is of no use for it; then the fields that patterns look into become columns themselves.
/// </summary>
internal sealed class Exhaustiveness(FunctionLowering body)
{
    // What is more costly than this is taken to be exhaustive: a value that no case matches is an error when the program runs.
    private const int Budget = 20_000;
    private const int MaximumDepth = 400;

    private readonly FunctionLowering _body = body;
    private readonly DartProgram _program = body.Program.Program;
    private PatternCoverage? _coverage;
    private int _budget;

    private PatternCoverage Coverage => _coverage ??= new PatternCoverage(_body, (pattern, type) => new Exhaustiveness(_body) { _coverage = Coverage }.IsExhaustive([pattern], type));

    /// <summary>Whether patterns without guards cover all values of a type.</summary>
    public bool IsExhaustive(IEnumerable<Pattern> patterns, DartType type)
    {
        _budget = Budget;
        return Covers([Coverage.PartOf(type)], [.. patterns.Select(p => new Row([[p]]))], 0);
    }

    /// <summary>Whether a switch statement on a type must be exhaustive: on what has a known number of values, or of subtypes.</summary>
    public bool MustBeCovered(DartType type)
    {
        type = TypeSystem.Erase(type);
        for (var i = 0; i < MaximumDepth && type is TypeParamType p; i++)
        {
            type = TypeSystem.Erase(p.Bound);
        }

        return type switch
        {
            InterfaceType f when TypeSystem.IsFutureOr(f) => MustBeCovered(f.Args[0]),
            InterfaceType t => t.Class.IsEnum || t.Class.Node.Sealed || t.Class == _program.Bool.Class,
            RecordType r => r.Positional.All(MustBeCovered) && r.Named.All(n => MustBeCovered(n.Type)),
            _ => TypeSystem.IsNull(type),
        };
    }

    /// <summary>A case: for each column the patterns that must all match there.</summary>
    private sealed record Row(IReadOnlyList<IReadOnlyList<Pattern>> Cells);

    private bool Covers(IReadOnlyList<Part> columns, List<Row> rows, int depth)
    {
        var first = 0;
        while (true)
        {
            if (rows.Count == 0)
            {
                return columns.Any(PatternCoverage.IsEmpty);
            }

            if (first == columns.Count || depth > MaximumDepth || --_budget < 0)
            {
                return true;
            }

            var at = first;
            // A column that nobody looks at divides nothing.
            if (!rows.TrueForAll(row => row.Cells[at].All(p => Coverage.MatchesAll(p, columns[at]))))
            {
                break;
            }

            first++;
        }

        var part = columns[first];
        var rest = columns.Skip(first + 1).ToList();
        var cells = rows.SelectMany(row => row.Cells[first]).ToList();
        if (Coverage.Divide(part, cells) is { } parts)
        {
            return parts.TrueForAll(smaller => Covers([smaller, .. rest], [.. rows.Select(row => new Row([.. row.Cells.Skip(first)]))], depth + 1));
        }

        var matching = rows.SelectMany(row => Coverage.Fields(row.Cells[first], part).Select(fields => (Fields: fields, Others: row.Cells.Skip(first + 1)))).ToList();
        var keys = matching.SelectMany(m => m.Fields).GroupBy(f => f.Key).Select(g => (g.Key, Type: g.Select(f => f.Type).Aggregate(_program.Types.Glb))).ToList();
        var next = matching.Select(m => new Row([.. keys.Select(k => (IReadOnlyList<Pattern>)[.. m.Fields.Where(f => f.Key == k.Key).Select(f => f.Pattern)]), .. m.Others])).ToList();
        return Covers([.. keys.Select(k => Coverage.PartOf(k.Type)), .. rest], next, depth + 1);
    }
}
