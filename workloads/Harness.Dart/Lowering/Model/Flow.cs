using Harness.Dart.Semantics;

namespace Harness.Dart.Lowering.Model;

/// <summary>
/// What is known at a place of a function: whether it is reached, and the types that variables were promoted to. The model is that of the language's flow
/// analysis (specification of the feature "flow analysis", section Models): a variable has a chain of types, each a subtype of the one before, and types that
/// it was tested for, which it is promoted to again when a value of such a type is assigned. What promotions are kept under is a <see cref="LocalVariable"/>,
/// or a <see cref="FieldPath"/>. Of variables that are declared without a value it also knows whether they may still be without one, and whether they
/// may have got one: the language's definite assignment. Of variables that were given the outcome of tests it knows what these tell (<see cref="Condition"/>).
/// </summary>
internal sealed class Flow
{
    private readonly Dictionary<object, DartType[]> _promoted;
    private Dictionary<object, DartType[]>? _tested;
    private HashSet<LocalVariable>? _unassigned;
    private HashSet<LocalVariable>? _assigned;
    private Dictionary<LocalVariable, Condition>? _conditions;

    /// <summary>What is known at the start of a function.</summary>
    public Flow() => _promoted = [];

    private Flow(Flow other)
    {
        _promoted = new Dictionary<object, DartType[]>(other._promoted);
        _tested = other._tested is null ? null : new Dictionary<object, DartType[]>(other._tested);
        _unassigned = other._unassigned is null ? null : [.. other._unassigned];
        _assigned = other._assigned is null ? null : [.. other._assigned];
        _conditions = other._conditions is null ? null : new Dictionary<LocalVariable, Condition>(other._conditions);
        IsReachable = other.IsReachable;
    }

    /// <summary>Whether anything gets here.</summary>
    public bool IsReachable { get; set; } = true;

    /// <summary>The same knowledge, to go another way with.</summary>
    public Flow Copy() => new(this);

    /// <summary>The narrowest type that something is known to have; null where nothing more is known than its declared type.</summary>
    public DartType? Promoted(object key) => _promoted.TryGetValue(key, out var chain) ? chain[^1] : null;

    /// <summary>Notes a type, a subtype of those known before.</summary>
    public void Promote(object key, DartType type)
    {
        var chain = _promoted.GetValueOrDefault(key, []);
        if (chain.Length == 0 || !chain[^1].Equals(type))
        {
            _promoted[key] = [.. chain, type];
        }

        if (key is FieldPath && FieldPath.VariableOf(key) is { } variable)
        {
            variable.HasKnownFields = true;
        }
    }

    /// <summary>Notes that something was tested for a type, whatever the outcome.</summary>
    public void Test(object key, DartType type)
    {
        _tested ??= [];
        var types = _tested.GetValueOrDefault(key, []);
        if (!types.Contains(type))
        {
            _tested[key] = [.. types, type];
        }
    }

    /// <summary>Notes that a variable was given the outcome of tests.</summary>
    /// <param name="variable">The variable.</param>
    /// <param name="whenTrue">What is known where the tests hold.</param>
    /// <param name="whenFalse">What is known where they do not.</param>
    public void Remember(LocalVariable variable, Flow whenTrue, Flow whenFalse)
    {
        var condition = new Condition(NewIn(whenTrue), NewIn(whenFalse));
        if (condition.Keys.Any())
        {
            (_conditions ??= [])[variable] = condition;
        }
    }

    // The chains of types that another flow has and this one has not.
    private List<(object Key, DartType Type)> NewIn(Flow other) =>
        [.. other._promoted.Where(p => !_promoted.TryGetValue(p.Key, out var own) || !own.SequenceEqual(p.Value)).SelectMany(p => p.Value.Select(type => (p.Key, type)))];

    /// <summary>What a variable tells of others; null where it tells nothing.</summary>
    public Condition? ConditionOf(LocalVariable variable) => _conditions?.GetValueOrDefault(variable);

    /// <summary>Notes what a variable tells.</summary>
    public void Assume(IEnumerable<(object Key, DartType Type)> facts, TypeSystem types)
    {
        foreach (var (key, type) in facts)
        {
            if (Promoted(key) is not { } known || types.IsSubtype(type, known))
            {
                Promote(key, type);
            }
        }
    }

    // Forgets the types of what is assigned or belongs to that, and what variables tell of it.
    private void Forget(Predicate<object> isAssigned)
    {
        ForgetConditions(isAssigned);
        foreach (var key in _promoted.Keys.Where(key => isAssigned(key)).ToList())
        {
            _promoted.Remove(key);
        }
    }

    // Forgets what variables tell of something that is assigned, and what it tells itself.
    private void ForgetConditions(Predicate<object> isAssigned)
    {
        if (_conditions is null)
        {
            return;
        }

        foreach (var (variable, condition) in _conditions.ToList())
        {
            if (isAssigned(variable) || condition.Keys.Any(key => isAssigned(key)))
            {
                _conditions.Remove(variable);
            }
        }
    }

    /// <summary>Notes that a variable is declared without a value.</summary>
    public void DeclareUnassigned(LocalVariable variable) => (_unassigned ??= []).Add(variable);

    /// <summary>Notes that a variable gets a value.</summary>
    public void Assign(LocalVariable variable)
    {
        if (_unassigned?.Remove(variable) == true || _assigned?.Contains(variable) == true)
        {
            (_assigned ??= []).Add(variable);
        }
    }

    /// <summary>Whether a variable that was declared without a value may still have none.</summary>
    public bool MayBeUnassigned(LocalVariable variable) => IsReachable && _unassigned?.Contains(variable) == true;

    /// <summary>Whether a variable that was declared without a value may have got one.</summary>
    public bool MayBeAssigned(LocalVariable variable) => IsReachable && _assigned?.Contains(variable) == true;

    /// <summary>Notes that what assigns variables of some names may have run, or not.</summary>
    public void MayAssign(IReadOnlySet<string> names)
    {
        if (_unassigned is null)
        {
            return;
        }

        foreach (var variable in _unassigned.Where(variable => names.Contains(variable.Name)).ToList())
        {
            (_assigned ??= []).Add(variable);
        }
    }

    /// <summary>Notes that what leads to <paramref name="other"/> has run as well.</summary>
    public void AlsoAssignedBy(Flow other)
    {
        if (_unassigned is null || !other.IsReachable)
        {
            return;
        }

        foreach (var variable in _unassigned.Where(variable => other._unassigned?.Contains(variable) != true).ToList())
        {
            Assign(variable);
        }
    }

    /// <summary>Forgets the types of all variables that are assigned by one of some names, and that they have no value yet.</summary>
    public void Demote(IReadOnlySet<string> names)
    {
        MayAssign(names);
        Forget(key => FieldPath.VariableOf(key) is { } variable && names.Contains(variable.Name));
    }

    /// <summary>
    /// Notes that a value is assigned: promotions end that it does not have, and where its type is one of interest, the variable is promoted to that.
    /// </summary>
    /// <param name="key">What is assigned.</param>
    /// <param name="declared">Its declared type.</param>
    /// <param name="written">The type of the value.</param>
    /// <param name="types">The subtyping of the program.</param>
    public void Write(object key, DartType declared, DartType written, TypeSystem types)
    {
        ForgetConditions(key.Equals);
        if (key is LocalVariable { HasKnownFields: true })
        {
            Forget(other => other is FieldPath && key.Equals(FieldPath.VariableOf(other)));
        }

        var chain = _promoted.GetValueOrDefault(key, []).TakeWhile(type => IsWritten(type)).ToArray();
        if (chain.Length > 0)
        {
            _promoted[key] = chain;
        }
        else
        {
            _promoted.Remove(key);
        }

        var current = chain.Length > 0 ? chain[^1] : declared;
        if (TypeSystem.IsDynamic(written) || written.Equals(current))
        {
            return;
        }

        // Those that are narrower than what is known and wider than the value.
        var interest = TypesOfInterest(key, declared).Where(type => IsWritten(type) && !type.Equals(current) && types.IsSubtype(type, current)).ToList();
        var best = interest.Find(type => type.Equals(written)) ?? interest.Find(type => interest.TrueForAll(other => types.IsSubtype(type, other)));
        if (best is not null)
        {
            Promote(key, best);
        }

        bool IsWritten(DartType type) => !TypeSystem.IsDynamic(written) && types.IsSubtype(written, type);
    }

    private IEnumerable<DartType> TypesOfInterest(object key, DartType declared)
    {
        if (TypeSystem.IsNullable(declared) && declared is not SimpleType)
        {
            yield return TypeSystem.NonNull(declared);
        }

        foreach (var type in _tested?.GetValueOrDefault(key) ?? [])
        {
            yield return type;
            if (TypeSystem.IsNullable(type) && type is not SimpleType)
            {
                yield return TypeSystem.NonNull(type);
            }
        }
    }

    /// <summary>What holds behind either of two ways: the types that both know, and all tests.</summary>
    public static Flow Join(Flow a, Flow b)
    {
        if (!a.IsReachable)
        {
            return b;
        }

        if (!b.IsReachable)
        {
            return a;
        }

        var joined = new Flow { _unassigned = Union(a._unassigned, b._unassigned), _assigned = Union(a._assigned, b._assigned) };
        foreach (var (key, chain) in a._promoted)
        {
            if (!b._promoted.TryGetValue(key, out var other))
            {
                continue;
            }

            var both = chain.Where(other.Contains).ToArray();
            if (both.Length > 0)
            {
                joined._promoted[key] = both;
            }
        }

        foreach (var (variable, condition) in a._conditions ?? [])
        {
            if (ReferenceEquals(b.ConditionOf(variable), condition))
            {
                (joined._conditions ??= [])[variable] = condition;
            }
        }

        foreach (var (key, tested) in (a._tested ?? []).Concat(b._tested ?? []))
        {
            foreach (var type in tested)
            {
                joined.Test(key, type);
            }
        }

        return joined;
    }

    private static HashSet<LocalVariable>? Union(HashSet<LocalVariable>? a, HashSet<LocalVariable>? b) => a is null ? b is null ? null : [.. b] : b is null ? [.. a] : [.. a, .. b];

    /// <summary>Takes over what another flow knows of what nobody assigns, as a closure does, which may run more than once.</summary>
    public void Inherit(Flow other)
    {
        _unassigned = other._unassigned is null ? null : [.. other._unassigned];
        _assigned = Union(other._assigned, other._unassigned);
        foreach (var (key, chain) in other._promoted)
        {
            if (FieldPath.VariableOf(key) is not { IsAssigned: true })
            {
                _promoted[key] = chain;
            }
        }

        _conditions = other._conditions is null ? null : new Dictionary<LocalVariable, Condition>(other._conditions);
        ForgetConditions(key => FieldPath.VariableOf(key) is { IsAssigned: true });
    }
}
