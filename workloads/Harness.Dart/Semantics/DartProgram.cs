using Harness.Dart.Semantics.Checks;

namespace Harness.Dart.Semantics;

/// <summary>All libraries of a program with their classes, and what the language knows by name.</summary>
internal sealed class DartProgram
{
    /// <param name="path">The file that has <c>main</c>.</param>
    /// <param name="packages">Folders of packages by name.</param>
    /// <param name="hasNumberLists">Whether the core library has lists of numbers without boxes.</param>
    public DartProgram(string path, IReadOnlyDictionary<string, string> packages, bool hasNumberLists = false)
    {
        Loader = new LibraryLoader(packages, Errors);
        Main = Loader.LoadMain(path, hasNumberLists);
        ThrowIfErrors();
        Core = Loader.Find("dart:core")!;
        Types = new TypeSystem(this);
        NumberTypes = new NumberTypes(this);
        ChangingNames = new ChangingNames(this);
        var builder = new ClassBuilder(this);
        builder.BuildAll();
        ThrowIfErrors();
    }

    public LibraryLoader Loader { get; }
    public Library Main { get; }
    public Library Core { get; }
    public List<DartError> Errors { get; } = [];
    public TypeSystem Types { get; }

    /// <inheritdoc cref="Semantics.Nesting"/>
    public Nesting Nesting { get; } = new();

    /// <summary>Types of arithmetic.</summary>
    public NumberTypes NumberTypes { get; }

    /// <inheritdoc cref="Semantics.ChangingNames"/>
    public ChangingNames ChangingNames { get; }

    /// <summary>Type arguments in the program's own text.</summary>
    public BoundChecks Bounds { get; } = new();

    /// <summary>All classes, applications of mixins included, superclasses before their subclasses.</summary>
    public List<ClassElement> Classes { get; } = [];

    private readonly Dictionary<string, ClassElement> _coreClasses = [];

    /// <summary>A class of a library of the core, also where it is private.</summary>
    public ClassElement CoreClass(string name)
    {
        if (_coreClasses.TryGetValue(name, out var found))
        {
            return found;
        }

        foreach (var library in Loader.All)
        {
            if (library.IsCore && library.Declared.TryGetValue(name, out var element) && element is ClassElement cls)
            {
                return _coreClasses[name] = cls;
            }
        }

        throw new InvalidOperationException($"the core library has no class '{name}'");
    }

    public Member CoreFunction(string name)
    {
        // Private names of the core are mangled by the lexer.
        if (name[0] == '_')
        {
            name = "_$core" + name[1..];
        }

        foreach (var library in Loader.All)
        {
            if (library.IsCore && library.Declared.TryGetValue(name, out var element) && element is Member member)
            {
                return member;
            }
        }

        throw new InvalidOperationException($"the core library has no function '{name}'");
    }

    public InterfaceType Type(string name, params DartType[] args) => new(CoreClass(name), args);

    public InterfaceType Object => _object ??= Type("Object");
    private InterfaceType? _object;
    public InterfaceType Int => _int ??= Type("int");
    private InterfaceType? _int;
    public InterfaceType Double => _double ??= Type("double");
    private InterfaceType? _double;
    public InterfaceType Num => _num ??= Type("num");
    private InterfaceType? _num;
    public InterfaceType Bool => _bool ??= Type("bool");
    private InterfaceType? _bool;
    public InterfaceType String => _string ??= Type("String");
    private InterfaceType? _string;
    public InterfaceType Function => _function ??= Type("Function");
    private InterfaceType? _function;
    public InterfaceType Record => _record ??= Type("Record");
    private InterfaceType? _record;

    public void ThrowIfErrors()
    {
        if (Errors.Count > 0)
        {
            throw new DartCompilationException(Errors);
        }
    }
}

/// <summary>A program was refused.</summary>
internal sealed class DartCompilationException(IReadOnlyList<DartError> errors) : Exception(errors.Count > 0 ? errors[0].ToString() : "error")
{
    public IReadOnlyList<DartError> Errors { get; } = errors;
}
