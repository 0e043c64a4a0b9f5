using Harness.Engine.Modules;
using Harness.Experiments.Fuzzing;
using Harness.Experiments.Fuzzing.Programs;

namespace Harness.Experiments.Tests.Fuzzing;

/// <summary>Each shape of <see cref="ProgramShapes"/> is in some of the programs of the full profile.</summary>
public class ProgramShapesTests
{
    private const int Programs = 1000;

    [Fact]
    public void SelectsAndBranchesHaveOneConditionFromALocal() =>
        Assert.Contains(Blocks(), block => block.Body is [{ Opcode: Opcode.LocalSet, Operands: [var condition] } first, ..]
            && IsComparison(Unwrapped(condition))
            && Decides(block, (int)first.Immediates[0], Opcode.Select)
            && (Decides(block, (int)first.Immediates[0], Opcode.If) || Decides(block, (int)first.Immediates[0], Opcode.BrIf)));

    [Fact]
    public void SeveralCastsOfOneLocalBranchToTheSameBlock()
    {
        Assert.Contains(Blocks(), block => HasCasts(block, Opcode.BrOnCast));
        Assert.Contains(Blocks(), block => HasCasts(block, Opcode.BrOnCastFail));
    }

    [Fact]
    public void SeveralReferencesLeaveABlockWhereTheyAreNotNull() => Assert.Contains(Blocks(), block => BranchesTo(block, Opcode.BrOnNonNull).Skip(1).Any());

    [Fact]
    public void BitsOfNaNThatIsMovedAreSeen()
    {
        Assert.Contains(All(), node => node is { Opcode: Opcode.I32ReinterpretF32, Operands: [{ Opcode: Opcode.F32Const } single] } && HasBitsOfItsOwn(single));
        Assert.Contains(All(), node => node is { Opcode: Opcode.I64ReinterpretF64, Operands: [{ Opcode: Opcode.F64Const } number] } && HasBitsOfItsOwn(number));
    }

    [Fact]
    public void ShiftsHaveCountsBeyondTheWidth()
    {
        Assert.Contains(All(), node => node is { Opcode: Opcode.I32ShrS, Operands: [_, { Opcode: Opcode.I32Const, Immediates: [32] }] });
        Assert.Contains(All(), node => node is { Opcode: Opcode.I64ShrU, Operands: [_, { Opcode: Opcode.I64Const, Immediates: [64] }] });
    }

    [Fact]
    public void ABlockLoadsMoreThanItHasStoredAtAnAddress() =>
        Assert.Contains(Blocks(), block => block.Body.Exists(store => store.Results.Length == 0 && WidthAt(store) is { } stored
            && ProgramNodes.Within(block.Body).Any(load => load.Results.Length == 1 && WidthAt(load) is { } loaded && loaded.Local == stored.Local && loaded.Width > stored.Width)));

    [Fact]
    public void HandlersReadWhatTheirTryWritesBehindACall()
    {
        Assert.Contains(Blocks().OfType<LegacyTryNode>(), node => node.Handlers.Exists(handler => ReadsWhatFollowsACall(handler.Body, node)));
        Assert.Contains(Blocks(), block => block.Body is [BlockNode { Body: [TryNode body, ..] }, ..] && ReadsWhatFollowsACall(block.Body.Skip(1), body));
    }

    private static IEnumerable<RandomProgram> Generate() =>
        Enumerable.Range(0, Programs).Select(seed => RandomProgram.Generate((ulong)seed, ProgramProfile.Full));

    private static IEnumerable<ProgramNode> All() => Generate().SelectMany(program => ProgramNodes.Of(program));

    private static IEnumerable<BlockNode> Blocks() => All().OfType<BlockNode>();

    /// <summary>Whether a constant is a NaN other than the canonical one.</summary>
    private static bool HasBitsOfItsOwn(ProgramNode constant)
    {
        var bits = constant.Immediates[0];
        return constant.Opcode == Opcode.F32Const
            ? float.IsNaN(BitConverter.UInt32BitsToSingle((uint)bits)) && bits != 0x7FC0_0000
            : double.IsNaN(BitConverter.Int64BitsToDouble(bits)) && bits != 0x7FF8_0000_0000_0000;
    }

    /// <summary>How many bytes an instruction accesses, as a logarithm, at an address that is a local as it is; null for all others.</summary>
    private static (long Local, int Width)? WidthAt(ProgramNode node) =>
        OpcodeTable.GetImmediates(node.Opcode) == ImmediateKind.MemoryArgument && node.Operands is [{ Opcode: Opcode.LocalGet } address, ..]
            ? (address.Immediates[0], OpcodeTable.Get(node.Opcode).NaturalAlignment)
            : null;

    private static IEnumerable<ProgramNode> BranchesTo(BlockNode block, Opcode opcode) =>
        ProgramNodes.Within(block.Body).Where(node => node.Opcode == opcode && node.Targets[0] == block);

    /// <summary>Whether two branches to a block cast the same local.</summary>
    private static bool HasCasts(BlockNode block, Opcode opcode) => BranchesTo(block, opcode)
        .Where(node => node.Operands is [{ Opcode: Opcode.LocalGet }])
        .GroupBy(node => node.Operands[0].Immediates[0])
        .Any(casts => casts.Skip(1).Any());

    /// <summary>Whether a handler reads a local that a statement of a try writes after one that calls.</summary>
    private static bool ReadsWhatFollowsACall(IEnumerable<ProgramNode> handler, BlockNode guarded)
    {
        var written = guarded.Body.SkipWhile(node => !Calls(node)).Skip(1).Where(node => node.Opcode == Opcode.LocalSet).Select(node => node.Immediates[0]).ToHashSet();
        return ProgramNodes.Within(handler).Any(node => node.Opcode == Opcode.LocalGet && written.Contains(node.Immediates[0]));
    }

    private static bool Calls(ProgramNode statement) =>
        ProgramNodes.Within([statement]).Any(node => node.Opcode is Opcode.Call or Opcode.CallIndirect or Opcode.CallRef);

    private static bool IsComparison(ProgramNode node) => node.Opcode is > Opcode.I32Eqz and <= Opcode.F64Ge;

    /// <summary>What is under the negations of a condition.</summary>
    private static ProgramNode Unwrapped(ProgramNode condition) =>
        condition.Opcode == Opcode.I32Eqz ? Unwrapped(condition.Operands[0]) : condition;

    /// <summary>Whether a local is the condition of an instruction in a block.</summary>
    private static bool Decides(BlockNode block, int local, Opcode opcode) => ProgramNodes.Within(block.Body)
        .Any(node => node.Opcode == opcode && node.Operands is [.., var last] && Unwrapped(last) is { Opcode: Opcode.LocalGet } condition && condition.Immediates[0] == local);
}
