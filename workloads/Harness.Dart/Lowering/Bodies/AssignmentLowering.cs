using Harness.Dart.Lowering.Model;
using Harness.Dart.Lowering.Module;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering.Bodies;

/// <summary>Assignments, compound ones and increments included.</summary>
internal sealed class AssignmentLowering(FunctionLowering body)
{
    private readonly FunctionLowering _body = body;
    private readonly DartProgram _program = body.Program.Program;
    private readonly TypeSystem _types = body.Program.Types;
    private readonly Representations _reprs = body.Reprs;
    private readonly FunctionState _state = body.State;
    private readonly NodeOutput _output = body.Output;

    private ExpressionLowering Expressions => _body.Expressions;
    private InvocationLowering Invocations => _body.Invocations;
    private OperatorLowering Operators => _body.Operators;
    private NumberLowering Numbers => _body.Numbers;
    private ConditionLowering Conditions => _body.Conditions;
    private TargetLowering Targets => _body.Targets;
    private VariableLowering Locals => _body.Locals;
    private MemberLookup Members => _body.Members;
    private Coercions Coercions => _body.Coercions;

    /// <summary>Notes that a variable is assigned, and what the type of the value tells of it; a final variable can be assigned only where it has no value yet.</summary>
    public void PromoteOnWrite(AssignmentTarget place, DartType valueType, Syntax.Node at)
    {
        if (place.Variable is { } variable)
        {
            if (variable.IsFinal && (variable.IsLate ? !_output.Flow.MayBeUnassigned(variable) && _output.Flow.MayBeAssigned(variable) : _output.Flow.MayBeAssigned(variable)))
            {
                throw _state.Error(at, variable.IsLate ? $"Late final variable '{variable.Name}' definitely assigned." : $"Final variable '{variable.Name}' might already be assigned at this point.");
            }

            _output.Flow.Assign(variable);
        }

        if (place.Key is not null && place.Declared is not null)
        {
            _output.Flow.Write(place.Key, place.Declared, valueType, _types);
        }
    }

    /// <summary>An assignment, simple, compound or <c>??=</c>; its value is what is assigned.</summary>
    public Val LowerAssign(Assign a, DartType? context)
    {
        var place = Targets.LowerPlace(a.Target);
        if (a.Op is null)
        {
            var value = Conditions.LowerOutcome(a.Value, place.WriteType, out var told);
            var node = Coercions.Coerce(value, place.WriteType, a.Value);
            // What is dynamic is checked when it is written, and stays dynamic as the value of the assignment.
            var type = value.Type;
            PromoteOnWrite(place, TypeSystem.IsDynamic(type) ? place.WriteType : type, a);
            if (told is var (whenTrue, whenFalse) && place.Key is LocalVariable variable)
            {
                _output.Flow.Remember(variable, whenTrue, whenFalse);
            }

            var repr = _reprs.Of(place.WriteType);
            if (TypeSystem.IsVoid(place.WriteType))
            {
                type = place.WriteType;
            }

            var local = _output.TempOf(_reprs.Convert(node, repr), out var set, "value");
            return new Val(Node.Seq([.. place.Before, set, Node.Drop(place.Write(Node.Get(local))), TypeSystem.IsDynamic(type) ? Node.Get(local) : Locals.Narrow(Node.Get(local), type)]), type);
        }

        if (a.Op == "??")
        {
            var current = place.Read();
            if (!current.Node.Type.IsRef || !TypeSystem.IsNullable(current.Type))
            {
                return new Val(Node.Seq([.. place.Before, current.Node]), current.Type);
            }

            var old = _output.TempOf(current.Node, out var setOld, "old");
            var before = _output.Flow.Copy();
            var value = Expressions.Lower(a.Value, place.WriteType);
            var coerced = Coercions.Coerce(value, place.WriteType, a.Value);
            var type = Expressions.MergedType(TypeSystem.NonNull(current.Type), value.Type, context);
            _output.Flow = Flow.Join(before, _output.Flow);
            PromoteOnWrite(place, type, a);
            var repr = _reprs.Of(type);
            var local = _output.TempOf(_reprs.Convert(coerced, _reprs.Of(place.WriteType)), out var set, "value");
            var assign = Node.Seq(set, Node.Drop(place.Write(Node.Get(local))), _reprs.Convert(Node.Get(local), repr));
            return new Val(Node.Seq([.. place.Before, setOld, Node.If(Node.IsNull(Node.Get(old)), assign, _reprs.Convert(Node.Get(old), repr), repr)]), type);
        }

        {
            var current = place.Read();
            var value = Operators.BinaryOp(current, a.Op, a.Value, place.WriteType, a);
            return Store(place, value, a);
        }
    }

    private Val Store(AssignmentTarget place, Val value, Syntax.Node at)
    {
        var node = Coercions.Coerce(value, place.WriteType, at);
        PromoteOnWrite(place, value.Type, at);
        var local = _output.TempOf(_reprs.Convert(node, _reprs.Of(place.WriteType)), out var set, "value");
        var type = TypeSystem.IsDynamic(value.Type) ? place.WriteType : value.Type;
        return new Val(Node.Seq([.. place.Before, set, Node.Drop(place.Write(Node.Get(local))), Locals.Narrow(Node.Get(local), type)]), type);
    }

    /// <summary>An increment or decrement, before or behind the operand.</summary>
    public Val LowerUpdate(Update u)
    {
        var place = Targets.LowerPlace(u.Target);
        var current = place.Read();
        var op = u.Op[..1];
        if (TypeSystem.IsNullable(current.Type) && !TypeSystem.IsDynamic(current.Type) && Members.FindMember(current.Type, op) is null && Members.FindExtension(current.Type, op) is null)
        {
            throw _state.Error(u, $"Operator '{op}' cannot be called on '{current.Type}' because it is potentially null.");
        }

        var old = _output.TempOf(current.Node, out var setOld, "old");
        var one = Numbers.IsDouble(current.Type) ? new Val(Node.F64(1), _program.Double) : new Val(Node.I64(1), _program.Int);
        var left = current with { Node = Node.Get(old) };
        var value = Numbers.NumericOp(left, op, one) ?? (TypeSystem.IsDynamic(current.Type) ? Invocations.CallWithValues(left, op, [one], u) : Operators.CallOperator(left, op, one, u));
        var node = Coercions.Coerce(value, place.WriteType, u);
        PromoteOnWrite(place, value.Type, u);
        var local = _output.TempOf(_reprs.Convert(node, _reprs.Of(place.WriteType)), out var set, "value");
        var result = u.Prefix ? Locals.Narrow(Node.Get(local), value.Type) : Node.Get(old);
        return new Val(Node.Seq([.. place.Before, setOld, set, Node.Drop(place.Write(Node.Get(local))), result]), u.Prefix ? value.Type : current.Type);
    }
}
