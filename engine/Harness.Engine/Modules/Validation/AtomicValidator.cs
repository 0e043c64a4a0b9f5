namespace Harness.Engine.Modules.Validation;

/// <summary>
/// Atomic instructions, whose types are all in the opcode table (threads proposal). They are valid on memories that are not shared, too.
/// </summary>
internal sealed class AtomicValidator(ValidationState state, ValidationStacks stacks, MemoryValidator memories)
{
    /// <summary>An instruction of the prefix for atomics.</summary>
    public void ValidateAtomicInstruction(Opcode opcode)
    {
        if (!OpcodeTable.TryGet(opcode, out var info))
        {
            state.ThrowIllegal(opcode);
        }

        if (info.Immediates == ImmediateKind.Fence)
        {
            BodyScanner.CheckFence(state.Reader.ReadByte(), state.Offset);
            return;
        }

        var addressType = memories.ReadMemoryArgument(info);
        for (var i = info.Parameters.Length - 1; i > 0; i--)
        {
            stacks.Pop(ValueType.OfKind(info.Parameters[i]));
        }

        stacks.Pop(addressType);
        foreach (var result in info.Results)
        {
            stacks.Push(ValueType.OfKind(result));
        }
    }
}
