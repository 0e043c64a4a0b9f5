using Harness.Engine.Modules.Text;

namespace Harness.Engine.Tests.Modules.Text;

public class LexerTests
{
    [Theory]
    [InlineData("func", "Keyword")]
    [InlineData("i32.add", "Keyword")]
    [InlineData("nan:canonical", "Keyword")]
    [InlineData("$x", "Identifier")]
    [InlineData("$\"a b\"", "Identifier")]
    [InlineData("\"a\\n\\u{1F600}\"", "String")]
    [InlineData("0", "Natural")]
    [InlineData("1_000", "Natural")]
    [InlineData("0xF_f", "Natural")]
    [InlineData("-1", "Integer")]
    [InlineData("+0x1", "Integer")]
    [InlineData("1.", "Float")]
    [InlineData("1e-5", "Float")]
    [InlineData("0x1.8p3", "Float")]
    [InlineData("inf", "Float")]
    [InlineData("-nan", "Float")]
    [InlineData("nan:0x7f", "Float")]
    [InlineData("1_", "Reserved")]
    [InlineData("1__0", "Reserved")]
    [InlineData("0x", "Reserved")]
    [InlineData("1e", "Reserved")]
    [InlineData("0$x", "Reserved")]
    [InlineData("\"a\"\"b\"", "Reserved")]
    [InlineData("$\"a\"b", "Reserved")]
    [InlineData(",", "Reserved")]
    public void OneTokenIsClassified(string text, string kind)
    {
        var tokens = Tokenize(text);
        Assert.Equal(2, tokens.Length);
        Assert.Equal(kind, tokens[0].Kind.ToString());
        Assert.Equal(text.Length, tokens[0].Length);
    }

    [Theory]
    [InlineData("a(;b;)c", 2)]
    [InlineData("a(; (; nested ;) ;; ( ;)c", 2)]
    [InlineData("a ;; b (; c\nd", 2)]
    [InlineData("a ;; b\rd", 2)]
    [InlineData("(@x any (tokens) \")\" [,;] (@) )a", 1)]
    [InlineData("(@\"quoted id\")a", 1)]
    [InlineData("(func)", 3)]
    [InlineData("func$x", 1)]
    public void CommentsAndAnnotationsVanish(string text, int count) => Assert.Equal(count, Tokenize(text).Length - 1);

    [Theory]
    [InlineData("(; a", "unclosed comment", 1, 1)]
    [InlineData("a\n  \"b", "unclosed string literal", 2, 5)]
    [InlineData("\"a\nb\"", "unclosed string literal", 1, 3)]
    [InlineData("\"a\tb\"", "illegal control character in string literal", 1, 3)]
    [InlineData("\"\\q\"", "illegal escape", 1, 2)]
    [InlineData("\"\\u{110000}\"", "illegal escape", 1, 2)]
    [InlineData("\"\\u{d800}\"", "illegal escape", 1, 2)]
    [InlineData("\r\n$", "empty identifier", 2, 1)]
    [InlineData("$\"\"", "empty identifier", 1, 1)]
    [InlineData("$\"\\ff\"", "malformed UTF-8 encoding", 1, 1)]
    [InlineData("(@)", "empty annotation id", 1, 1)]
    [InlineData("(@x (", "unclosed annotation", 1, 1)]
    [InlineData("a é", "illegal character", 1, 3)]
    public void MalformedTextIsReportedWhereItIs(string text, string reason, int line, int column)
    {
        var error = Assert.Throws<WatException>(() => Tokenize(text));
        Assert.Equal(reason, error.Reason);
        Assert.Equal(new TextPosition(line, column), error.Position);
    }

    [Fact]
    public void InvalidUtf8IsReportedWhereItIs()
    {
        byte[] bytes = [0xC3, 0xA9, (byte)'\n', (byte)' ', 0xFF];
        var error = Assert.Throws<WatException>(() => SourceText.FromUtf8(bytes));
        Assert.Equal("malformed UTF-8 encoding", error.Reason);
        Assert.Equal(new TextPosition(2, 2), error.Position);
    }

    [Fact]
    public void ALoneSurrogateIsRefused()
    {
        var error = Assert.Throws<WatException>(() => Tokenize("a \ud83d"));
        Assert.Equal("malformed UTF-8 encoding", error.Reason);
    }

    [Theory]
    [InlineData("\"\\00\\ff\\t\\\"\\\\\"", new byte[] { 0, 0xFF, 9, 0x22, 0x5C })]
    [InlineData("\"\\u{e9}é\"", new byte[] { 0xC3, 0xA9, 0xC3, 0xA9 })]
    [InlineData("\"\"", new byte[0])]
    public void StringsDecodeToBytes(string literal, byte[] expected) =>
        Assert.Equal(expected, StringLiteral.Decode(literal));

    private static Token[] Tokenize(string text) => Lexer.Tokenize(new SourceText(text));
}
