namespace Harness.Engine.Deoptimization;

/// <summary>
/// An object that optimized code keeps in pieces, to be made when its frames are rebuilt. All locations that name one of these name the
/// same object.
/// </summary>
/// <param name="typeId">Canonical id of its structure or array type.</param>
/// <param name="fields">Where its fields or elements lie.</param>
internal sealed class DeoptObject(int typeId, ValueLocation[] fields)
{
    /// <summary>Canonical id of its structure or array type.</summary>
    public int TypeId { get; } = typeId;

    /// <summary>Where its fields or elements lie; all of them.</summary>
    public ValueLocation[] Fields { get; } = fields;
}
