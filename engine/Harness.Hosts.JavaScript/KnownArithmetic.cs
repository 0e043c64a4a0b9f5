namespace Harness.Hosts.JavaScript;

/// <summary>
/// The functions of JavaScript's <c>Math</c> whose results the language gives to the last bit (ECMA-262, section 21.3.2), as <see cref="KnownFunctions"/> has them. Those that it leaves to be
/// approximated, as <c>sin</c> and <c>pow</c>, are V8's. Which NaN comes of one is nowhere said.
/// </summary>
internal static class KnownArithmetic
{
    /// <summary>From one number to another.</summary>
    public static readonly (string Name, Func<double, double> Apply)[] Unary =
    [
        ("abs", Math.Abs),
        ("ceil", Math.Ceiling),
        ("floor", Math.Floor),
        ("fround", x => (float)x),
        ("round", Round),
        ("sign", x => x > 0 ? 1 : x < 0 ? -1 : x),
        ("sqrt", Math.Sqrt),
        ("trunc", Math.Truncate),
    ];

    /// <summary>From two numbers to one. Both know the sign of zero, and give NaN where one is NaN.</summary>
    public static readonly (string Name, Func<double, double, double> Apply)[] Binary = [("max", Math.Max), ("min", Math.Min)];

    /// <summary>Halves go up, and what is below zero stays so: <c>-0.4</c> becomes <c>-0</c>.</summary>
    private static double Round(double x)
    {
        var floor = Math.Floor(x);
        return Math.CopySign(x - floor >= 0.5 ? floor + 1 : floor, x);
    }
}
