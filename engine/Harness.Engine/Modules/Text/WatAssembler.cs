namespace Harness.Engine.Modules.Text;

/// <summary>
/// Turns modules in the text format into the binary format (specification, chapter 6): WebAssembly 3.0 and the legacy exceptions. The
/// result carries a name section, so that traps and explanations can show names. Its validity is for the decoder to check.
/// </summary>
public static class WatAssembler
{
    /// <summary>Assembles a text that is one <c>(module …)</c>, or the fields of one.</summary>
    /// <returns>The module in the binary format.</returns>
    /// <exception cref="WatException">The text is malformed or needs something unsupported.</exception>
    public static byte[] Assemble(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Assemble(new SourceText(text));
    }

    /// <summary>As <see cref="Assemble(string)"/>, for a text in UTF-8.</summary>
    /// <returns>The module in the binary format.</returns>
    /// <exception cref="WatException">The text is malformed or needs something unsupported.</exception>
    public static byte[] Assemble(ReadOnlySpan<byte> utf8) => Assemble(SourceText.FromUtf8(utf8));

    private static byte[] Assemble(SourceText source)
    {
        var cursor = new TokenCursor(source);
        var isModule = cursor.TryOpen("module");
        var bytes = ModuleAssembler.Assemble(cursor, isModule ? cursor.TryIdentifier() : null);
        if (isModule)
        {
            cursor.Close();
        }

        return cursor.Kind == TokenKind.End ? bytes : throw cursor.Unexpected();
    }
}
