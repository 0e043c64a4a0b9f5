using System.CommandLine;
using System.Globalization;

namespace Harness.Experiments.Commands;

/// <summary>Options that take some values only, refused with a message that names the option.</summary>
internal static class OptionRanges
{
    /// <summary>Most seconds that an option lets a process take: a day, as in sweep files. More than 24 days could not be waited for.</summary>
    public const int MostSeconds = 86_400;

    /// <summary>Refuses numbers below a least one, with a message.</summary>
    public static Option<int> AtLeast(this Option<int> option, int least) =>
        option.Refuse(number => number < least ? $"{option.Name} must be at least {least}, not {number}." : null);

    /// <summary>Refuses numbers above a largest one, with a message.</summary>
    public static Option<int> AtMost(this Option<int> option, int most) =>
        option.Refuse(number => number > most ? $"{option.Name} must be at most {most}, not {number}." : null);

    private static Option<int> Refuse(this Option<int> option, Func<int, string?> objection)
    {
        option.Validators.Add(result =>
        {
            // A text that is no number has its own message.
            if (result.Tokens is [var token] && int.TryParse(token.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && objection(number) is { } message)
            {
                result.AddError(message);
            }
        });
        return option;
    }

    /// <summary>Makes an option that takes the names of an enumeration's values in lower case; the first value where it is left out.</summary>
    public static Option<TEnum> Names<TEnum>(string name, string description)
        where TEnum : struct, Enum
    {
        var names = Enum.GetNames<TEnum>().Select(value => value.ToLowerInvariant()).ToList();
        return new Option<TEnum>(name)
        {
            Description = description,
            HelpName = string.Join('|', names),
            CustomParser = result =>
            {
                var text = result.Tokens.Count > 0 ? result.Tokens[0].Value : names[0];
                if (names.Contains(text))
                {
                    return Enum.Parse<TEnum>(text, ignoreCase: true);
                }

                result.AddError($"{name} takes {string.Join(", ", names)}, not '{text}'.");
                return default;
            },
        };
    }
}
