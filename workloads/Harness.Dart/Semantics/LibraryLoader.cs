using System.Reflection;
using Harness.Dart.Syntax;

namespace Harness.Dart.Semantics;

/// <summary>Finds and parses the libraries that a program imports, and fills their scopes.</summary>
internal sealed class LibraryLoader(IReadOnlyDictionary<string, string> packages, List<DartError> errors)
{
    // Lists of numbers without boxes, which only some lowerings have.
    private const string NumberLists = "_number_lists";

    private static readonly HashSet<string> Known =
    [
        "core", "collection", "math", "typed_data", "convert", "async", "developer", "js_interop", "_internal", "_uri", NumberLists,
    ];

    // What the core exports of this library few programs name: it is loaded where a library has one of the names and does not declare it itself.
    private const string RareLibrary = "dart:_uri";
    private Directive? _rareExport;

    // How many deferred imports there are.
    private int _deferred;

    // The core is the same for every program: its text is parsed once in a process.
    private static readonly Dictionary<string, UnitNode> CoreUnits = [];

    private readonly Dictionary<string, Library> _libraries = new(StringComparer.Ordinal);

    public List<Library> All { get; } = [];

    /// <summary>Loads a program with what it imports.</summary>
    /// <param name="path">The file that has <c>main</c>.</param>
    /// <param name="hasNumberLists">Whether to load the lists of numbers without boxes, too.</param>
    public Library LoadMain(string path, bool hasNumberLists)
    {
        var core = Load("dart:core", null, 0);
        if (hasNumberLists)
        {
            Load("dart:" + NumberLists, null, 0);
        }

        var main = Load(Path.GetFullPath(path), null, 0);
        foreach (var library in All)
        {
            CollectDeclarations(library);
        }

        if (_rareExport is { } export && export.Combinators.SelectMany(c => c.Names).Any(IsNamed))
        {
            var loaded = All.Count;
            core.Exports.Add((Load(RareLibrary, null, 0), export));
            foreach (var library in All.Skip(loaded))
            {
                CollectDeclarations(library);
            }
        }

        PropagateExports();
        foreach (var library in All)
        {
            CollectImports(library);
        }

        return main;
    }

    private bool IsNamed(string name) => All.Exists(library => !library.IsCore && !library.Declared.ContainsKey(name) && library.Units.Exists(unit => unit.File.Names.Contains(name)));

    public Library? Find(string uri) => _libraries.GetValueOrDefault(uri);

    private Library Load(string uri, SourceFile? from, int position)
    {
        if (_libraries.TryGetValue(uri, out var library))
        {
            return library;
        }

        library = new Library(uri) { IsOwn = !uri.StartsWith("dart:", StringComparison.Ordinal) };
        _libraries[uri] = library;
        All.Add(library);
        var pending = new Stack<(Library, string, SourceFile?, int)>();
        pending.Push((library, uri, from, position));
        // A list instead of recursion: chains of imports can be long.
        while (pending.TryPop(out var next))
        {
            LoadOne(next.Item1, next.Item2, next.Item3, next.Item4, pending);
        }

        return library;
    }

    private void LoadOne(Library library, string uri, SourceFile? from, int position, Stack<(Library, string, SourceFile?, int)> pending)
    {
        UnitNode unit;
        try
        {
            unit = Read(library, uri, from, position);
        }
        catch (DartErrorException e)
        {
            errors.Add(e.Error);
            return;
        }

        library.Units.Add(unit);
        foreach (var directive in unit.Directives)
        {
            try
            {
                switch (directive.Kind)
                {
                    case "import" or "export":
                        var target = Resolve(Choose(directive), uri, unit.File, directive.Pos);
                        if (target == RareLibrary)
                        {
                            _rareExport = directive;
                            break;
                        }

                        if (!_libraries.TryGetValue(target, out var other))
                        {
                            other = new Library(target) { PrivateMark = $"{SourceFile.PrivateMark}{All.Count}", IsOwn = library.IsOwn && !Choose(directive).Contains(':', StringComparison.Ordinal) };
                            _libraries[target] = other;
                            All.Add(other);
                            pending.Push((other, target, unit.File, directive.Pos));
                        }

                        (directive.Kind == "import" ? library.Imports : library.Exports).Add((other, directive));
                        break;
                    case "part":
                        LoadPart(library, uri, unit, directive);
                        break;
                }
            }
            catch (DartErrorException e)
            {
                errors.Add(e.Error);
            }
        }

        if (uri != "dart:core" && !library.Imports.Any(i => i.Target.Uri == "dart:core"))
        {
            library.Imports.Insert(0, (_libraries["dart:core"], new Directive { Kind = "import", Uri = "dart:core" }));
        }
    }

    private void LoadPart(Library library, string uri, UnitNode unit, Directive directive)
    {
        var partUri = Resolve(directive.Uri, uri, unit.File, directive.Pos);
        var part = Read(library, partUri, unit.File, directive.Pos);
        if (part.Directives.Find(d => d.Kind == "part of") is not { } of)
        {
            throw new DartErrorException(unit.File, directive.Pos, $"'{directive.Uri}' can't be a part: it has no 'part of' directive.");
        }

        if (!library.IsCore && (of.Uri.Length > 0 ? Resolve(of.Uri, partUri, part.File, of.Pos) != uri : of.Prefix != unit.Directives.Find(d => d.Kind == "library")?.Uri))
        {
            throw new DartErrorException(unit.File, directive.Pos, $"'{directive.Uri}' is a part of another library.");
        }

        library.Units.Add(part);
    }

    private static string Choose(Directive directive)
    {
        foreach (var (test, value, uri) in directive.Conditions)
        {
            var actual = test.StartsWith("dart.library.", StringComparison.Ordinal) && Known.Contains(test["dart.library.".Length..]) ? "true" : "";
            if (actual == (value ?? "true"))
            {
                return uri;
            }
        }

        return directive.Uri;
    }

    private string Resolve(string uri, string from, SourceFile file, int position)
    {
        if (uri.StartsWith("dart:", StringComparison.Ordinal))
        {
            if (!Known.Contains(uri[5..]))
            {
                throw new DartErrorException(file, position, $"The library '{uri}' is not supported.");
            }

            return uri;
        }

        if (uri.StartsWith("package:", StringComparison.Ordinal))
        {
            var slash = uri.IndexOf('/', StringComparison.Ordinal);
            var name = slash < 0 ? uri[8..] : uri[8..slash];
            if (!packages.TryGetValue(name, out var folder))
            {
                throw new DartErrorException(file, position, $"Couldn't resolve the package '{name}' in '{uri}'; give its folder with --package {name}=FOLDER.");
            }

            return Path.GetFullPath(Path.Combine(folder, slash < 0 ? "" : uri[(slash + 1)..]));
        }

        if (from.StartsWith("dart:", StringComparison.Ordinal))
        {
            return "dart:" + Path.GetFileNameWithoutExtension(uri);
        }

        if (uri.Length == 0)
        {
            return from;
        }

        return Path.GetFullPath(Path.Combine(Path.GetDirectoryName(from)!, Uri.UnescapeDataString(uri)));
    }

    private static UnitNode Read(Library library, string uri, SourceFile? from, int position)
    {
        if (uri.StartsWith("dart:", StringComparison.Ordinal))
        {
            lock (CoreUnits)
            {
                if (!CoreUnits.TryGetValue(uri, out var unit))
                {
                    using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"CoreLibrary/{uri[5..]}.dart")
                        ?? throw new DartErrorException(from, position, $"The library '{uri}' is not supported.");
                    using var reader = new StreamReader(stream);
                    unit = Parser.Parse(new SourceFile(uri, CoreTemplate.Expand(reader.ReadToEnd())));
                    CoreUnits[uri] = unit;
                }

                return unit;
            }
        }

        try
        {
            return Parser.Parse(new SourceFile(uri, File.ReadAllText(uri), library.PrivateMark));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DartErrorException(from, position, $"Error when reading '{uri}': {e.Message}");
        }
    }

    private void CollectDeclarations(Library library)
    {
        foreach (var unit in library.Units)
        {
            foreach (var node in unit.Declarations)
            {
                switch (node)
                {
                    case ClassNode cls:
                        var element = new ClassElement(cls.Name, cls, library, unit.File);
                        if (cls.Kind == ClassKind.Extension)
                        {
                            library.Extensions.Add(element);
                            if (cls.Name.Length == 0)
                            {
                                break;
                            }
                        }

                        Declare(library, unit.File, cls.Name, element, cls.Pos);
                        break;
                    case TypedefNode typedef:
                        Declare(library, unit.File, typedef.Name, new TypedefElement(typedef.Name, typedef, library, unit.File), typedef.Pos);
                        break;
                    case FunctionNode function:
                        var kind = function.Kind switch { FunctionKind.Getter => MemberKind.Getter, FunctionKind.Setter => MemberKind.Setter, _ => MemberKind.Method };
                        var name = kind == MemberKind.Setter ? function.Name + "=" : function.Name;
                        Declare(library, unit.File, name, new Member { Name = function.Name, Kind = kind, Library = library, File = unit.File, Function = function, IsStatic = true }, function.Pos);
                        break;
                    case FieldNode field:
                        var variable = new Member { Name = field.Name, Kind = MemberKind.Field, Library = library, File = unit.File, Field = field, IsStatic = true };
                        Declare(library, unit.File, field.Name, variable, field.Pos);
                        if (variable.HasSetter)
                        {
                            Declare(library, unit.File, field.Name + "=", variable, field.Pos);
                        }

                        break;
                }
            }
        }

        foreach (var (name, element) in library.Declared)
        {
            if (name[0] != '_')
            {
                library.Exported[name] = element;
            }
        }
    }

    private void Declare(Library library, SourceFile file, string name, object element, int position)
    {
        if (!library.Declared.TryAdd(name, element))
        {
            errors.Add(new DartError(file, position, $"'{name.TrimEnd('=')}' is already declared in this scope."));
        }
    }

    private void PropagateExports()
    {
        for (var changed = true; changed;)
        {
            changed = false;
            foreach (var library in All)
            {
                foreach (var (target, directive) in library.Exports)
                {
                    foreach (var (name, element) in target.Exported.ToList())
                    {
                        if (IsShown(directive, name) && library.Exported.TryAdd(name, element))
                        {
                            changed = true;
                        }
                    }
                }
            }
        }
    }

    /// <summary>Whether a name passes the combinators of an import or export.</summary>
    public static bool IsShown(Directive directive, string name)
    {
        var plain = name.TrimEnd('=');
        foreach (var (show, names) in directive.Combinators)
        {
            if (names.Contains(plain) != show)
            {
                return false;
            }
        }

        return true;
    }

    private void CollectImports(Library library)
    {
        foreach (var extension in library.Extensions)
        {
            library.VisibleExtensions.Add(extension);
        }

        foreach (var (target, directive) in library.Imports)
        {
            var table = library.Imported;
            var extensions = library.VisibleExtensions;
            if (directive.Prefix is { } prefixName)
            {
                if (!library.Prefixes.TryGetValue(prefixName, out var prefix))
                {
                    prefix = new PrefixElement(prefixName);
                    // Only extensions are seen that come by the prefix '_'.
                    if (prefixName != "_")
                    {
                        library.Prefixes[prefixName] = prefix;
                    }
                }

                if (directive.Deferred)
                {
                    prefix.Deferred = ++_deferred;
                }

                table = prefix.Members;
            }

            foreach (var (name, element) in target.Exported)
            {
                if (!IsShown(directive, name))
                {
                    continue;
                }

                if (table.TryGetValue(name, out var other) && !ReferenceEquals(other, element))
                {
                    // What a library of the core declares gives way to what others declare.
                    if (IsCoreElement(other))
                    {
                        table[name] = element;
                    }
                    else if (!IsCoreElement(element))
                    {
                        table[name] = new AmbiguousElement(name);
                    }
                }
                else
                {
                    table[name] = element;
                }

                if (element is ClassElement { Node.Kind: ClassKind.Extension } extension && !extensions.Contains(extension))
                {
                    extensions.Add(extension);
                }
            }
        }
    }

    private static bool IsCoreElement(object element) => element switch
    {
        ClassElement c => c.Library.IsCore,
        Member m => m.Library.IsCore,
        TypedefElement t => t.Library.IsCore,
        _ => false,
    };
}
