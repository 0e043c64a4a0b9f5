using System.Collections.Immutable;

namespace Harness.Engine.Modules;

/// <summary>The type of a block: nothing, one result, or a function type.</summary>
internal readonly struct BlockSignature
{
    private readonly FunctionType? _type;
    private readonly ValueType _result;

    /// <summary>
    /// The type of a block without parameters and with one result, or none if that is <c>default</c>.
    /// </summary>
    public BlockSignature(ValueType result) => _result = result;

    /// <summary>The type of a block with the parameters and results of a function type.</summary>
    public BlockSignature(FunctionType type) => _type = type;

    /// <summary>The number of parameters.</summary>
    public int ParameterCount => _type is null ? 0 : _type.Parameters.Length;

    /// <summary>The number of results.</summary>
    public int ResultCount => _type is not null ? _type.Results.Length : _result.Kind == ValueKind.None ? 0 : 1;

    /// <summary>The types of the parameters, in the function type's own array; default where the block has no function type.</summary>
    public ImmutableArray<ValueType> Parameters => _type is null ? default : _type.Parameters;

    /// <summary>The types of the results, in the function type's own array; default where the block has no function type.</summary>
    public ImmutableArray<ValueType> Results => _type is null ? default : _type.Results;

    /// <summary>The type of a parameter.</summary>
    public ValueType Parameter(int index) => _type!.Parameters[index];

    /// <summary>The type of a result.</summary>
    public ValueType Result(int index) => _type is null ? _result : _type.Results[index];

    /// <summary>Whether both are written in the same way, which makes them equal.</summary>
    public bool IsSame(BlockSignature other) => ReferenceEquals(_type, other._type) && _result == other._result;
}
