using Harness.Dart.Ir;
using Harness.Dart.Lowering.Module;

namespace Harness.Dart.Lowering.Model;

/// <summary>
/// What the patterns of one match ask of the matched value: getters, elements, comparisons. Each is asked once, whatever the number of cases that need it, and the first answer holds for all (specification of the feature
/// "patterns", "Caching of getters and operators"). A question is named by the way from the matched value to it.
/// </summary>
internal sealed class MatchCalls(NodeOutput output, Representations reprs, TargetTypes target)
{
    private readonly Dictionary<string, Answer> _answers = new(StringComparer.Ordinal);

    private sealed class Answer
    {
        public required IrLocal First { get; init; }
        public required Node Place { get; init; }
        public IrLocal? Known { get; set; }
        public IrLocal? Shared { get; set; }
    }

    /// <summary>What comes before all cases.</summary>
    public Node Start { get; } = new() { Op = IrOp.Seq, Body = [Node.Nop()] };

    /// <summary>The value of a call, unless the same was asked on the way here: then the value that it had.</summary>
    /// <param name="question">What is asked.</param>
    /// <param name="call">The call.</param>
    public Node Ask(string question, Node call)
    {
        if (call.IsNever || call.Type.Kind == WKind.None)
        {
            return call;
        }

        var own = output.TempOf(call, out var set, "answer");
        if (!_answers.TryGetValue(question, out var answer))
        {
            var place = new Node { Op = IrOp.Seq, Body = [set] };
            _answers[question] = new Answer { First = own, Place = place };
            return Node.Seq(place, Node.Get(own));
        }

        if (answer.Known is null)
        {
            // Only what is asked twice is kept, as what every case may take it for.
            answer.Known = output.Temp(WType.I32, "known");
            answer.Shared = output.Temp(target.AnyRef, "answer");
            Start.Body!.Add(Node.Set(answer.Known, Node.I32(0)));
            answer.Place.Body!.AddRange(Keep(answer, answer.First));
        }

        var again = Node.Seq([set, .. Keep(answer, own)]);
        return Node.Seq(Node.If(Node.Get(answer.Known), Node.Set(own, reprs.Convert(Node.Get(answer.Shared!), own.Type)), again, WType.None), Node.Get(own));
    }

    private Node[] Keep(Answer answer, IrLocal value) => [Node.Set(answer.Shared!, reprs.Convert(Node.Get(value), target.AnyRef)), Node.Set(answer.Known!, Node.I32(1))];
}
