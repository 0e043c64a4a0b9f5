using System.CommandLine;
using Harness.Experiments.Engines;
using Spectre.Console;

namespace Harness.Experiments.Commands;

/// <summary><c>harness engines</c>: what is installed, and what installs the rest.</summary>
internal static class EnginesCommand
{
    public static Command Create()
    {
        var install = new Option<string?>("--install")
        {
            Description = "install what is missing: of the engine named, or of all; takes no rights of root, and changes nothing outside of the project's folder",
            HelpName = "NAME",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command("engines", "list the engines that can be measured: which version is installed, and how to install those that are not") { install };
        command.SetAction(parsed =>
        {
            if (parsed.GetResult(install) is not null)
                Install(parsed.GetValue(install));
            Write();
            return 0;
        });
        return command;
    }

    private static void Install(string? name)
    {
        foreach (var engine in name is null or "all" ? EngineCatalog.All : [EngineCatalog.Find(name)])
        {
            if (engine.Installation.Inspect().IsInstalled)
                continue;
            Console.Error.WriteLine($"harness: installing {engine.Title}");
            engine.Installation.Install(Console.Error);
        }
    }

    private static void Write()
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("engine", "what it is", "version", "where, or what is missing", "installed by");
        foreach (var engine in EngineCatalog.All)
        {
            var status = engine.Installation.Inspect();
            table.AddRow([.. new[]
            {
                engine.Name, engine.Title, status.IsInstalled ? status.Version : "not installed", status.IsInstalled ? status.Place : status.Missing,
                status.IsInstalled ? "" : $"./harness engines --install {engine.Name}",
            }.Select(Markup.Escape)]);
        }

        if (Console.IsOutputRedirected)
            AnsiConsole.Profile.Width = 400;
        AnsiConsole.Write(table);
    }
}
