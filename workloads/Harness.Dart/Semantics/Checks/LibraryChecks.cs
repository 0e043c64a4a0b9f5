using Harness.Dart.Syntax;

namespace Harness.Dart.Semantics.Checks;

/// <summary>What the directives of the program's own libraries must be, and that no name means two things.</summary>
internal static class LibraryChecks
{
    /// <summary>Notes the errors of a library.</summary>
    public static void Check(Library library, Action<SourceFile, int, string> error)
    {
        var unit = library.Units[0];
        var deferred = new Dictionary<string, Directive>(StringComparer.Ordinal);
        foreach (var directive in unit.Directives)
        {
            void Error(string message) => error(unit.File, directive.Pos, message);
            if (directive is { Deferred: true, Prefix: null })
            {
                Error("Deferred imports should have a prefix.");
            }

            if (directive is not { Kind: "import", Prefix: { } prefix })
            {
                continue;
            }

            if (prefix == "_")
            {
                continue;
            }

            if (library.Declared.ContainsKey(prefix))
            {
                Error($"'{prefix}' is already declared in this library.");
            }

            if (deferred.TryGetValue(prefix, out var other) && (directive.Deferred || other.Deferred))
            {
                Error($"The prefix of a deferred import must be unique: '{prefix}'.");
            }

            deferred.TryAdd(prefix, directive);
        }

        if (unit.Directives.Find(d => d.Kind == "part of") is { } part)
        {
            error(unit.File, part.Pos, "A library can't begin with a 'part of' directive.");
        }

        foreach (var (target, directive) in library.Imports.Where(i => i.Directive.Deferred))
        {
            foreach (var extension in target.Exported.Values.OfType<ClassElement>().Where(c => c.Node.Kind == ClassKind.Extension && LibraryLoader.IsShown(directive, c.Name)))
            {
                error(unit.File, directive.Pos, $"The extension '{extension.Name}' can't be imported by a deferred import: hide it.");
            }
        }

        foreach (var (target, directive) in library.Imports.Concat(library.Exports))
        {
            if (!target.IsCore && target.Units.Count > 0 && target.Units[0].Directives.Exists(d => d.Kind == "part of"))
            {
                error(unit.File, directive.Pos, $"'{directive.Uri}' is a part of another library, so it can't be imported or exported.");
            }
        }

        foreach (var (key, element) in library.Declared)
        {
            if (element is Member setter && key != setter.Name && library.Declared.TryGetValue(setter.Name, out var other) && other is not Member { Kind: MemberKind.Getter or MemberKind.Field })
            {
                error(setter.File, setter.Pos, $"'{SourceFile.PlainName(setter.Name)}' is already declared in this scope.");
            }
        }

        CheckExports(library, error);
    }

    // What is exported under one name must be one declaration.
    private static void CheckExports(Library library, Action<SourceFile, int, string> error)
    {
        var known = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var (target, directive) in library.Exports)
        {
            foreach (var (name, element) in target.Exported)
            {
                if (library.Declared.ContainsKey(name) || !LibraryLoader.IsShown(directive, name))
                {
                    continue;
                }

                if (known.TryAdd(name, element) || ReferenceEquals(known[name], element))
                {
                    continue;
                }

                error(library.Units[0].File, directive.Pos, $"'{name}' is exported from more than one library.");
                return;
            }
        }
    }
}
