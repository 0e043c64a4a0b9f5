using Harness.Experiments.Fuzzing.DartPrograms.Model;

namespace Harness.Experiments.Fuzzing.DartPrograms.Generation;

/// <summary>What every program has: fuel, the digest of all that is shown, and helpers that keep values small and accesses within bounds.</summary>
internal static class Prelude
{
    private const string Variables = "int fuel = 0, digest = 17, lines = 0;";

    private const string Show = """
        void show(String tag, Object? value) {
          final text = '$value';
          for (var i = 0; i < text.length; i++) {
            digest = (digest * 31 + text.codeUnitAt(i)) & 0xffffffffffff;
          }
          if (lines++ < 200) print('$tag $text');
        }
        """;

    private const string Clip = "String clip(String text) => text.length > 40 ? text.substring(text.length - 30) : text;";

    private const string Few = "List<T> few<T>(List<T> list) => list.length > 12 ? list.sublist(list.length - 8) : list;";

    private const string At = "T at<T>(List<T> list, int index, T other) => list.isEmpty ? other : list[index % list.length];";

    private const string Traced = "T traced<T>(String tag, T value) { show(tag, value); return value; }";

    private const string Pick = "T pick<T>(bool isFirst, T first, T second) => isFirst ? first : second;";

    private const string Whole = "int whole(double number) => number.isFinite ? number.toInt() : 3;";

    /// <summary>The libraries that programs import.</summary>
    public static IEnumerable<Item> Imports => [Item.Of("import 'dart:math' as math;"), Item.Of("import 'dart:typed_data';")];

    /// <summary>The helpers.</summary>
    /// <param name="program">Its exceptions are among what <c>kindOf</c> tells apart.</param>
    public static IEnumerable<Item> Helpers(ProgramOutline program) =>
        [.. ((string[])[Variables, Show, Clip, Few, At, Traced, Pick, Whole]).Select(text => Item.Of(text)), KindOf(program)];

    /// <summary>The kind of an exception or error. Messages are left out: they may name what a lowering holds in another way.</summary>
    private static Item KindOf(ProgramOutline program)
    {
        List<Item> tests =
        [
            .. program.Failures.Take(1).Select(failure => Item.Of($"if (e is {failure.Name}) return '$e';")),
            .. ((string[])["RangeError", "TypeError", "StateError", "ArgumentError", "FormatException", "ConcurrentModificationError", "IntegerDivisionByZeroException", "UnsupportedError"])
                .Select(kind => Item.Of($"if (e is {kind}) return '{kind}';")),
            Item.Of("return e is Error ? 'Error' : 'Exception';"),
        ];
        return Item.Of($"String kindOf(Object e) {new Block(tests)}");
    }
}
