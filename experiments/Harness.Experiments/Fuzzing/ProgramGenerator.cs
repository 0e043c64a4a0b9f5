using Harness.Engine.Modules;
using Harness.Experiments.Fuzzing.Programs;

namespace Harness.Experiments.Fuzzing;

/// <summary>
/// Makes up a random program. Three rules keep it useful: it terminates, since every loop and every call takes from a
/// limited supply of fuel and the depth of calls is a parameter; it is deterministic, since the bits of a NaN that was computed
/// are made canonical before anything can see them; and it seldom traps, since addresses, indices and divisors are mostly brought
/// into range.
/// </summary>
internal sealed partial class ProgramGenerator(ulong seed, ProgramProfile profile)
{
    /// <summary>The i32 global with the fuel that is left.</summary>
    public const int FuelGlobal = 0;

    /// <summary>The i32 global with the argument of the exported call that is running, for choices that change by phase.</summary>
    public const int PhaseGlobal = 1;

    /// <summary>Entries of a table that belong to one signature.</summary>
    public const int RegionSize = 8;

    /// <summary>The arguments of the exported calls: first the same one, so that feedback settles, then others, so that it fails.</summary>
    private static readonly int[] CallArguments = [0, 0, 0, 0, 1, 1, 2, 3, 3, 4, 5, 6, 7, 8, 0, 1, 100, -1, int.MinValue, 12345];

    /// <summary>Whether a program has vectors is decided apart, so that those without are what they would be if there were none.</summary>
    private const ulong VectorSeed = 0x5644_3132_3820_2121;

    /// <summary>The same for arithmetic on 128 bits.</summary>
    private const ulong WideSeed = 0x4D55_4C2D_5749_4445;

    /// <summary>The same for descriptors.</summary>
    private const ulong DescriptorSeed = 0x4445_5343_5249_4245;

    /// <summary>The same for what <see cref="ProgramProfile.Full"/> adds to memories and tables.</summary>
    private const ulong MemorySeed = 0x4D45_4D4F_5249_4553, TableSeed = 0x5441_424C_4536_3421, FixedTableSeed = 0x4649_5845_4454_4142;

    private readonly RandomSource _random = new(seed);
    private readonly RandomProgram _program = new() { Seed = seed, Profile = profile, HasVectors = new RandomSource(seed ^ VectorSeed).Percent(35) };

    /// <summary>The same for the shapes of its code.</summary>
    private const ulong ShapeSeed = 0x5348_4150_4553_2121;

    /// <summary>The functions of each signature, by index.</summary>
    private readonly List<List<int>> _functionsBySignature = [];

    public RandomProgram Generate()
    {
        ChooseSignatures();
        ChooseAggregates();
        ChooseTags();
        ChooseImports();
        ChooseFunctions();
        ChooseWideArithmetic();
        ChooseDescriptors();
        ChooseMemories();
        var context = new ProgramContext(_program, _signatures, _functionsBySignature, Danger(), Emphasis.Random(_random), ChooseShapes());
        ChooseTables(context);
        ChooseGlobals(context);
        ChooseObjectSegments(context);
        ChooseWideTables();
        FixTables();
        var runs = AddExports();
        FillBodies(context, runs);
        ScheduleCalls(runs);
        return _program;
    }

    private void ChooseFunctions()
    {
        for (var i = 0; i < _signatures.Count; i++)
        {
            _functionsBySignature.Add([]);
        }

        var count = _random.Between(_signatures.Count + 2, _signatures.Count + 8);
        for (var i = 0; i < count; i++)
        {
            var signature = i < _signatures.Count ? i : Math.Min(_random.Below(_signatures.Count), _random.Below(_signatures.Count));
            _functionsBySignature[signature].Add(_program.Functions.Count);
            _program.Functions.Add(new ProgramFunction(signature));
        }
    }

    /// <summary>Decides about arithmetic on 128 bits apart, too.</summary>
    private void ChooseWideArithmetic()
    {
        if (new RandomSource(seed ^ WideSeed).Percent(20))
        {
            WideFunctions.AddTo(_program);
        }
    }

    /// <summary>Decides about objects with descriptors apart, too.</summary>
    private void ChooseDescriptors()
    {
        if (new RandomSource(seed ^ DescriptorSeed).Percent(20))
        {
            DescriptorFunction.AddTo(_program);
        }
    }

    private void ChooseMemories()
    {
        _program.Memories.Add(new ProgramMemory(_random.Between(1, 2), _random.Between(2, 4), Is64: false));
        if (_random.Percent(15))
        {
            _program.Memories.Add(new ProgramMemory(1, _random.Between(1, 3), Is64: _random.Percent(50)));
        }

        ChooseAtomics();
        ChooseFurtherMemories();
        _program.Data.Add(new ProgramData(_random.Below(200), Bytes(_random.Between(20, 200))));
        _program.Data.Add(new ProgramData(-1, Bytes(_random.Between(40, 140))));
    }

    /// <summary>Decides about atomics by another sequence of numbers, so that programs without them are what they would be if there were none.</summary>
    private void ChooseAtomics()
    {
        var choices = new RandomSource(~_program.Seed);
        _program.HasAtomics = choices.Percent(30);
        for (var i = 0; _program.HasAtomics && i < _program.Memories.Count; i++)
        {
            _program.Memories[i] = _program.Memories[i] with { IsShared = choices.Percent(60) };
        }
    }

    /// <summary>Decides apart, too, about memories after the second, and which of all have pages of one byte.</summary>
    private void ChooseFurtherMemories()
    {
        var choices = new RandomSource(seed ^ MemorySeed);
        if (profile == ProgramProfile.Basic || choices.Percent(40))
        {
            return;
        }

        for (var i = choices.Weighted(40, 20, 25, 15); i > 0; i--)
        {
            _program.Memories.Add(new ProgramMemory(1, choices.Between(1, 3), Is64: choices.Percent(50)));
        }

        for (var i = 0; i < _program.Memories.Count; i++)
        {
            _program.Memories[i] = _program.Memories[i] with { HasBytePages = !_program.Memories[i].IsShared && choices.Percent(35) };
        }
    }

    /// <summary>And about tables with indices of 64 bits.</summary>
    private void ChooseWideTables()
    {
        var choices = new RandomSource(seed ^ TableSeed);
        if (profile == ProgramProfile.Basic || choices.Percent(50))
        {
            return;
        }

        for (var i = 0; i < _program.Tables.Count; i++)
        {
            _program.Tables[i] = _program.Tables[i] with { Is64 = choices.Percent(60) };
        }
    }

    /// <summary>And about tables of functions that nothing changes, with equal ones in a row, as compilers lay out methods that classes inherit.</summary>
    private void FixTables()
    {
        var choices = new RandomSource(seed ^ FixedTableSeed);
        if (profile == ProgramProfile.Basic)
        {
            return;
        }

        for (var i = 0; i < _program.Tables.Count; i++)
        {
            var table = _program.Tables[i];
            if (table.HoldsObjects || choices.Percent(50))
            {
                continue;
            }

            _program.Tables[i] = table with { IsFixed = true };
            if (choices.Percent(20))
            {
                continue;
            }

            var items = _program.Elements.Single(segment => segment.Table == i).Items;
            var rows = items.Chunk(RegionSize).SelectMany(region => region.OrderBy(item => item.Opcode == Opcode.RefFunc ? item.Immediates[0] : -1)).ToList();
            items.Clear();
            items.AddRange(rows);
        }
    }

    private ProgramShapes ChooseShapes() =>
        profile == ProgramProfile.Basic ? ProgramShapes.None : ProgramShapes.Random(new RandomSource(seed ^ ShapeSeed));

    private byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++)
        {
            bytes[i] = (byte)_random.Next();
        }

        return bytes;
    }

    private void ChooseTables(ProgramContext context)
    {
        AddTable(context, ProgramType.FuncRef, [.. Enumerable.Range(0, _signatures.Count)]);
        if (_random.Percent(25))
        {
            AddTable(context, ProgramType.FuncRef, [.. Enumerable.Range(0, _signatures.Count).Reverse()]);
        }

        if (_random.Percent(30))
        {
            var signature = _random.Below(_signatures.Count);
            AddTable(context, ProgramType.ReferenceTo(signature), [signature]);
        }

        if (_aggregates.Count > 0 && _random.Percent(60))
        {
            var extra = _random.Below(20);
            _program.Tables.Add(new ProgramTable(AnyObject(), [], RegionSize, RegionSize + extra));
        }

        var items = new List<ProgramNode>();
        for (var i = _random.Between(0, 10); i > 0; i--)
        {
            items.Add(FunctionReference(_random.Below(_program.Functions.Count)));
        }

        _program.Elements.Add(new ProgramElements(-1, ProgramType.FuncRef, items));
    }

    /// <summary>Adds segments for the arrays and tables of objects.</summary>
    private void ChooseObjectSegments(ProgramContext context)
    {
        var types = context.Arrays.Select(array => context.Aggregate(array).Fields[0].Type)
            .Concat(_program.Tables.Where(table => table.HoldsObjects).Select(table => table.Type));
        foreach (var type in types.Where(type => type.IsReference && !context.IsFunction(type)).Distinct().ToList())
        {
            var items = Enumerable.Range(0, _random.Between(4, 12)).Select(_ => ObjectFactory.Value(type, context, _random, 2)).ToList();
            _program.Elements.Add(new ProgramElements(-1, type, items));
        }
    }

    /// <summary>Adds a table with a region for each of the given signatures; how many different functions are in one varies.</summary>
    private void AddTable(ProgramContext context, ProgramType type, int[] regions)
    {
        var items = new List<ProgramNode>();
        foreach (var signature in regions)
        {
            var functions = context.FunctionsBelow[signature];
            var targets = _random.Between(Math.Min(functions.Count, 2), Math.Min(functions.Count, RegionSize));
            for (var i = 0; i < RegionSize; i++)
            {
                items.Add(_random.Percent(1) ? ProgramNode.Zero(type) : FunctionReference(functions[i % targets]));
            }
        }

        var size = items.Count + _random.Below(3);
        _program.Elements.Add(new ProgramElements(_program.Tables.Count, type, items));
        _program.Tables.Add(new ProgramTable(type, regions, size, size + _random.Below(20)));
    }

    private ProgramNode FunctionReference(int function) =>
        new(Opcode.RefFunc, [ProgramType.ReferenceTo(_program.Functions[function].Type, nullable: false)])
        {
            Immediates = [function],
        };

    private void ChooseGlobals(ProgramContext context)
    {
        AddGlobal(ProgramType.I32, mutable: true, ProgramNode.I32Const(0));
        AddGlobal(ProgramType.I32, mutable: true, ProgramNode.I32Const(0));
        foreach (var type in ProgramType.Numbers)
        {
            AddGlobal(type, mutable: true, Constants.Random(type, _random));
            if (_random.Percent(50))
            {
                AddGlobal(type, mutable: _random.Percent(40), Constants.Random(type, _random));
            }
        }

        for (var i = _program.HasVectors ? _random.Between(1, 3) : 0; i > 0; i--)
        {
            AddGlobal(ProgramType.V128, mutable: _random.Percent(70), Constants.Random(ProgramType.V128, _random));
        }

        if (_random.Percent(50))
        {
            AddReferenceGlobal(ProgramType.FuncRef, _random.Below(_program.Functions.Count));
        }

        if (_aggregates.Count > 0 && _random.Percent(50))
        {
            AddGlobal(_random.Percent(50) ? ProgramType.AnyRef : ProgramType.EqRef, mutable: true, ProgramNode.Zero(ProgramType.EqRef));
        }

        for (var i = _methodTable >= 0 ? _random.Between(2, 4) : 0; i > 0; i--)
        {
            AddGlobal(ProgramType.ReferenceTo(_methodTable, nullable: false), mutable: false, ObjectFactory.Constant(_methodTable, context, _random, 1));
        }

        for (var i = 0; i < _aggregates.Count; i++)
        {
            if (_random.Percent(50))
            {
                AddObjectGlobal(_aggregates.First + i, context);
            }
        }

        for (var i = 0; i < _signatures.Count; i++)
        {
            if (_random.Percent(50))
            {
                AddReferenceGlobal(ProgramType.ReferenceTo(i), _random.Pick(context.FunctionsBelow[i]));
            }
        }
    }

    /// <summary>A global with an object in it: with immutable ones, and objects of immutable fields, there is something to see through.</summary>
    private void AddObjectGlobal(int type, ProgramContext context)
    {
        var isMutable = _random.Percent(60);
        var initial = ObjectFactory.Constant(type, context, _random, 2);
        AddGlobal(ProgramType.ReferenceTo(type, nullable: isMutable || _random.Percent(50)), isMutable, initial);
    }

    private void AddReferenceGlobal(ProgramType type, int function) => AddGlobal(type, mutable: _random.Percent(80), FunctionReference(function));

    private void AddGlobal(ProgramType type, bool mutable, ProgramNode initial) =>
        _program.Globals.Add(new ProgramGlobal(type, mutable, initial));

    private List<ProgramFunction> AddExports()
    {
        var runs = new List<ProgramFunction>();
        var type = _program.TypeIndex(new ProgramSignature([ProgramType.I32], [ProgramType.I64]));
        for (var i = _random.Between(1, 3); i > 0; i--)
        {
            runs.Add(new ProgramFunction(type) { Export = $"run{runs.Count}" });
        }

        _program.Functions.AddRange(runs);
        return runs;
    }

    /// <summary>How likely an operation is left unprotected: most programs hardly ever trap, some often.</summary>
    private int Danger() => _random.Weighted(50, 30, 20) switch { 0 => 0, 1 => 1, _ => 5 };

    private void FillBodies(ProgramContext context, List<ProgramFunction> runs)
    {
        foreach (var function in _program.Functions.Where(function => function.Import is null && !function.IsFixed))
        {
            var isRun = runs.Contains(function);
            var role = isRun ? FunctionRole.Run : _random.Percent(40) ? FunctionRole.Leaf : FunctionRole.General;
            var size = role switch
            {
                FunctionRole.Leaf => _random.Weighted(50, 40, 10) switch { 0 => 5, 1 => 25, _ => 100 },
                _ => _random.Weighted(25, 40, 25, 10) switch { 0 => 30, 1 => 80, 2 => 200, _ => 500 },
            };
            new BodyGenerator(context, function, role, size, _random).Generate();
        }

        _program.Functions.Add(StateDigest.Create(_program));
    }

    private void ScheduleCalls(List<ProgramFunction> runs)
    {
        foreach (var argument in CallArguments)
        {
            foreach (var run in runs)
            {
                _program.Calls.Add(new ProgramCall(run.Export!, argument));
            }
        }

        _program.Calls.Insert(_program.Calls.Count / 2, new ProgramCall(StateDigest.Export, 0));
        _program.Calls.Add(new ProgramCall(StateDigest.Export, 0));
    }
}
