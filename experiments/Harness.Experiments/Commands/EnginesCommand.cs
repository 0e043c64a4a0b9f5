using System.CommandLine;
using Harness.Experiments.Engines;
using Harness.Experiments.Reports.Tables;

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
        var output = TableOutput.AddTo(command);
        command.SetAction(parsed =>
        {
            if (parsed.GetResult(install) is not null)
            {
                Install(parsed.GetValue(install));
            }

            output.Print(parsed, MakeTable(), "", folds: true);
            return 0;
        });
        return command;
    }

    private static void Install(string? name)
    {
        foreach (var engine in name is null or "all" ? EngineCatalog.All : [EngineCatalog.Find(name)])
        {
            if (engine.Installation.Inspect().IsInstalled)
            {
                continue;
            }

            Console.Error.WriteLine($"harness: installing {engine.Title}");
            engine.Installation.Install(Console.Error);
        }
    }

    private static ResultTable MakeTable()
    {
        var table = new ResultTable([new("engine"), new("title"), new("version"), new("place"), new("missing"), new("installed_by")]);
        foreach (var engine in EngineCatalog.All)
        {
            var status = engine.Installation.Inspect();
            if (status.IsInstalled)
            {
                table.Add(engine.Name, engine.Title, status.Version, status.Place, null, null);
            }
            else
            {
                table.Add(engine.Name, engine.Title, null, null, status.Missing, $"./harness engines --install {engine.Name}");
            }
        }

        return table;
    }
}
