using System.Globalization;
using Harness.Experiments.Charts.Drawing;
using ScottPlot;
using SkiaSharp;

namespace Harness.Experiments.Charts.Panels;

/// <summary>A value over two knobs: a cell per pair of values, coloured by and labelled with the value.</summary>
/// <param name="ColumnTitle">The knob whose values are the columns.</param>
/// <param name="Columns">Its values.</param>
/// <param name="RowTitle">The knob whose values are the rows.</param>
/// <param name="Rows">Its values.</param>
/// <param name="Cells">Value by row and column; null where there is none.</param>
internal sealed record HeatPanel(
    string ColumnTitle, IReadOnlyList<string> Columns, string RowTitle, IReadOnlyList<string> Rows, Func<int, int, double?> Cells) : IPanelBody
{
    private const float CellHeight = 22;
    private static readonly TextStyle LabelStyle = new(9.5f);

    public float LeastWidth => RowsWidth + (Columns.Count * Math.Max(LabelStyle.WidestOf(Columns), LabelStyle.WidthOf("00.00")) * 1.2f) + 10;

    private float RowsWidth => Math.Max(LabelStyle.WidestOf(Rows), LabelStyle.WidthOf(RowTitle)) + 10;

    public float HeightFor(float width) => (Rows.Count * CellHeight) + (3 * LabelStyle.LineHeight) + 6;

    public void Draw(FigureCanvas canvas, SKRect area)
    {
        var line = LabelStyle.LineHeight;
        var data = new SKRect(area.Left + RowsWidth, area.Top + line + 2, area.Right, area.Top + line + 2 + (Rows.Count * CellHeight));
        var values = new double[Rows.Count, Columns.Count];
        for (var row = 0; row < Rows.Count; row++)
        {
            for (var column = 0; column < Columns.Count; column++)
            {
                values[row, column] = Cells(row, column) is { } value ? Math.Log(value) : double.NaN;
            }
        }

        var known = values.Cast<double>().Where(value => !double.IsNaN(value)).ToList();
        var (low, high) = known.Count == 0 ? (0, 1) : (known.Min(), Math.Max(known.Max(), known.Min() + 1e-9));
        var plot = new Plot();
        plot.HideGrid();
        plot.Axes.SetLimits(0, Columns.Count, 0, Rows.Count);
        canvas.Text(RowTitle, new SKPoint(area.Left, area.Top + (line / 2)), LabelStyle);
        for (var row = 0; row < Rows.Count; row++)
        {
            var y = data.Top + ((row + 0.5f) * CellHeight);
            canvas.Text(Rows[row], new SKPoint(data.Left - 6, y), LabelStyle, SKTextAlign.Right);
            for (var column = 0; column < Columns.Count; column++)
            {
                if (double.IsNaN(values[row, column]))
                {
                    continue;
                }

                var place = (values[row, column] - low) / (high - low);
                var cell = plot.Add.Rectangle(column, column + 1, Rows.Count - row - 1, Rows.Count - row);
                cell.FillColor = SeriesColors.At(place);
                cell.LineColor = Colors.White;
                cell.LineWidth = 1;
            }
        }

        canvas.Data(plot, data);
        for (var row = 0; row < Rows.Count; row++)
        {
            for (var column = 0; column < Columns.Count; column++)
            {
                var dark = (values[row, column] - low) / (high - low) < 0.55;
                var text = double.IsNaN(values[row, column]) ? "–" : Math.Exp(values[row, column]).ToString("0.00", CultureInfo.InvariantCulture);
                var at = new SKPoint(data.Left + ((column + 0.5f) * data.Width / Columns.Count), data.Top + ((row + 0.5f) * CellHeight));
                canvas.Text(text, at, LabelStyle with { Color = dark ? SKColors.White : SKColors.Black }, SKTextAlign.Center);
            }
        }

        for (var column = 0; column < Columns.Count; column++)
        {
            canvas.Text(Columns[column], new SKPoint(data.Left + ((column + 0.5f) * data.Width / Columns.Count), data.Bottom + (line / 2) + 2), LabelStyle, SKTextAlign.Center);
        }

        canvas.Text(ColumnTitle, new SKPoint(data.MidX, data.Bottom + (line * 1.5f) + 2), LabelStyle, SKTextAlign.Center);
    }
}
