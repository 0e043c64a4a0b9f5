using Harness.Engine.Modules.Decoding;

namespace Harness.Engine.Modules;

/// <summary>
/// What a module says of its conditional branches: whether the condition of an <c>if</c> or <c>br_if</c> is likely to be true (branch
/// hinting proposal, custom section <c>metadata.code.branch_hint</c>). Hints change nothing that a program computes, so what is
/// malformed is left out.
/// </summary>
internal sealed class BranchHints
{
    /// <summary>The name of the custom section.</summary>
    public const string SectionName = "metadata.code.branch_hint";

    private readonly Dictionary<(int Function, int Offset), bool> _hints = [];

    /// <summary>Reads the section's content as far as it is well-formed.</summary>
    public BranchHints(ModuleReader reader)
    {
        if (reader.Remaining == 0)
        {
            return;
        }

        try
        {
            for (var functions = reader.ReadVarU32(); functions > 0; functions--)
            {
                var function = (int)reader.ReadVarU32();
                for (var hints = reader.ReadVarU32(); hints > 0; hints--)
                {
                    var offset = (int)reader.ReadVarU32();
                    var hint = reader.ReadSized();
                    var isLikely = hint.ReadByte();
                    hint.ExpectEnd();
                    if (isLikely <= 1)
                    {
                        _hints[(function, offset)] = isLikely != 0;
                    }
                }
            }
        }
        catch (ModuleException)
        {
            // The hints up to here are good.
        }
    }

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => _hints.Count == 0;

    /// <summary>Whether the condition of a branch is likely to be true; null where nothing is said.</summary>
    /// <param name="function">The function.</param>
    /// <param name="bytecodeOffset">Offset of the branch in the module's bytes.</param>
    public bool? Find(FunctionInfo function, int bytecodeOffset) =>
        _hints.TryGetValue((function.Index, bytecodeOffset - function.BodyStart), out var isLikely) ? isLikely : null;
}
