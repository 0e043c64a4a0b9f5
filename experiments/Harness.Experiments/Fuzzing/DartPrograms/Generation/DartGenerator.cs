using Harness.Experiments.Fuzzing.DartPrograms.Model;

namespace Harness.Experiments.Fuzzing.DartPrograms.Generation;

/// <summary>Makes up a program: first what it has, then the code of all of it.</summary>
internal static class DartGenerator
{
    /// <summary>The program of a seed: always the same.</summary>
    public static DartSource Generate(ulong seed)
    {
        var random = new RandomSource(seed);
        var features = DartFeatures.Random(random);
        var context = new BodyContext(OutlineGenerator.Generate(features, random), features, random);
        var functions = new FunctionGenerator(context);
        var classes = new ClassGenerator(context, functions);
        var program = context.Program;
        List<Item> declarations =
        [
            .. Prelude.Imports,
            new MainGenerator(context).Main(),
            .. program.Functions.Select(function => functions.Function(function)),
            .. program.Globals.Select(classes.Global),
            .. program.Classes.Select(classes.Class),
            .. program.Extensions.Select(extension => classes.Extension(extension.Name, extension.Type, extension.Members)),
            .. Prelude.Helpers(program),
        ];
        return new DartSource(seed, features, new Block(declarations, BlockLayout.Declarations));
    }
}
