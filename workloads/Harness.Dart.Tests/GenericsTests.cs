using Harness.Engine.Configuration;
using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Dart.Tests;

/// <summary>Generic code that is specialised for numbers and final classes: it means the same, and has no boxes where its type arguments are known.</summary>
public sealed class GenericsTests
{
    private static readonly DartOptions Specialised = DartOptions.Default with { Generics = GenericsKind.Specialised };

    [Theory]
    [InlineData("generics")]
    [InlineData("generics_checks")]
    [InlineData("calls")]
    [InlineData("values")]
    [InlineData("asynchrony")]
    public void AProgramPrintsTheSame(string name)
    {
        var path = LoweringTests.FeaturePath(name);
        var boxed = Run(path, DartOptions.Default, EngineOptions.Default);
        Assert.Equal(0, boxed.Code);
        Assert.Equal(boxed, Run(path, Specialised, EngineOptions.Default));
    }

    [Theory]
    [InlineData("generics")]
    [InlineData("int_list")]
    [InlineData("iterators")]
    [InlineData("sorting")]
    public void OrdinaryProgramsDoToo(string name)
    {
        var path = LoweringTests.MicroPath(name);
        Assert.Equal(Run(path, DartOptions.Default, EngineOptions.Default), Run(path, Specialised, EngineOptions.Default));
    }

    [Fact]
    public void FailingGuardsAndCollectionsMakeNoDifference()
    {
        var path = LoweringTests.FeaturePath("generics");
        var stress = EngineOptions.FromDictionary(new Dictionary<string, string> { ["tier-up"] = "eager", ["stress.guard-fail-interval"] = "7", ["stress.gc-interval"] = "211" });
        foreach (var options in (DartOptions[])[Specialised, Specialised with { InlineLimit = 30, Dispatch = DispatchKind.VtableFields }])
        {
            Assert.Equal(Run(path, DartOptions.Default, EngineOptions.Default), Run(path, options, stress));
        }
    }

    /// <summary>Programs that would make a box for each of many steps, and whose objects without them fit the nursery many times.</summary>
    [Theory]
    [InlineData("class Box<T> { T value; Box(this.value); } void main() { final b = Box<double>(0.5); for (var i = 0; i < 2000000; i++) b.value = b.value + 1; print(b.value); }")]
    [InlineData("class Last<T> { T last; Last(this.last); T put(T x) { final old = last; last = x; return old; } } void main() { final l = Last<int>(0); var s = 0; for (var i = 1; i < 2000000; i++) s += l.put(i); print(s); }")]
    [InlineData("T pick<T>(bool b, T x, T y) => b ? x : y; void main() { var s = 0; for (var i = 0; i < 2000000; i++) s += pick(s > i, -i, i); print(s); }")]
    [InlineData("class Range<T extends num> { T low, high; Range(this.low, this.high); bool has(T x) => low <= x && x < high; } void main() { final r = Range<double>(5, 5000); var n = 0; for (var i = 0; i < 2000000; i++) if (r.has(i * 0.5)) n++; print(n); }")]
    [InlineData("void main() { final list = List<double>.filled(100, 0.5); var s = 0.0; for (var i = 0; i < 2000000; i++) { list[i % 100] = i * 0.5; s += list[(i + 50) % 100]; } print(s); }")]
    [InlineData("void main() { final list = [for (var i = 0; i < 100; i++) i]; var s = 0; for (var k = 0; k < 20000; k++) { for (final x in list) s += x; for (var i = 0; i < 100; i++) list[i] = s + i; } print(s); }")]
    public void NumbersHaveNoBoxes(string source)
    {
        var file = Path.Combine(Path.GetTempPath(), $"harness-dart-{Guid.NewGuid():N}.dart");
        File.WriteAllText(file, source);
        try
        {
            var boxed = Run(file, DartOptions.Default, EngineOptions.Default, out var withBoxes);
            Assert.Equal(boxed, Run(file, Specialised, EngineOptions.Default, out var without));
            Assert.True(withBoxes.YoungCollections > 0, "nothing is made at all");
            Assert.True(without.YoungCollections < withBoxes.YoungCollections && without.YoungCollections <= 1, $"{without.YoungCollections} collections, {withBoxes.YoungCollections} with boxes");
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static (int Code, string Output) Run(string path, DartOptions lowering, EngineOptions engine) => Run(path, lowering, engine, out _);

    private static (int Code, string Output) Run(string path, DartOptions lowering, EngineOptions engine, out HeapStatistics heap)
    {
        var module = WasmModule.Decode(DartCompiler.Compile(path, lowering));
        var output = new StringWriter();
        HeapStatistics? statistics = null;
        var code = ExecutionThread.Run(engine, () =>
        {
            using var store = new Store(engine);
            var result = new DartHost(output).Run(store, module);
            statistics = store.HeapStatistics;
            return result;
        });
        heap = statistics!;
        return (code, output.ToString());
    }
}
