namespace Harness.Engine.Modules;

/// <summary>What the tables of a module contain when an instance begins, where the module alone says it: which function of the module each element is.</summary>
internal static class InitialElements
{
    /// <summary>The element is null.</summary>
    public const int Null = -1;

    /// <summary>
    /// By table, the function of each element or <see cref="Null"/>; null for tables that are imported, have an initializer or get no functions. None is known where an active segment does not
    /// fit, has an offset that is not constant, or goes into an imported table: then what is written depends on more than the module.
    /// </summary>
    /// <param name="module">The module.</param>
    /// <param name="limit">Most elements of all tables together; what would be beyond is not known.</param>
    public static int[]?[] Of(WasmModule module, long limit)
    {
        var tables = new int[]?[module.Tables.Length];
        var segments = module.Elements;
        if (!segments.All(segment => segment.Mode != SegmentMode.Active || Fits(module, segment)))
        {
            return tables;
        }

        var hasFunctions = new bool[tables.Length];
        var hasExpressions = new bool[tables.Length];
        foreach (var segment in segments)
        {
            if (segment.Mode != SegmentMode.Active)
            {
                continue;
            }

            var found = segment.FunctionIndices.IsDefault ? hasExpressions : hasFunctions;
            found[segment.TableIndex] = true;
        }

        var left = (ulong)limit;
        for (var i = 0; i < tables.Length; i++)
        {
            var table = module.Tables[i];
            if (table.IsImported || table.Initializer is not null || !hasFunctions[i] || hasExpressions[i])
            {
                continue;
            }

            if (table.Type.Limits.Minimum > left)
            {
                continue;
            }

            left -= table.Type.Limits.Minimum;
            tables[i] = new int[table.Type.Limits.Minimum];
            Array.Fill(tables[i]!, Null);
        }

        foreach (var segment in segments)
        {
            if (segment.Mode != SegmentMode.Active || tables[segment.TableIndex] is not { } elements)
            {
                continue;
            }

            segment.FunctionIndices.CopyTo(elements, (int)segment.Offset!.Operations[0].Bits);
        }

        return tables;
    }

    private static bool Fits(WasmModule module, ElementSegment segment)
    {
        var table = module.Tables[segment.TableIndex];
        return !table.IsImported
            && segment.Offset!.Operations is [{ Opcode: Opcode.I32Const or Opcode.I64Const } start]
            && (ulong)segment.Count <= table.Type.Limits.Minimum && start.Bits <= table.Type.Limits.Minimum - (ulong)segment.Count;
    }
}
