using Harness.Engine.Baseline.Model;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Emitters;

/// <summary>Calls of the shared stubs, and traps at places that are reached in line.</summary>
/// <param name="state">What is known of the function.</param>
/// <param name="stubs">Addresses of the shared stubs, by <see cref="Stub"/>.</param>
internal sealed class StubCalls(BaselineState state, nint[] stubs)
{
    private readonly Assembler _asm = state.Assembler;
    private readonly CodeSites _sites = state.Sites;
    private readonly nint[] _stubs = stubs;

    /// <summary>Calls a stub.</summary>
    public void CallStub(Stub stub) => _asm.Call(_stubs[(int)stub]);

    /// <summary>
    /// Traps at this place of the code. A byte that is never executed follows the call, so that its return address is not that
    /// of an instruction that may fault, which would be another trap at the same address.
    /// </summary>
    public void EmitTrapHere(TrapKind kind)
    {
        CallStub(Stub.Trap);
        _sites.AddCallSite(kind);
        _asm.Int3();
    }

    /// <summary>Traps unless a condition holds.</summary>
    public void EmitTrapUnless(Condition condition, TrapKind kind)
    {
        var fine = _asm.NewLabel();
        _asm.JccShort(condition, fine);
        EmitTrapHere(kind);
        _asm.Bind(fine);
    }
}
