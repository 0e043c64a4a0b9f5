using System.Text;

namespace Harness.Experiments.Tests.Workloads;

/// <summary>
/// The scenes of <c>workloads/dart/ui/scenes.dart</c> laid out a second time: the same random trees, but one function for each kind of box that gives its size,
/// its items and the places of its children at once, without elements, kept sizes or layers. Numbers are added in the order of the framework, so that digests agree.
/// </summary>
internal sealed class SceneReference
{
    private static readonly string[] Words = ["a", "box", "within", "boxes", "asks", "its", "parent:", "constraints"];

    /// <summary>Widths of the characters from space to tilde, in hundredths of the size.</summary>
    private static readonly int[] Widths =
    [
        28, 28, 36, 56, 56, 89, 67, 19, 33, 33, 39, 58, 28, 33, 28, 28, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 28, 28, 58, 58, 58, 56,
        100, 67, 67, 72, 72, 67, 61, 78, 72, 28, 50, 67, 56, 83, 72, 78, 67, 78, 72, 67, 61, 72, 67, 94, 67, 67, 61, 28, 28, 28, 47, 56,
        33, 56, 56, 50, 56, 56, 28, 56, 56, 22, 22, 50, 22, 83, 56, 56, 56, 56, 33, 50, 28, 56, 50, 72, 50, 50, 50, 33, 26, 33, 58,
    ];

    private uint _seed;

    private SceneReference(int seed) => _seed = (uint)seed;

    private enum Axis
    {
        Horizontal,
        Vertical,
    }

    /// <summary>What <c>run</c> of the program gives.</summary>
    public static long Scenes(int count)
    {
        long sum = 0;
        for (var i = 0; i < count; i++)
        {
            sum = ((sum * 31) + Scene(i)) & 0xffffffffffff;
        }

        return sum;
    }

    private static long Scene(int seed)
    {
        Box root = new AlignBox(-1, -1, new SceneReference(seed).Build(5));
        root.Layout(new Limits(480, 480, 640, 640));
        var layer = new Digest();
        root.Paint(layer, 0, 0);
        var frame = new Digest();
        frame.Add(layer.Value);
        return frame.Value;
    }

    private int Next(int limit)
    {
        _seed = (_seed * 1664525) + 1013904223;
        return (int)(_seed >> 8) % limit;
    }

    private long Color() => 0xff000000 + (Next(4096) * 4000L);

    private Box Build(int depth) => (depth == 0 ? Next(2) : Next(10)) switch
    {
        0 => BuildText(),
        1 => BuildRectangle(),
        2 => BuildDecorated(depth),
        3 => new PaddingBox(Next(9), Next(9), Next(9), Next(9), Build(depth - 1)),
        4 => new AlignBox((Next(5) * 0.5) - 1, (Next(5) * 0.5) - 1, Build(depth - 1)),
        5 => BuildFlex(depth, Axis.Horizontal),
        6 => BuildFlex(depth, Axis.Vertical),
        7 => BuildStack(depth),
        8 => new WrapBox(Next(6), BuildChildren(depth)),
        _ => BuildTable(depth),
    };

    private TextBox BuildText()
    {
        var text = new StringBuilder();
        var count = 1 + Next(12);
        for (var i = 0; i < count; i++)
        {
            text.Append(i == 0 ? "" : " ").Append(Words[Next(Words.Length)]);
        }

        var size = 10 + (Next(4) * 2.5);
        var bold = Next(2) == 1;
        int lines = Next(4), align = Next(3);
        return new TextBox(text.ToString(), size, bold, lines, align, Color());
    }

    private DecoratedBox BuildRectangle()
    {
        double width = 8 + Next(60), height = 4 + Next(40);
        var color = Color();
        return new DecoratedBox(color, null, Next(5), new SizedBox(width, height, null));
    }

    private DecoratedBox BuildDecorated(int depth)
    {
        long color = Color(), border = Color();
        return new DecoratedBox(color, border, 0, Build(depth - 1));
    }

    private List<Box> BuildChildren(int depth)
    {
        var count = 1 + Next(4);
        var children = new List<Box>();
        for (var i = 0; i < count; i++)
        {
            children.Add(Build(depth - 1));
        }

        return children;
    }

    private FlexBox BuildFlex(int depth, Axis axis)
    {
        int main = Next(4), cross = Next(3);
        double spacing = Next(3) * 4;
        var children = BuildChildren(depth);
        return new FlexBox(axis, main, cross, spacing, [.. children.Select(child => (child, Next(3)))]);
    }

    private StackBox BuildStack(int depth)
    {
        var children = BuildChildren(depth);
        return new StackBox([.. children.Select((child, i) => i == 0 ? (child, 0, 0.0) : (child, Next(16), Next(12)))]);
    }

    private SizedBox BuildTable(int depth)
    {
        var count = 1 + Next(3);
        double spacing = Next(6), width = 120 + Next(200);
        var shares = new int[count];
        for (var i = 0; i < count; i++)
        {
            shares[i] = Next(3);
        }

        return new SizedBox(width, null, new TableBox(shares, spacing, [.. BuildChildren(depth), .. BuildChildren(depth)]));
    }

    private readonly record struct Limits(double MinWidth, double MaxWidth, double MinHeight, double MaxHeight)
    {
        public static Limits None => new(0, double.PositiveInfinity, 0, double.PositiveInfinity);

        public Limits Loosened => this with { MinWidth = 0, MinHeight = 0 };

        public (double Width, double Height) Constrain(double width, double height) =>
            (Math.Clamp(width, MinWidth, MaxWidth), Math.Clamp(height, MinHeight, MaxHeight));

        public Limits Tighten(double? width, double? height) => new(
            width is { } a ? Math.Clamp(a, MinWidth, MaxWidth) : MinWidth, width is { } b ? Math.Clamp(b, MinWidth, MaxWidth) : MaxWidth,
            height is { } c ? Math.Clamp(c, MinHeight, MaxHeight) : MinHeight, height is { } d ? Math.Clamp(d, MinHeight, MaxHeight) : MaxHeight);
    }

    private abstract class Box
    {
        public double Width { get; protected set; }

        public double Height { get; protected set; }

        /// <summary>Where the parent has put it.</summary>
        public double X { get; set; }

        public double Y { get; set; }

        public virtual double Preferred => 0;

        public abstract void Layout(Limits limits);

        public abstract void Paint(Digest digest, double x, double y);

        protected static void PaintAll(IEnumerable<Box> children, Digest digest, double x, double y)
        {
            foreach (var child in children)
            {
                child.Paint(digest, x + child.X, y + child.Y);
            }
        }
    }

    private sealed class SizedBox(double? width, double? height, Box? child) : Box
    {
        public override double Preferred => Math.Clamp(child?.Preferred ?? 0, width ?? 0, width ?? double.PositiveInfinity);

        public override void Layout(Limits limits)
        {
            var wanted = Limits.None.Tighten(width, height);
            var own = new Limits(
                Math.Clamp(wanted.MinWidth, limits.MinWidth, limits.MaxWidth), Math.Clamp(wanted.MaxWidth, limits.MinWidth, limits.MaxWidth),
                Math.Clamp(wanted.MinHeight, limits.MinHeight, limits.MaxHeight), Math.Clamp(wanted.MaxHeight, limits.MinHeight, limits.MaxHeight));
            child?.Layout(own);
            (Width, Height) = child is null ? own.Constrain(0, 0) : (child.Width, child.Height);
        }

        public override void Paint(Digest digest, double x, double y) => child?.Paint(digest, x, y);
    }

    private sealed class DecoratedBox(long color, long? border, double radius, Box child) : Box
    {
        public override double Preferred => child.Preferred;

        public override void Layout(Limits limits)
        {
            child.Layout(limits);
            (Width, Height) = (child.Width, child.Height);
        }

        public override void Paint(Digest digest, double x, double y)
        {
            double right = x + Width, bottom = y + Height;
            digest.Rectangle(x, y, right, bottom, color, radius);
            if (border is { } line)
            {
                digest.Line(x, y, right, y, line);
                digest.Line(right, y, right, bottom, line);
                digest.Line(right, bottom, x, bottom, line);
                digest.Line(x, bottom, x, y, line);
            }

            child.Paint(digest, x, y);
        }
    }

    private sealed class PaddingBox(double left, double top, double right, double bottom, Box child) : Box
    {
        public override double Preferred => child.Preferred + (left + right);

        public override void Layout(Limits limits)
        {
            double across = left + right, along = top + bottom;
            double width = Math.Max(limits.MinWidth - across, 0), height = Math.Max(limits.MinHeight - along, 0);
            child.Layout(new Limits(width, Math.Max(limits.MaxWidth - across, width), height, Math.Max(limits.MaxHeight - along, height)));
            (child.X, child.Y) = (left, top);
            (Width, Height) = limits.Constrain(child.Width + across, child.Height + along);
        }

        public override void Paint(Digest digest, double x, double y) => child.Paint(digest, x + left, y + top);
    }

    private sealed class AlignBox(double alignX, double alignY, Box child) : Box
    {
        public override double Preferred => child.Preferred;

        public override void Layout(Limits limits)
        {
            child.Layout(limits.Loosened);
            (Width, Height) = limits.Constrain(
                double.IsInfinity(limits.MaxWidth) ? child.Width : limits.MaxWidth, double.IsInfinity(limits.MaxHeight) ? child.Height : limits.MaxHeight);
            (child.X, child.Y) = ((alignX + 1) * 0.5 * (Width - child.Width), (alignY + 1) * 0.5 * (Height - child.Height));
        }

        public override void Paint(Digest digest, double x, double y) => child.Paint(digest, x + child.X, y + child.Y);
    }

    private sealed class FlexBox(Axis axis, int main, int cross, double spacing, List<(Box Box, int Flex)> children) : Box
    {
        public override double Preferred => axis == Axis.Horizontal
            ? children.Aggregate(spacing * (children.Count - 1), (sum, child) => sum + child.Box.Preferred)
            : children.Max(child => child.Box.Preferred);

        public override void Layout(Limits limits)
        {
            var across = axis == Axis.Horizontal;
            double room = across ? limits.MaxWidth : limits.MaxHeight, used = spacing * (children.Count - 1), wide = 0;
            var most = across ? limits.MaxHeight : limits.MaxWidth;
            var least = cross == 2 && most < double.PositiveInfinity ? most : 0;
            Limits Inner(double low, double high) => across ? new Limits(low, high, least, most) : new Limits(least, most, low, high);
            double Main(Box box) => across ? box.Width : box.Height;
            double Cross(Box box) => across ? box.Height : box.Width;

            var shared = room < double.PositiveInfinity && children.Any(child => child.Flex > 0);
            foreach (var (box, _) in children.Where(child => !shared || child.Flex == 0))
            {
                box.Layout(Inner(0, double.PositiveInfinity));
                used += Main(box);
                wide = Math.Max(wide, Cross(box));
            }

            if (shared)
            {
                var share = Math.Max(room - used, 0) / children.Sum(child => child.Flex);
                foreach (var (box, flex) in children.Where(child => child.Flex > 0))
                {
                    box.Layout(Inner(share * flex, share * flex));
                    used += Main(box);
                    wide = Math.Max(wide, Cross(box));
                }
            }

            var length = room < double.PositiveInfinity && (shared || main != 0) ? room : used;
            (Width, Height) = across ? limits.Constrain(length, wide) : limits.Constrain(wide, length);
            var left = (across ? Width : Height) - used;
            var at = main switch { 1 => left / 2, 2 => left, _ => 0 };
            var between = main == 3 && children.Count > 1 && left > 0 ? left / (children.Count - 1) : 0;
            foreach (var (box, _) in children)
            {
                var aside = cross == 1 ? ((across ? Height : Width) - Cross(box)) / 2 : 0;
                (box.X, box.Y) = across ? (at, aside) : (aside, at);
                at += Main(box) + spacing + between;
            }
        }

        public override void Paint(Digest digest, double x, double y) => PaintAll(children.Select(child => child.Box), digest, x, y);
    }

    /// <summary>Edges are bits: left, top, right, bottom; all that are set have the same inset.</summary>
    private sealed class StackBox(List<(Box Box, int Edges, double Inset)> children) : Box
    {
        public override void Layout(Limits limits)
        {
            double width = limits.MinWidth, height = limits.MinHeight;
            foreach (var (box, _, _) in children.Where(child => child.Edges == 0))
            {
                box.Layout(limits.Loosened);
                width = Math.Max(width, box.Width);
                height = Math.Max(height, box.Height);
            }

            (Width, Height) = limits.Constrain(width, height);
            foreach (var (box, edges, inset) in children.Where(child => child.Edges != 0))
            {
                box.Layout(Limits.None.Tighten((edges & 5) == 5 ? Width - inset - inset : null, (edges & 10) == 10 ? Height - inset - inset : null));
                box.X = (edges & 1) != 0 ? inset : (edges & 4) != 0 ? Width - inset - box.Width : 0;
                box.Y = (edges & 2) != 0 ? inset : (edges & 8) != 0 ? Height - inset - box.Height : 0;
            }
        }

        public override void Paint(Digest digest, double x, double y) => PaintAll(children.Select(child => child.Box), digest, x, y);
    }

    private sealed class WrapBox(double spacing, List<Box> children) : Box
    {
        public override void Layout(Limits limits)
        {
            double x = 0, y = 0, line = 0, width = 0;
            foreach (var child in children)
            {
                child.Layout(Limits.None with { MaxWidth = limits.MaxWidth });
                if (x > 0 && x + child.Width > limits.MaxWidth)
                {
                    (x, y, line) = (0, y + (line + spacing), 0);
                }

                (child.X, child.Y) = (x, y);
                x += child.Width + spacing;
                width = Math.Max(width, x - spacing);
                line = Math.Max(line, child.Height);
            }

            (Width, Height) = limits.Constrain(width, y + line);
        }

        public override void Paint(Digest digest, double x, double y) => PaintAll(children, digest, x, y);
    }

    /// <summary>A column without a share is as wide as its widest cell.</summary>
    private sealed class TableBox(int[] shares, double spacing, List<Box> cells) : Box
    {
        public override void Layout(Limits limits)
        {
            var count = shares.Length;
            var widths = new double[count];
            var room = limits.MaxWidth - (spacing * (count - 1));
            for (var column = 0; column < count; column++)
            {
                if (shares[column] != 0)
                {
                    continue;
                }

                widths[column] = cells.Where((_, i) => i % count == column).Select(cell => cell.Preferred).DefaultIfEmpty(0).Max();
                room -= widths[column];
            }

            room = Math.Max(room, 0);
            for (var column = 0; column < count; column++)
            {
                if (shares[column] != 0)
                {
                    widths[column] = room * shares[column] / shares.Sum();
                }
            }

            double y = 0;
            foreach (var row in cells.Chunk(count))
            {
                double x = 0, height = 0;
                for (var column = 0; column < row.Length; column++)
                {
                    row[column].Layout(Limits.None with { MinWidth = widths[column], MaxWidth = widths[column] });
                    (row[column].X, row[column].Y) = (x, y);
                    x += widths[column] + spacing;
                    height = Math.Max(height, row[column].Height);
                }

                y += height + spacing;
            }

            (Width, Height) = limits.Constrain(limits.MaxWidth, y > 0 ? y - spacing : 0);
        }

        public override void Paint(Digest digest, double x, double y) => PaintAll(cells, digest, x, y);
    }

    private sealed class TextBox(string text, double size, bool bold, int maxLines, int align, long color) : Box
    {
        private double _maxWidth;

        public override double Preferred => Break(double.PositiveInfinity).Max(line => line.Width);

        public override void Layout(Limits limits)
        {
            _maxWidth = limits.MaxWidth;
            var lines = Break(_maxWidth);
            (Width, Height) = limits.Constrain(lines.Max(line => line.Width), lines.Aggregate(0.0, (height, _) => height + (size * 1.25)));
        }

        public override void Paint(Digest digest, double x, double y)
        {
            double top = 0;
            foreach (var (line, width) in Break(_maxWidth))
            {
                var left = align switch { 0 => 0, 1 => (Width - width) / 2, _ => Width - width };
                digest.Text(x + (left + 0), y + top, line, color, size);
                top += size * 1.25;
            }
        }

        private int Units(string part) => part.Sum(unit => Widths[unit - 32] + (bold ? 3 : 0));

        private double WidthOf(int units) => units * size / 100;

        /// <summary>Lines as long as fit; the last that may be is cut off, and ends in three points.</summary>
        private List<(string Text, double Width)> Break(double maxWidth)
        {
            var lines = new List<(string Text, double Width)>();
            var line = "";
            double width = 0;
            foreach (var word in text.Split(' '))
            {
                if (line.Length > 0 && width + WidthOf(Units(" ") + Units(word)) > maxWidth)
                {
                    lines.Add((line, width));
                    line = "";
                }

                width = line.Length == 0 ? WidthOf(Units(word)) : width + (WidthOf(Units(" ")) + WidthOf(Units(word)));
                line += line.Length == 0 ? word : " " + word;
            }

            lines.Add((line, width));
            if (maxLines == 0 || lines.Count <= maxLines)
            {
                return lines;
            }

            var last = lines[maxLines - 1].Text;
            var room = maxWidth - WidthOf(Units("...")) - 0;
            var kept = Enumerable.Range(0, last.Length + 1).Last(length => length == 0 || WidthOf(Units(last[..length])) <= room);
            lines.RemoveRange(maxLines - 1, lines.Count - maxLines + 1);
            lines.Add((last[..kept] + "...", WidthOf(Units(last[..kept]) + Units("..."))));
            return lines;
        }
    }

    private sealed class Digest
    {
        public long Value { get; private set; } = 0x2545f491;

        public void Add(long number) => Value = unchecked(((Value ^ (number & 0xffffffff)) * 0x01000193) + (number >> 32)) & 0xffffffffffff;

        public void Rectangle(double left, double top, double right, double bottom, long color, double radius)
        {
            Add(1);
            Add(left, top, right, bottom);
            Add(color);
            Add(radius);
        }

        public void Line(double fromX, double fromY, double toX, double toY, long color)
        {
            Add(2);
            Add(fromX, fromY, toX, toY);
            Add(color);
            Add(1.0);
        }

        public void Text(double x, double y, string text, long color, double size)
        {
            Add(3);
            Add(x, y);
            var letters = new Digest();
            foreach (var unit in text)
            {
                letters.Add(unit);
            }

            Add(letters.Value);
            Add(color);
            Add(size);
        }

        private void Add(params ReadOnlySpan<double> numbers)
        {
            foreach (var number in numbers)
            {
                Add((long)Math.Round(number * 64, MidpointRounding.AwayFromZero));
            }
        }
    }
}
