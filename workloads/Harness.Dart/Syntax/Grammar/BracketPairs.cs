namespace Harness.Dart.Syntax.Grammar;

/// <summary>What closes the parentheses, brackets and braces among some tokens, found in one pass.</summary>
internal sealed class BracketPairs
{
    private static readonly string[] Opening = ["(", "[", "{"];

    private static readonly string[] Ending = [")", "]", "}"];

    /// <param name="tokens">The tokens, the last of which is the end.</param>
    public BracketPairs(List<Token> tokens)
    {
        Closing = new int[tokens.Count];
        Ends = new int[tokens.Count];
        Stack<int>[] open = [new(), new(), new()];
        var ends = 0;
        for (var i = 0; i < tokens.Count; i++)
        {
            Ends[i] = ends;
            if (tokens[i].Kind != TokenKind.Punctuation)
            {
                continue;
            }

            var text = tokens[i].Text;
            if (text == ";")
            {
                ends++;
            }
            else if (Array.IndexOf(Opening, text) is >= 0 and var opened)
            {
                open[opened].Push(i);
            }
            else if (Array.IndexOf(Ending, text) is >= 0 and var closed && open[closed].TryPop(out var start))
            {
                Closing[start] = i;
            }
        }
    }

    /// <summary>By the index of a token that opens: the index of the one that closes it, each kind of brackets counted by itself; 0 where none does, and for other tokens.</summary>
    public int[] Closing { get; }

    /// <summary>By the index of a token: how many semicolons stand before it.</summary>
    public int[] Ends { get; }
}
