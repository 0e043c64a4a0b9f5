using Harness.Dart.Backend;
using Harness.Dart.Ir;
using Harness.Dart.Lowering.Bodies;
using Harness.Dart.Lowering.Dispatch;
using Harness.Dart.Lowering.Module;
using Harness.Dart.Optimization;
using Harness.Dart.Semantics;
using Harness.Dart.Semantics.Checks;

namespace Harness.Dart.Lowering;

/// <summary>
/// Lowers what is reached from <c>main</c>: keeps the list of what is to be lowered. What the module consists of is in rooms of their own, which bodies ask for
/// what they mention.
/// </summary>
internal sealed class ProgramLowering
{
    private const int MaximumErrors = 50;

    // So many failures end the compilation, though they be one error: what many declarations need may take long to fail each time.
    private const int MaximumFailures = 1000;

    private int _failures;

    private readonly Queue<(Action Action, Member? Of)> _work = new();
    private readonly Dictionary<string, IrFunction> _imports = new(StringComparer.Ordinal);

    public ProgramLowering(DartProgram program, DartOptions options)
    {
        Program = program;
        Options = options;
        Types = program.Types;
        Signatures = new Signatures(program, member => Layouts!.Of(member.Owner!), member => EntryLowering.InferInitializer(this, member));
        Types.MemberTypes = Signatures.TypeOf;
        Constants = new ConstEvaluator(this);
        Calls = new VirtualCalls(this);
        var functions = new FuncDefs();
        Target = new TargetTypes(Calls.Header, functions);
        Parts = new ModuleParts { FuncDefs = functions, Tag = new FuncDef([Target.AnyRef, Target.AnyRef], WType.None) };
        Reprs = new Representations(this);
        Layouts = new ClassLayouts(this);
        Selectors = new Selectors(this);
        Reached = new Reachability(this);
        Functions = new MemberFunctions(this);
        Statics = new StaticVariables(this);
        ClosureTables = new ClosureTables(this);
        DynamicCalls = new DynamicCalls(this);
        TypeArguments = new TypeArgumentFunctions(this);
        ClassTests = new ClassTests(this);
        Pool = new ConstantPool(this);
        TypeObjects = new TypeObjects(this);
        Specialisations = new Specialisations(this);
        OwnFields = new OwnFields(this);
        Traces = new StackTraces(this);
        foreach (var cls in program.Classes)
        {
            Selectors.Build(cls);
        }
    }

    /// <summary>The program.</summary>
    public DartProgram Program { get; }

    /// <summary>The choices of the lowering.</summary>
    public DartOptions Options { get; }

    /// <summary>Subtyping and inference.</summary>
    public TypeSystem Types { get; }

    /// <summary>Types of members.</summary>
    public Signatures Signatures { get; }

    /// <summary>Values of constant expressions.</summary>
    public ConstEvaluator Constants { get; }

    /// <summary>What the module consists of.</summary>
    public ModuleParts Parts { get; }

    /// <summary>The places of the program's texts.</summary>
    public SourcePositions Positions { get; } = new();

    /// <inheritdoc cref="StackTraces"/>
    public StackTraces Traces { get; }

    /// <summary>The virtual calls of all that was lowered.</summary>
    public VirtualCalls Calls { get; }

    /// <summary>What objects say of their class.</summary>
    public ObjectHeader Header => Calls.Header;

    /// <inheritdoc cref="TargetTypes"/>
    public TargetTypes Target { get; }

    /// <inheritdoc cref="Representations"/>
    public Representations Reprs { get; }

    /// <inheritdoc cref="ClassLayouts"/>
    public ClassLayouts Layouts { get; }

    /// <inheritdoc cref="Module.Selectors"/>
    public Selectors Selectors { get; }

    /// <inheritdoc cref="Reachability"/>
    public Reachability Reached { get; }

    /// <inheritdoc cref="MemberFunctions"/>
    public MemberFunctions Functions { get; }

    /// <inheritdoc cref="StaticVariables"/>
    public StaticVariables Statics { get; }

    /// <inheritdoc cref="Module.ClosureTables"/>
    public ClosureTables ClosureTables { get; }

    /// <inheritdoc cref="Module.DynamicCalls"/>
    public DynamicCalls DynamicCalls { get; }

    /// <inheritdoc cref="TypeArgumentFunctions"/>
    public TypeArgumentFunctions TypeArguments { get; }

    /// <inheritdoc cref="Module.ClassTests"/>
    public ClassTests ClassTests { get; }

    /// <inheritdoc cref="ConstantPool"/>
    public ConstantPool Pool { get; }

    /// <inheritdoc cref="Module.TypeObjects"/>
    public TypeObjects TypeObjects { get; }

    /// <inheritdoc cref="Module.Specialisations"/>
    public Specialisations Specialisations { get; }

    /// <inheritdoc cref="Module.OwnFields"/>
    public OwnFields OwnFields { get; }

    /// <summary>How many reads of late variables have had their initializers lowered with them.</summary>
    public int LateInitializers { get; set; }

    /// <summary>Compiles the program.</summary>
    /// <returns>The module, with where its code comes from.</returns>
    /// <exception cref="DartCompilationException">The program has errors.</exception>
    public DartModule Compile()
    {
        if (!Program.Main.Declared.TryGetValue("main", out var element) && !Program.Main.Exported.TryGetValue("main", out element) || element is not Member { Kind: MemberKind.Method } main)
        {
            throw new DartCompilationException([new DartError(Program.Main.Units.FirstOrDefault()?.File, 0, "No 'main' method found.")]);
        }

        new DeclarationChecks(Program, Signatures).Run(action => Guard(action));
        Program.ThrowIfErrors();
        var entry = NewFunction("#main");
        entry.Export = "main";
        entry.Result = WType.I32;
        EntryLowering.LowerEntry(this, entry, main);
        new HostExports(this).Run();
        Drain();
        while (ClosureTables.Complete() | DynamicCalls.Complete())
        {
            Drain();
        }

        var unreached = new UnreachedCode(this);
        if (Program.Errors.Count > 0)
        {
            CheckRest(unreached);
        }

        var module = Finish();
        CheckRest(unreached);
        return module;
    }

    private void CheckRest(UnreachedCode unreached)
    {
        unreached.Check();
        Program.Bounds.Run(Types, action => Guard(action));
        Program.ThrowIfErrors();
    }

    private DartModule Finish()
    {
        Calls.Lower();
        ClassTests.Finish();
        Specialisations.Finish();
        TypeObjects.Finish();
        Calls.Finish();
        var takesAccessors = Options.Accessors == AccessorKind.Direct;
        if (Options.InlineLimit > 0 || takesAccessors)
        {
            new Inliner(Parts, Options.InlineLimit, takesAccessors).Run();
            UnusedFunctions.Remove(Parts);
        }

        Layouts.Finish();
        return new ModuleEmitter(Parts, Positions, Options.BranchHints).Emit();
    }

    /// <summary>Runs later, when what is at work is done.</summary>
    /// <param name="action">What is to be done.</param>
    /// <param name="of">The declaration whose text it lowers; null for what the compiler makes itself.</param>
    public void Enqueue(Action action, Member? of = null) => _work.Enqueue((action, of));

    /// <summary>A new global of the module.</summary>
    public IrGlobal NewGlobal(string name, WType type, bool mutable, Node? init)
    {
        var global = new IrGlobal(name, type, mutable) { Init = init };
        Parts.Globals.Add(global);
        return global;
    }

    /// <summary>A new function of the module.</summary>
    public IrFunction NewFunction(string name)
    {
        var function = new IrFunction(name);
        Parts.Functions.Add(function);
        return function;
    }

    /// <summary>Adds a statement to what runs when the module is instantiated.</summary>
    public void AtStart(Node statement)
    {
        if (Parts.Start is null)
        {
            Parts.Start = NewFunction("#start");
            Parts.Start.Body = new Node { Op = IrOp.Seq, Body = [] };
        }

        Parts.Start.Body!.Body!.Add(statement);
    }

    /// <summary>A function of the host.</summary>
    public IrFunction Import(string name, WType[] parameters, WType result)
    {
        if (_imports.TryGetValue(name, out var function))
        {
            return function;
        }

        function = NewFunction("host." + name);
        foreach (var p in parameters)
        {
            function.AddParam(p, "p");
        }

        function.Result = result;
        function.Import = ("host", name);
        return _imports[name] = function;
    }

    private void Drain()
    {
        while (_work.TryDequeue(out var work))
        {
            Guard(work.Action);
        }
    }

    /// <summary>Does of what is to be done what lowers the text of a declaration that <paramref name="isWanted"/> takes, and forgets the rest.</summary>
    public void Drain(Func<Member, bool> isWanted)
    {
        while (_work.TryDequeue(out var work))
        {
            if (work.Of is { } member && isWanted(member))
            {
                Guard(work.Action, skipUnsupported: true);
            }
        }
    }

    /// <summary>Runs something, and notes the error by which it ends early; what the compiler lacks only if <paramref name="skipUnsupported"/> does not say otherwise.</summary>
    public void Guard(Action action, bool skipUnsupported = false)
    {
        try
        {
            action();
        }
        catch (DartErrorException e)
        {
            if (!(skipUnsupported && e.IsUnsupported) && Program.Errors.Count < MaximumErrors && !Program.Errors.Contains(e.Error))
            {
                Program.Errors.Add(e.Error);
            }

            if (++_failures >= MaximumFailures)
            {
                Program.ThrowIfErrors();
            }
        }
    }
}
