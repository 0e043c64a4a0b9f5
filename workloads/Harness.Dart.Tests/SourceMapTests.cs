using Harness.Engine.Diagnostics;
using Harness.Engine.Modules;

namespace Harness.Dart.Tests;

/// <summary>Modules come with source maps that have the places of all texts they are made of.</summary>
public sealed class SourceMapTests
{
    private const string Recursion = """
        void fail(int n) {
          if (n == 0) throw StateError('no');
          fail(n - 1);
        }
        void main() {
          print('on');
          fail(2);
        }
        """;

    [Fact]
    public void MapsHaveThePlacesOfTheProgramAndOfTheCoreLibrary()
    {
        var file = Path.Combine(Path.GetTempPath(), $"harness-dart-{Guid.NewGuid():N} ä.dart");
        File.WriteAllText(file, Recursion);
        try
        {
            var module = DartCompiler.Build(file);
            var elsewhere = Path.Combine(Path.GetTempPath(), "harness-dart-maps", "some");
            var map = SourceMap.Parse(module.Map!.ToJson(elsewhere), elsewhere);
            var places = Enumerable.Range(0, module.Bytes.Length).Select(map.Find).OfType<SourcePlace>().Distinct().ToList();
            var address = new Uri(file).AbsoluteUri;
            foreach (var (line, column) in ((int, int)[])[(2, 15), (2, 21), (3, 3), (6, 3), (7, 3)])
            {
                Assert.Contains(new SourcePlace(address, line, column), places);
            }

            Assert.Contains(places, place => place.Source == "dart:core");
            Assert.All(places, place => Assert.True(place.Source == address || place.Source.StartsWith("dart:", StringComparison.Ordinal), place.Source));
            var thrown = Enumerable.Range(0, module.Bytes.Length).First(offset => map.Find(offset) == new SourcePlace(address, 2, 15));
            Assert.Equal($"{Uri.EscapeDataString(Path.GetFileName(file))}:2: if (n == 0) throw StateError('no');", map.At(thrown));

            // What comes before the code and behind it has no source.
            Assert.Null(map.Find(8));
            Assert.Null(map.Find(module.Bytes.Length - 1));
            Assert.Equal(module.Bytes, DartCompiler.Compile(file));
            var named = module.WithMapName("a b.wasm.map");
            Assert.Equal(module.Bytes, named[..module.Bytes.Length]);
            byte[] section = [0, 32, 16, .. "sourceMappingURL"u8, 14, .. "a%20b.wasm.map"u8];
            Assert.Equal(section, named[module.Bytes.Length..]);
            Assert.Equal(WasmModule.Decode(module.Bytes).Functions.Length, WasmModule.Decode(named).Functions.Length);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
