using System.Globalization;
using Harness.Experiments.Engines;

namespace Harness.Experiments.Tuning;

/// <summary>A knob with the values that a search may give it.</summary>
/// <param name="Name">Name of the knob.</param>
/// <param name="Values">The values of a categorical knob; empty for a number.</param>
/// <param name="Low">Smallest number.</param>
/// <param name="High">Largest number.</param>
/// <param name="Whole">Whether only whole numbers are taken.</param>
/// <param name="Logarithmic">Whether equal ratios, not equal differences, are equally far.</param>
/// <param name="When">Values of another knob with which alone this one means something; null for always.</param>
/// <param name="HasLevels">Whether its whole numbers share the range in equal parts, the first and the last as all others: where there are few, rounding would give these two half a part each.</param>
internal sealed record TuningParameter(
    string Name, IReadOnlyList<string> Values, double Low, double High, bool Whole, bool Logarithmic, ParameterCondition? When = null, bool HasLevels = false)
{
    public bool IsCategorical => Values.Count > 0;

    /// <summary>Number of different values; infinite for decimal numbers.</summary>
    public double Count => IsCategorical ? Values.Count : Whole ? High - Low + 1 : double.PositiveInfinity;

    /// <summary>The value at a place from 0 to 1, as users write it.</summary>
    public string At(double place)
    {
        if (IsCategorical)
        {
            return Values[Math.Min(Values.Count - 1, (int)(place * Values.Count))];
        }

        var number = HasLevels ? Low + Math.Min(Count - 1, Math.Floor(place * Count)) : Logarithmic ? Low * Math.Pow(High / Low, place) : Low + (place * (High - Low));
        number = Math.Clamp(Whole ? Math.Round(number) : Math.Round(number, 6), Low, High);
        return number.ToString("0.#########", CultureInfo.InvariantCulture);
    }

    /// <summary>The place of a value; the inverse of <see cref="At"/>.</summary>
    public double PlaceOf(string value)
    {
        if (IsCategorical)
        {
            return (Values.ToList().IndexOf(value) + 0.5) / Values.Count;
        }

        var number = double.Parse(value, CultureInfo.InvariantCulture);
        return High <= Low ? 0.5 : HasLevels ? (number - Low + 0.5) / Count : Logarithmic ? Math.Log(number / Low) / Math.Log(High / Low) : (number - Low) / (High - Low);
    }

    /// <summary>Whether a search may give it a value.</summary>
    public bool Takes(string value) => IsCategorical
        ? Values.Contains(value)
        : double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= Low && number <= High;
}

/// <summary>A knob means something only while another one has one of some values.</summary>
internal sealed record ParameterCondition(string Knob, IReadOnlyList<string> Values);

/// <summary>The knobs of a search. Methods see the unit cube; engines see values by knob name.</summary>
internal sealed class SearchSpace(IReadOnlyList<TuningParameter> parameters)
{
    public IReadOnlyList<TuningParameter> Parameters { get; } = parameters;

    public int Dimensions => Parameters.Count;

    /// <summary>The values at a point. Knobs that mean nothing there are left out, and so are at their defaults.</summary>
    public IReadOnlyDictionary<string, string> Decode(IReadOnlyList<double> point)
    {
        var all = Parameters.Select((parameter, index) => (parameter, value: parameter.At(point[index]))).ToDictionary(pair => pair.parameter.Name, pair => pair.value);
        return Parameters.Where(parameter => IsActive(parameter, all)).ToDictionary(parameter => parameter.Name, parameter => all[parameter.Name]);
    }

    /// <summary>The point that stands for all points with the same values.</summary>
    public double[] Snap(IReadOnlyList<double> point) => PointOf(Decode(point));

    /// <summary>The name of a configuration in rows and reports; <c>default</c> for the baseline.</summary>
    public static string NameOf(IReadOnlyDictionary<string, string> values) =>
        values.Count == 0 ? "default" : string.Join(' ', values.Select(pair => $"{pair.Key}={pair.Value}"));

    /// <summary>The values of a configuration by its name; the inverse of <see cref="NameOf"/>.</summary>
    /// <exception cref="HarnessException">It is no name of values that this space has.</exception>
    public IReadOnlyDictionary<string, string> Parse(string name)
    {
        var values = new Dictionary<string, string>();
        if (name == NameOf(values))
        {
            return values;
        }

        // Values may have spaces in them: each goes up to the next knob, and knobs have the order of the space.
        var starts = Parameters.Select(parameter => (parameter.Name, Place: $" {name}".IndexOf($" {parameter.Name}=", StringComparison.Ordinal))).Where(knob => knob.Place >= 0).ToList();
        for (var i = 0; i < starts.Count; i++)
        {
            var start = starts[i].Place + starts[i].Name.Length + 1;
            var end = i + 1 < starts.Count ? starts[i + 1].Place - 1 : name.Length;
            if (start <= end)
            {
                values[starts[i].Name] = name[start..end];
            }
        }

        var isOfThese = NameOf(values) == name && Parameters.All(parameter => !values.TryGetValue(parameter.Name, out var value) || parameter.Takes(value));
        return isOfThese ? values : throw new HarnessException($"'{name}' is no configuration of the knobs that are searched");
    }

    /// <summary>The point that stands for all points with some values.</summary>
    public double[] PointOf(IReadOnlyDictionary<string, string> values) =>
        [.. Parameters.Select(parameter => values.TryGetValue(parameter.Name, out var value) ? parameter.PlaceOf(value) : 0.5)];

    private bool IsActive(TuningParameter parameter, Dictionary<string, string> all)
    {
        // A condition may hang on a knob that is conditional itself; specifications are checked to have no cycles.
        for (var when = parameter.When; when is not null; when = Parameters.FirstOrDefault(other => other.Name == when.Knob)?.When)
        {
            var value = all.TryGetValue(when.Knob, out var chosen) ? chosen : KnobCatalog.Find(when.Knob).DefaultText;
            if (!when.Values.Contains(value))
            {
                return false;
            }
        }

        return true;
    }
}
