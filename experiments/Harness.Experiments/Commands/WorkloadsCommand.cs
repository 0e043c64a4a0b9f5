using System.CommandLine;
using Harness.Experiments.Reports.Tables;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Commands;

/// <summary><c>harness workloads</c>: lists what can be measured.</summary>
internal static class WorkloadsCommand
{
    public static Command Create()
    {
        var names = new Argument<string[]>("names") { Description = "only these: names of programs, groups or suites", Arity = ArgumentArity.ZeroOrMore };
        var suites = SuiteOption.Create();
        var command = new Command("workloads", "list the programs that can be measured: the project's own, and those of suites") { names, suites };
        var output = TableOutput.AddTo(command);
        command.SetAction(parsed =>
        {
            var catalog = ProgramCatalog.Read(parsed.GetValue(suites) ?? []);
            var chosen = parsed.GetValue(names) is { Length: > 0 } wanted ? wanted.SelectMany(catalog.Select).Select(workload => workload.Program).ToHashSet() : null;
            var table = new ResultTable([new("program"), new("rows"), new("group"), new("host"), new("iteration"), new("licence"), new("description")]);
            foreach (var program in catalog.Programs.Where(program => chosen?.Contains(program.Name) ?? true))
            {
                table.Add(Row(program));
            }

            output.Print(parsed, table, string.Join(' ', parsed.GetValue(names) ?? []), folds: true);
        });
        return command;
    }

    private static object?[] Row(ProgramDefinition program) =>
    [
        program.Name,
        program.Metric is { } metric ? string.Join(", ", metric.Names) : "1",
        program.Group,
        Words(program.Host),
        program.Iterations > 0 ? $"{Words(program.Iteration)} × {program.Iterations}" : Words(program.Iteration),
        program.License,
        program.Folder is null ? $"(needs --suite {program.Suite}=PLACE) {program.Description}" : program.Absence is { } absence ? $"ABSENT: {absence}" : program.Description,
    ];

    private static string Words<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
