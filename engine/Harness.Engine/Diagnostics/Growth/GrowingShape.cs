using System.Text;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;

namespace Harness.Engine.Diagnostics.Growth;

/// <summary>
/// A family of modules whose size grows with a number, one for each kind of structure that a compiler walks over: what is compiled in
/// proportion to its size takes 16 times as long for 16 times the number, whatever the structure is.
/// </summary>
/// <param name="Name">Its name.</param>
/// <param name="Size">The smallest number that is measured: large enough that what every compilation costs does not hide the growth.</param>
/// <param name="Text">The module's text for a number.</param>
internal sealed record GrowingShape(string Name, int Size, Func<int, string> Text)
{
    /// <summary>The module's bytes for a number.</summary>
    public byte[] Assemble(int size) => WatAssembler.Assemble(Text(size));

    /// <summary>The module for a number.</summary>
    public WasmModule Make(int size) => WasmModule.Decode(Assemble(size));

    /// <summary>Texts of the numbers from 0 on, one behind the other.</summary>
    internal static string Repeat(int count, Func<int, string> text)
    {
        var all = new StringBuilder();
        for (var i = 0; i < count; i++)
        {
            all.Append(text(i));
        }

        return all.ToString();
    }
}
