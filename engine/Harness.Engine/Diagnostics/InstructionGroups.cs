using Harness.Engine.Modules;

namespace Harness.Engine.Diagnostics;

/// <summary>The groups that instructions are counted in when the mixes of programs are compared.</summary>
internal static class InstructionGroups
{
    private const string Others = "other numeric";

    /// <summary>Groups by how names of the text format begin; the first that fits counts.</summary>
    private static readonly (string Group, string[] Beginnings)[] ByBeginning =
    [
        ("direct call", ["call", "return_call"]),
        ("control", ["block", "loop", "if", "else", "end", "br", "return", "unreachable", "nop", "try", "catch", "delegate"]),
        ("exception", ["throw", "rethrow"]),
        ("local", ["local."]),
        ("global", ["global."]),
        ("table", ["table.", "elem."]),
        ("struct allocation", ["struct.new"]),
        ("struct access", ["struct."]),
        ("array allocation", ["array.new"]),
        ("array access", ["array."]),
        ("cast and test", ["ref.cast", "ref.test", "any.", "extern."]),
        ("reference", ["ref.", "i31."]),
        ("memory", ["memory.", "data.", "atomic."]),
        ("vector", ["v128.", "i8x16.", "i16x8.", "i32x4.", "i64x2.", "f32x4.", "f64x2."]),
        ("parametric", ["drop", "select"]),
    ];

    /// <summary>Groups by a part of the name, of the instructions that begin with a number's type.</summary>
    private static readonly (string Group, string[] Parts)[] ByPart =
    [
        ("constant", [".const"]),
        ("memory access", [".load", ".store", ".atomic"]),
        ("comparison", [".eq", ".ne", ".lt", ".gt", ".le", ".ge"]),
        ("conversion", [".wrap", ".extend", ".trunc_", ".convert", ".demote", ".promote", ".reinterpret"]),
        ("integer arithmetic", ["i32.", "i64."]),
        ("float arithmetic", ["f32.", "f64."]),
    ];

    private static readonly Dictionary<Opcode, string> Groups = OpcodeTable.All.ToArray().ToDictionary(row => row.Opcode, row => Find(row.Opcode, row.Name));

    /// <summary>The group of an instruction.</summary>
    public static string Of(Opcode opcode) => Groups[opcode];

    private static string Find(Opcode opcode, string name)
    {
        if (opcode is Opcode.CallIndirect or Opcode.ReturnCallIndirect)
        {
            return "call_indirect";
        }

        if (opcode is Opcode.CallRef or Opcode.ReturnCallRef)
        {
            return "call_ref";
        }

        foreach (var (group, beginnings) in ByBeginning)
        {
            if (beginnings.Any(beginning => name.StartsWith(beginning, StringComparison.Ordinal)))
            {
                return group;
            }
        }

        foreach (var (group, parts) in ByPart)
        {
            if (parts.Any(part => name.Contains(part, StringComparison.Ordinal)))
            {
                return group;
            }
        }

        return Others;
    }
}
