using Harness.Dart.Lowering.Bodies;
using Harness.Dart.Semantics;

namespace Harness.Dart.Lowering.Module;

/// <summary>What is reached: classes of which the program makes objects, and the functions that calls of selectors find in them.</summary>
internal sealed class Reachability(ProgramLowering lowering)
{
    private readonly ProgramLowering _lowering = lowering;
    private readonly DartProgram _program = lowering.Program;
    private readonly HashSet<ClassElement> _instantiated = [];
    private readonly List<ClassElement> _instantiatedList = [];
    private readonly HashSet<ClassElement> _mentioned = [];

    private Selectors Selectors => _lowering.Selectors;
    private MemberFunctions Functions => _lowering.Functions;
    private TypeArgumentFunctions TypeArguments => _lowering.TypeArguments;

    /// <summary>The classes of which the program makes objects, in the order in which they were found.</summary>
    public IReadOnlyList<ClassElement> InstantiatedClasses => _instantiatedList;

    /// <summary>Notes that there may be objects of a class: calls can reach its members.</summary>
    public void MarkInstantiated(ClassElement cls)
    {
        if (!_instantiated.Add(cls))
        {
            return;
        }

        _instantiatedList.Add(cls);
        TypeArguments.AddTypeArgumentsTarget(cls);
        for (var c = cls; c is not null; c = c.Supertype?.Class)
        {
            foreach (var (_, s) in Selectors.OfClass(c))
            {
                var selector = s.Find();
                if (selector.IsCalled)
                {
                    AddTarget(selector, cls);
                }

                if (selector.Tearoff is { IsCalled: true } tearoff)
                {
                    AddTarget(tearoff, cls);
                }

                foreach (var variant in selector.Variants.Values.Where(variant => variant.IsCalled).ToList())
                {
                    AddTarget(variant, cls);
                }
            }
        }
    }

    /// <summary>Notes that a selector is called: its members are reached in all classes of which there are objects.</summary>
    public void MarkCalled(Selector selector)
    {
        if (selector.IsCalled)
        {
            return;
        }

        selector.IsCalled = true;
        foreach (var cls in _instantiatedList.ToArray())
        {
            AddTarget(selector, cls);
        }
    }

    private void AddTarget(Selector selector, ClassElement cls)
    {
        if (selector.Targets.ContainsKey(cls))
        {
            return;
        }

        var method = selector.Method;
        var key = selector.Kind == SelectorKind.Setter ? selector.Name + "=" : selector.Name;
        var member = TypeSystem.FindImplementation(cls, key);
        if (member is null)
        {
            // Not implemented: an object whose class has noSuchMethod answers by it.
            if (Selectors.SelectorIn(cls, key) == method && !cls.IsAbstract)
            {
                AddNoSuchMethodTarget(selector, method, cls);
            }

            return;
        }

        var actual = (selector.Kind == SelectorKind.Setter ? member.SetterSelector : member.Selector)?.Find();
        if (actual != method || selector.VariantOf is not null && !Selectors.Fits(selector, member))
        {
            return;
        }

        selector.Targets[cls] = selector.Kind switch
        {
            SelectorKind.Tearoff => Functions.TearoffFunction(member),
            SelectorKind.Setter => Functions.SetterFunction(member, selector),
            _ => Functions.InstanceFunction(member, selector),
        };
    }

    private void AddNoSuchMethodTarget(Selector selector, Selector method, ClassElement cls)
    {
        if (TypeSystem.FindImplementation(cls, "noSuchMethod") is not { } handler || handler.Owner == _program.Object.Class)
        {
            return;
        }

        selector.Targets[cls] = DynamicAdapters.MakeNoSuchMethodForwarder(_lowering, selector, method, cls, handler);
    }

    /// <summary>Notes that a type names a class.</summary>
    public void MarkMentioned(ClassElement cls) => _mentioned.Add(cls);

    /// <summary>Whether there may be objects of a class, or a type that names it.</summary>
    public bool IsMentioned(ClassElement cls) => _instantiated.Contains(cls) || _mentioned.Contains(cls);
}
