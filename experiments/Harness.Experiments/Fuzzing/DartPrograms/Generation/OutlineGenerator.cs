using Harness.Experiments.Fuzzing.DartPrograms.Model;

namespace Harness.Experiments.Fuzzing.DartPrograms.Generation;

/// <summary>Makes up what a program has: its classes and functions, so that code can refer to all of them.</summary>
internal sealed class OutlineGenerator
{
    private readonly DartFeatures _features;
    private readonly RandomSource _random;
    private readonly ProgramOutline _program = new();
    private readonly TypeGenerator _types;
    private readonly SignatureGenerator _signatures;

    private OutlineGenerator(DartFeatures features, RandomSource random)
    {
        _features = features;
        _random = random;
        _types = new TypeGenerator(_program, features, random);
        _signatures = new SignatureGenerator(_program, features, random);
    }

    /// <summary>The outline of a program.</summary>
    public static ProgramOutline Generate(DartFeatures features, RandomSource random) => new OutlineGenerator(features, random).Generate();

    private ProgramOutline Generate()
    {
        AddInterfaces();
        AddEnums();
        AddFailures();
        for (var i = _random.Weighted(60, 40); i >= 0; i--)
        {
            AddValue();
        }

        if (_random.Percent(40))
        {
            AddExtensionType();
        }

        for (var i = _random.Weighted(50, 40, 10); i >= 0; i--)
        {
            AddFamily();
        }

        for (var i = Math.Min(3, 2 * _features.Generics) - _random.Below(2); i > 0; i--)
        {
            AddGeneric();
        }

        if (_random.Percent(40))
        {
            AddExtensionType();
        }

        AddStatics();
        AddConstructors();
        AddExtensions();
        for (var i = _random.Between(2, 5); i > 0; i--)
        {
            _program.Globals.Add(new Variable(_program.NewName("g"), _types.Any([]), _random.Percent(70)));
        }

        AddFunctions();
        return _program;
    }

    private void AddInterfaces()
    {
        for (var i = _random.Weighted(25, 50, 25); i > 0; i--)
        {
            var type = Add("I", ClassSort.Interface);
            for (var k = _random.Between(1, 2); k > 0; k--)
            {
                type.Methods.Add(_signatures.Method([], isAbstract: true));
            }

            if (_random.Percent(60))
            {
                type.Methods.Add(_signatures.Getter([], isAbstract: true));
            }
        }
    }

    private void AddEnums()
    {
        for (var i = _random.Weighted(20, 55, 25); i > 0; i--)
        {
            var type = Add("E", ClassSort.Enum);
            for (var k = _random.Between(2, 5); k > 0; k--)
            {
                type.Values.Add(_program.NewName("k"));
            }

            for (var k = _random.Between(1, 2); k > 0; k--)
            {
                type.Fields.Add(new FieldOutline(_program.NewName("p"), _random.Pick([DartType.Int, DartType.Int, DartType.Double, DartType.String]), IsFinal: true, IsGiven: true));
            }

            if (_random.Percent(60))
            {
                type.Methods.Add(_signatures.Method([], isAbstract: false) with { Level = 0 });
            }

            if (_random.Percent(40))
            {
                type.Methods.Add(_signatures.Getter([], isAbstract: false));
            }

            Implement(type, 40);
        }
    }

    private void AddFailures()
    {
        for (var i = _random.Weighted(60, 40); i >= 0; i--)
        {
            var extended = _program.Failures.FirstOrDefault();
            var type = Add("Failure", ClassSort.Failure);
            if (extended is not null)
            {
                type.Super = extended.Type;
            }
            else
            {
                type.Fields.Add(new FieldOutline(_program.NewName("p"), DartType.Int, IsFinal: true, IsGiven: true));
            }
        }
    }

    private void AddValue()
    {
        var type = Add("V", ClassSort.Value, isConst: _random.Percent(60));
        for (var i = _random.Between(1, 3); i > 0; i--)
        {
            type.Fields.Add(new FieldOutline(_program.NewName("p"), _types.Plain(), IsFinal: true, IsGiven: true));
        }

        type.Methods.AddRange(_signatures.Operators(type.Type, _random.Between(1, 4)));
        if (_random.Percent(50))
        {
            type.Methods.Add(_signatures.Method([], isAbstract: false));
        }

        if (_random.Percent(50))
        {
            type.Methods.Add(_signatures.Getter([], isAbstract: false));
        }

        Implement(type, 25);
    }

    /// <summary>An abstract class with some that extend it, and perhaps mixins.</summary>
    private void AddFamily()
    {
        var root = Add("R", ClassSort.Root, isSealed: _random.Percent(40));
        AddFields(root, _random.Between(1, 3));
        var classes = new List<ClassOutline>();
        for (var i = _random.Between(2, 4); i > 0; i--)
        {
            var type = Add("C", ClassSort.Concrete);
            var extended = classes.Count > 0 && _random.Percent(25) ? _random.Pick(classes) : root;
            type.Super = extended.Type;
            extended.Subclasses.Add(type);
            classes.Add(type);
        }

        root.Example = classes[0];
        for (var i = _random.Between(2, 4); i > 0; i--)
        {
            root.Methods.Add(_signatures.Method([], isAbstract: _random.Percent(50)));
        }

        if (_random.Percent(60))
        {
            root.Methods.Add(_signatures.Getter([], isAbstract: _random.Percent(60)));
        }

        if (_random.Percent(30))
        {
            root.Methods.Add(_signatures.Setter(null));
        }

        if (_random.Percent(35))
        {
            root.Methods.AddRange(_signatures.Operators(root.Type, 1));
        }

        var mixins = Enumerable.Range(0, _random.Weighted(35, 45, 20)).Select(_ => NewMixin(root)).ToList();
        if (_random.Percent(50))
        {
            Implement(root, 60);
        }

        foreach (var type in classes)
        {
            AddFields(type, _random.Below(3));
            if (mixins.Count > 0 && _random.Percent(50))
            {
                MixIn(type, _random.Pick(mixins));
            }

            Implement(type, 25);
            for (var i = _random.Weighted(50, 35, 15); i > 0; i--)
            {
                type.Methods.Add(_signatures.Method([], isAbstract: false));
            }

            Override(type, percent: 45);
        }
    }

    /// <summary>A mixin for any class, or one that overrides what a root has.</summary>
    private ClassOutline NewMixin(ClassOutline root)
    {
        // A mixin on a sealed class is among those that a switch has to cover.
        var overridden = root.IsSealed ? [] : root.Methods.FindAll(method => !method.IsAbstract && method.Sort == FunctionSort.Plain);
        var type = new ClassOutline(_program.NewName("M"), ClassSort.Mixin);
        _program.Classes.Insert(_program.Classes.IndexOf(root) + 1, type);
        if (overridden.Count > 0 && _random.Percent(50))
        {
            type.Super = root.Type;
            type.Methods.Add(_random.Pick(overridden));
        }

        type.Fields.Add(new FieldOutline(_program.NewName("p"), _random.Percent(50) ? DartType.Int : _types.Plain(), IsFinal: false, IsGiven: false));
        type.Methods.Add(_signatures.Method([], isAbstract: false));
        if (_random.Percent(40))
        {
            type.Methods.Add(_signatures.Getter([], isAbstract: false));
        }

        return type;
    }

    private static void MixIn(ClassOutline type, ClassOutline mixin)
    {
        // What a class has of a mixin its subclasses have, too.
        if (ClassOutline.Ancestry(type.Type).Any(super => super.Class == mixin))
        {
            return;
        }

        type.Mixins.Add(mixin.Type);
        mixin.Example ??= type;
    }

    /// <summary>A generic class, and perhaps one that extends it.</summary>
    private void AddGeneric()
    {
        var earlier = _program.Classes.FindAll(type => type.Sort == ClassSort.Concrete && type.Parameters.Count == 1);
        var type = new ClassOutline(_program.NewName("G"), ClassSort.Concrete);
        for (var i = _random.Weighted(70, 30); i >= 0; i--)
        {
            type.Parameters.Add(_signatures.NewTypeParameter());
        }

        // From here on it can be a type of something, with arguments.
        _program.Classes.Add(type);
        if (earlier.Count > 0 && _random.Percent(40) && _random.Pick(earlier) is var extended && extended.Parameters[0].Takes(type.Parameters[0].Type))
        {
            type.Super = DartType.Of(extended, type.Parameters[0].Type);
            extended.Subclasses.Add(type);
        }

        foreach (var parameter in type.Parameters)
        {
            type.Fields.Add(new FieldOutline(_program.NewName("p"), parameter.Type, _random.Percent(20), IsGiven: true));
        }

        type.Fields.Add(new FieldOutline(_program.NewName("p"), DartType.ListOf(_random.Pick(type.Parameters).Type), _random.Percent(60), IsGiven: false));
        AddFields(type, _random.Below(2));
        for (var i = _random.Between(2, 4); i > 0; i--)
        {
            type.Methods.Add(_signatures.Method(type.Parameters, isAbstract: false));
        }

        if (_random.Percent(50))
        {
            type.Methods.Add(_signatures.Getter(type.Parameters, isAbstract: false));
        }

        Override(type, percent: 40);
        if (!_random.Percent(40))
        {
            return;
        }

        // Its arguments are of earlier classes, so that objects do not hold others of their own class without end.
        DartType[] arguments = [.. type.Parameters.Select(_types.Argument)];
        var instance = Add("C", ClassSort.Concrete);
        instance.Super = DartType.Of(type, arguments);
        type.Subclasses.Add(instance);
        AddFields(instance, _random.Below(2));
        Override(instance, percent: 60);
    }

    /// <summary>
    /// An extension type of a value, a collection or an object. None is of a function, whose text is the implementation's, and none implements what it is of: a variable without a declared type
    /// would have its type then, and not the one that is wanted.
    /// </summary>
    private void AddExtensionType()
    {
        List<TypeParameter> parameters = _features.Generics > 0 && _random.Percent(30) ? [_signatures.NewTypeParameter()] : [];

        // Members that take a value of the type parameter's type have none but the one that is represented.
        var represented = parameters.Count > 0 ? parameters[0].Type
            : _random.Weighted(50, _program.ObjectClasses.Count > 0 ? 15 : 0, 10 * _features.Collections, 8 * _features.Patterns) switch
            {
                0 => _types.Plain(),
                1 => _types.OfClass(),
                2 => _types.Collection([]),
                _ => _types.Record([]),
            };
        var type = new ClassOutline(_program.NewName("W"), ClassSort.ExtensionType)
        {
            IsConst = _random.Percent(40), IsObject = represented.IsSubtypeOf(DartType.Object) && _random.Percent(70),
        };
        type.Parameters.AddRange(parameters);
        type.Fields.Add(new FieldOutline(_program.NewName("p"), represented, IsFinal: true, IsGiven: true));
        _program.Classes.Add(type);
        for (var i = _random.Between(1, 3); i > 0; i--)
        {
            type.Methods.Add(_signatures.Method(type.Parameters, isAbstract: false));
        }

        if (_random.Percent(60))
        {
            type.Methods.Add(_signatures.Getter(type.Parameters, isAbstract: false));
        }

        if (_random.Percent(40))
        {
            type.Methods.AddRange(_signatures.Operators(type.Type, _random.Between(1, 2)));
        }
    }

    private void AddStatics()
    {
        foreach (var type in _program.Classes.FindAll(type => type.Sort is ClassSort.Concrete or ClassSort.Root && type.Parameters.Count == 0))
        {
            if (_random.Percent(25))
            {
                type.StaticFields.Add(new FieldOutline(_program.NewName("p"), _types.Plain(), _random.Percent(30), IsGiven: false));
            }

            if (_random.Percent(25))
            {
                type.StaticMethods.Add(_signatures.Function(_random.Below(4)));
            }
        }
    }

    /// <summary>Constructors with names. One of a generic class is given a value of each type parameter, since it could not have any otherwise.</summary>
    private void AddConstructors()
    {
        foreach (var type in _program.Classes.FindAll(type => type.HasObjects))
        {
            if (!_random.Percent(30))
            {
                continue;
            }

            List<ParameterOutline> parameters = [.. type.Parameters.Select(parameter => new ParameterOutline(_program.NewName("a"), parameter.Type))];
            for (var i = _random.Below(3); i > 0; i--)
            {
                parameters.Add(new ParameterOutline(_program.NewName("a"), _types.Plain()));
            }

            type.Constructors.Add(new FunctionOutline(_program.NewName("n"), FunctionSort.Plain, type.Type, parameters, 0));
        }
    }

    private void AddExtensions()
    {
        for (var i = _random.Between(1, 3); i > 0; i--)
        {
            var type = _random.Weighted(50, _program.ObjectClasses.Count > 0 ? 30 : 0, _features.Collections > 0 ? 20 : 0) switch
            {
                0 => _types.Plain(),
                1 => _types.OfClass(),
                _ => DartType.ListOf(_types.Plain()),
            };
            var members = new List<FunctionOutline> { _signatures.Method([], isAbstract: false) with { Level = 0 } };
            if (_random.Percent(40))
            {
                members.Add(_signatures.Getter([], isAbstract: false));
            }

            _program.Extensions.Add((_program.NewName("X"), type, members));
        }
    }

    private void AddFunctions()
    {
        for (var i = _random.Between(5, 9); i > 0; i--)
        {
            _program.Functions.Add(_signatures.Function(_random.Below(6)));
        }

        if (_features.Suspensions == 0)
        {
            return;
        }

        for (var i = _random.Between(0, 2); i > 0; i--)
        {
            _program.Functions.Add(_signatures.Suspending(FunctionSort.Generator, _random.Between(0, 3)));
        }

        for (var i = _random.Between(0, 1 + _features.Suspensions); i > 0; i--)
        {
            _program.Functions.Add(_signatures.Suspending(FunctionSort.Async, _random.Between(2, 5)));
        }

        if (_random.Percent(40))
        {
            _program.Functions.Add(_signatures.Suspending(FunctionSort.Stream, _random.Between(2, 4)));
        }
    }

    private ClassOutline Add(string prefix, ClassSort sort, bool isSealed = false, bool isConst = false)
    {
        var type = new ClassOutline(_program.NewName(prefix), sort) { IsSealed = isSealed, IsConst = isConst };
        _program.Classes.Add(type);
        return type;
    }

    /// <summary>Fields: given ones, whose types have values that need no object of a class, and now and then one that is initialized in its place.</summary>
    private void AddFields(ClassOutline type, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var isGiven = _random.Percent(70);
            var fieldType = !isGiven && _features.Collections > 0 && _random.Percent(50) ? _types.Collection(type.Parameters)
                : _random.Percent(75) ? _types.Plain()
                : _random.Percent(50) && _program.ObjectClasses.Count > 0 ? _types.OfClass().WithNull(true)
                : _types.Plain().WithNull(true);
            var isLate = !isGiven && _random.Percent(20);
            type.Fields.Add(new FieldOutline(_program.NewName("p"), fieldType, isLate || _random.Percent(25), isGiven, isLate));
        }
    }

    /// <summary>Lets a class implement an interface, perhaps.</summary>
    private void Implement(ClassOutline type, int percent)
    {
        var interfaces = _program.Classes.FindAll(candidate => candidate.Sort == ClassSort.Interface);
        if (interfaces.Count == 0 || !_random.Percent(percent))
        {
            return;
        }

        var chosen = _random.Pick(interfaces);
        if (ClassOutline.Ancestry(type.Type).Any(super => super.Class == chosen))
        {
            return;
        }

        type.Interfaces.Add(chosen.Type);
        if (type.Sort != ClassSort.Root)
        {
            chosen.Example ??= type;
        }
        else
        {
            chosen.Example ??= type.Example;
        }

        if (type.Sort is ClassSort.Value or ClassSort.Enum)
        {
            Override(type, percent: 0);
        }
    }

    /// <summary>Gives a class the members that it has to have since those above it have no code, and overrides some that have.</summary>
    private void Override(ClassOutline type, int percent)
    {
        var inherited = ClassOutline.Ancestry(type.Type).Skip(1)
            .SelectMany(super => super.Class!.Methods.Select(method => method.Substitute(super.ArgumentsByParameter())))
            .ToList();
        foreach (var members in inherited.GroupBy(method => (method.Name, method.Sort)))
        {
            if (type.Methods.Exists(own => (own.Name, own.Sort) == members.Key))
            {
                continue;
            }

            if (members.All(method => method.IsAbstract) || _random.Percent(percent))
            {
                type.Methods.Add(members.First() with { IsAbstract = false });
            }
        }
    }
}
