namespace Harness.Experiments.Results;

/// <summary>Something that is known of each row of results: a column of <c>results.csv</c>, or a knob of the row's configuration.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Type of its values: a number, text, truth value or time.</param>
/// <param name="Read">Its value in a row; null where it is not known.</param>
internal sealed record ResultColumn(string Name, Type Type, Func<Measurement, object?> Read)
{
    /// <summary>Whether it holds numbers.</summary>
    public bool IsNumber => Type == typeof(double) || Type == typeof(long) || Type == typeof(int);

    /// <summary>Its value as a number; not a number where it has none.</summary>
    public double ReadNumber(Measurement row) =>
        Read(row) is { } value ? Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture) : double.NaN;
}
