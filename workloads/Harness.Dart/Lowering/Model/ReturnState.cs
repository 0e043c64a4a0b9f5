using Harness.Dart.Ir;
using Harness.Dart.Semantics;

namespace Harness.Dart.Lowering.Model;

/// <summary>What the function returns, and where to.</summary>
internal sealed class ReturnState(TypeSystem types)
{
    /// <summary>The type of what is returned, of an asynchronous function what its future has; null where it is not declared.</summary>
    public DartType? Type { get; set; }

    /// <summary>What the context of a closure wants returned.</summary>
    public DartType? Hint { get; set; }

    /// <summary>What of that is known, though inference does not know it whole yet.</summary>
    public DartType? Wanted { get; set; }

    /// <summary>Whether the type is inferred from what is returned.</summary>
    public bool IsInferred { get; set; }

    /// <summary>The type of what was returned so far.</summary>
    public DartType? Inferred { get; private set; }

    /// <summary>Holds what is returned where other code comes between; null where nothing is returned.</summary>
    public IrLocal? Value { get; set; }

    /// <summary>Where a return goes in a body that other code follows: a constructor's, or one that stops and goes on.</summary>
    public IrLabel? End { get; set; }

    /// <summary>Notes that a value of a type is returned. Values that the context takes are what it wants where they have no narrower type in common.</summary>
    public void Join(DartType type)
    {
        if (Inferred is null)
        {
            Inferred = type;
            return;
        }

        var joined = types.Lub(Inferred, type);
        var isWanted = Wanted is { HasUnknown: false } wanted && !types.IsSubtype(joined, wanted) && types.IsSubtype(Inferred, wanted) && types.IsSubtype(type, wanted);
        Inferred = isWanted ? Wanted : joined;
    }
}
