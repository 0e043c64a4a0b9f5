using Harness.Dart.Syntax;

namespace Harness.Dart.Semantics.Checks;

/// <summary>What the constructors and fields of the program's own classes must be: each field has one value, constant constructors make constant objects.</summary>
internal sealed class ConstructorChecks(DartProgram program, Signatures signatures)
{
    /// <summary>Notes the errors of a class.</summary>
    public void Check(ClassElement cls, Action<SourceFile, int, string> error)
    {
        foreach (var field in cls.Node.Fields)
        {
            CheckField(cls, field, error);
        }

        // A mixin has no constructors, and factories make no objects of the class by themselves.
        if (cls.Node.Kind == ClassKind.Mixin || cls.Node.Kind == ClassKind.Class && cls.Constructors.Values.All(c => c.Function!.Factory))
        {
            foreach (var field in cls.InstanceFields.Where(f => f.Field is { Init: null, Late: false } && (f.Field.Final || TypeSystem.NeedsValue(signatures.FieldType(f)))))
            {
                error(cls.File, field.Pos, $"Field '{field.Name}' should be initialized, since no constructor of a {(cls.Node.Kind == ClassKind.Mixin ? "mixin" : "class with factories only")} does so.");
            }
        }

        if (cls.Node.Kind is ClassKind.Mixin or ClassKind.Extension || cls.Node.MixinClass)
        {
            foreach (var constructor in cls.Node.Methods.Where(m => m.Kind == FunctionKind.Constructor && (!m.Factory || cls.Node.Kind != ClassKind.Class) && (cls.Node.Kind != ClassKind.Class || m.Params.Count > 0 || m.HasBody || m.Initializers.Count > 0)))
            {
                error(cls.File, constructor.Pos, cls.Node.MixinClass ? "A mixin class can't have a constructor with parameters, initializers or a body." : "Mixins and extensions can't declare constructors.");
            }
        }

        foreach (var constructor in cls.Constructors.Values.Where(c => c.Index != -1 && c.Lexical == cls))
        {
            CheckConstructor(cls, constructor, error);
        }
    }

    private static void CheckField(ClassElement cls, FieldNode field, Action<SourceFile, int, string> error)
    {
        if (field.Const && !field.Static)
        {
            error(cls.File, field.Pos, "Only static fields can be declared as const.");
        }

        if (field.Static && field.Covariant)
        {
            error(cls.File, field.Pos, "Static fields can't be 'covariant'.");
        }

        if (field is { Covariant: true, Final: true, Late: false } or { Covariant: true, Final: true, Init: not null })
        {
            error(cls.File, field.Pos, "Members can't be declared to be both 'final' and 'covariant'.");
        }

        if (field.Static && field.Final && !field.Const && !field.Late && !field.External && field.Init is null)
        {
            error(cls.File, field.Pos, $"The final variable '{field.Name}' must be initialized.");
        }

        if (field.Abstract && (field.Init is not null || field.Late || field.Static))
        {
            error(cls.File, field.Pos, "Abstract fields can't be late, static or have initializers.");
        }

        FunctionChecks.CheckExternal(field, (at, message) => error(cls.File, at.Pos, message));
    }

    private void CheckConstructor(ClassElement cls, Member constructor, Action<SourceFile, int, string> error)
    {
        var node = constructor.Function!;
        void Error(Node at, string message) => error(cls.File, at.Pos, message);
        var redirects = node.Initializers.OfType<ThisInit>().Any();
        foreach (var parameter in node.Params.Where(p => p.IsThis))
        {
            if (node.Factory || redirects || node.External)
            {
                Error(parameter, $"Initializing formal parameters can't be used in {(node.Factory ? "factory" : redirects ? "redirecting" : "external")} constructors.");
            }
            else if (cls.Members.TryGetValue(parameter.Name, out var own) && own.Field is { Init: not null, Final: true })
            {
                Error(parameter, $"'{parameter.Name}' is a final instance variable that was initialized at its declaration.");
            }
        }

        if (node.Factory)
        {
            if (node.Initializers.Count > 0)
            {
                Error(node.Initializers[0], "Factory constructors can't have initializers.");
            }

            if (node.Async != AsyncKind.None)
            {
                Error(node, "Factory constructors can't be asynchronous or generators.");
            }

            if (node is { External: true, Redirect: { } redirect })
            {
                Error(redirect, "An external factory constructor can't redirect.");
            }

            if (node.Const && node.Redirect is null)
            {
                Error(node, "Only redirecting factory constructors can be declared to be 'const'.");
            }

            if (!node.HasBody && node.Redirect is null && !node.External)
            {
                Error(node, "A factory constructor must have a body or redirect.");
            }

            return;
        }

        if (node.Redirect is not null)
        {
            Error(node, "Only factory constructors can redirect by '='.");
        }

        if (node.ExprBody is not null)
        {
            Error(node, "Constructors can't have a return type or give a value.");
        }

        if (node.Async != AsyncKind.None)
        {
            Error(node, "Constructors can't be asynchronous or generators.");
        }

        if (node.External)
        {
            if (node.HasBody || node.Initializers.Count > 0)
            {
                Error(node, "An external constructor can't have a body or initializers.");
            }

            return;
        }

        if (node.Const && node.HasBody)
        {
            Error(node, "A const constructor can't have a body.");
        }

        if (redirects)
        {
            if (node.HasBody)
            {
                Error(node, "Redirecting constructors can't have a body.");
            }

            if (node.Initializers.Count > 1)
            {
                Error(node, "Redirecting constructors can't have initializers.");
            }

            if (node.Const && cls.Constructors.TryGetValue(node.Initializers.OfType<ThisInit>().First().Name ?? "", out var target) && !target.Function!.Const)
            {
                Error(node, "A constant constructor can't redirect to one that isn't constant.");
            }

            CheckCycle(cls, constructor, Error);
            return;
        }

        var supers = node.Initializers.OfType<SuperInit>().ToList();
        if (supers.Count > 1)
        {
            Error(supers[1], "Can't have more than one 'super' initializer.");
        }
        else if (supers.Count == 1 && node.Initializers[^1] != supers[0])
        {
            Error(supers[0], "The superconstructor call must be last in an initializer list.");
        }

        if (cls.IsEnum && supers.Count > 0)
        {
            Error(supers[0], "The constructor of an enum can't have a 'super' initializer.");
        }

        if (cls.IsEnum && !node.Const && cls.Node.Methods.Contains(node))
        {
            Error(node, "Generative enum constructors must be marked as 'const'.");
        }

        if (cls.IsExtensionType)
        {
            if (supers.Count > 0)
            {
                Error(supers[0], "Extension type constructors can't have a 'super' initializer.");
            }
        }

        CheckFields(cls, node, Error);
        if (node.Const && !cls.IsExtensionType)
        {
            CheckConst(cls, node, supers.FirstOrDefault(), Error);
        }
    }

    private void CheckFields(ClassElement cls, FunctionNode node, Action<Node, string> error)
    {
        var given = new HashSet<string>(StringComparer.Ordinal);
        foreach (var parameter in node.Params.Where(p => p.IsThis))
        {
            given.Add(parameter.Name);
        }

        foreach (var initializer in node.Initializers.OfType<FieldInit>())
        {
            if (!given.Add(initializer.Name))
            {
                error(initializer, $"'{initializer.Name}' was already initialized by this constructor.");
            }

            if (cls.Members.TryGetValue(initializer.Name, out var member) && member.Field is { Init: not null, Final: true })
            {
                error(initializer, $"'{initializer.Name}' is a final instance variable that was initialized at its declaration.");
            }

            if (member is { Field.Abstract: true } or { Field.External: true })
            {
                error(initializer, $"'{initializer.Name}' can't be initialized by a constructor: it is abstract or external.");
            }
        }

        foreach (var field in cls.InstanceFields)
        {
            if (field.Field is not { Init: null, Late: false } || given.Contains(field.Name))
            {
                continue;
            }

            var type = signatures.FieldType(field);
            var at = field.Lexical == cls ? (Node)node : cls.Node;
            if (field.Field.Final)
            {
                error(at, $"Final field '{field.Name}' is not initialized by this constructor.");
            }
            else if (TypeSystem.NeedsValue(type))
            {
                error(at, $"Field '{field.Name}' should be initialized because its type '{type}' doesn't allow null.");
            }
        }
    }

    private void CheckConst(ClassElement cls, FunctionNode node, SuperInit? superInit, Action<Node, string> error)
    {
        for (var c = cls; c is not null; c = c.Supertype?.Class)
        {
            if (c.InstanceFields.Find(f => !f.Field!.Final) is { } field)
            {
                error(node, $"Constructor is marked 'const' so all fields must be final, and '{field.Name}' is not.");
                return;
            }
        }

        if (cls.InstanceFields.Find(f => f.Field!.Late) is { } late)
        {
            error(node, $"Constructor is marked 'const' so '{late.Name}' can't be late.");
        }

        if (cls.Supertype is { } super && super.Class != program.Object.Class && !super.Class.IsEnumBase && super.Class.Constructors.TryGetValue(superInit?.Name ?? "", out var target) && !target.MakesConstants && !super.Class.Library.IsCore)
        {
            error(node, "A constant constructor can't call a non-constant super constructor.");
        }
    }

    private static void CheckCycle(ClassElement cls, Member constructor, Action<Node, string> error)
    {
        var seen = new HashSet<Member>();
        for (var next = constructor; next is not null && next.Function!.Initializers.OfType<ThisInit>().FirstOrDefault() is { } redirect; cls.Constructors.TryGetValue(redirect.Name ?? "", out next))
        {
            if (seen.Add(next))
            {
                continue;
            }

            if (next == constructor)
            {
                error(constructor.Function!, "Redirecting constructors can't be cyclic.");
            }

            return;
        }
    }
}
