using System.Collections.Frozen;

namespace Harness.Engine.Modules.Text;

/// <summary>The words of the text format: which ones exist, so that an unknown one can be told from a misplaced one.</summary>
internal static class Keywords
{
    private static readonly FrozenSet<string> Structural = FrozenSet.Create(
        "module", "binary", "quote", "definition", "instance",
        "type", "rec", "sub", "final", "describes", "descriptor", "exact", "func", "struct", "array", "field", "mut", "param", "result", "local",
        "import", "export", "table", "memory", "global", "tag", "elem", "data", "start", "declare", "item", "offset", "shared", "pagesize",
        "then", "catch", "catch_ref", "catch_all", "catch_all_ref",
        "ref", "null", "i8", "i16", "i32", "i64", "f32", "f64", "v128",
        "i8x16", "i16x8", "i32x4", "i64x2", "f32x4", "f64x2",
        "any", "eq", "i31", "none", "nofunc", "extern", "noextern", "exn", "noexn",
        "anyref", "eqref", "i31ref", "structref", "arrayref", "nullref", "funcref", "nullfuncref", "externref",
        "nullexternref", "exnref", "nullexnref",
        "register", "invoke", "get", "either", "nan:canonical", "nan:arithmetic",
        "ref.extern", "ref.host", "ref.any", "ref.i31", "ref.struct", "ref.array",
        "assert_return", "assert_trap", "assert_exhaustion", "assert_exception", "assert_malformed", "assert_invalid",
        "assert_unlinkable", "assert_malformed_custom", "assert_invalid_custom");

    /// <summary>Whether the text format has this word.</summary>
    public static bool IsKnown(ReadOnlySpan<char> word) =>
        Structural.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word)
        || OpcodeTable.ByName(word) is not null
        || IsMemoryArgument(word, "offset=")
        || IsMemoryArgument(word, "align=");

    private static bool IsMemoryArgument(ReadOnlySpan<char> word, string name) =>
        word.StartsWith(name) && NumberSyntax.Classify(word[name.Length..]) == TokenKind.Natural;
}
