namespace Harness.Engine.Modules.Text;

/// <summary>A use of a function type: by index, by its parameters and results, or both (specification section 6.4.3).</summary>
/// <param name="TypeIndex">The index, if it was given.</param>
/// <param name="Signature">The parameters and results.</param>
internal readonly record struct TypeUse(uint? TypeIndex, Signature Signature)
{
    /// <summary>The index, which is that of an equal type, or of one added to the module, if none was given.</summary>
    public uint Resolve(ModuleScope scope) => TypeIndex ?? scope.IndexOf(Signature);

    /// <summary>Writes the type of a block, in short form where there is one.</summary>
    public void WriteBlockType(WasmWriter writer, ModuleScope scope)
    {
        if (TypeIndex is null && Signature.Parameters.Length == 0 && Signature.Results.Length <= 1)
        {
            if (Signature.Results.Length == 0)
            {
                writer.Byte(BinaryFormat.EmptyBlock);
            }
            else
            {
                Signature.Results[0].Write(writer);
            }

            return;
        }

        writer.S33(Resolve(scope));
    }
}
