using Harness.Dart.Syntax;

namespace Harness.Dart.Semantics.Checks;

/// <summary>Checks what the program's own libraries declare. What the bodies of functions must be is found where they are lowered.</summary>
internal sealed class DeclarationChecks(DartProgram program, Signatures signatures)
{
    private readonly HierarchyChecks _hierarchy = new(program);
    private readonly MemberChecks _members = new(program, signatures);
    private readonly ConstructorChecks _constructors = new(program, signatures);
    private readonly SignatureChecks _signatures = new(program, signatures);
    private readonly ExtensionTypeChecks _extensionTypes = new(program, signatures);
    private readonly ConstantExpressionChecks _constants = new(program);
    private readonly SimpleBoundChecks _bounds = new(program);

    // What a program begins with takes arguments and perhaps a message.
    private void CheckMain(Member main, Action<SourceFile, int, string> error)
    {
        var signature = signatures.Of(main);
        if (signature.Required.Length > 2 || signature.Named.Any(n => n.IsRequired))
        {
            error(main.File, main.Pos, "The function 'main' can have no more than two required parameters, and no required named ones.");
        }

        if (signature.MaximumPositional > 0 && !program.Types.IsSubtype(program.Type("List", program.String), signature.Positional(0)))
        {
            error(main.File, main.Pos, $"The first parameter of 'main' must take a 'List<String>', and not '{signature.Positional(0)}'.");
        }
    }

    // What a typedef stands for must keep to bounds as it is; other types may do so with bottom types in the place of their top types.
    private void CheckBody(TypedefElement typedef, Action<SourceFile, int, string> error)
    {
        var body = new TypeScope(program, typedef.Library, typedef.File, null).BodyOf(typedef, typedef.Node);
        if (body is InterfaceType { Args.Length: > 0 } type && BoundChecks.Misfit(program.Types, type.Class.TypeParams, type.Args) is { } index)
        {
            error(typedef.File, typedef.Node.Type.Pos, BoundChecks.Describe(type.Class.TypeParams, type.Args, index));
        }
    }

    /// <summary>Checks all declarations.</summary>
    /// <param name="guard">Runs something, and notes the error by which it ends early.</param>
    public void Run(Action<Action> guard)
    {
        void Error(SourceFile file, int position, string message) => guard(() => throw new DartErrorException(file, position, message));
        foreach (var library in program.Loader.All.Where(l => l.IsOwn && l.Units.Count > 0))
        {
            LibraryChecks.Check(library, Error);
            if (library.Declared.GetValueOrDefault("main") is Member { Kind: MemberKind.Method } main)
            {
                guard(() => CheckMain(main, Error));
            }
            else if (library.Declared.GetValueOrDefault("main") is { } other && (other as Member)?.Kind != MemberKind.Setter)
            {
                Error(library.Units[0].File, 0, "The name 'main' must be that of a function.");
            }

            foreach (var unit in library.Units)
            {
                FunctionChecks.Check(unit, Error);
            }

            _bounds.Check(library, Error);
            foreach (var member in library.Declared.Values.OfType<Member>().Distinct())
            {
                guard(() => _signatures.Check(member, Error));
                _constants.Check(member, Error);
            }

            foreach (var typedef in library.Declared.Values.OfType<TypedefElement>())
            {
                guard(() => CheckBody(typedef, Error));
            }

            foreach (var cls in library.Declared.Values.OfType<ClassElement>().Concat(library.Extensions).Distinct())
            {
                foreach (var member in cls.Statics.Values.Concat(cls.Members.Values).Concat(cls.Constructors.Values).Where(m => m.Lexical == cls && m.Index != -1).Distinct())
                {
                    guard(() => _signatures.Check(member, Error));
                    _constants.Check(member, Error);
                }

                _constants.Check(cls, Error);
                if (cls.IsExtensionType)
                {
                    guard(() => _extensionTypes.Check(cls, Error));
                }

                guard(() => _hierarchy.Check(cls, Error));
                guard(() => _members.Check(cls, Error));
                guard(() => _constructors.Check(cls, Error));
            }
        }
    }
}
