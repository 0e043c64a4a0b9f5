using System.Text;

namespace Harness.Dart.Syntax.Grammar;

/// <summary>Strings, symbols, and the literals of collections with their elements.</summary>
internal sealed class LiteralGrammar(Parser parser) : GrammarPart(parser)
{
    /// <summary>A symbol behind its hash sign.</summary>
    public SymbolLit ParseSymbol()
    {
        var pos = Advance().Start;
        if (Current.Kind == TokenKind.Punctuation)
        {
            var text = Advance().Text;
            if (text == "[")
            {
                Expect("]"); text = Is("=") && Adjacent(-1) ? "[]=" : "[]";
                if (text == "[]=")
                {
                    Advance();
                }
            }
            else if (text == ">" && Is(">")) { text = ">>"; Advance(); if (Is(">")) { text = ">>>"; Advance(); } }
            else if (text == ">" && Is("=") && Previous.End == Current.Start) { text = ">="; Advance(); }

            if (!FunctionGrammar.IsUserOperator(text))
            {
                throw Error(pos, $"Expected the name of a declaration or an operator that classes can declare, but got '{text}'.");
            }

            return new SymbolLit { Pos = pos, Name = text };
        }

        List<string> names = [Is("void") ? Advance().Text : Identifier()];
        while (names[0] != "void" && Is(".") && Peek().Kind == TokenKind.Identifier)
        {
            Advance();
            names.Add(Identifier());
        }

        var name = string.Join('.', names);
        // A private name is another than that of new Symbol('_name').
        if (name is ['_', _, ..])
        {
            name += "@";
        }

        return new SymbolLit { Pos = pos, Name = name };
    }

    /// <summary>Strings that stand side by side, as one.</summary>
    public StringLit ParseString()
    {
        var result = new StringLit { Pos = Pos };
        var texts = new StringBuilder();
        while (Current.Kind == TokenKind.String)
        {
            var token = Advance();
            foreach (var part in token.StringParts!)
            {
                if (part is string text)
                {
                    texts.Append(text);
                }
                else
                {
                    result.Parts.Add(texts.ToString());
                    texts.Clear();
                    result.Parts.Add(ParseInterpolation((List<Token>)part));
                }
            }
        }

        result.Parts.Add(texts.ToString());
        return result;
    }

    private Expr ParseInterpolation(List<Token> tokens) => Within(tokens, () =>
    {
        var saved = NoFunctionBody;
        NoFunctionBody = false;
        Expr value;
        if (tokens.Count == 2 && tokens[0].Text == "this")
        {
            value = new This { Pos = tokens[0].Start };
            Advance();
        }
        else
        {
            value = Expressions.ParseExpression();
        }

        NoFunctionBody = saved;
        return Current.Kind == TokenKind.End ? value : throw Error($"Unexpected {Current} in a string interpolation.");
    });

    /// <summary>The elements of a list in brackets.</summary>
    public ListLit ParseList(List<TypeNode>? args, bool isConst)
    {
        if (args is not null and not [_])
        {
            throw Error(args[0].Pos, "A list literal requires exactly one type argument.");
        }

        var list = new ListLit { Pos = Pos, Const = isConst, TypeArgs = args };
        Expect("[");
        ParseElements(list.Elements, "]");
        return list;
    }

    /// <summary>The elements of a set or map in braces.</summary>
    public SetOrMapLit ParseSetOrMap(List<TypeNode>? args, bool isConst)
    {
        if (args is not null and not ([_] or [_, _]))
        {
            throw Error(args[0].Pos, "A set literal requires exactly one type argument, and a map literal two.");
        }

        var literal = new SetOrMapLit { Pos = Pos, Const = isConst, TypeArgs = args };
        Expect("{");
        ParseElements(literal.Elements, "}");
        return literal;
    }

    /// <summary>A constant list, set or map that begins with its type arguments.</summary>
    public Expr ParseConstTyped()
    {
        var args = Types.ParseTypeArguments();
        return Is("[") ? ParseList(args, true) : ParseSetOrMap(args, true);
    }

    private void ParseElements(List<Element> elements, string close)
    {
        var saved = NoFunctionBody;
        NoFunctionBody = false;
        while (!Is(close))
        {
            elements.Add(ParseElement());
            if (!Accept(","))
            {
                break;
            }
        }

        Expect(close);
        NoFunctionBody = saved;
    }

    private Element ParseElement()
    {
        Enter();
        try
        {
            var pos = Pos;
            if (Is("...") || Is("...?"))
            {
                return new SpreadElement { Pos = pos, NullAware = Advance().Text == "...?", Value = Expressions.ParseExpression() };
            }

            if (Is("if") && Current.Kind == TokenKind.Identifier)
            {
                Advance();
                Expect("(");
                var condition = Expressions.ParseExpression();
                var (pattern, guard) = Patterns.ParseCaseClause();
                Expect(")");
                var then = ParseElement();
                return new IfElement { Pos = pos, Condition = condition, Case = pattern, Guard = guard, Then = then, Else = Accept("else") ? ParseElement() : null };
            }

            if (Is("for") || Is("await") && PeekIs(1, "for"))
            {
                var parts = Statements.ParseForParts();
                return new ForElement { Pos = pos, Parts = parts, Body = ParseElement() };
            }

            var nullAware = Accept("?");
            var value = Expressions.ParseExpression();
            if (Accept(":"))
            {
                var nullAwareValue = Accept("?");
                return new MapEntryElement { Pos = pos, Key = value, NullAwareKey = nullAware, NullAwareValue = nullAwareValue, Value = Expressions.ParseExpression() };
            }

            return nullAware ? new NullAwareElement { Pos = pos, Value = value } : value;
        }
        finally
        {
            Leave();
        }
    }
}
