using Harness.Engine.Modules;

namespace Harness.Experiments.Fuzzing;

/// <summary>A type that a random program defines. All of them are one recursion group.</summary>
internal abstract record ProgramTypeDefinition
{
    public abstract void Write(WasmWriter writer);
}
