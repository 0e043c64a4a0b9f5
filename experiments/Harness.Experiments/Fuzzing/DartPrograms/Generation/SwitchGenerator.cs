using Harness.Experiments.Fuzzing.DartPrograms.Model;

namespace Harness.Experiments.Fuzzing.DartPrograms.Generation;

/// <summary>Switch statements over patterns.</summary>
internal sealed class SwitchGenerator(Body body)
{
    private readonly RandomSource _random = body.Random;

    /// <summary>A switch statement whose cases cover every value.</summary>
    public Item Statement(int depth)
    {
        var subject = body.Patterns.Subject(2);
        List<Item> cases = [.. body.Patterns.Cases(subject.Type).Select(pattern => Case(pattern, depth))];
        return Item.Of($"switch ({subject}) {new Block(cases)}");
    }

    private Item Case(DartPattern pattern, int depth) => body.Nested(() =>
    {
        foreach (var variable in pattern.Bound)
        {
            body.Scope.Add(variable);
        }

        var head = pattern is { Text: "_", MayBeGuarded: false } && _random.Percent(70) ? Piece.Of($"default") : Piece.Of($"case {pattern.Text}{body.Patterns.Guard(pattern, 2)}");
        return Item.Of($"{head}: {body.Statements.Few(depth)}");
    });
}
