using Harness.Dart.Lowering.Bodies;
using Harness.Dart.Lowering.Module;
using Harness.Dart.Semantics;

namespace Harness.Dart.Lowering.Model;

/// <summary>Names of local variables: the scopes of a function, and those of the functions around it.</summary>
internal sealed class VariableScopes(FunctionLowering body)
{
    private readonly FunctionLowering _body = body;
    private readonly Representations _reprs = body.Reprs;
    private readonly FunctionState _state = body.State;

    /// <summary>The innermost scope.</summary>
    public NameScope Current { get; set; } = new(null);

    /// <summary>Opens a scope.</summary>
    /// <param name="declarations">What the block declares, with the place of its declaration.</param>
    public void Push(Dictionary<string, int>? declarations = null) => Current = new NameScope(Current) { Declarations = declarations };

    /// <summary>Closes the innermost.</summary>
    public void Pop() => Current = Current.Parent!;

    /// <summary>The variable of a name, of this function or one around it.</summary>
    public LocalVariable? Lookup(string name)
    {
        for (var f = _body; f is not null; f = f.State.Parent)
        {
            for (var scope = f.Variables.Current; scope is not null; scope = scope.Parent)
            {
                if (scope.Names.TryGetValue(name, out var found))
                {
                    return found;
                }

                if (scope.Declarations is not null && scope.Declarations.TryGetValue(name, out var position))
                {
                    throw new DartErrorException(_state.Scope.File, position, $"Local variable '{name}' can't be referenced before it is declared.");
                }
            }
        }

        return null;
    }

    /// <summary>Whether a name is that of a variable or local function of this function, be it declared further on in its block; those of the functions around it have scopes of their own.</summary>
    public bool Hides(string name)
    {
        for (var scope = Current; scope is not null; scope = scope.Parent)
        {
            if (scope.Names.ContainsKey(name) || scope.Declarations is not null && scope.Declarations.ContainsKey(name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A new variable of the innermost scope.</summary>
    public LocalVariable Declare(string name, DartType type, Syntax.Node at, bool isFinal = false, bool late = false)
    {
        var variable = new LocalVariable(name, type) { Owner = _body, IsFinal = isFinal, IsLate = late };
        variable.IsAssigned = _state.Use.Assigned.Contains(name);
        variable.IsAssignedInClosure = _state.Use.AssignedInClosures.Contains(name);
        variable.Repr = late ? _reprs.LateRepr(type, _reprs.Of(type)) : _reprs.Of(type);
        var shared = _state.Use.InClosures.Contains(name) && (variable.IsAssigned || late);
        if (shared)
        {
            variable.Cell = _reprs.CellOf(variable.Repr);
        }

        if (name != "_" && name.Length > 0 && !Current.Names.TryAdd(name, variable))
        {
            throw _state.Error(at, $"'{name}' is already declared in this scope.");
        }

        return variable;
    }

    /// <summary>The constant that a local name stands for; a variable is none.</summary>
    internal LocalVariable? LookupConstant(Syntax.Ident id)
    {
        if (Lookup(id.Name) is not { } variable)
        {
            return null;
        }

        return variable.Constant is not null ? variable : throw _state.Error(id, $"Not a constant expression: '{id.Name}' is a variable.");
    }
}
