using Harness.Experiments.Fuzzing.DartPrograms.Generation;
using Harness.Experiments.Fuzzing.DartPrograms.Model;

namespace Harness.Experiments.Fuzzing.DartPrograms;

/// <summary>A generated program in Dart.</summary>
/// <param name="Seed">What it was made from.</param>
/// <param name="Features">What it has much of, and what it relies on.</param>
/// <param name="Root">Its declarations.</param>
internal sealed record DartSource(ulong Seed, DartFeatures Features, Block Root)
{
    /// <summary>The program's text as it is now.</summary>
    public string Text => DartPrinter.Print(Root);
}
