using Harness.Dart.Ir;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;

namespace Harness.Dart.Lowering.Module;

/// <summary>Selectors of all classes: members that override each other have one, with one signature.</summary>
internal sealed class Selectors(ProgramLowering lowering)
{
    // Where members of one selector have a parameter of more different types than these, none is compared with them any more.
    private const int MaximumGiven = 16;

    private readonly ProgramLowering _lowering = lowering;
    private readonly Dictionary<ClassElement, Dictionary<string, Selector>> _selectorsOfClass = [];

    private TargetTypes Target => _lowering.Target;
    private Representations Reprs => _lowering.Reprs;
    private Specialisations Specialisations => _lowering.Specialisations;

    /// <summary>Makes the selectors of a class, whose supertypes have theirs.</summary>
    public void Build(ClassElement cls)
    {
        var table = new Dictionary<string, Selector>(StringComparer.Ordinal);
        _selectorsOfClass[cls] = table;
        void Join(string key, Selector selector)
        {
            if (!table.TryGetValue(key, out var other)) { table[key] = selector; return; }

            var (a, b) = (other.Find(), selector.Find());
            if (a == b)
            {
                return;
            }

            b.Parent = a;
            a.Members.AddRange(b.Members);
        }

        foreach (var super in cls.Interfaces.Select(i => i.Class).Prepend(cls.Supertype?.Class))
        {
            if (super is null || !_selectorsOfClass.TryGetValue(super, out var inherited))
            {
                continue;
            }

            foreach (var (key, selector) in inherited)
            {
                Join(key, selector);
            }
        }

        foreach (var (key, member) in cls.Members)
        {
            var isSetter = key.Length > 1 && key[^1] == '=' && (member.Kind == MemberKind.Setter || member.Kind == MemberKind.Field && key != member.Name);
            var kind = isSetter ? SelectorKind.Setter : member.Kind is MemberKind.Field or MemberKind.Getter ? SelectorKind.Getter : SelectorKind.Method;
            if (!table.TryGetValue(key, out var selector))
            {
                table[key] = selector = new Selector(member.Name, kind);
            }

            selector = selector.Find();
            selector.Members.Add(member);
            if (isSetter)
            {
                member.SetterSelector = selector;
            }
            else
            {
                member.Selector = selector;
            }
        }
    }

    /// <summary>The selector that a name means in a class, setters as <c>name=</c>; null where the class has no such member.</summary>
    public Selector? SelectorIn(ClassElement cls, string key) => _selectorsOfClass.TryGetValue(cls, out var table) && table.TryGetValue(key, out var selector) ? selector.Find() : null;

    /// <summary>The selector by which a member is called, with its signature.</summary>
    public Selector SelectorOf(Member member, bool setter = false)
    {
        var selector = (setter ? member.SetterSelector : member.Selector)!.Find();
        EnsureSignature(selector);
        return selector;
    }

    /// <summary>
    /// Whether a parameter of a member may be given what its own type does not take, by who calls another member of the selector: where the parameter is covariant there, or its type depends on a
    /// class's type parameters.
    /// </summary>
    /// <param name="member">The member.</param>
    /// <param name="setter">Whether it is called to set a property.</param>
    /// <param name="place">Which of its parameters.</param>
    /// <param name="own">The parameter's type.</param>
    public bool MayGetOthers(Member member, bool setter, ParamPlace place, DartType own)
    {
        if ((setter ? member.SetterSelector : member.Selector)?.Find() is not { } selector)
        {
            return false;
        }

        selector.Given ??= TypesGivenTo(selector);
        return selector.Given.TryGetValue(place, out var types) && (types.Count > MaximumGiven || types.Exists(t => !_lowering.Types.IsSubtype(t, own)));
    }

    /// <summary>
    /// Whether a parameter of a method is covariant: declared so, or of a type that depends on a class's type parameters, in the method or in one that it overrides. What is taken off an object takes anything
    /// for it.
    /// </summary>
    public bool IsCovariant(Member method, ParamPlace place)
    {
        var above = _lowering.Types.Supertypes(method.Owner!);
        return method.Selector!.Find().Members.Exists(m => (m == method || above.ContainsKey(m.Owner!)) && ParametersOf(m, setter: false).Any(p => p.Place == place && (p.IsCovariant || Variance.IsCheckedParameter(p.Type))));
    }

    // Of a parameter that some member has as a covariant one the types in all members, of others those that depend on a class.
    private Dictionary<ParamPlace, List<DartType>> TypesGivenTo(Selector selector)
    {
        var isSetter = selector.Kind == SelectorKind.Setter;
        var covariant = selector.Members.SelectMany(m => ParametersOf(m, isSetter)).Where(p => p.IsCovariant).Select(p => p.Place).ToHashSet();
        var given = new Dictionary<ParamPlace, List<DartType>>();
        foreach (var (place, type, _) in selector.Members.SelectMany(m => ParametersOf(m, isSetter)))
        {
            if (!covariant.Contains(place) && !Variance.IsCheckedParameter(type))
            {
                continue;
            }

            if (!given.TryGetValue(place, out var types))
            {
                given[place] = types = [];
            }

            if (types.Count <= MaximumGiven && !types.Contains(type))
            {
                types.Add(type);
            }
        }

        return given;
    }

    private IEnumerable<(ParamPlace Place, DartType Type, bool IsCovariant)> ParametersOf(Member member, bool setter)
    {
        if (member.Field is { } field)
        {
            if (setter)
            {
                yield return (new ParamPlace(0, null), _lowering.Signatures.FieldType(member), field.Covariant);
            }

            yield break;
        }

        var position = 0;
        foreach (var p in _lowering.Signatures.Params(member))
        {
            yield return (ParamPlace.Of(p, p.Kind == ParamKind.Named ? 0 : position++), p.Type, p.Node.IsCovariant);
        }
    }

    /// <summary>The selector of a member for calls by a receiver whose type arguments are known: with values where the selector's own signature has boxes.</summary>
    /// <param name="selector">The selector of the member.</param>
    /// <param name="declared">The member's signature in terms of its class's parameters.</param>
    /// <param name="actual">The signature that the receiver's type arguments make of it.</param>
    public Selector VariantOf(Selector selector, FunctionType declared, FunctionType actual)
    {
        if (!Specialisations.IsOn || selector.VariantOf is not null)
        {
            return selector;
        }

        var parameters = selector.Params.Select((p, i) => i < declared.Required.Length && p is { Name: null, IsOptional: false, UsesSentinel: false } ? Unboxed(p.Type, declared.Required[i], actual.Required[i]) : p.Type).ToList();
        var result = Unboxed(selector.Result, declared.Result, actual.Result);
        var def = _lowering.Parts.FuncDefs.Get([selector.Receiver, .. Enumerable.Repeat(Target.TopRef, selector.TypeParamCount), .. parameters], result);
        if (def == selector.Def)
        {
            return selector;
        }

        if (!selector.Variants.TryGetValue(def, out var variant))
        {
            selector.Variants[def] = variant = new Selector(selector.Name, selector.Kind) { VariantOf = selector, HasSignature = true, TypeParamCount = selector.TypeParamCount, Receiver = selector.Receiver, Result = result, Def = def };
            variant.Params.AddRange(selector.Params.Select((p, i) => new SelectorParam { Type = parameters[i], Name = p.Name, IsOptional = p.IsOptional, UsesSentinel = p.UsesSentinel, Default = p.Default }));
        }

        return variant;
    }

    private WType Unboxed(WType repr, DartType declared, DartType actual) =>
        repr.IsRef && declared is TypeParamType { Nullable: false, Parameter.Class: not null } && Specialisations.IsSpecial(actual) ? Reprs.Of(actual) : repr;

    /// <summary>Whether a member can be what a variant calls: whether its own types have the values.</summary>
    public bool Fits(Selector variant, Member member)
    {
        var (result, parameters) = Shape(variant, member);
        var usual = variant.VariantOf!;
        var positional = parameters.Where(p => p.Name is null).Select((p, i) => Holds(p.Type, variant.Params[i].Type, usual.Params[i].Type));
        return Holds(result, variant.Result, usual.Result) && positional.All(holds => holds);

        bool Holds(WType own, WType value, WType usually) => value == usually || own == value || own.IsRef && (own.Heap == Target.Top || value.IsRef || own.Heap == BoxOf(value));
    }

    private StructDef? BoxOf(WType type) => type.Kind switch { WKind.I64 => Target.BoxedInt, WKind.F64 => Target.BoxedDouble, _ => null };

    /// <summary>Gives a copy of a class the selectors of the class.</summary>
    public void Inherit(ClassElement copy, ClassElement cls) => _selectorsOfClass[copy] = _selectorsOfClass[cls];

    /// <summary>Gives an application of a mixin that is made for its errors alone the selectors of the mixin.</summary>
    public void Share(ClassElement application, ClassElement mixin)
    {
        Inherit(application, mixin);
        foreach (var (key, member) in application.Members)
        {
            (member.Selector, member.SetterSelector) = (mixin.Members[key].Selector, mixin.Members[key].SetterSelector);
        }
    }

    /// <summary>The selector that takes a method off an object.</summary>
    public Selector TearoffOf(Member member)
    {
        var selector = SelectorOf(member);
        if (selector.Tearoff is null)
        {
            selector.Tearoff = new Selector(selector.Name, SelectorKind.Tearoff) { TearoffOf = selector, HasSignature = true, Receiver = selector.Receiver, Result = WType.Ref(Target.Closure) };
            selector.Tearoff.Def = _lowering.Parts.FuncDefs.Get([selector.Receiver], selector.Tearoff.Result);
        }

        return selector.Tearoff;
    }

    private void EnsureSignature(Selector selector)
    {
        if (selector.HasSignature)
        {
            return;
        }

        selector.HasSignature = true;
        WType? receiver = null, result = null;
        foreach (var member in selector.Members)
        {
            var own = WType.Ref(Reprs.StructOf(member.Owner!));
            receiver = receiver is null ? own : Reprs.Union(receiver.Value, own);
            var (resultRepr, parameters) = Shape(selector, member);
            result = result is null ? resultRepr : Reprs.Union(result.Value, resultRepr);
            selector.TypeParamCount = Math.Max(selector.TypeParamCount, member.TypeParams.Count);
            var position = 0;
            foreach (var (type, name, optional, isDefined) in parameters)
            {
                SelectorParam p;
                if (name is null)
                {
                    if (position == selector.Params.Count(q => q.Name is null))
                    {
                        selector.Params.Insert(position, new SelectorParam { Type = type, IsOptional = optional });
                    }

                    p = selector.Params[position++];
                }
                else
                {
                    var found = selector.Params.Find(q => q.Name == name);
                    if (found is null)
                    {
                        selector.Params.Add(found = new SelectorParam { Type = type, Name = name, IsOptional = optional });
                    }

                    p = found;
                }

                p.Type = Reprs.Union(p.Type, type);
                p.IsOptional |= optional;
            }
        }

        foreach (var p in selector.Params)
        {
            // Where not all members have a parameter, or defaults differ, a missing argument is the sentinel.
            if (!p.IsOptional && selector.Members.All(m => Shape(selector, m).Params.Count(q => q.Name is null) == selector.Params.Count(q => q.Name is null)) && p.Name is null)
            {
                continue;
            }

            p.IsOptional = true;
            ConstValue? common = null;
            var same = true;
            var index = p.Name is null ? selector.Params.IndexOf(p) : -1;
            foreach (var member in selector.Members)
            {
                if (member.Function is null)
                {
                    continue;
                }

                var ps = _lowering.Signatures.Params(member);
                var param = p.Name is null ? ps.Where(q => q.Kind != ParamKind.Named).ElementAtOrDefault(index) : ps.Find(q => q.Kind == ParamKind.Named && q.Name == p.Name);
                if (param is null || param.IsRequired)
                {
                    continue;
                }

                if (member.IsAbstract && param.Node.Default is null)
                {
                    continue;
                }

                var value = _lowering.Constants.DefaultOf(member, param);
                if (common is null)
                {
                    common = value;
                }
                else if (!common.Equals(value))
                {
                    same = false;
                }
            }

            if (same)
            {
                p.Default = common ?? ConstNull.Instance;
                if (p.Default is ConstNull && (!p.Type.IsRef || !p.Type.Nullable))
                {
                    p.Type = Reprs.Union(p.Type, Target.AnyRef);
                }
            }
            else
            {
                p.UsesSentinel = true;
                p.Type = Target.AnyRef;
            }
        }

        selector.Params = [.. selector.Params.Where(p => p.Name is null), .. selector.Params.Where(p => p.Name is not null).OrderBy(p => p.Name, StringComparer.Ordinal)];
        selector.Receiver = receiver ?? Target.TopRef;
        selector.Result = result ?? Target.AnyRef;
        var list = new List<WType> { selector.Receiver };
        list.AddRange(Enumerable.Repeat(Target.TopRef, selector.TypeParamCount));
        list.AddRange(selector.Params.Select(p => p.Type));
        selector.Def = _lowering.Parts.FuncDefs.Get(list, selector.Result);
    }

    private (WType Result, List<(WType Type, string? Name, bool Optional, bool Defined)> Params) Shape(Selector selector, Member member)
    {
        var reprs = Reprs.For(member.Arguments);
        if (member.Kind == MemberKind.Field)
        {
            var type = reprs.Of(_lowering.Signatures.FieldType(member));
            return selector.Kind == SelectorKind.Setter ? (WType.None, [(type, null, false, true)]) : (type, []);
        }

        var signature = _lowering.Signatures.Of(member);
        return (member.Kind == MemberKind.Setter ? WType.None : reprs.OfResult(signature.Result),
            [.. _lowering.Signatures.Params(member).Select(p => (reprs.Of(p.Type), p.Kind == ParamKind.Named ? p.Name : null, p.Kind != ParamKind.Required && !p.Node.IsRequiredNamed, true))]);
    }

    /// <summary>The selectors of a class by name, setters as <c>name=</c>.</summary>
    public IEnumerable<KeyValuePair<string, Selector>> OfClass(ClassElement cls) => _selectorsOfClass.TryGetValue(cls, out var table) ? table : [];
}
