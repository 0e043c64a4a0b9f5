using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Engine.Optimizer.Lowering;

/// <summary>Where the parameters and results of function types travel, by canonical type.</summary>
internal sealed class SignatureCache
{
    private readonly Dictionary<int, SignatureLayout> layouts = [];

    /// <summary>The layout of a function type.</summary>
    public SignatureLayout Get(int canonicalTypeId)
    {
        if (!layouts.TryGetValue(canonicalTypeId, out SignatureLayout? layout))
        {
            layout = new SignatureLayout(TypeRegistry.Get(canonicalTypeId).Function!);
            layouts.Add(canonicalTypeId, layout);
        }

        return layout;
    }
}
