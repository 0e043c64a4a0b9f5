using Harness.Dart.Semantics;

namespace Harness.Dart.Tests;

/// <summary>Programs of several libraries: what they see of each other.</summary>
public sealed class LibraryTests
{
    /// <summary>A private name is its library's own, whatever comes behind the underscore, and it is shown as its text has it.</summary>
    [Fact]
    public void PrivateNamesOfLibrariesDoNotMeet() => Prints(
        """
        1 2 3 4 5 Derived
        x one y dollar get
        Instance of '_Hidden' _Hidden _Kind._First main
        Symbol("_X") false true
        7 seven

        """,
        """
        class Base {
          int _X = 1, _1 = 2, __y = 3, _$z = 4;
          int _Get() => 5;
          String get own => '$_X $_1 $__y ${_$z} ${_Get()} $runtimeType';
        }
        class _Hidden {}
        enum _Kind { _First }
        Object hidden() => _Hidden();
        Object kind() => _Kind._First;
        Symbol get symbol => #_X;
        const int _Top = 7;
        String top() => '$_Top';
        """,
        """
        import 'other.dart';
        class Derived extends Base {
          String _X = 'x', _1 = 'one', __y = 'y', _$z = 'dollar';
          String _Get() => 'get';
          String get mine => '$_X $_1 $__y ${_$z} ${_Get()}';
        }
        class _Hidden { String toString() => 'main'; }
        const _Top = 'seven';
        void main() {
          print(Derived().own);
          print(Derived().mine);
          print('${hidden()} ${hidden().runtimeType} ${kind()} ${_Hidden()}');
          print('$symbol ${symbol == #_X} ${#_X == #_X}');
          print('${top()} $_Top');
        }
        """);

    /// <summary>A typedef is a constant behind its library's prefix as a class is.</summary>
    [Fact]
    public void TypesBehindPrefixesAreConstants() => Prints(
        """
        true true true

        """,
        """
        class A {}
        typedef B = List<int>;
        bool identical(Object? a, Object? b) => false;
        """,
        """
        import 'other.dart' as other hide identical;
        const a = other.A, b = other.B, same = identical(other.B, List<int>);
        void main() => print('${a == other.A} ${b == List<int>} $same');
        """);

    /// <summary>What is base in another library can't be implemented by way of a class of one's own that extends it, mixes it in, or has another name.</summary>
    [Theory]
    [InlineData("base class B extends Base {} base class C implements B {}")]
    [InlineData("base class B with Mixed {} enum C implements B { c }")]
    [InlineData("base class B extends Base {} typedef T = B; final class C implements T {}")]
    public void WhatIsBaseElsewhereIsNotImplemented(string classes)
    {
        const string Other = "base class Base {} base mixin class Mixed {}";
        var errors = Assert.Throws<DartCompilationException>(() => Run(Other, $"import 'other.dart'; {classes} void main() => print(C);")).Errors;
        Assert.Contains("can't be implemented outside of its library because it's a base class.", Assert.Single(errors).ToString(), StringComparison.Ordinal);
        Assert.Equal((0, "C\n"), Run(Other, "import 'other.dart'; base class B extends Base {} base class C extends B {} void main() => print(C);"));
    }

    /// <summary>The project's own package:test, by which tests of public packages run.</summary>
    [Fact]
    public void TestsOfPackagesRun() => Prints(
        """
        2 tests passed, 0 failed

        """,
        File.ReadAllText(Path.Combine(ErrorTests.Folder(), "Packages", "test", "test.dart")),
        """
        import 'other.dart';
        void main() {
          int ready = 0;
          group('a group', () {
            setUp(() => ready++);
            test('has what is set up', () => expect(ready, equals(1)));
          });
          test('and one outside has not', () => expect([ready], everyElement(lessThan(2))));
        }
        """);

    private static void Prints(string expected, string other, string main) => Assert.Equal((0, expected.ReplaceLineEndings("\n")), Run(other, main));

    // A program of the library with main, and another that it may import.
    private static (int Code, string Output) Run(string other, string main)
    {
        var folder = Directory.CreateTempSubdirectory("harness-dart-");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "other.dart"), other);
            var file = Path.Combine(folder.FullName, "main.dart");
            File.WriteAllText(file, main);
            return ProgramTests.RunFile(file);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
