using Harness.Dart.Ir;
using Harness.Dart.Semantics;

namespace Harness.Dart.Lowering.Dispatch;

/// <summary>
/// Which functions virtual calls can reach, in a closed world: those of the subtypes of the receiver's static type, as far as the knob
/// <c>dart.devirtualize</c> has the compiler look.
/// </summary>
internal sealed class CallTargets(ProgramLowering program)
{
    private readonly Dictionary<(Selector Selector, ClassElement? Receiver), IReadOnlyDictionary<ClassElement, IrFunction>> _targets = [];
    private readonly Dictionary<(Selector Selector, ClassElement? Receiver), bool> _overridden = [];

    /// <summary>The functions that a call can reach, by the class of its receiver.</summary>
    public IReadOnlyDictionary<ClassElement, IrFunction> Of(VirtualCall call)
    {
        if (call.ReceiverClass is not { } receiver || program.Options.Devirtualize == DevirtualizeKind.Off)
        {
            return call.Selector.Targets;
        }

        if (!_targets.TryGetValue((call.Selector, receiver), out var targets))
        {
            targets = call.Selector.Targets.Where(target => program.Types.Supertypes(target.Key).ContainsKey(receiver)).ToDictionary();
            // A subtype that nothing makes: the call is not reached, and stays as it is.
            if (targets.Count == 0)
            {
                targets = call.Selector.Targets;
            }

            _targets[(call.Selector, receiver)] = targets;
        }

        return targets;
    }

    /// <summary>The one function that a call can reach; null where there are several, or the compiler does not look.</summary>
    public IrFunction? Only(VirtualCall call)
    {
        switch (program.Options.Devirtualize)
        {
            case DevirtualizeKind.Off:
                return null;
            case DevirtualizeKind.ClassHierarchy when IsOverridden(call):
                return null;
        }

        IrFunction? only = null;
        foreach (var target in Of(call).Values)
        {
            if (only is not null && !ReferenceEquals(only, target))
            {
                return null;
            }

            only = target;
        }

        return only;
    }

    /// <summary>Whether classes of the program, made or not, implement the member in more than one way below the receiver's static type.</summary>
    private bool IsOverridden(VirtualCall call)
    {
        var key = (call.Selector, call.ReceiverClass);
        if (_overridden.TryGetValue(key, out var known))
        {
            return known;
        }

        var method = call.Selector.Method;
        var name = method.Kind == SelectorKind.Setter ? method.Name + "=" : method.Name;
        var implementations = program.Program.Classes
            .Where(cls => !cls.IsAbstract && (call.ReceiverClass is null || program.Types.Supertypes(cls).ContainsKey(call.ReceiverClass)) && program.Selectors.SelectorIn(cls, name) == method)
            .Select(cls => TypeSystem.FindImplementation(cls, name))
            .Distinct();
        return _overridden[key] = implementations.Skip(1).Any();
    }
}
