using Harness.Engine.Modules;

namespace Harness.Experiments.Fuzzing;

/// <summary>
/// Makes up a random program. Three rules keep it useful: it terminates, since every loop and every call takes from a
/// limited supply of fuel and the depth of calls is a parameter; it is deterministic, since the bits of a NaN are made
/// canonical before anything can see them; and it seldom traps, since addresses, indices and divisors are mostly brought
/// into range.
/// </summary>
internal sealed class ProgramGenerator(ulong seed)
{
    /// <summary>The i32 global with the fuel that is left.</summary>
    public const int FuelGlobal = 0;

    /// <summary>The i32 global with the argument of the exported call that is running, for choices that change by phase.</summary>
    public const int PhaseGlobal = 1;

    /// <summary>Entries of a table that belong to one signature.</summary>
    public const int RegionSize = 8;

    /// <summary>The arguments of the exported calls: first the same one, so that feedback settles, then others, so that it fails.</summary>
    private static readonly int[] CallArguments = [0, 0, 0, 0, 1, 1, 2, 3, 3, 4, 5, 6, 7, 8, 0, 1, 100, -1, int.MinValue, 12345];

    private readonly RandomSource random = new(seed);
    private readonly RandomProgram program = new() { Seed = seed };

    /// <summary>The types that functions other than the exported ones may have; every one has at least one function.</summary>
    private readonly List<ProgramSignature> signatures = [];

    /// <summary>The indices of the structures and arrays.</summary>
    private (int First, int Count) aggregates;

    /// <summary>The functions of each signature, by index.</summary>
    private readonly List<List<int>> functionsBySignature = [];

    public RandomProgram Generate()
    {
        ChooseSignatures();
        ChooseAggregates();
        ChooseTags();
        ChooseFunctions();
        ChooseMemories();
        ChooseTables();
        ChooseGlobals();
        var runs = AddExports();
        FillBodies(runs);
        ScheduleCalls(runs);
        return program;
    }

    private void ChooseSignatures()
    {
        // The structures and arrays follow the signatures, which may name them already.
        var count = random.Between(1, 4);
        aggregates = (count, random.Percent(80) ? random.Between(3, 8) : 0);
        while (signatures.Count < count)
        {
            // The first parameter is the depth of calls that is left.
            ProgramType[] parameters = [ProgramType.I32, .. Types(random.Weighted(20, 30, 20, 10, 8, 5) + (random.Percent(6) ? 9 : 0))];
            var results = Types(random.Weighted(8, 72, 10, 5) + (random.Percent(4) ? 4 : 0));
            var signature = new ProgramSignature(parameters, results);
            if (signatures.Contains(signature))
                continue;
            signatures.Add(signature);
            program.TypeIndex(signature);
        }
    }

    private ProgramType[] Types(int count)
    {
        var types = new ProgramType[count];
        for (var i = 0; i < count; i++)
            types[i] = AnyType();
        return types;
    }

    /// <summary>A type, mostly of a number; references name only signatures that exist already.</summary>
    private ProgramType AnyType() => random.Weighted(38, 24, 15, 20, 3, aggregates.Count > 0 ? 20 : 0) switch
    {
        5 => AnyObject(),
        4 => signatures.Count > 0 && random.Percent(60) ? ProgramType.ReferenceTo(random.Below(signatures.Count)) : ProgramType.FuncRef,
        var number => ProgramType.Numbers[number],
    };

    /// <summary>A type of references to objects, with null.</summary>
    private ProgramType AnyObject() => random.Weighted(70, 8, 8, 5, 4, 3, 2) switch
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
        for (var i = 0; i < aggregates.Count; i++)
            program.Types.Add(i > 0 && random.Percent(35) ? ArrayType() : StructType());
    }

    private ProgramAggregate ArrayType() => new([AnyField()], IsArray: true, Supertype: -1, IsFinal: random.Percent(70));

    /// <summary>A structure, which may extend one that is there already by more fields.</summary>
    private ProgramAggregate StructType()
    {
        var open = Enumerable.Range(0, program.Types.Count).Where(index => program.Types[index] is ProgramAggregate { IsArray: false, IsFinal: false }).ToList();
        var supertype = open.Count > 0 && random.Percent(60) ? random.Pick(open) : -1;
        var fields = supertype >= 0 ? ((ProgramAggregate)program.Types[supertype]).Fields.ToList() : [];
        for (var i = random.Weighted(15, 30, 25, 15, 10, 5) + (random.Percent(3) ? 20 : 0); i > 0; i--)
            fields.Add(AnyField());
        return new ProgramAggregate([.. fields], IsArray: false, supertype, IsFinal: open.Count > 0 && random.Percent(30));
    }

    private ProgramField AnyField()
    {
        var type = random.Percent(45) ? AnyObject() : AnyType();
        var packing = type == ProgramType.I32 ? random.Weighted(60, 20, 20) switch { 0 => Packing.None, 1 => Packing.I8, _ => Packing.I16 } : Packing.None;
        return new ProgramField(type, packing, random.Percent(70));
    }

    private void ChooseTags()
    {
        for (var i = random.Between(0, 3); i > 0; i--)
            program.Tags.Add(program.TypeIndex(new ProgramSignature(Types(random.Weighted(30, 40, 20, 10)), [])));
    }

    private void ChooseFunctions()
    {
        for (var i = 0; i < signatures.Count; i++)
            functionsBySignature.Add([]);
        var count = random.Between(Math.Max(4, signatures.Count), 12);
        for (var i = 0; i < count; i++)
        {
            var signature = i < signatures.Count ? i : Math.Min(random.Below(signatures.Count), random.Below(signatures.Count));
            functionsBySignature[signature].Add(i);
            program.Functions.Add(new ProgramFunction(signature));
        }
    }

    private void ChooseMemories()
    {
        program.Memories.Add(new ProgramMemory(random.Between(1, 2), random.Between(2, 4), Is64: false));
        if (random.Percent(15))
            program.Memories.Add(new ProgramMemory(1, random.Between(1, 3), Is64: random.Percent(50)));
        program.Data.Add(new ProgramData(random.Below(200), Bytes(random.Between(20, 200))));
        program.Data.Add(new ProgramData(-1, Bytes(random.Between(0, 100))));
    }

    private byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++)
            bytes[i] = (byte)random.Next();
        return bytes;
    }

    private void ChooseTables()
    {
        AddTable(ProgramType.FuncRef, [.. Enumerable.Range(0, signatures.Count)]);
        if (random.Percent(25))
            AddTable(ProgramType.FuncRef, [.. Enumerable.Range(0, signatures.Count).Reverse()]);
        if (random.Percent(30))
        {
            var signature = random.Below(signatures.Count);
            AddTable(ProgramType.ReferenceTo(signature), [signature]);
        }
        var items = new List<ProgramNode>();
        for (var i = random.Between(0, 10); i > 0; i--)
            items.Add(FunctionReference(random.Below(program.Functions.Count)));
        program.Elements.Add(new ProgramElements(-1, ProgramType.FuncRef, items));
    }

    /// <summary>Adds a table with a region for each of the given signatures; how many different functions are in one varies.</summary>
    private void AddTable(ProgramType type, int[] regions)
    {
        var items = new List<ProgramNode>();
        foreach (var signature in regions)
        {
            var functions = functionsBySignature[signature];
            var targets = random.Between(1, Math.Min(functions.Count, RegionSize));
            for (var i = 0; i < RegionSize; i++)
                items.Add(random.Percent(1) ? ProgramNode.Zero(type) : FunctionReference(functions[i % targets]));
        }
        var size = items.Count + random.Below(3);
        program.Elements.Add(new ProgramElements(program.Tables.Count, type, items));
        program.Tables.Add(new ProgramTable(type, regions, size, size + random.Below(20)));
    }

    private ProgramNode FunctionReference(int function) =>
        new(Opcode.RefFunc, [ProgramType.ReferenceTo(program.Functions[function].Type, nullable: false)]) { Immediates = [function] };

    private void ChooseGlobals()
    {
        AddGlobal(ProgramType.I32, mutable: true, ProgramNode.I32Const(0));
        AddGlobal(ProgramType.I32, mutable: true, ProgramNode.I32Const(0));
        foreach (var type in ProgramType.Numbers)
        {
            AddGlobal(type, mutable: true, Constants.Random(type, random));
            if (random.Percent(50))
                AddGlobal(type, mutable: random.Percent(40), Constants.Random(type, random));
        }
        if (random.Percent(50))
            AddReferenceGlobal(ProgramType.FuncRef, random.Below(program.Functions.Count));
        if (aggregates.Count > 0 && random.Percent(50))
            AddGlobal(random.Percent(50) ? ProgramType.AnyRef : ProgramType.EqRef, mutable: true, ProgramNode.Zero(ProgramType.EqRef));
        var context = new ProgramContext(program, signatures, functionsBySignature, 0);
        for (var i = 0; i < aggregates.Count; i++)
        {
            if (random.Percent(50))
                AddObjectGlobal(aggregates.First + i, context);
        }
        for (var i = 0; i < signatures.Count; i++)
        {
            if (random.Percent(50))
                AddReferenceGlobal(ProgramType.ReferenceTo(i), random.Pick(functionsBySignature[i]));
        }
    }

    /// <summary>A global with an object in it: with immutable ones, and objects of immutable fields, there is something to see through.</summary>
    private void AddObjectGlobal(int type, ProgramContext context)
    {
        var isMutable = random.Percent(60);
        var initial = ObjectFactory.Constant(type, context, random, 2);
        AddGlobal(ProgramType.ReferenceTo(type, nullable: isMutable || random.Percent(50)), isMutable, initial);
    }

    private void AddReferenceGlobal(ProgramType type, int function) => AddGlobal(type, mutable: random.Percent(80), FunctionReference(function));

    private void AddGlobal(ProgramType type, bool mutable, ProgramNode initial) =>
        program.Globals.Add(new ProgramGlobal(type, mutable, initial));

    private List<ProgramFunction> AddExports()
    {
        var runs = new List<ProgramFunction>();
        var type = program.TypeIndex(new ProgramSignature([ProgramType.I32], [ProgramType.I64]));
        for (var i = random.Between(1, 3); i > 0; i--)
            runs.Add(new ProgramFunction(type) { Export = $"run{runs.Count}" });
        program.Functions.AddRange(runs);
        return runs;
    }

    private void FillBodies(List<ProgramFunction> runs)
    {
        // How likely an operation is left unprotected: most programs hardly ever trap, some often.
        var danger = random.Weighted(50, 30, 20) switch { 0 => 0, 1 => 1, _ => 5 };
        var context = new ProgramContext(program, signatures, functionsBySignature, danger);
        foreach (var function in program.Functions)
        {
            var isRun = runs.Contains(function);
            var role = isRun ? FunctionRole.Run : random.Percent(40) ? FunctionRole.Leaf : FunctionRole.General;
            var size = role switch
            {
                FunctionRole.Leaf => random.Weighted(50, 40, 10) switch { 0 => 5, 1 => 25, _ => 100 },
                _ => random.Weighted(25, 40, 25, 10) switch { 0 => 30, 1 => 80, 2 => 200, _ => 500 },
            };
            new BodyGenerator(context, function, role, size, random).Generate();
        }
        program.Functions.Add(StateDigest.Create(program));
    }

    private void ScheduleCalls(List<ProgramFunction> runs)
    {
        foreach (var argument in CallArguments)
            foreach (var run in runs)
                program.Calls.Add(new ProgramCall(run.Export!, argument));
        program.Calls.Insert(program.Calls.Count / 2, new ProgramCall(StateDigest.Export, 0));
        program.Calls.Add(new ProgramCall(StateDigest.Export, 0));
    }
}
