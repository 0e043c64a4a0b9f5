using Harness.Engine.Modules;
using Harness.Experiments.Fuzzing.Programs;

namespace Harness.Experiments.Fuzzing;

/// <content>The types: hierarchies of functions and objects, virtual method tables among them, and tags.</content>
internal sealed partial class ProgramGenerator
{
    /// <summary>The types that functions other than the exported ones may have; every one has at least one function.</summary>
    private readonly List<ProgramSignature> signatures = [];

    /// <summary>The indices of the structures and arrays.</summary>
    private (int First, int Count) aggregates;

    /// <summary>The structure of function references that objects have as their virtual method table; -1 for none.</summary>
    private int methodTable = -1;

    private void ChooseSignatures()
    {
        program.HasStrings = random.Percent(40);

        // The structures and arrays follow the signatures, which may name them already.
        var count = random.Between(1, 5);
        aggregates = (count, random.Percent(85) ? random.Between(3, 10) : 0);
        while (signatures.Count < count)
        {
            var open = Enumerable.Range(0, signatures.Count).Where(index => !signatures[index].IsFinal).ToList();
            var signature = open.Count > 0 && random.Percent(50) ? Below(random.Pick(open)) : NewSignature();
            if (signatures.Contains(signature))
                continue;
            signatures.Add(signature);
            program.TypeIndex(signature);
        }
    }

    private ProgramSignature NewSignature()
    {
        // The first parameter is the depth of calls that is left.
        ProgramType[] parameters = [ProgramType.I32, .. Types(random.Weighted(20, 30, 20, 10, 8, 5) + (random.Percent(6) ? 9 : 0))];
        var results = Types(random.Weighted(8, 72, 10, 5) + (random.Percent(4) ? 4 : 0));
        return new ProgramSignature(parameters, results, IsFinal: random.Percent(40));
    }

    /// <summary>A signature that extends another: it may take more, and give less.</summary>
    private ProgramSignature Below(int supertype)
    {
        var super = signatures[supertype];
        ProgramType[] parameters = [.. super.Parameters.Select(type => random.Percent(30) ? Wider(type) : type)];
        ProgramType[] results = [.. super.Results.Select(type => random.Percent(30) ? Narrower(type) : type)];
        return new ProgramSignature(parameters, results, supertype, IsFinal: random.Percent(40));
    }

    private static ProgramType Wider(ProgramType type) =>
        type == ProgramType.EqRef ? ProgramType.AnyRef
        : type == ProgramType.StructRef || type == ProgramType.I31Ref || type == ProgramType.ArrayRef ? ProgramType.EqRef
        : type;

    private ProgramType Narrower(ProgramType type) =>
        type == ProgramType.AnyRef ? ProgramType.EqRef
        : type == ProgramType.EqRef ? random.Pick([ProgramType.StructRef, ProgramType.I31Ref, ProgramType.ArrayRef])
        : type == ProgramType.FuncRef && signatures.Count > 0 ? ProgramType.ReferenceTo(random.Below(signatures.Count))
        : type;

    private ProgramType[] Types(int count)
    {
        var types = new ProgramType[count];
        for (var i = 0; i < count; i++)
            types[i] = AnyType();
        return types;
    }

    /// <summary>A type, mostly of a number; references name only signatures that exist already.</summary>
    private ProgramType AnyType() => program.HasVectors && random.Percent(20) ? ProgramType.V128 : AnyScalar();

    private ProgramType AnyScalar() => random.Weighted(38, 24, 15, 20, 3, aggregates.Count > 0 ? 30 : 0) switch
    {
        5 => AnyObject(),
        4 => signatures.Count > 0 && random.Percent(60) ? ProgramType.ReferenceTo(random.Below(signatures.Count)) : ProgramType.FuncRef,
        var number => ProgramType.Numbers[number],
    };

    /// <summary>A type of references to objects, with null.</summary>
    private ProgramType AnyObject() => random.Weighted(70, 8, 8, 5, 4, 3, program.HasStrings ? 15 : 2) switch
    {
        0 => ProgramType.ReferenceTo(aggregates.First + random.Below(aggregates.Count)),
        1 => ProgramType.AnyRef,
        2 => ProgramType.EqRef,
        3 => ProgramType.StructRef,
        4 => ProgramType.I31Ref,
        5 => ProgramType.ArrayRef,
        _ => ProgramType.ExternRef,
    };

    private void ChooseAggregates()
    {
        if (aggregates.Count > 2 && random.Percent(60))
        {
            methodTable = program.Types.Count;
            program.Types.Add(new ProgramAggregate([.. Methods()], IsArray: false, Supertype: -1, IsFinal: random.Percent(50)));
        }
        while (program.Types.Count < aggregates.First + aggregates.Count)
            program.Types.Add(program.Types.Count > aggregates.First && random.Percent(35) ? ArrayType() : StructType());
        program.GroupedTypes = program.Types.Count;
    }

    /// <summary>Immutable references of functions, never null.</summary>
    private IEnumerable<ProgramField> Methods() => Enumerable.Range(0, random.Between(1, 3)).Select(_ =>
        new ProgramField(ProgramType.ReferenceTo(random.Below(signatures.Count), nullable: false), Packing.None, Mutable: false));

    private ProgramAggregate ArrayType() => new([AnyField()], IsArray: true, Supertype: -1, IsFinal: random.Percent(70));

    /// <summary>A structure, which may extend one that is there already by more fields, and narrow those that never change.</summary>
    private ProgramAggregate StructType()
    {
        var index = program.Types.Count;
        var open = Enumerable.Range(0, index).Where(other => program.Types[other] is ProgramAggregate { IsArray: false, IsFinal: false }).ToList();

        // Now and then a long chain of supertypes: displays have to be looked at where they are longer than usual.
        var supertype = open.Count > 0 && random.Percent(65) ? random.Percent(50) ? open[^1] : random.Pick(open) : -1;
        var fields = supertype >= 0 ? ((ProgramAggregate)program.Types[supertype]).Fields.Select(Inherited).ToList() : [];
        if (supertype < 0 && methodTable >= 0 && random.Percent(60))
            fields.Add(new ProgramField(ProgramType.ReferenceTo(methodTable, nullable: false), Packing.None, Mutable: false));
        if (methodTable >= 0 && program.IsSubtype(supertype, methodTable))
            fields.AddRange(Methods());
        for (var i = random.Weighted(15, 30, 25, 15, 10, 5) + (random.Percent(3) ? 20 : 0); i > 0; i--)
            fields.Add(AnyField());
        if (random.Percent(35))
            fields.Add(new ProgramField(ProgramType.ReferenceTo(index), Packing.None, random.Percent(60)));
        return new ProgramAggregate([.. fields], IsArray: false, supertype, IsFinal: open.Count > 0 && random.Percent(25));
    }

    /// <summary>A field as a subtype has it.</summary>
    private ProgramField Inherited(ProgramField field)
    {
        if (field.Mutable || field.Type.Heap < 0 || !random.Percent(40))
            return field;
        var below = Enumerable.Range(0, program.Types.Count).Where(type => program.IsSubtype(type, field.Type.Heap)).ToList();
        return below.Count == 0 ? field : field with { Type = field.Type with { Heap = random.Pick(below) } };
    }

    private ProgramField AnyField()
    {
        var type = random.Percent(45) ? AnyObject() : AnyType();
        var packing = type == ProgramType.I32 ? random.Weighted(60, 20, 20) switch { 0 => Packing.None, 1 => Packing.I8, _ => Packing.I16 } : Packing.None;
        return new ProgramField(type, packing, random.Percent(70));
    }

    private void ChooseTags()
    {
        program.HasLegacyExceptions = random.Percent(35);
        for (var i = random.Between(0, 3); i > 0; i--)
            program.Tags.Add(program.TypeIndex(new ProgramSignature(Types(random.Weighted(30, 40, 20, 10)), [])));
    }
}
