using System.Globalization;
using System.Text;
using Harness.Experiments.Engines;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Commands;

/// <summary>What <c>harness measure</c> was asked, and the sweep that it makes of it: an ordinary sweep file with the program in it, so that all else can read the results.</summary>
internal sealed record MeasureRequest
{
    /// <summary>Begins the sweep file.</summary>
    public const string FirstLine = "# Made by 'harness measure'.";

    /// <summary>Path of the module; name of the program, where it is one of a manifest.</summary>
    public required string Path { get; init; }

    /// <summary>The program of a manifest that is measured; null for a module, which no manifest has.</summary>
    public ProgramDefinition? Known { get; init; }

    /// <summary>What the module needs around it.</summary>
    public required ModuleHost Host { get; init; }

    public required string Function { get; init; }

    /// <summary>As the user wrote them.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>As the user wrote them; empty to go by what this engine gives.</summary>
    public required IReadOnlyList<string> Expected { get; init; }

    public required IReadOnlyList<string> Engines { get; init; }

    /// <summary>Values by knob.</summary>
    public required IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>>> Knobs { get; init; }

    public required int Repetitions { get; init; }

    public required int TimedCalls { get; init; }

    /// <summary>The program's name: that of the file, and of the function where it is not the usual one.</summary>
    public string Name => Known is not null ? Path : System.IO.Path.GetFileNameWithoutExtension(Path) + (!Host.IsForCommands && Function != "main" ? "-" + Function : "");

    /// <summary>The name of the results folder where none is given. It is in the folder of results, however much the function's name is like a path.</summary>
    public string FolderName => "measure-" + Name.Replace('/', '-');

    /// <summary>Refuses what cannot be meant.</summary>
    /// <exception cref="HarnessException">It is wrong; the message says how to mend it.</exception>
    public void Check()
    {
        if (Knobs.GroupBy(knob => knob.Key).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new HarnessException($"--knob {twice.Key} is given twice; write all its values at once: {twice.Key}={string.Join(',', twice.SelectMany(knob => knob.Value).Distinct())}");
        }

        foreach (var (knob, values) in Knobs)
        {
            if (values.GroupBy(value => KnobCatalog.Find(knob).Parse(value)).FirstOrDefault(same => same.Count() > 1) is { } repeated)
            {
                throw new HarnessException($"--knob {knob} has a value twice{(repeated.Distinct().Count() > 1 ? $": {string.Join(" and ", repeated.Distinct())} are the same" : "")}");
            }

            if (Known is not { IsCompiled: true })
            {
                KnobCatalog.RefuseOfPrograms([new(knob, values[0])], Known is null ? System.IO.Path.GetFileName(Path) : $"program '{Path}'");
            }

            if (KnobCatalog.OwnerOf(knob) is { } owner && !Engines.Contains(owner.Name))
            {
                throw new HarnessException($"knob '{knob}' is one of {owner.Title} alone, which is not measured; add it: --engines {string.Join(',', Engines.Append(owner.Name))}");
            }
        }
    }

    /// <summary>The program, to be run once.</summary>
    public ProgramDefinition ToDefinition(IReadOnlyList<string> arguments) => Host.IsForCommands ? Host.ToProgram(Path, Arguments) : new()
    {
        Name = Name,
        Title = Name,
        Folder = System.IO.Path.GetDirectoryName(Path),
        Host = HostKind.None,
        Module = System.IO.Path.GetFileName(Path),
        Iteration = IterationKind.Call,
        Timed = new Invocation(Function, [.. arguments.Select(TypedLiteral.Parse)], []),
        Workloads = [new Workload { Name = Name, Title = Name, Program = Name }],
    };

    /// <summary>The sweep file.</summary>
    public string ToSweep(MeasuredProgram program)
    {
        var text = new StringBuilder();
        Line(text, $"{FirstLine}");
        Line(text, $"title: {YamlText.Quote(Name)}");
        Line(text, $"engines: [{string.Join(", ", Engines)}]");
        Line(text, $"workloads: [{YamlText.Quote(Name)}]");
        if (Known is null)
        {
            WriteProgram(text, program);
        }

        if (Knobs.Count == 0)
        {
            Line(text, $"configurations: [{{name: default}}]");
        }
        else
        {
            Line(text, $"grid:");
            foreach (var (knob, values) in Knobs)
            {
                Line(text, $"  {knob}: {YamlText.List(values)}");
            }
        }

        Line(text, $"repetitions: {Repetitions}");
        Line(text, $"timed-calls: {TimedCalls}");
        return text.ToString();
    }

    /// <summary>The program, which no manifest has.</summary>
    private void WriteProgram(StringBuilder text, MeasuredProgram program)
    {
        Line(text, $"programs:");
        Line(text, $"  - name: {YamlText.Quote(Name)}");
        Line(text, $"    file: {YamlText.Quote(Path)}");
        Line(text, $"    host: {(Host.IsForCommands ? "wasi" : "none")}");
        if (program.Output is { } output)
        {
            Line(text, $"    arguments: {YamlText.List(Arguments)}");
            Line(text, $"    inputs: {YamlText.Table(Host.Inputs.Select(input => KeyValuePair.Create(input.PlaceText, input.Path)))}");
            if (Host.StandardInput is { } standardInput)
            {
                Line(text, $"    stdin: {YamlText.Quote(standardInput)}");
            }

            Line(text, $"    environment: {YamlText.Table(Host.Environment)}");
            Line(text, $"    check: {{sha256: {output.Sha256}, exit-code: {output.ExitCode}, files: {{{string.Join(", ", output.Files.Select(file => $"{YamlText.Quote(file.Key)}: {file.Value}"))}}}}}");
        }
        else
        {
            Line(text, $"    invoke: {YamlText.Quote(Function)}");
            Line(text, $"    args: {YamlText.List(program.Arguments)}");
            Line(text, $"    expected: {YamlText.List(program.Expected)}");
        }
    }

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}

/// <summary>A program with what it must give.</summary>
/// <param name="Arguments">The arguments of the call, as typed literals.</param>
/// <param name="Expected">Its results, likewise.</param>
/// <param name="Output">What the command must print; null for a call.</param>
internal sealed record MeasuredProgram(IReadOnlyList<string> Arguments, IReadOnlyList<string> Expected, WorkerOutputText? Output)
{
    /// <summary>A program whose manifest says what it must give.</summary>
    public static MeasuredProgram OfManifest { get; } = new([], [], null);
}
