using System.Numerics;

namespace Harness.Engine.Heap;

/// <summary>The references in objects whose shape is not <see cref="ShapeKind.Fixed"/>, or in any where speed does not matter.</summary>
internal static unsafe class ObjectReferences
{
    /// <summary>Shows all references in an object to a visitor.</summary>
    public static void Visit<T>(byte* address, T visitor)
        where T : class, IRootVisitor
    {
        var shape = ObjectShapes.Base + *(uint*)address;
        switch (shape->Kind)
        {
            case ShapeKind.Fixed:
                for (var words = shape->ReferenceWords; words != 0; words &= words - 1)
                {
                    visitor.Visit((ulong*)address + BitOperations.TrailingZeroCount(words));
                }

                break;
            case ShapeKind.FixedLong:
                var offsets = shape->ReferenceOffsets;
                for (var i = 1; i <= offsets[0]; i++)
                {
                    visitor.Visit((ulong*)(address + offsets[i]));
                }

                break;
            case ShapeKind.ReferenceArray:
                var length = *(uint*)(address + ObjectLayout.ArrayLength);
                visitor.Visit((ulong*)(address + ObjectLayout.ArrayElements), length);
                break;
            case ShapeKind.Exception:
                VisitException(address, visitor);
                break;
        }
    }

    private static void VisitException<T>(byte* address, T visitor)
        where T : class, IRootVisitor
    {
        var tag = Collector.TagOf(address);
        if (tag->ReferenceMask == null)
        {
            return;
        }

        for (var i = 0; i < tag->ValueCount; i++)
        {
            if ((tag->ReferenceMask[i >> 6] >> i & 1) != 0)
            {
                visitor.Visit((ulong*)(address + ObjectLayout.ExceptionValues) + i);
            }
        }
    }
}
