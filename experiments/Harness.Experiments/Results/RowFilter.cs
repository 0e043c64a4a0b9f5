using System.Globalization;
using System.Text.RegularExpressions;

namespace Harness.Experiments.Results;

/// <summary>
/// A condition on rows, as users write it: <c>engine=ours</c>, <c>workload=gc-*</c>, <c>execute_ms&gt;100</c>, <c>inlining.budget!=5000</c>. A text is equal to
/// a pattern in which <c>*</c> stands for anything. A row without a value, such as that of a configuration without the knob, is unequal to everything: it meets <c>!=</c>, and no other
/// condition. So each row meets either a condition by <c>=</c> or the same one by <c>!=</c>, unlike in SQL.
/// </summary>
internal sealed partial class RowFilter
{
    private readonly ResultColumn _column;
    private readonly string _comparison;
    private readonly double _number;
    private readonly Regex? _pattern;

    private RowFilter(ResultColumn column, string comparison, string value)
    {
        _column = column;
        _comparison = comparison;
        if (column.IsNumber)
        {
            if (!double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _number))
            {
                throw new HarnessException($"the condition '{column.Name}{comparison}{value}' compares numbers with '{value}', which is none");
            }

            return;
        }

        if (comparison is not ("=" or "!="))
        {
            throw new HarnessException($"the condition '{column.Name}{comparison}{value}' is for numbers; '{column.Name}' holds texts, which are compared by = and !=");
        }

        _pattern = Glob(value);
    }

    /// <summary>Reads a condition.</summary>
    /// <exception cref="HarnessException">It is none, or names a column that is not there.</exception>
    public static RowFilter Parse(string text, ResultsView view)
    {
        var match = Form().Match(text);
        return match.Success
            ? new RowFilter(view.Find(match.Groups["column"].Value), match.Groups["comparison"].Value, match.Groups["value"].Value)
            : throw new HarnessException($"'{text}' is no condition; write COLUMN=VALUE, with one of = != < <= > >= between");
    }

    /// <summary>The expression that a pattern stands for.</summary>
    public static Regex Glob(string pattern) =>
        new("^" + Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal) + "$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);

    /// <summary>Whether a row meets the condition; one where the column has no value does where that is <c>!=</c>.</summary>
    public bool Accepts(Measurement row)
    {
        if (_column.Read(row) is not { } value)
        {
            return _comparison == "!=";
        }

        if (_pattern is not null)
        {
            return _pattern.IsMatch(Reports.Tables.TableWriter.Exact(value)) == (_comparison == "=");
        }

        var own = _column.ReadNumber(row);
        return _comparison switch
        {
            "=" => own.Equals(_number),
            "!=" => !own.Equals(_number),
            "<" => own < _number,
            "<=" => own <= _number,
            ">" => own > _number,
            _ => own >= _number,
        };
    }

    [GeneratedRegex("^(?<column>[A-Za-z0-9_.-]+)(?<comparison>!=|<=|>=|=|<|>)(?<value>.*)$")]
    private static partial Regex Form();
}
