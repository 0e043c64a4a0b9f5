using Harness.Dart.Syntax;

namespace Harness.Dart.Semantics;

/// <summary>
/// Names of instance members of which two reads may give different values in some class of a library: those of getters, of fields that are assigned or external, and of members that a class answers to by its
/// noSuchMethod. A private field with such a name is not promoted, whatever its class.
/// </summary>
internal sealed class ChangingNames(DartProgram program)
{
    private readonly Dictionary<Library, HashSet<string>> _known = [];

    /// <summary>Whether two reads of a private name may give different values in some class of its library.</summary>
    /// <param name="library">The library.</param>
    /// <param name="name">The name.</param>
    public bool Contains(Library library, string name)
    {
        if (!_known.TryGetValue(library, out var names))
        {
            _known[library] = names = [.. Declared(library), .. Forwarded(library)];
        }

        return names.Contains(name);
    }

    private static IEnumerable<string> Declared(Library library) => library.Units.SelectMany(u => u.Declarations).OfType<ClassNode>().Where(c => c.Kind is not (ClassKind.Extension or ClassKind.ExtensionType))
        .SelectMany(c => c.Methods.Where(m => m is { Kind: FunctionKind.Getter, Static: false, Abstract: false }).Select(m => m.Name).Concat(c.Fields.Where(f => !f.Static && (!f.Final || f.External)).Select(f => f.Name)));

    // Nobody answers to the private names of another library but by an error.
    private IEnumerable<string> Forwarded(Library library)
    {
        foreach (var cls in program.Classes.Where(c => c.Library == library && c is { Original: null, IsAbstract: false }))
        {
            if (TypeSystem.FindImplementation(cls, "noSuchMethod") is not { } handler || handler.Owner == program.Object.Class)
            {
                continue;
            }

            foreach (var super in program.Types.Supertypes(cls).Keys.Where(c => c.Library == library))
            {
                foreach (var name in super.Members.Where(m => m.Key == m.Value.Name && m.Value.Kind is MemberKind.Getter or MemberKind.Field).Select(m => m.Key))
                {
                    if (TypeSystem.FindImplementation(cls, name) is null)
                    {
                        yield return name;
                    }
                }
            }
        }
    }
}
