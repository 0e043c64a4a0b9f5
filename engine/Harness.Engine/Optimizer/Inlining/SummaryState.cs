using Harness.Engine.Modules;

namespace Harness.Engine.Optimizer.Inlining;

/// <summary>What is known of a function while its bytes are looked through: where operands come from, and what has been counted so far.</summary>
/// <param name="module">The module.</param>
/// <param name="function">The function, which the module defines.</param>
internal sealed class SummaryState(WasmModule module, FunctionInfo function)
{
    /// <summary>The place in the bytes: a field, since to read moves the place.</summary>
    public BytecodeReader Reader = module.OpenBody(function);

    /// <summary>The module.</summary>
    public WasmModule Module { get; } = module;

    /// <summary>The function.</summary>
    public FunctionInfo Function { get; } = function;

    /// <summary>The operands.</summary>
    public OriginStack Stack { get; } = new();

    /// <summary>What the function does with each of its parameters.</summary>
    public ParameterUses[] Uses { get; } = new ParameterUses[function.Type.Parameters.Length];

    /// <summary>Nodes so far.</summary>
    public int Nodes { get; set; }

    /// <summary>A branch or selection goes by a value.</summary>
    public void Decide(ValueOrigin condition)
    {
        if (condition.Kind == ValueOriginKind.Parameter)
        {
            Uses[condition.Index].Branches++;
        }
    }

    /// <summary>A reference is tested.</summary>
    public void Test(ValueOrigin reference)
    {
        Nodes += NodeEstimates.Test;
        if (reference.Kind == ValueOriginKind.Parameter)
        {
            Uses[reference.Index].Tests++;
        }
    }

    /// <summary>A field or element of an object is read or written.</summary>
    public void Access(ValueOrigin reference)
    {
        if (reference.Kind == ValueOriginKind.Parameter)
        {
            Uses[reference.Index].Accesses++;
        }
    }

    /// <summary>A value is stored, returned or passed on.</summary>
    public void Escape(ValueOrigin value)
    {
        if (value.Kind == ValueOriginKind.Parameter)
        {
            Uses[value.Index].Escapes++;
        }
    }

    /// <summary>Takes operands that are stored, returned or passed on.</summary>
    public void PopEscaping(int count)
    {
        for (var i = 0; i < count; i++)
        {
            Escape(Stack.Pop());
        }
    }
}
