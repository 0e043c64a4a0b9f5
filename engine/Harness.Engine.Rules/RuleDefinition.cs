namespace Harness.Engine.Rules;

/// <summary>What a machine instruction means, in instructions of WebAssembly.</summary>
/// <param name="instruction">The machine instruction on variables.</param>
/// <param name="meaning">An expression of these variables.</param>
public sealed class RuleDefinition(RuleOperation instruction, RuleExpression meaning)
{
    /// <summary>The machine instruction on variables, each of which stands once.</summary>
    public RuleOperation Instruction { get; } = instruction;

    /// <summary>An expression of these variables.</summary>
    public RuleExpression Meaning { get; } = meaning;

    /// <summary>What the instruction means on operands.</summary>
    /// <exception cref="RuleException">It has another number of them.</exception>
    public RuleExpression Of(RuleOperation use)
    {
        if (use.Operands.Count != Instruction.Operands.Count)
        {
            throw new RuleException($"{use} has {use.Operands.Count} operands, where {Instruction} has {Instruction.Operands.Count}");
        }

        var values = Instruction.Operands.Select((operand, i) => (Name: operand.ToString(), Value: use.Operands[i])).ToDictionary(pair => pair.Name, pair => pair.Value);
        return Replace(Meaning, values);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Instruction} := {Meaning}";

    // As deep as the file's author nests.
    private static RuleExpression Replace(RuleExpression expression, Dictionary<string, RuleExpression> values) => expression switch
    {
        RuleVariable variable => values[variable.Name],
        RuleOperation operation => new RuleOperation(operation.Name, [.. operation.Operands.Select(operand => Replace(operand, values))]),
        _ => expression,
    };
}
