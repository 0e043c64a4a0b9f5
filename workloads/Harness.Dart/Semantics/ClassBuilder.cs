using Harness.Dart.Syntax;

namespace Harness.Dart.Semantics;

/// <summary>Makes classes from declarations: type parameters, supertypes, applications of mixins, members.</summary>
internal sealed class ClassBuilder(DartProgram program)
{
    public void BuildAll()
    {
        var all = new List<ClassElement>();
        foreach (var library in program.Loader.All)
        {
            all.AddRange(library.Declared.Values.OfType<ClassElement>());
            all.AddRange(library.Extensions.Where(e => e.Name.Length == 0));
        }

        foreach (var cls in all)
        {
            Guard(cls, () => DeclareParams(program, cls));
        }

        foreach (var cls in all)
        {
            Guard(cls, () => BuildHierarchy(cls, 0));
        }

        program.ThrowIfErrors();
        foreach (var cls in program.Classes)
        {
            if (cls.Supertype is { } super)
            {
                super.Class.DirectSubclasses.Add(cls);
                super.Class.DirectSubtypes.Add(cls);
            }

            foreach (var i in cls.Interfaces)
            {
                i.Class.DirectSubtypes.Add(cls);
            }
        }

        var next = 0;
        Number(program.Object.Class, ref next);
    }

    private void Guard(ClassElement cls, Action action)
    {
        try
        {
            action();
        }
        catch (DartErrorException e)
        {
            program.Errors.Add(e.Error);
            cls.HierarchyDone = true;
            cls.HierarchyBusy = false;
        }
    }

    // Ids in preorder over superclasses, so that a class with its subclasses is a range.
    private static void Number(ClassElement root, ref int next)
    {
        var stack = new Stack<ClassElement>();
        stack.Push(root);
        while (stack.TryPop(out var cls))
        {
            cls.ClassId = next++;
            for (var i = cls.DirectSubclasses.Count - 1; i >= 0; i--)
            {
                stack.Push(cls.DirectSubclasses[i]);
            }
        }
    }

    /// <summary>Makes the type parameters of a class, with their bounds, once.</summary>
    public static void DeclareParams(DartProgram program, ClassElement cls)
    {
        if (cls.Node.TypeParams.Count == 0 || cls.TypeParams.Count > 0 || cls.AppliedMixin is not null)
        {
            return;
        }

        foreach (var node in cls.Node.TypeParams)
        {
            var parameter = new TypeParam(node.Name) { Class = cls };
            cls.TypeParams.Add(parameter);
            if (node.Name != "_")
            {
                cls.TypeScope[node.Name] = parameter.Type;
            }
        }

        TypeScope.ResolveBounds(cls.Node.TypeParams, cls.TypeParams, new TypeScope(program, cls.Library, cls.File, cls));
    }

    private void BuildHierarchy(ClassElement cls, int depth)
    {
        if (cls.HierarchyDone)
        {
            return;
        }

        if (cls.HierarchyBusy)
        {
            throw new DartErrorException(cls.File, cls.Node.Pos, $"'{cls.Name}' is a supertype of itself.");
        }

        if (depth > 2000)
        {
            throw new DartErrorException(cls.File, cls.Node.Pos, "The chain of superclasses is too long.");
        }

        cls.HierarchyBusy = true;
        var node = cls.Node;
        var scope = new TypeScope(program, cls.Library, cls.File, cls);
        if (node.Kind is ClassKind.Extension)
        {
            cls.OnType = scope.Resolve(node.On[0]);
            AddMembers(cls, cls);
            Finish(cls);
            return;
        }

        if (node.Kind is ClassKind.ExtensionType)
        {
            cls.OnType = scope.Resolve(node.Fields[0].Type!);
            foreach (var type in node.Implements)
            {
                var resolved = scope.Resolve(type);
                if (resolved is InterfaceType i)
                {
                    BuildHierarchy(i.Class, depth + 1);
                    cls.Interfaces.Add(i);
                }
            }

            AddMembers(cls, cls);
            cls.Supertype = null;
            Finish(cls);
            return;
        }

        InterfaceType Super(TypeNode type)
        {
            if (scope.Resolve(type) is not InterfaceType { Nullable: false } resolved || resolved.Class.IsExtensionType || type is NamedTypeNode named && scope.AliasOf(named) is { IsVariable: true })
            {
                throw new DartErrorException(cls.File, type.Pos, "The type can't be used as a supertype.");
            }

            BuildHierarchy(resolved.Class, depth + 1);
            return resolved;
        }

        InterfaceType? super = null;
        if (cls.Name != "Object" || !cls.Library.IsCore)
        {
            super = node.Extends is not null ? Super(node.Extends) : node.Kind == ClassKind.Enum ? program.Type("_Enum") : program.Object;
            BuildHierarchy(super.Class, depth + 1);
            CheckSuper(cls, super, node.Extends);
        }

        for (var i = 0; i < node.With.Count; i++)
        {
            var mixin = Super(node.With[i]);
            if (mixin.Class.Node is { Kind: ClassKind.Class or ClassKind.MixinApplication, MixinClass: false } && (!mixin.Class.Library.IsCore || mixin.Class.Name == "Enum") || mixin.Class.IsEnum)
            {
                throw new DartErrorException(cls.File, node.With[i].Pos, $"The class '{mixin.Class.Name}' can't be used as a mixin because it isn't a mixin class nor a mixin.");
            }

            if (i == node.With.Count - 1 && node.Kind == ClassKind.MixinApplication)
            {
                cls.Supertype = super;
                cls.Interfaces.Add(mixin);
                foreach (var type in node.Implements)
                {
                    cls.Interfaces.Add(Super(type));
                }

                ApplyMixin(cls, mixin);
                AddForwardingConstructors(cls, super!.Class);
                Finish(cls);
                return;
            }

            super = MakeApplication(cls, super!, mixin);
        }

        cls.Supertype = super;
        foreach (var type in node.Implements)
        {
            cls.Interfaces.Add(Super(type));
        }

        foreach (var type in node.On)
        {
            cls.Interfaces.Add(Super(type));
        }

        AddMembers(cls, cls);
        if (node.Kind == ClassKind.Class && cls.Constructors.Count == 0)
        {
            cls.Constructors[""] = new Member
            {
                Name = "", Kind = MemberKind.Constructor, Library = cls.Library, File = cls.File, Owner = cls, Lexical = cls,
                Function = new FunctionNode { Pos = node.Pos, Kind = FunctionKind.Constructor, Const = false },
            };
        }

        if (node.Kind == ClassKind.Enum && cls.Constructors.Values.All(c => c.Function!.Factory))
        {
            cls.Constructors.TryAdd("", new Member
            {
                Name = "", Kind = MemberKind.Constructor, Library = cls.Library, File = cls.File, Owner = cls, Lexical = cls,
                Function = new FunctionNode { Pos = node.Pos, Kind = FunctionKind.Constructor, Const = true },
            });
        }

        Finish(cls);
    }

    private static void CheckSuper(ClassElement cls, InterfaceType super, TypeNode? node)
    {
        if (node is null || cls.Library.IsCore)
        {
            return;
        }

        var name = super.Class.Name;
        if (super.Class.Library.IsCore && name is "int" or "double" or "num" or "bool" or "String" && super.Class.Library.IsCore)
        {
            throw new DartErrorException(cls.File, node.Pos, $"'{name}' is restricted and can't be extended or implemented.");
        }

        if (super.Class.Node.Kind == ClassKind.Mixin)
        {
            throw new DartErrorException(cls.File, node.Pos, $"The mixin '{name}' can't be extended.");
        }

        if (super.Class.IsEnum)
        {
            throw new DartErrorException(cls.File, node.Pos, $"'{name}' is an enum and can't be extended or implemented.");
        }

        if (super.Class.Library != cls.Library)
        {
            if (super.Class.Node.Final)
            {
                throw new DartErrorException(cls.File, node.Pos, $"The class '{name}' can't be extended outside of its library because it's a final class.");
            }

            if (super.Class.Node.Sealed)
            {
                throw new DartErrorException(cls.File, node.Pos, $"The class '{name}' can't be extended, implemented, or mixed in outside of its library because it's a sealed class.");
            }

            if (super.Class.Node.Interface)
            {
                throw new DartErrorException(cls.File, node.Pos, $"The class '{name}' can't be extended outside of its library because it's an interface class.");
            }
        }
    }

    private void Finish(ClassElement cls)
    {
        cls.HierarchyDone = true;
        cls.HierarchyBusy = false;
        if (cls.Node.Kind is not (ClassKind.Extension or ClassKind.ExtensionType))
        {
            program.Classes.Add(cls);
        }
    }

    /// <summary>The application of a mixin to objects that have nothing else, for what its own text says.</summary>
    public ClassElement ApplyAlone(ClassElement mixin) => MakeApplication(mixin, program.Object, mixin.ThisType).Class;

    private InterfaceType MakeApplication(ClassElement cls, InterfaceType super, InterfaceType mixin)
    {
        var node = new ClassNode { Pos = cls.Node.Pos, Name = $"{super.Class.Name}&{mixin.Class.Name}", Kind = ClassKind.MixinApplication, Abstract = true };
        var application = new ClassElement(node.Name, node, cls.Library, cls.File);
        var map = new Dictionary<TypeParam, DartType>();
        foreach (var parameter in cls.TypeParams)
        {
            var copy = new TypeParam(parameter.Name) { Class = application, HasBound = parameter.HasBound };
            application.TypeParams.Add(copy);
            map[parameter] = copy.Type;
        }

        for (var i = 0; i < cls.TypeParams.Count; i++)
        {
            application.TypeParams[i].Bound = cls.TypeParams[i].Bound.Substitute(map);
        }

        application.Supertype = (InterfaceType)super.Substitute(map);
        application.AppliedMixin = mixin.Class;
        var applied = (InterfaceType)mixin.Substitute(map);
        application.Interfaces.Add(applied);
        ApplyMixin(application, applied);
        AddForwardingConstructors(application, super.Class);
        Finish(application);
        return new InterfaceType(application, [.. cls.TypeParams.Select(p => (DartType)p.Type)]);
    }

    private static void ApplyMixin(ClassElement application, InterfaceType mixin)
    {
        application.AppliedMixin = mixin.Class;
        for (var i = 0; i < mixin.Args.Length; i++)
        {
            if (mixin.Class.TypeParams[i].Name is not "_" and var name)
            {
                application.TypeScope[name] = mixin.Args[i];
            }
        }

        AddMembers(application, mixin.Class);
        // A mixin that is an application itself has its members in the class that it applies.
        if (mixin.Class.Node.Kind == ClassKind.MixinApplication && mixin.Class.AppliedMixin is { } inner)
        {
            AddMembers(application, inner);
        }
    }

    private static void AddForwardingConstructors(ClassElement application, ClassElement super)
    {
        foreach (var (name, constructor) in super.Constructors)
        {
            if (constructor.Function!.Factory)
            {
                continue;
            }

            application.Constructors[name] = new Member
            {
                Name = name, Kind = MemberKind.Constructor, Library = application.Library, File = constructor.File, Owner = application, Lexical = application,
                Function = constructor.Function, Index = -1,
            };
        }
    }

    /// <summary>Adds the members that <paramref name="source"/> declares to <paramref name="cls"/>: itself, or an application of it as a mixin.</summary>
    private static void AddMembers(ClassElement cls, ClassElement source)
    {
        var node = source.Node;
        var isOwn = ReferenceEquals(cls, source);
        void Add(Dictionary<string, Member> table, string name, Member member)
        {
            if (!table.TryAdd(name, member) && isOwn)
            {
                throw new DartErrorException(source.File, member.Pos, $"'{member.Name}' is already declared in this scope.");
            }
        }

        if (isOwn && node.Kind == ClassKind.Enum)
        {
            for (var i = 0; i < node.Values.Count; i++)
            {
                var value = new Member { Name = node.Values[i].Name, Kind = MemberKind.Field, Library = source.Library, File = source.File, Owner = cls, Lexical = cls, IsStatic = true, EnumValue = node.Values[i], EnumIndex = i };
                cls.EnumValues.Add(value);
                Add(cls.Statics, value.Name, value);
            }
        }

        foreach (var field in node.Fields)
        {
            var member = new Member { Name = field.Name, Kind = MemberKind.Field, Library = source.Library, File = source.File, Field = field, Owner = cls, Lexical = source, IsStatic = field.Static || field.Const };
            if (member.IsStatic)
            {
                if (!isOwn)
                {
                    continue;
                }

                Add(cls.Statics, field.Name, member);
                if (member.HasSetter)
                {
                    Add(cls.Statics, field.Name + "=", member);
                }
            }
            else
            {
                Add(cls.Members, field.Name, member);
                if (member.HasSetter)
                {
                    Add(cls.Members, field.Name + "=", member);
                }

                if (!field.Abstract && !field.External)
                {
                    cls.InstanceFields.Add(member);
                }
            }
        }

        foreach (var function in node.Methods)
        {
            var kind = function.Kind switch { FunctionKind.Getter => MemberKind.Getter, FunctionKind.Setter => MemberKind.Setter, FunctionKind.Constructor => MemberKind.Constructor, _ => MemberKind.Method };
            var member = new Member { Name = function.Name, Kind = kind, Library = source.Library, File = source.File, Function = function, Owner = cls, Lexical = source, IsStatic = function.Static };
            if (kind == MemberKind.Constructor)
            {
                if (isOwn)
                {
                    Add(cls.Constructors, function.Name, member);
                }

                continue;
            }

            var name = kind == MemberKind.Setter ? function.Name + "=" : function.Name;
            if (member.IsStatic)
            {
                if (isOwn)
                {
                    Add(cls.Statics, name, member);
                }
            }
            else
            {
                Add(cls.Members, name, member);
            }
        }
    }
}
