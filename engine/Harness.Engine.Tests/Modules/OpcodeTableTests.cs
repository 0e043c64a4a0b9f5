using Harness.Engine.Modules;

namespace Harness.Engine.Tests.Modules;

public class OpcodeTableTests
{
    [Fact]
    public void EveryOpcodeHasOneRow() =>
        Assert.Equal(Enum.GetValues<Opcode>(), OpcodeTable.All.ToArray().Select(info => info.Opcode).Order());

    [Fact]
    public void MembersAreNamedAfterTheTextFormat()
    {
        foreach (var info in OpcodeTable.All)
        {
            var words = info.Name.Split('.', '_', ' ').Select(word => char.ToUpperInvariant(word[0]) + word[1..]);
            var expected = info.Opcode == Opcode.SelectTyped ? "SelectTyped" : string.Concat(words);
            Assert.Equal(expected, info.Opcode.ToString());
        }
    }

    [Fact]
    public void NamesFindTheirRows()
    {
        foreach (var info in OpcodeTable.All)
        {
            Assert.Equal(info.Opcode == Opcode.SelectTyped ? Opcode.Select : info.Opcode,
                OpcodeTable.ByName(info.Name)!.Opcode);
        }

        Assert.Null(OpcodeTable.ByName("i32.bogus"));
    }

    [Theory]
    [InlineData(0x1D)]
    [InlineData(0xFF)]
    [InlineData(0xFB1F)]
    [InlineData(0xFC12)]
    [InlineData(0xFD9A)]
    [InlineData(0xFE14)]
    [InlineData(0xFEFF)]
    [InlineData(0xFF04)]
    [InlineData(0xFF0F)]
    [InlineData(0xFF4F)]
    [InlineData(0xFFFF)]
    [InlineData(0x1234)]
    public void UnknownOpcodesHaveNoRow(int opcode) => Assert.False(OpcodeTable.TryGet((Opcode)opcode, out _));
}
