using Harness.Engine.Modules;

namespace Harness.Engine.Optimizer.Ir;

/// <summary>
/// A place in objects, by which accesses alias or not: a slot of structures by the highest supertype that has it, or the elements of the arrays
/// below a root type. Accesses to different places never meet, since an object has one type, whose supertypes form a chain.
/// </summary>
/// <param name="TypeId">Canonical id of the type that declares the place.</param>
/// <param name="Field">The slot; -1 for the elements of an array.</param>
internal readonly record struct ObjectPlace(int TypeId, int Field)
{
    /// <summary>The place of a structure's slot, or of an array's elements (-1).</summary>
    public static ObjectPlace Of(DefinedType type, int field)
    {
        while (type.Supertype is { } super && field < super.Slots.Length)
        {
            type = super;
        }

        return new ObjectPlace(type.CanonicalId, field);
    }
}
