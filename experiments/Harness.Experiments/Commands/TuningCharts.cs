using Harness.Experiments.Charts.Drawing;
using Harness.Experiments.Results;
using Harness.Experiments.Tuning;
using Harness.Experiments.Tuning.Reporting;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Commands;

/// <summary>The charts of a search as <c>harness chart</c> makes them again: those of its report, in any width and format.</summary>
internal static class TuningCharts
{
    /// <summary>The folder of a search, by its path or by its name below the folder of results; null where it is none.</summary>
    public static TuningFolder? Find(string nameOrPath)
    {
        var folder = new TuningFolder(Directory.Exists(nameOrPath) ? nameOrPath : Path.Combine(ProjectLayout.Results, nameOrPath));
        return File.Exists(folder.Specification) && File.Exists(folder.Evaluations) && !File.Exists(new ResultsFolder(folder.Path).Results) ? folder : null;
    }

    /// <summary>Draws one chart into the file that was named, or those that were asked for into the folder, in every format that folders keep.</summary>
    /// <param name="folder">The folder of a finished search.</param>
    /// <param name="catalog">The programs that there are.</param>
    /// <param name="name">Name of the chart; null for all.</param>
    /// <param name="file">The file; null for the folder.</param>
    /// <param name="width">Width in points.</param>
    /// <exception cref="HarnessException">The search is not finished, or has no such chart.</exception>
    public static void Draw(TuningFolder folder, ProgramCatalog catalog, string? name, string? file, float width)
    {
        var (specification, result) = FinishedRun.Read(folder, catalog);
        var figures = TuningDocument.Create(specification, result, [], provenance: null).Figures.ToList();
        var names = string.Join(", ", figures.Select(figure => figure.Name));
        var chosen = name is null ? figures : figures.FindAll(figure => figure.Name == name);
        if (chosen.Count == 0)
        {
            throw new HarnessException(figures.Count == 0 ? $"the search in {folder.Path} has no charts: no candidate worked" : $"the search in {folder.Path} has no chart '{name}'; it has {names}");
        }

        if (file is null)
        {
            TuningReport.WriteCharts(folder, chosen, width);
            Console.WriteLine($"{folder.Path}: {string.Join(", ", chosen.SelectMany(figure => FigureFile.KeptFormats.Select(format => $"{figure.Name}.{format}")))}");
            return;
        }

        if (chosen.Count > 1)
        {
            throw new HarnessException($"--output {file} takes one chart of a search, which has {names}; name one with --figure");
        }

        FigureFile.Write(chosen[0].Figure, file, width);
        Console.WriteLine(file);
    }
}
