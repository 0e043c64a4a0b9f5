using Harness.Dart.Ir;
using Harness.Dart.Lowering.Bodies;
using Harness.Dart.Lowering.Module;

namespace Harness.Dart.Lowering.Model;

/// <summary>Where variables are: in locals, in cells that closures share, or in the context of the closure that is lowered.</summary>
internal sealed class VariablePlaces(FunctionLowering body)
{
    private readonly FunctionLowering _body = body;
    private readonly FunctionState _state = body.State;
    private readonly NodeOutput _output = body.Output;

    private readonly Dictionary<LocalVariable, int> _captured = [];

    /// <summary>The struct of a closure's context, filled as variables are found that it captures.</summary>
    public StructDef? Context { get; set; }

    /// <summary>Holds a closure's context.</summary>
    public IrLocal? ContextLocal { get; set; }

    /// <summary>What a closure captures, in the order of its context's fields.</summary>
    public List<LocalVariable> Captures { get; } = [];

    /// <summary>Gives a variable its place and first value.</summary>
    public void Initialize(LocalVariable variable, Node? value)
    {
        if (variable.Cell is { } cell)
        {
            variable.Local = _state.Function.AddLocal(WType.Ref(cell), variable.Name);
            _output.Emit(Node.Set(variable.Local, Node.New(cell, value ?? Representations.DefaultNode(cell.Fields[0].Type))));
            return;
        }

        variable.Local ??= _state.Function.AddLocal(variable.Repr, variable.Name);
        if (value is not null)
        {
            _output.Emit(Node.Set(variable.Local, value));
        }
        else
        {
            _output.Emit(Node.Set(variable.Local, Representations.DefaultNode(variable.Local.Type.IsRef ? variable.Local.Type.AsNullable : variable.Local.Type)));
        }
    }

    /// <summary>The variable's cell or value as this function has it, captured where it belongs to another.</summary>
    public Node Place(LocalVariable variable)
    {
        if (variable.Owner == _body)
        {
            return Node.Get(variable.Local ?? throw new DartErrorException(_state.Scope.File, 0, $"Local variable '{variable.Name}' can't be referenced before it is declared."));
        }

        if (_state.Parent is null)
        {
            throw new InvalidOperationException($"{variable.Name} belongs to another function");
        }

        if (!_captured.TryGetValue(variable, out var index))
        {
            var type = variable.Cell is { } cell ? WType.Ref(cell) : variable.Local?.Type ?? variable.Repr;
            index = Context!.Add(type, false, variable.Name);
            _captured[variable] = index;
            Captures.Add(variable);
        }

        return Node.Field(Context!, index, Node.Get(ContextLocal!));
    }

    /// <summary>The value of a variable as it is held.</summary>
    public Node ReadRaw(LocalVariable variable)
    {
        var place = Place(variable);
        return variable.Cell is { } cell ? ReadCell(cell, place, variable.Repr) : place;
    }

    private static Node ReadCell(StructDef cell, Node place, WType repr)
    {
        var node = Node.Field(cell, 0, place);
        return repr.IsRef && !repr.Nullable ? Node.NonNull(node) : node;
    }

    /// <summary>Emits that a variable is set.</summary>
    public void WriteRaw(LocalVariable variable, Node value)
    {
        if (variable.Cell is { } cell)
        {
            _output.Emit(Node.SetField(cell, 0, Place(variable), value));
        }
        else
        {
            _output.Emit(Node.Set(variable.Local!, value));
        }
    }
}
