using System.Security.Cryptography;
using Harness.Engine.Modules;

namespace Harness.Engine.Feedback;

/// <summary>What was learnt of one function: what its call sites have seen, and whether it was optimized.</summary>
/// <param name="Feedback">The feedback; null if it had no call sites, or never ran in baseline code.</param>
/// <param name="IsHot">Whether it was worth optimizing.</param>
internal sealed record FunctionProfile(FunctionFeedback? Feedback, bool IsHot);

/// <summary>What was learnt of the functions of one module, which its bytes identify.</summary>
/// <param name="ModuleHash">SHA-256 of the module's bytes, in lower-case hexadecimal digits.</param>
/// <param name="Functions">By index, the functions of which anything is known.</param>
internal sealed record ModuleProfile(string ModuleHash, SortedDictionary<int, FunctionProfile> Functions)
{
    /// <summary>The hash of a module's bytes.</summary>
    public static string HashOf(WasmModule module) => Convert.ToHexStringLower(SHA256.HashData(module.Bytes));

    /// <summary>
    /// The same for a module of these bytes, as far as it can be true: sites where there is no call, and targets that cannot be called
    /// there, are left out, so that no compiler sees them whoever has written the file. Sites of more targets than
    /// <paramref name="polymorphismLimit"/> are megamorphic.
    /// </summary>
    public ModuleProfile For(WasmModule module, int polymorphismLimit)
    {
        var functions = new SortedDictionary<int, FunctionProfile>();
        foreach ((int index, FunctionProfile function) in Functions)
        {
            if (index < module.ImportedFunctionCount || index >= module.Functions.Length) continue;
            functions.Add(index, function with { Feedback = For(module, module.Functions[index], function.Feedback, polymorphismLimit) });
        }

        return this with { Functions = functions };
    }

    private static FunctionFeedback? For(WasmModule module, FunctionInfo function, FunctionFeedback? feedback, int polymorphismLimit)
    {
        if (feedback is null) return null;
        var sites = new List<CallSiteFeedback>(feedback.Sites.Length);
        BytecodeReader reader = module.OpenBody(function);
        reader.SkipLocals();
        while (!reader.IsAtEnd)
        {
            int offset = reader.Offset;
            Opcode opcode = reader.ReadOpcode();
            BytecodeReader immediates = reader;
            reader.SkipImmediates(opcode);
            if (feedback.At(offset) is not { } site) continue;
            if (opcode is Opcode.Call or Opcode.ReturnCall)
            {
                if (site.Targets.Length == 0 && site.State != FeedbackState.Megamorphic) sites.Add(site);
            }
            else if (opcode is Opcode.CallIndirect or Opcode.ReturnCallIndirect or Opcode.CallRef or Opcode.ReturnCallRef)
            {
                sites.Add(For(module, immediates.ReadIndex(), site, polymorphismLimit));
            }
        }

        return feedback with { Sites = [.. sites] };
    }

    private static CallSiteFeedback For(WasmModule module, int typeIndex, CallSiteFeedback site, int polymorphismLimit)
    {
        if (site.State is FeedbackState.Megamorphic or FeedbackState.Uninitialized) return site;
        int type = module.CanonicalTypeIds[typeIndex];
        FeedbackTarget[] targets = Array.FindAll(
            site.Targets,
            target => target.FunctionIndex >= 0 && target.FunctionIndex < module.Functions.Length
                && TypeRegistry.IsSubtype(module.Functions[target.FunctionIndex].CanonicalTypeId, type));
        return targets.Length switch
        {
            0 => site with { State = FeedbackState.Uninitialized, Count = 0, Targets = [] },
            1 => site with { State = FeedbackState.Monomorphic, Count = targets[0].Count, Targets = targets },
            _ when targets.Length > polymorphismLimit => site with { State = FeedbackState.Megamorphic, Targets = [] },
            _ => site with { State = FeedbackState.Polymorphic, Targets = targets },
        };
    }
}
