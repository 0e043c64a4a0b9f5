using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Harness.Engine.Configuration;
using Harness.Experiments.Engines;

namespace Harness.Experiments.Commands;

/// <summary>All commands of the harness.</summary>
internal static partial class CommandLine
{
    /// <summary>Does what the arguments ask for.</summary>
    /// <returns>The exit code.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int Run(string[] args)
    {
        var root = new RootCommand("Research harness for speculative optimisation in WebAssembly engines.")
        {
            SweepCommand.Create(),
            MergeCommand.Create(),
            MeasureCommand.Create(),
            TuneCommand.Create(),
            OracleCommand.Create(),
            RunCommand.Create(),
            WorkloadsCommand.Create(),
            CheckCommand.Create(),
            ExplainCommand.Create(),
            MixCommand.Create(),
            GrowthCommand.Create(),
            WastCommand.Create(),
            JsApiCommand.Create(),
            KnobsCommand.Create(),
            EnginesCommand.Create(),
            ChartCommand.Create(),
            CompareCommand.Create(),
            RankCommand.Create(),
            ShowCommand.Create(),
            TableCommand.Create(),
            QueryCommand.Create(),
            ExportCommand.Create(),
            SteadyCommand.Create(),
            AgreementCommand.Create(),
            ReportCommand.Create(),
            DiffDecisionsCommand.Create(),
            FuzzCommand.Create(),
            DartCommand.Create(),
            FuzzWorkerCommand.Create(),
            MutantWorkerCommand.Create(),
            DartWorkerCommand.Create(),
            LoadWorkerCommand.Create(),
        };

        try
        {
            var parsed = root.Parse(args.Length == 0 ? ["--help"] : args);
            if (parsed.Action is ParseErrorAction)
            {
                throw new HarnessException($"{InWords(parsed.Errors[^1].Message)} (--help after a command tells how it is used)");
            }

            RefuseEmptyNames(parsed);
            RefuseUnknownOptions(parsed);
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (Exception exception) when (MistakeOf(exception) is { } mistake)
        {
            Console.Error.WriteLine("harness: " + mistake.Message);
            return 2;
        }
    }

    /// <summary>What is wrong with an option's value, where the parser says it by the names of types of .NET.</summary>
    private static string InWords(string message) => NotParsed().Match(message) is { Success: true } mistake && KindOf(mistake.Groups["type"].Value) is { } kind
        ? $"{mistake.Groups["option"].Value} takes {kind}, not '{mistake.Groups["text"].Value}'."
        : message;

    private static string? KindOf(string type) => type.Contains("UInt64", StringComparison.Ordinal) ? "a whole number from 0 on"
        : type.Contains("Int32", StringComparison.Ordinal) ? $"a whole number of at most {int.MaxValue}"
        : type.Contains("Single", StringComparison.Ordinal) || type.Contains("Double", StringComparison.Ordinal) ? "a number"
        : null;

    [GeneratedRegex("^Cannot parse argument '(?<text>.*)' for option '(?<option>[^']*)' as expected type '(?<type>[^']*)'\\.$", RegexOptions.Singleline)]
    private static partial Regex NotParsed();

    /// <summary>
    /// Refuses what looks like an option where a command takes any words: it would be taken for a program, a folder or an argument of a function. Those behind <c>--</c> are meant; where knobs are
    /// options of the command, <see cref="KnobOptions"/> knows better what was meant.
    /// </summary>
    private static void RefuseUnknownOptions(ParseResult parsed)
    {
        var options = parsed.CommandResult.Command.Options.Select(option => option.Name).ToList();
        if (options.Contains(KnobOptions.FileOption))
        {
            return;
        }

        var before = parsed.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash).Where(token => token.Type == TokenType.Argument).Select(token => token.Value).ToHashSet();
        var taken = parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens).Select(token => token.Value);
        if (taken.FirstOrDefault(word => word.StartsWith("--", StringComparison.Ordinal) && before.Contains(word)) is { } unknown)
        {
            throw new HarnessException($"'harness {NameOf(parsed.CommandResult)}' has no option '{unknown}'; did you mean '{NameSuggestion.Nearest(unknown, options)}'? (--help after a command tells how it is used)");
        }
    }

    private static string NameOf(CommandResult command) => command.Parent is CommandResult { Command: not RootCommand } parent ? $"{NameOf(parent)} {command.Command.Name}" : command.Command.Name;

    /// <summary>What the user can mend of a failure: the failure itself, or the first of those of several jobs at a time. Null where any is a fault of the harness, which is told with its stack.</summary>
    public static Exception? MistakeOf(Exception failure) => failure switch
    {
        HarnessException or KnobException or IOException or UnauthorizedAccessException => failure,
        AggregateException jobs when jobs.Flatten().InnerExceptions is [var first, ..] failures && failures.All(job => MistakeOf(job) is not null) => first,
        _ => null,
    };

    /// <summary>
    /// Refuses empty names of files, folders and programs, which are mostly variables of a shell that are not set. What a program is given may be empty, and so may knobs, to whose default that sets
    /// them back.
    /// </summary>
    private static void RefuseEmptyNames(ParseResult parsed)
    {
        foreach (var result in parsed.CommandResult.Children.Where(result => result.Tokens.Any(token => token.Value.Length == 0)))
        {
            if (result is ArgumentResult { Argument.Name: not HostOptions.ArgumentsName } argument)
            {
                throw new HarnessException($"the argument '{argument.Argument.Name}' is empty");
            }

            if (result is OptionResult { Option: { HelpName: "FILE" or "FOLDER" } option } && !KnobCatalog.All.Any(knob => "--" + knob.Name == option.Name))
            {
                throw new HarnessException($"{option.Name} is empty; name a {(option.HelpName == "FILE" ? "file" : "folder")}, or leave it out");
            }
        }
    }
}
