using System.Runtime.InteropServices;

namespace Harness.Engine.Modules;

/// <summary>
/// A table that stays as it is when an instance begins: it is neither imported nor exported, and no instruction changes it. Compilers make their dispatch tables so. Then an index says which
/// function an element is, and a function at which indices it is.
/// </summary>
internal sealed class ConstantTable
{
    /// <summary>Most elements of all such tables of a module together; the next are taken for tables that may change.</summary>
    private const int MostElements = 1 << 20;

    private static readonly Run Several = new(-1, -1);

    private readonly int[] _functions;
    private readonly Dictionary<int, Run> _runs = [];

    private ConstantTable(int[] functions)
    {
        _functions = functions;
        for (var i = 0; i < functions.Length; i++)
        {
            if (functions[i] == InitialElements.Null)
            {
                continue;
            }

            ref var run = ref CollectionsMarshal.GetValueRefOrAddDefault(_runs, functions[i], out var exists);
            run = !exists ? new Run(i, i) : run != Several && run.Last == i - 1 ? run with { Last = i } : Several;
        }
    }

    /// <summary>By table of a module, what is known of it for ever; null for tables that may change, or of which it is not known what they contain.</summary>
    public static ConstantTable?[] Of(WasmModule module)
    {
        var elements = InitialElements.Of(module, MostElements);
        var tables = new ConstantTable?[elements.Length];
        var exported = module.ExportedItems(ExternalKind.Table);
        for (var i = 0; i < tables.Length; i++)
        {
            if (elements[i] is { } functions && !module.Bodies.IsWritten(i) && !exported.Contains(i))
            {
                tables[i] = new ConstantTable(functions);
            }
        }

        return tables;
    }

    /// <summary>The function that an element is, or -1 if it is null or there is none.</summary>
    /// <param name="index">Index of the element, as an unsigned number.</param>
    public int FunctionAt(ulong index) => index < (ulong)_functions.Length ? _functions[index] : InitialElements.Null;

    /// <summary>Whether a function is in the table once, or several times in a row: then an element is this function if its index is in the run, and only then.</summary>
    public bool TryFindRun(int function, out Run run) => _runs.TryGetValue(function, out run) && run != Several;

    /// <summary>Elements in a row.</summary>
    /// <param name="First">Index of the first.</param>
    /// <param name="Last">Index of the last.</param>
    public readonly record struct Run(int First, int Last);
}
