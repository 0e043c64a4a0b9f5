using System.Globalization;
using System.Text;
using Harness.Engine.Modules;
using Harness.Engine.Numbers;
using Harness.Engine.Runtime;
using Harness.Engine.Tests.Optimizer;

namespace Harness.Engine.Tests.Modules;

/// <summary>What the opcode table says of instructions besides names and types, compared with what the instructions do.</summary>
public class OpcodeFactsTests
{
    private const string UpdateVariable = "HARNESS_UPDATE_GOLDEN";

    public static TheoryData<string> NumericInstructions => [.. NumericOperands.Rows().Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(NumericInstructions))]
    public void AnInstructionTrapsForTheReasonsOfItsRow(string name)
    {
        var row = OpcodeTable.ByName(name)!;
        var seen = Traps.None;
        foreach (var operands in NumericOperands.Of(row))
        {
            try
            {
                NumericReference.Evaluate(row.Opcode, operands);
            }
            catch (ReferenceTrapException trap)
            {
                seen |= trap.Kind switch
                {
                    TrapKind.IntegerDivideByZero => Traps.DivisionByZero,
                    TrapKind.IntegerOverflow => Traps.Overflow,
                    TrapKind.InvalidConversionToInteger => Traps.InvalidConversion,
                    _ => throw new NotSupportedException($"{name} traps: {trap.Kind}"),
                };
            }
        }

        Assert.Equal(row.Traps, seen);
        Assert.Equal(row.Traps != Traps.None, (row.Effects & Effects.Traps) != 0);
    }

    /// <summary>Arithmetic of floats is left out: it may give either of two NaNs.</summary>
    [Theory]
    [MemberData(nameof(NumericInstructions))]
    public void AnInstructionIsCommutativeIfItsRowSaysSo(string name)
    {
        var row = OpcodeTable.ByName(name)!;
        if (row.Parameters.Length < 2 || row.Results[0] is ValueKind.F32 or ValueKind.F64)
        {
            Assert.False(row.IsCommutative);
            return;
        }

        var isCommutative = NumericOperands.Of(row).All(pair => Outcome(row, pair) == Outcome(row, [pair[1], pair[0]]));
        Assert.Equal(isCommutative, row.IsCommutative);
    }

    [Theory]
    [MemberData(nameof(NumericInstructions))]
    public void ANumericInstructionHasAForm(string name)
    {
        var row = OpcodeTable.ByName(name)!;
        var form = NumericForms.Of(row.Opcode);
        Assert.NotEqual(NumericFormKind.None, form.Kind);
        Assert.Equal(row.Parameters[0], form.Operand);
        Assert.Equal(row.Results[0], form.Result);
        Assert.True(form.IsCommutative || !row.IsCommutative);
    }

    [Fact]
    public void AnAccessHasItsEffects()
    {
        foreach (var row in OpcodeTable.All)
        {
            var isLoad = row.Name.Contains(".load", StringComparison.Ordinal) || row.Name.Contains(".get", StringComparison.Ordinal);
            var isPlace = row.Access.Kind != AccessKind.None;
            Assert.Equal(row.NaturalAlignment >= 0, row.Access.Kind == AccessKind.Memory);
            if (isPlace && isLoad)
            {
                Assert.True(row.Access is { IsRead: true, IsWrite: false }, row.Name);
            }

            if (isPlace)
            {
                Assert.NotEqual(Effects.None, row.Effects & (Effects.AnyRead | Effects.AnyWrite));
            }
        }
    }

    /// <summary>The table as a text, so that every change of a fact shows in a diff. HARNESS_UPDATE_GOLDEN=1 writes it again.</summary>
    [Fact]
    public void TheListingIsTheTable()
    {
        var path = Path.Combine(RepositoryFiles.Root, "engine", "Harness.Engine.Tests", "Golden", "instructions.txt");
        var listing = Listing();
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
        {
            File.WriteAllText(path, listing);
        }
        else
        {
            Assert.Equal(File.ReadAllText(path), listing);
        }
    }

    private static string Listing()
    {
        var text = new StringBuilder("# opcode  name  type  |  immediates  |  access  |  further effects  |  traps  |  feature\n");
        foreach (var row in OpcodeTable.All)
        {
            var type = row.HasSignature ? $"{Kinds(row.Parameters)} -> {Kinds(row.Results)}" : "by its operands";
            var access = row.Access.Kind == AccessKind.None ? "-"
                : $"{(row.Access.IsRead ? "reads" : "")}{(row.Access.IsWrite ? "writes" : "")} {row.Access.Kind}".ToLowerInvariant()
                    + (row.NaturalAlignment >= 0 ? $" {1 << row.NaturalAlignment}" : "")
                    + (row.Access.Extension == AccessExtension.None ? "" : $" {row.Access.Extension}".ToLowerInvariant());
            var effects = row.Effects & ~(row.Access.Effects | Effects.Traps);
            var further = effects == Effects.None ? "-" : row.Effects == Effects.Call ? "call" : effects.ToString();
            text.Append(CultureInfo.InvariantCulture, $"{(int)row.Opcode:x2} {row.Name}: {type} | {row.Immediates} | {access} | {further}")
                .Append(CultureInfo.InvariantCulture, $" | {(row.Traps == Traps.None ? "-" : row.Traps.ToString())} | {row.Feature}{(row.IsCommutative ? " | commutative" : "")}\n");
        }

        return text.ToString();
    }

    private static string Kinds(ValueKind[] kinds) =>
        kinds.Length == 0 ? "()" : string.Join(' ', kinds.Select(kind => kind.ToString().ToLowerInvariant()));

    private static string Outcome(OpcodeInfo row, ulong[] operands)
    {
        try
        {
            return NumericReference.Evaluate(row.Opcode, operands).ToString(CultureInfo.InvariantCulture);
        }
        catch (ReferenceTrapException trap)
        {
            return trap.Kind.ToString();
        }
    }
}
