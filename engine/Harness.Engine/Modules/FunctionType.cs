using System.Collections.Immutable;

namespace Harness.Engine.Modules;

/// <summary>The composite types: what a type definition can define (specification, section 2.3).</summary>
public abstract class CompositeType
{
    private protected CompositeType()
    {
    }
}

/// <summary>The parameters and results of a function.</summary>
public sealed class FunctionType : CompositeType
{
    /// <summary>Makes a function type.</summary>
    public FunctionType(ImmutableArray<ValueType> parameters, ImmutableArray<ValueType> results)
    {
        Parameters = parameters;
        Results = results;
        HasVectors = Contains(parameters) || Contains(results);
    }

    /// <summary>The parameter types.</summary>
    public ImmutableArray<ValueType> Parameters { get; }

    /// <summary>The result types.</summary>
    public ImmutableArray<ValueType> Results { get; }

    /// <summary>Whether a parameter or result is a vector.</summary>
    public bool HasVectors { get; }

    /// <summary>Makes a function type.</summary>
    public static FunctionType Of(ReadOnlySpan<ValueType> parameters, ReadOnlySpan<ValueType> results) =>
        new([.. parameters], [.. results]);

    private static bool Contains(ImmutableArray<ValueType> types)
    {
        foreach (var type in types)
        {
            if (type.IsVector)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The type as <c>[i32 i64] -> [f32]</c>.</summary>
    public override string ToString() => $"[{string.Join(' ', Parameters)}] -> [{string.Join(' ', Results)}]";
}
