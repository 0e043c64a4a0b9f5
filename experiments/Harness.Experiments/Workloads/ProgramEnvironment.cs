namespace Harness.Experiments.Workloads;

/// <summary>Environment variables of programs: those that every host gives to a program in the same order.</summary>
internal static class ProgramEnvironment
{
    /// <summary>Refuses a variable that a host cannot give to a program: a list of texts NAME=VALUE with a zero at the end of each is all that it gives.</summary>
    /// <param name="name">Its name. An object of JavaScript, which Node takes variables from, has names that are numbers before others.</param>
    /// <param name="value">Its value.</param>
    /// <exception cref="FormatException">It is none; the message is one line.</exception>
    public static void Check(string name, string value)
    {
        if (name.Length == 0 || char.IsAsciiDigit(name[0]) || name.Contains('=', StringComparison.Ordinal) || name.Contains('\0', StringComparison.Ordinal))
        {
            throw new FormatException($"'{OneLine.Of(name)}' is no name of an environment variable: it must not be empty, begin with a digit, or have an equals sign or a zero in it");
        }

        if (value.Contains('\0', StringComparison.Ordinal))
        {
            throw new FormatException($"the environment variable '{name}' has a zero in its value, where it would end");
        }
    }
}
