using System.Diagnostics.CodeAnalysis;
using Harness.Engine.Modules.Decoding;

namespace Harness.Engine.Modules.Validation;

/// <summary>What is known of a body while it is validated: what the module declares, the locals, and the place in the bytes.</summary>
internal sealed class ValidationState(ModuleEnvironment environment)
{
    /// <summary>The body's bytes, and the place in them: a field, since to read moves the place.</summary>
    public ModuleReader Reader;

    /// <summary>What the module declares.</summary>
    public ModuleEnvironment Environment { get; } = environment;

    /// <summary>The locals.</summary>
    public LocalTypes Locals { get; } = new(environment);

    /// <summary>The index of the function, imported ones first.</summary>
    public int FunctionIndex { get; set; }

    /// <summary>The offset of the instruction at hand, for messages.</summary>
    public int Offset { get; set; }

    /// <summary>Whether a value of the body is a vector, or an object that it makes or copies into has one.</summary>
    public bool HasVectors { get; set; }

    /// <summary>The opcode behind a prefix.</summary>
    public Opcode ReadSubOpcode(int prefix) => Reader.ReadSubOpcode(prefix);

    /// <summary>Reads the index of a table that the instruction changes.</summary>
    public TableType GetWrittenTable()
    {
        var index = Reader.ReadVarU32();
        var table = Environment.GetTable(index, Offset);
        Environment.Bodies.NoteWrite((int)index);
        return table;
    }

    /// <summary>Notes that a value of the body has a type.</summary>
    public void NoteVector(ValueType type) => HasVectors |= type.IsVector;

    /// <summary>The error that the instruction at hand is invalid.</summary>
    public InvalidModuleException Invalid(string message) => new(message, Offset);

    /// <summary>Fails since there is no such instruction.</summary>
    [DoesNotReturn]
    public void ThrowIllegal(Opcode opcode) => throw BodyScanner.IllegalOpcode(opcode, Offset);
}
