using Harness.Engine.Modules;
using Harness.Experiments.Fuzzing.Programs;

namespace Harness.Experiments.Fuzzing;

/// <content>The types: hierarchies of functions and objects, virtual method tables among them, and tags.</content>
internal sealed partial class ProgramGenerator
{
    /// <summary>The types that functions other than the exported ones may have; every one has at least one function.</summary>
    private readonly List<ProgramSignature> _signatures = [];

    /// <summary>The indices of the structures and arrays.</summary>
    private (int First, int Count) _aggregates;

    /// <summary>The structure of function references that objects have as their virtual method table; -1 for none.</summary>
    private int _methodTable = -1;

    private void ChooseSignatures()
    {
        _program.HasStrings = _random.Percent(40);

        // The structures and arrays follow the signatures, which may name them already.
        var count = _random.Between(1, 5);
        _aggregates = (count, _random.Percent(85) ? _random.Between(3, 10) : 0);
        while (_signatures.Count < count)
        {
            var open = Enumerable.Range(0, _signatures.Count).Where(index => !_signatures[index].IsFinal).ToList();
            var signature = open.Count > 0 && _random.Percent(50) ? Below(_random.Pick(open)) : NewSignature();
            if (_signatures.Contains(signature))
            {
                continue;
            }

            _signatures.Add(signature);
            _program.TypeIndex(signature);
        }
    }

    private ProgramSignature NewSignature()
    {
        // The first parameter is the depth of calls that is left.
        ProgramType[] parameters = [ProgramType.I32, .. Types(_random.Weighted(20, 30, 20, 10, 8, 5) + (_random.Percent(6) ? 9 : 0))];
        var results = Types(_random.Weighted(8, 72, 10, 5) + (_random.Percent(4) ? 4 : 0));
        return new ProgramSignature(parameters, results, IsFinal: _random.Percent(40));
    }

    /// <summary>A signature that extends another: it may take more, and give less.</summary>
    private ProgramSignature Below(int supertype)
    {
        var super = _signatures[supertype];
        ProgramType[] parameters = [.. super.Parameters.Select(type => _random.Percent(30) ? Wider(type) : type)];
        ProgramType[] results = [.. super.Results.Select(type => _random.Percent(30) ? Narrower(type) : type)];
        return new ProgramSignature(parameters, results, supertype, IsFinal: _random.Percent(40));
    }

    private static ProgramType Wider(ProgramType type) =>
        type == ProgramType.EqRef ? ProgramType.AnyRef
        : type == ProgramType.StructRef || type == ProgramType.I31Ref || type == ProgramType.ArrayRef ? ProgramType.EqRef
        : type;

    private ProgramType Narrower(ProgramType type) =>
        type == ProgramType.AnyRef ? ProgramType.EqRef
        : type == ProgramType.EqRef ? _random.Pick([ProgramType.StructRef, ProgramType.I31Ref, ProgramType.ArrayRef])
        : type == ProgramType.FuncRef && _signatures.Count > 0 ? ProgramType.ReferenceTo(_random.Below(_signatures.Count))
        : type;

    private ProgramType[] Types(int count)
    {
        var types = new ProgramType[count];
        for (var i = 0; i < count; i++)
        {
            types[i] = AnyType();
        }

        return types;
    }

    /// <summary>A type, mostly of a number; references name only signatures that exist already.</summary>
    private ProgramType AnyType() => _program.HasVectors && _random.Percent(20) ? ProgramType.V128 : AnyScalar();

    private ProgramType AnyScalar() => _random.Weighted(38, 24, 15, 20, 3, _aggregates.Count > 0 ? 30 : 0) switch
    {
        5 => AnyObject(),
        4 => _signatures.Count > 0 && _random.Percent(60) ? ProgramType.ReferenceTo(_random.Below(_signatures.Count)) : ProgramType.FuncRef,
        var number => ProgramType.Numbers[number],
    };

    /// <summary>A type of references to objects, with null.</summary>
    private ProgramType AnyObject() => _random.Weighted(70, 8, 8, 5, 4, 3, _program.HasStrings ? 15 : 2) switch
    {
        0 => ProgramType.ReferenceTo(_aggregates.First + _random.Below(_aggregates.Count)),
        1 => ProgramType.AnyRef,
        2 => ProgramType.EqRef,
        3 => ProgramType.StructRef,
        4 => ProgramType.I31Ref,
        5 => ProgramType.ArrayRef,
        _ => ProgramType.ExternRef,
    };

    private void ChooseAggregates()
    {
        if (_aggregates.Count > 2 && _random.Percent(60))
        {
            _methodTable = _program.Types.Count;
            _program.Types.Add(new ProgramAggregate([.. Methods()], IsArray: false, Supertype: -1, IsFinal: _random.Percent(50)));
        }

        while (_program.Types.Count < _aggregates.First + _aggregates.Count)
        {
            _program.Types.Add(_program.Types.Count > _aggregates.First && _random.Percent(35) ? ArrayType() : StructType());
        }

        _program.GroupedTypes = _program.Types.Count;
    }

    /// <summary>Immutable references of functions, never null.</summary>
    private IEnumerable<ProgramField> Methods() => Enumerable.Range(0, _random.Between(1, 3)).Select(_ =>
        new ProgramField(ProgramType.ReferenceTo(_random.Below(_signatures.Count), nullable: false), Packing.None, Mutable: false));

    private ProgramAggregate ArrayType() => new([AnyField()], IsArray: true, Supertype: -1, IsFinal: _random.Percent(70));

    /// <summary>A structure, which may extend one that is there already by more fields, and narrow those that never change.</summary>
    private ProgramAggregate StructType()
    {
        var index = _program.Types.Count;
        var open = Enumerable.Range(0, index).Where(other => _program.Types[other] is ProgramAggregate { IsArray: false, IsFinal: false }).ToList();

        // Now and then a long chain of supertypes: displays have to be looked at where they are longer than usual.
        var supertype = open.Count > 0 && _random.Percent(65) ? _random.Percent(50) ? open[^1] : _random.Pick(open) : -1;
        var fields = supertype >= 0 ? ((ProgramAggregate)_program.Types[supertype]).Fields.Select(Inherited).ToList() : [];
        if (supertype < 0 && _methodTable >= 0 && _random.Percent(60))
        {
            fields.Add(new ProgramField(ProgramType.ReferenceTo(_methodTable, nullable: false), Packing.None, Mutable: false));
        }

        if (_methodTable >= 0 && _program.IsSubtype(supertype, _methodTable))
        {
            fields.AddRange(Methods());
        }

        for (var i = _random.Weighted(15, 30, 25, 15, 10, 5) + (_random.Percent(3) ? 20 : 0); i > 0; i--)
        {
            fields.Add(AnyField());
        }

        if (_random.Percent(35))
        {
            fields.Add(new ProgramField(ProgramType.ReferenceTo(index), Packing.None, _random.Percent(60)));
        }

        return new ProgramAggregate([.. fields], IsArray: false, supertype, IsFinal: open.Count > 0 && _random.Percent(25));
    }

    /// <summary>A field as a subtype has it.</summary>
    private ProgramField Inherited(ProgramField field)
    {
        if (field.Mutable || field.Type.Heap < 0 || !_random.Percent(40))
        {
            return field;
        }

        var below = Enumerable.Range(0, _program.Types.Count).Where(type => _program.IsSubtype(type, field.Type.Heap)).ToList();
        return below.Count == 0 ? field : field with { Type = field.Type with { Heap = _random.Pick(below) } };
    }

    private ProgramField AnyField()
    {
        var type = _random.Percent(45) ? AnyObject() : AnyType();
        var packing = type == ProgramType.I32 ? _random.Weighted(60, 20, 20) switch { 0 => Packing.None, 1 => Packing.I8, _ => Packing.I16 } : Packing.None;
        return new ProgramField(type, packing, _random.Percent(70));
    }

    private void ChooseTags()
    {
        _program.HasLegacyExceptions = _random.Percent(35);
        for (var i = _random.Between(0, 3); i > 0; i--)
        {
            _program.Tags.Add(_program.TypeIndex(new ProgramSignature(Types(_random.Weighted(30, 40, 20, 10)), [])));
        }
    }
}
