using Harness.Dart.Ir;
using Harness.Dart.Lowering.Bodies;
using Harness.Dart.Semantics;

namespace Harness.Dart.Lowering.Module;

/// <summary>Variables at top level and static fields.</summary>
internal sealed class StaticVariables(ProgramLowering lowering)
{
    private readonly ProgramLowering _lowering = lowering;

    private Representations Reprs => _lowering.Reprs;
    private ConstantPool Pool => _lowering.Pool;

    /// <summary>The global of a variable, with the function that reads it where it is evaluated when it is first read.</summary>
    public StaticVariable Variable(Member member)
    {
        if (member.Variable is { } known)
        {
            return known;
        }

        var type = _lowering.Signatures.FieldType(member);
        var repr = Reprs.Of(type);
        var init = member.Field!.Init;
        ConstValue? constant = null;
        if (init is not null)
        {
            constant = _lowering.Constants.TryEvaluateInitializer(member, type);
        }

        if (init is null && !member.Field.Late)
        {
            constant = ConstNull.Instance;
        }

        if (constant is not null && (constant is not ConstNull || repr.IsRef && repr.Nullable))
        {
            var node = Reprs.ConvertConstant(Pool.ConstNode(constant), constant, repr);
            var eager = _lowering.NewGlobal(member.FullName, repr, member.HasSetter, node);
            return member.Variable = new StaticVariable { Member = member, Type = type, Global = eager, IsEager = true };
        }

        var isFlagless = repr.IsRef && !repr.Nullable;
        var storage = repr.IsRef ? repr.AsNullable : repr;
        var global = _lowering.NewGlobal(member.FullName, storage, true, Representations.DefaultNode(storage));
        var flag = isFlagless ? null : _lowering.NewGlobal(member.FullName + "#done", WType.I32, true, Node.I32(0));
        var variable = member.Variable = new StaticVariable { Member = member, Type = type, Global = global, Flag = flag };
        var getter = variable.Getter = _lowering.NewFunction(member.FullName + " (lazy)");
        getter.Result = repr;
        _lowering.Enqueue(() => EntryLowering.LowerLazyStatic(_lowering, getter, variable), member);
        return variable;
    }
}
