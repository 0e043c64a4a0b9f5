namespace Harness.Engine.Modules;

/// <content>
/// Atomic instructions, whose types are all in the opcode table (threads proposal). They are valid on memories that are not shared, too.
/// </content>
internal sealed partial class FunctionValidator
{
    private void ValidateAtomicInstruction(Opcode opcode)
    {
        if (!OpcodeTable.TryGet(opcode, out var info)) ThrowIllegal(opcode);
        if (info.Immediates == ImmediateKind.Fence)
        {
            BodyScanner.CheckFence(_reader.ReadByte(), _offset);
            return;
        }

        var addressType = ReadMemoryArgument(info);
        for (var i = info.Parameters.Length - 1; i > 0; i--) Pop(ValueType.OfKind(info.Parameters[i]));
        Pop(addressType);
        foreach (var result in info.Results) Push(ValueType.OfKind(result));
    }
}
