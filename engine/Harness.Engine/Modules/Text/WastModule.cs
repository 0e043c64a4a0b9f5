namespace Harness.Engine.Modules.Text;

/// <summary>A module in a script, in whichever form it is given. It is assembled only when it is asked for.</summary>
internal abstract class WastModule
{
    private protected WastModule(string? name, int line)
    {
        Name = name;
        Line = line;
    }

    /// <summary>The module's name, without the <c>$</c>, or null.</summary>
    public string? Name { get; }

    /// <summary>The line at which the module begins.</summary>
    public int Line { get; }

    /// <summary>Gives the module in the binary format, which need not be well-formed if it was given so.</summary>
    /// <exception cref="WatException">The module's text is malformed or needs something unsupported.</exception>
    public abstract byte[] Assemble();

    /// <summary>A module in the text format.</summary>
    /// <param name="name">The name.</param>
    /// <param name="line">The line.</param>
    /// <param name="fields">A cursor on its first field.</param>
    public sealed class Text(string? name, int line, TokenCursor fields) : WastModule(name, line)
    {
        private readonly int _start = fields.Position;

        /// <inheritdoc/>
        public override byte[] Assemble() => ModuleAssembler.Assemble(fields.At(_start), Name);
    }

    /// <summary>A module in the binary format, as strings.</summary>
    /// <param name="name">The name.</param>
    /// <param name="line">The line.</param>
    /// <param name="bytes">The bytes.</param>
    public sealed class Binary(string? name, int line, byte[] bytes) : WastModule(name, line)
    {
        /// <inheritdoc/>
        public override byte[] Assemble() => bytes;
    }

    /// <summary>A module in the text format, as strings.</summary>
    /// <param name="name">The name.</param>
    /// <param name="line">The line.</param>
    /// <param name="utf8">The text.</param>
    public sealed class Quoted(string? name, int line, byte[] utf8) : WastModule(name, line)
    {
        /// <inheritdoc/>
        public override byte[] Assemble() => WatAssembler.Assemble(utf8);
    }
}
