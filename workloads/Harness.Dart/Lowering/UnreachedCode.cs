using Harness.Dart.Lowering.Bodies;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;

namespace Harness.Dart.Lowering;

/// <summary>
/// Lowers what the program's own libraries declare and nothing reaches, and evaluates constants that nobody asked for, for their errors alone: the module is made before, and nothing of this becomes part of it. What this compiler
/// does not support is no error of such code.
/// </summary>
internal sealed class UnreachedCode(ProgramLowering lowering)
{
    private readonly ProgramLowering _lowering = lowering;
    private readonly DartProgram _program = lowering.Program;
    private bool _isChecked;

    /// <summary>Notes the errors of all that was not lowered.</summary>
    public void Check()
    {
        if (_isChecked)
        {
            return;
        }

        _isChecked = true;
        var applications = _program.Classes.Where(c => c.AppliedMixin is not null).ToLookup(c => c.AppliedMixin!);
        foreach (var library in _program.Loader.All.Where(l => l.IsOwn))
        {
            foreach (var member in library.Declared.Values.OfType<Member>().Distinct())
            {
                Check(() => Static(member));
                Constants(member);
            }

            List<ClassElement> classes = [.. library.Declared.Values.OfType<ClassElement>().Concat(library.Extensions).Distinct()];
            var byNode = classes.ToDictionary(cls => (Syntax.Node)cls.Node);
            foreach (var unit in library.Units)
            {
                foreach (var (annotation, node) in unit.OtherMetadata)
                {
                    var around = node is null ? null : byNode.GetValueOrDefault(node);
                    Annotations([annotation], new TypeScope(_program, library, unit.File, around), around);
                }
            }

            foreach (var cls in classes)
            {
                Annotations(cls.Node.Metadata, new TypeScope(_program, library, cls.File, null), null);
                foreach (var member in cls.Statics.Values.Concat(cls.Members.Values).Concat(cls.Constructors.Values).Where(m => m.Lexical == cls).Distinct())
                {
                    Constants(member);
                }

                foreach (var member in cls.Statics.Values.Distinct())
                {
                    Check(() => Static(member));
                }

                foreach (var constructor in cls.Constructors.Values)
                {
                    Check(() => Constructor(constructor));
                }

                if (cls.Node.Kind == ClassKind.Mixin)
                {
                    Mixin(cls, [.. applications[cls]]);
                }
                else
                {
                    Members(cls, _ => true);
                }
            }
        }
    }

    // A mixin's members are lowered in a class that has them, and what they take of a superclass in each; that does not matter where there is no such class.
    private void Mixin(ClassElement mixin, List<ClassElement> applications)
    {
        if (applications.Count == 0)
        {
            var alone = new ClassBuilder(_program).ApplyAlone(mixin);
            _lowering.Selectors.Share(alone, mixin);
            Members(alone, member => !NamesSuper(member));
            return;
        }

        Members(applications[0], _ => true);
        foreach (var application in applications.Skip(1))
        {
            Members(application, NamesSuper);
        }
    }

    private void Members(ClassElement cls, Func<Member, bool> isWanted)
    {
        foreach (var (key, member) in cls.Members.Where(m => isWanted(m.Value)))
        {
            Check(() => Instance(member, isSetter: key != member.Name));
        }
    }

    private static bool NamesSuper(Member member) =>
        new Node?[] { member.Function?.Body, member.Function?.ExprBody, member.Field?.Init }.OfType<Node>().Any(part => AstWalker.Contains(part, node => node is Super));

    private void Check(Action action)
    {
        _lowering.Guard(action, skipUnsupported: true);
        _lowering.Drain(member => member.Library.IsOwn);
    }

    // Defaults of parameters, and annotations.
    private void Constants(Member member)
    {
        Annotations(member.Function?.Metadata ?? member.Field?.Metadata ?? [], TypeScope.Of(_program, member), member.Lexical);
        if (member.Function is null || member.Index == -1)
        {
            return;
        }

        foreach (var param in _lowering.Signatures.Params(member).Where(p => p.Node.Default is not null))
        {
            Check(() => _lowering.Constants.DefaultOf(member, param));
        }
    }

    private void Annotations(List<Annotation> annotations, TypeScope scope, ClassElement? lexical)
    {
        foreach (var annotation in annotations)
        {
            Check(() => _lowering.Constants.CheckAnnotation(annotation, scope, lexical));
        }
    }

    private void Static(Member member)
    {
        if (member.Function is { External: true } || member.Field is { External: true })
        {
            return;
        }

        if (member.IsConst)
        {
            Constant(member);
        }
        else if (member.Kind == MemberKind.Field)
        {
            _lowering.Statics.Variable(member);
        }
        else
        {
            _lowering.Functions.StaticFunction(member);
        }
    }

    // Evaluation leaves out operands that do not count: they must have the right types, too.
    private void Constant(Member member)
    {
        _lowering.Constants.ValueOf(member);
        if (member.Field is not null)
        {
            EntryLowering.CheckInitializer(_lowering, member);
        }
    }

    private void Constructor(Member constructor)
    {
        if (constructor.Index == -1 || constructor.Function!.External)
        {
            return;
        }

        _lowering.Functions.ConstructorFunction(constructor);
    }

    private void Instance(Member member, bool isSetter)
    {
        if (member.IsAbstract || member.Function is { External: true } || member.Field is { External: true })
        {
            return;
        }

        if (member.Kind == MemberKind.Field && member.Field is not { Late: true, Init: not null })
        {
            return;
        }

        if (member.Owner!.Node.Kind is ClassKind.Extension or ClassKind.ExtensionType)
        {
            if (member.Kind != MemberKind.Field)
            {
                _lowering.Functions.StaticFunction(member);
            }
        }
        else if (isSetter || member.Kind == MemberKind.Setter)
        {
            _lowering.Functions.SetterFunction(member);
        }
        else
        {
            _lowering.Functions.InstanceFunction(member);
        }
    }
}
