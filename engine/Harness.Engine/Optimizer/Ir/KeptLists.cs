namespace Harness.Engine.Optimizer.Ir;

/// <summary>Lists of which very many are kept for one graph after the other, so that none may keep much room.</summary>
internal static class KeptLists
{
    /// <summary>Elements that a list keeps its room for.</summary>
    private const int MostKept = 32;

    /// <summary>Removes all elements, and lets go of much room.</summary>
    public static void ClearForReuse<T>(this List<T> list)
    {
        list.Clear();
        if (list.Capacity > MostKept)
        {
            list.Capacity = 0;
        }
    }
}
