using Harness.Engine.Modules;

namespace Harness.Experiments.Fuzzing;

/// <content>Calls of the host.</content>
internal sealed partial class BodyGenerator
{
    private ProgramNode CallImport(string name, Reducibility reducibility, params ProgramNode[] arguments)
    {
        var index = context.Program.ImportIndex(name);
        return new ProgramNode(Opcode.Call, context.Program.Signature(context.Program.Functions[index].Type).Results, arguments)
        {
            Immediates = [index],
            Reducibility = reducibility,
        };
    }

    private bool Imports(string name) => context.Program.ImportIndex(name) >= 0;

    /// <summary>Tells the host a number that is observed, or lets it throw on a condition; null where it can do neither.</summary>
    private ProgramNode? CallHost(int depth)
    {
        if (Imports(FuzzImports.Throw) && random.Percent(25))
        {
            var node = Block(Opcode.If, new ProgramSignature([], []), Reducibility.Free, Expression(ProgramType.I32, depth - 1));
            node.Body.Add(CallImport(FuzzImports.Throw, Reducibility.Whole, Expression(ProgramType.I32, depth - 1)));
            return node;
        }
        return Imports(FuzzImports.Log)
            ? CallImport(FuzzImports.Log, Reducibility.Whole, Expression(ProgramType.I32, depth - 1), Expression(ProgramType.F64, depth - 1))
            : null;
    }

    /// <summary>A reference that has been with the host.</summary>
    private ProgramNode? PassedOn(int depth) => Imports(FuzzImports.PassOn)
        ? CallImport(FuzzImports.PassOn, Reducibility.Whole, ProgramNode.I32Const(1), Expression(ProgramType.ExternRef, depth - 1))
        : null;
}
