using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Engine.Optimizer.Lowering;

/// <summary>Where the parameters and results of function types travel, by canonical type.</summary>
internal sealed class SignatureCache
{
    /// <summary>Types that are remembered: those of modules that are gone must not add up.</summary>
    private const int MostTypes = 1000;

    private readonly Dictionary<int, SignatureLayout> _layouts = [];

    /// <summary>The layout of a function type.</summary>
    public SignatureLayout Get(int canonicalTypeId)
    {
        if (!_layouts.TryGetValue(canonicalTypeId, out var layout))
        {
            layout = new SignatureLayout(TypeRegistry.Get(canonicalTypeId).Function!);
            if (_layouts.Count == MostTypes)
            {
                _layouts.Clear();
            }

            _layouts.Add(canonicalTypeId, layout);
        }

        return layout;
    }
}
