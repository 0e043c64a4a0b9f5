using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Harness.Engine.Modules.Decoding;

namespace Harness.Engine.Modules.Validation;

/// <summary>
/// Validates the function bodies of a module one by one, each when somebody needs it first (knob <c>compile.lazy-validation</c>), and finds out what else is asked of them: of
/// the bodies that are valid it is what is found out where all are validated when the module is decoded. Safe for use by several threads.
/// </summary>
/// <remarks>
/// What must be known of a function before it is compiled, such as whether it has vectors, comes with its validation. What its callers must know of it is read from its bytes without validating them
/// (<see cref="LateTailCalls"/>), and so is what instances must know of all bodies (<see cref="Facts"/>): a body that is not valid is never run, so that what is read of it does not matter.
/// </remarks>
internal sealed class LateValidation
{
    /// <summary>A verdict: the body is valid, and has nothing to do with vectors.</summary>
    private static readonly object Valid = new();

    /// <summary>A verdict: the body is valid, and has to do with vectors.</summary>
    private static readonly object ValidWithVectors = new();

    private readonly ModuleEnvironment _environment;
    private readonly byte[] _bytes;
    private readonly int _importedFunctions;
    private readonly (int Start, int End, bool HasVectors)[] _bodies;

    /// <summary>By body, one of the above, or what is wrong with it; null before it was validated.</summary>
    private readonly object?[] _verdicts;
    private readonly LateTailCalls _tailCalls;
    private readonly Lazy<BodyFacts> _facts;

    /// <summary>A validator that nobody uses at the moment; null if there is none.</summary>
    private FunctionValidator? _idle;
    private int _validCount;

    /// <summary>Nothing is validated yet.</summary>
    /// <param name="environment">What the module declares, all of it.</param>
    /// <param name="bytes">The module's bytes, in a pinned array that nobody writes to.</param>
    /// <param name="importedFunctions">Number of imported functions, which come first.</param>
    /// <param name="bodies">Where the bodies start and end.</param>
    public LateValidation(ModuleEnvironment environment, byte[] bytes, int importedFunctions, (int Start, int End, bool HasVectors)[] bodies)
    {
        // The validators of several threads note what bodies do.
        _ = environment.Bodies;
        _environment = environment;
        _bytes = bytes;
        _importedFunctions = importedFunctions;
        _bodies = bodies;
        _verdicts = new object?[bodies.Length];
        _tailCalls = new LateTailCalls(this, importedFunctions, importedFunctions + bodies.Length);
        _facts = new Lazy<BodyFacts>(FindFacts);
    }

    /// <summary>Whether all bodies were validated and are valid.</summary>
    public bool IsComplete => Volatile.Read(ref _validCount) == _bodies.Length;

    /// <summary>What the bodies do to tables and references. All of them are read when it is first asked for.</summary>
    public BodyFacts Facts => _facts.Value;

    /// <summary>What is wrong with a function's body; null if it is valid, or the function is imported.</summary>
    public ModuleException? FaultOf(int function) => function < _importedFunctions ? null : VerdictOf(function - _importedFunctions) as ModuleException;

    /// <summary>Whether a function that is valid has anything to do with vectors.</summary>
    public bool HasVectors(int function) => function >= _importedFunctions && VerdictOf(function - _importedFunctions) == ValidWithVectors;

    /// <inheritdoc cref="FunctionInfo.MayLeaveInstance"/>
    public bool MayLeaveInstance(int function) => function >= _importedFunctions && _tailCalls.MayLeave(function);

    /// <summary>Validates the bodies that were not yet, up to the first that is not valid.</summary>
    /// <returns>Whether all are valid.</returns>
    public bool TryComplete()
    {
        for (var i = 0; i < _bodies.Length; i++)
        {
            if (VerdictOf(i) is ModuleException)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A reader that stands on the vector of locals of a body that nobody may have checked.</summary>
    public unsafe ModuleReader Open(int function)
    {
        var (start, end, _) = _bodies[function - _importedFunctions];
        return new ModuleReader((byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_bytes)), _bytes.Length).Slice(start, end);
    }

    private object VerdictOf(int body) => Volatile.Read(ref _verdicts[body]) ?? Validate(body);

    /// <summary>Validates a body. Where two threads do it, they come to the same verdict.</summary>
    private object Validate(int body)
    {
        var validator = Interlocked.Exchange(ref _idle, null) ?? new FunctionValidator(_environment, new TailCallGraph());
        var verdict = Validate(validator, body);

        var isValid = verdict is not ModuleException;
        if (isValid)
        {
            Volatile.Write(ref _idle, validator);
        }

        if (Interlocked.CompareExchange(ref _verdicts[body], verdict, null) is { } known)
        {
            return known;
        }

        if (isValid)
        {
            Interlocked.Increment(ref _validCount);
        }

        return verdict;
    }

    private object Validate(FunctionValidator validator, int body)
    {
        var function = _importedFunctions + body;
        try
        {
            try
            {
                return validator.Validate(function, Open(function)) ? ValidWithVectors : Valid;
            }
            catch (InvalidModuleException fault)
            {
                // What is both malformed and invalid counts as malformed.
                BodyScanner.Scan(_environment, Open(function));
                return fault;
            }
        }
        catch (ModuleException fault)
        {
            return fault;
        }
    }

    private BodyFacts FindFacts()
    {
        var (tables, functions) = (_environment.Tables.Count, _environment.Functions.Count);
        var facts = new BodyFacts(tables, functions);
        for (var i = 0; i < _bodies.Length; i++)
        {
            BodyScanner.Walk(Open(_importedFunctions + i), Note);
        }

        return facts;

        void Note(Opcode opcode, ModuleReader immediates)
        {
            switch (opcode)
            {
                case Opcode.TableInit:
                    immediates.ReadVarU32();
                    NoteWrite(immediates.ReadVarU32());
                    break;
                case Opcode.TableSet or Opcode.TableGrow or Opcode.TableFill or Opcode.TableCopy:
                    NoteWrite(immediates.ReadVarU32());
                    break;
                case Opcode.RefFunc when immediates.ReadVarU32() is var index && index < (uint)functions:
                    facts.NoteReference((int)index);
                    break;
            }
        }

        void NoteWrite(uint table)
        {
            if (table < (uint)tables)
            {
                facts.NoteWrite((int)table);
            }
        }
    }
}
