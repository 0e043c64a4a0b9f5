using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Diagnostics;

/// <summary>
/// A copy of compiled code, which may be freed, from which a listing can be made: instructions with the WebAssembly
/// instructions that they come from.
/// </summary>
internal sealed class CodeListing
{
    private readonly WasmModule _module;
    private readonly byte[] _bytes;
    private readonly int _instructionBytes;
    private readonly nint _address;
    private readonly Dictionary<int, int> _sources = [];

    /// <summary>Copies code while it is there.</summary>
    public CodeListing(WasmModule module, CompiledCode code)
    {
        _module = module;
        _bytes = code.Block.Bytes.ToArray();
        _instructionBytes = code.InstructionBytes;
        _address = code.Block.Address;
        foreach (var (codeOffset, bytecodeOffset) in code.SourceMap ?? [])
        {
            _sources[codeOffset] = bytecodeOffset;
        }
    }

    /// <summary>The lines.</summary>
    public IReadOnlyList<ListingLine> Lines()
    {
        var last = -1;
        SourceInstruction? SourceAt(int codeOffset)
        {
            if (!_sources.TryGetValue(codeOffset, out var offset) || offset == last)
            {
                return null;
            }

            last = offset;
            return InstructionText.FunctionAt(_module, offset) is { } function
                ? new SourceInstruction(function.ToString(), offset, InstructionText.At(function, offset))
                : null;
        }

        return [.. Disassembly.Lines(_bytes, _instructionBytes, _address, NameOf)
            .Select(line => new ListingLine(line.Offset, line.Length, line.Label, line.Text, SourceAt(line.Offset)))];
    }

    /// <summary>The name of a shared stub.</summary>
    private static string? NameOf(nint address)
    {
        for (Stub stub = 0; stub < Stub.Count; stub++)
        {
            if (NativeRuntime.AddressOf(stub) == address)
            {
                return stub.ToString();
            }
        }

        return null;
    }
}
