namespace Harness.Engine.X64;

/// <summary>A place in the code of one <see cref="Assembler"/>, perhaps not yet known. The default value is no label.</summary>
/// <param name="Id">Its number within the assembler, from 1.</param>
internal readonly record struct Label(int Id)
{
    /// <summary>Whether this was made by <see cref="LabelledBuffer.NewLabel"/>, as opposed to the default value.</summary>
    public bool IsValid => Id != 0;
}
