namespace Harness.Engine.Deoptimization;

/// <summary>
/// An object that optimized code keeps in pieces, to be made when its frames are rebuilt. Locations name it by its place in
/// <see cref="DeoptPoint.Objects"/>; all that name one of these name the same object, which may refer to itself.
/// </summary>
/// <param name="TypeId">Canonical id of its structure or array type.</param>
/// <param name="Fields">Where its fields or elements lie; all of them.</param>
internal sealed record DeoptObject(int TypeId, ValueLocation[] Fields);
