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

    // A program of the library with main, and another that it may import.
    private static void Prints(string expected, string other, string main)
    {
        var folder = Directory.CreateTempSubdirectory("harness-dart-");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "other.dart"), other);
            var file = Path.Combine(folder.FullName, "main.dart");
            File.WriteAllText(file, main);
            Assert.Equal((0, expected.ReplaceLineEndings("\n")), ProgramTests.RunFile(file));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
