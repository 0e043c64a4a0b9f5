using Harness.Engine.Modules;

namespace Harness.Experiments.Fuzzing;

/// <summary>
/// The functions on strings of the host that every random program imports. They come before its own functions, and their types behind
/// its own types, each by itself: only then does an engine take it for one of its own.
/// </summary>
internal static class StringFunctions
{
    private const string ModuleName = "wasm:js-string";

    private static readonly ProgramType Text = ProgramType.ExternRef with { Nullable = false };

    private static readonly (string Name, ProgramSignature Type)[] Functions =
    [
        ("test", new([ProgramType.ExternRef], [ProgramType.I32])),
        ("cast", new([ProgramType.ExternRef], [Text])),
        ("length", new([ProgramType.ExternRef], [ProgramType.I32])),
        ("charCodeAt", new([ProgramType.ExternRef, ProgramType.I32], [ProgramType.I32])),
        ("equals", new([ProgramType.ExternRef, ProgramType.ExternRef], [ProgramType.I32])),
        ("compare", new([ProgramType.ExternRef, ProgramType.ExternRef], [ProgramType.I32])),
        ("fromCharCode", new([ProgramType.I32], [Text])),
        ("concat", new([ProgramType.ExternRef, ProgramType.ExternRef], [Text])),
        ("substring", new([ProgramType.ExternRef, ProgramType.I32, ProgramType.I32], [Text])),
    ];

    /// <summary>How many there are: the index of a program's first own function.</summary>
    public static int Count => Functions.Length;

    /// <summary>A call of a function by its name.</summary>
    public static ProgramNode Call(string name, Reducibility reducibility, params ProgramNode[] operands)
    {
        var index = Array.FindIndex(Functions, function => function.Name == name);
        return new ProgramNode(Opcode.Call, Functions[index].Type.Results, operands) { Immediates = [index], Reducibility = reducibility };
    }

    /// <summary>Writes the types of all functions, a recursion group each.</summary>
    public static void WriteTypes(WasmWriter writer)
    {
        foreach (var (_, type) in Functions)
            type.Write(writer);
    }

    /// <summary>Writes the content of the import section.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="firstType">The index of the first function's type.</param>
    public static void WriteImports(WasmWriter writer, int firstType)
    {
        const byte FunctionKind = 0;
        writer.U32(Functions.Length);
        for (var i = 0; i < Functions.Length; i++)
        {
            writer.Name(ModuleName);
            writer.Name(Functions[i].Name);
            writer.Byte(FunctionKind);
            writer.U32(firstType + i);
        }
    }
}
