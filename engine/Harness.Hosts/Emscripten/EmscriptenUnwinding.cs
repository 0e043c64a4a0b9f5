using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Hosts.Emscripten;

/// <summary>
/// Unwinding by way of the host, of programs that were compiled without WebAssembly's exceptions: whatever may be unwound is called through an
/// <c>invoke_*</c>, which tells the program by <c>setThrew</c> that it was. With WebAssembly's exceptions the program needs nothing of this.
/// </summary>
/// <remarks>
/// An exception of C++ lies behind a header of 24 bytes (<c>__cxa_exception</c> of Emscripten): count of references, type, destructor, whether caught,
/// whether thrown again, and the address after adjusting.
/// </remarks>
internal sealed class EmscriptenUnwinding(EmscriptenHost host)
{
    private const uint HeaderSize = 24;
    private const uint TypeOffset = 4;
    private const uint DestructorOffset = 8;
    private const uint CaughtOffset = 12;
    private const uint RethrownOffset = 13;
    private const uint AdjustedOffset = 16;

    /// <summary>The most catches that have begun and not ended; each is a frame of the program, of which there are fewer.</summary>
    private const int MostCaught = 1 << 16;

    private readonly Stack<uint> _caught = new();
    private uint _last;
    private uint _uncaught;
    private ulong _secondResult;

    public void Add(Dictionary<string, HostSlotCallback> functions)
    {
        functions["_emscripten_throw_longjmp"] = functions["emscripten_longjmp"] = functions["__emscripten_throw_longjmp"] = (_, _) => throw new EmscriptenException(0);
        functions["getTempRet0"] = (_, slots) => slots[0] = _secondResult;
        functions["setTempRet0"] = (_, slots) => _secondResult = slots[0];
        functions["__cxa_throw"] = (_, slots) => Throw((uint)slots[0], (uint)slots[1], (uint)slots[2]);
        functions["__cxa_rethrow"] = (_, _) => Rethrow();
        functions["__resumeException"] = (_, slots) => throw new EmscriptenException(_last = _last == 0 ? (uint)slots[0] : _last);
        functions["__cxa_begin_catch"] = (_, slots) => slots[0] = BeginCatch((uint)slots[0]);
        functions["__cxa_end_catch"] = (_, _) => EndCatch();
        functions["__cxa_get_exception_ptr"] = (_, slots) => slots[0] = Read(((uint)slots[0]) - HeaderSize + AdjustedOffset) is not 0 and uint adjusted ? adjusted : slots[0];
        functions["__cxa_uncaught_exceptions"] = (_, slots) => slots[0] = _uncaught;
        functions["llvm_eh_typeid_for"] = (_, _) => { };
    }

    /// <summary>Whether an <c>invoke_*</c> can be of a type: its first parameter is an index, and none is a reference.</summary>
    public static bool CanInvoke(FunctionType type) =>
        type.Parameters is [{ Kind: ValueKind.I32 }, ..] && !type.Parameters.Any(parameter => parameter.IsReference) && !type.Results.Any(result => result.IsReference);

    /// <summary>An <c>invoke_*</c> of a type: calls the table's element that the first argument says with the others, and traps where an indirect call would.</summary>
    public HostFunction Invoker(FunctionType type)
    {
        var called = FunctionType.Of(type.Parameters.AsSpan()[1..], type.Results.AsSpan());
        var calledId = TypeRegistry.CanonicalId(called);
        return HostFunction.Create(type, (_, slots) =>
        {
            var function = InvokedBy(called, calledId, (uint)slots[0]);
            var stack = SaveStack();
            try
            {
                slots[1..].CopyTo(slots);
                function.InvokeRaw(slots);
            }
            catch (EmscriptenException)
            {
                RestoreStack(stack);
                host.Call("setThrew", 1, 0);
                if (type.Results.Length > 0)
                {
                    slots[0] = 0;
                }
            }
        });
    }

    /// <summary>Finds which of some types the exception that is on its way is of; the second result is the type.</summary>
    public HostSlotCallback CatchFinder(FunctionType type) => (_, slots) =>
    {
        var thrown = _last;
        var thrownType = thrown == 0 ? 0 : Read(thrown - HeaderSize + TypeOffset);
        SetSecondResult(0);
        if (thrown != 0)
        {
            host.Memory.Write(thrown - HeaderSize + AdjustedOffset, thrown);
            SetSecondResult(thrownType);
            foreach (var caught in slots[..type.Parameters.Length])
            {
                if (caught != 0 && caught != thrownType && !CanCatch((uint)caught, thrownType, thrown))
                {
                    continue;
                }

                SetSecondResult(caught == 0 ? thrownType : (uint)caught);
                break;
            }
        }

        slots[0] = thrown;
    };

    /// <summary>The function of an element of the table, which must be of a type: of the same canonical id, as nearly all are, or with the same parameters and results.</summary>
    private WasmFunction InvokedBy(FunctionType type, int typeId, uint element)
    {
        var table = host.FunctionTable();
        if (element >= table.Length)
        {
            throw new HostTrapException(TrapKind.UndefinedElement);
        }

        var function = table[element].AsFunction() ?? throw new HostTrapException(TrapKind.UninitializedElement);
        if (function.TypeId == typeId)
        {
            return function;
        }

        var isSame = function.Type.Parameters.AsSpan().SequenceEqual(type.Parameters.AsSpan()) && function.Type.Results.AsSpan().SequenceEqual(type.Results.AsSpan());
        return isSame ? function : throw new HostTrapException(TrapKind.IndirectCallTypeMismatch);
    }

    private uint Read(uint address) => host.Memory.Read<uint>(address);

    private bool CanCatch(uint caught, uint thrownType, uint thrown) =>
        host.Find("__cxa_can_catch") is not null && (uint)host.Call("__cxa_can_catch", caught, thrownType, thrown - HeaderSize + AdjustedOffset) != 0;

    /// <summary>The second result of a function is in a variable of the program, in older versions in one of the host.</summary>
    public void SetSecondResult(uint value)
    {
        _secondResult = value;
        foreach (var name in new[] { "setTempRet0", "_emscripten_tempret_set" })
        {
            if (host.Find(name) is not null)
            {
                host.Call(name, value);
            }
        }
    }

    private ulong SaveStack() => host.Call(host.Find("stackSave") is null ? "emscripten_stack_get_current" : "stackSave");

    private void RestoreStack(ulong stack) => host.Call(host.Find("stackRestore") is null ? "_emscripten_stack_restore" : "stackRestore", stack);

    private void Throw(uint exception, uint type, uint destructor)
    {
        var header = exception - HeaderSize;
        host.Memory.Write(header + TypeOffset, type);
        host.Memory.Write(header + DestructorOffset, destructor);
        host.Memory.Write(header + AdjustedOffset, 0u);
        _last = exception;
        _uncaught++;
        throw new EmscriptenException(exception);
    }

    private void Rethrow()
    {
        if (!_caught.TryPop(out var exception))
        {
            throw new EmscriptenAbortException("the program throws again what it has not caught");
        }

        var header = exception - HeaderSize;
        if (host.Memory.Read<byte>(header + RethrownOffset) == 0)
        {
            _caught.Push(exception);
            host.Memory.Write(header + RethrownOffset, (byte)1);
            host.Memory.Write(header + CaughtOffset, (byte)0);
            _uncaught++;
        }

        _last = exception;
        throw new EmscriptenException(exception);
    }

    private ulong BeginCatch(uint exception)
    {
        if (_caught.Count == MostCaught)
        {
            throw new EmscriptenAbortException($"the program has begun {MostCaught} catches and ended none of them");
        }

        var header = exception - HeaderSize;
        if (host.Memory.Read<byte>(header + CaughtOffset) == 0)
        {
            host.Memory.Write(header + CaughtOffset, (byte)1);
            _uncaught--;
        }

        host.Memory.Write(header + RethrownOffset, (byte)0);
        _caught.Push(exception);
        if (host.Find("__cxa_increment_exception_refcount") is not null)
        {
            host.Call("__cxa_increment_exception_refcount", exception);
        }

        return Read(header + AdjustedOffset) is not 0 and uint adjusted ? adjusted : exception;
    }

    private void EndCatch()
    {
        host.Call("setThrew", 0, 0);
        if (!_caught.TryPop(out var exception))
        {
            throw new EmscriptenAbortException("the program ends a catch that it has not begun");
        }

        if (host.Find("__cxa_decrement_exception_refcount") is not null)
        {
            host.Call("__cxa_decrement_exception_refcount", exception);
        }

        _last = 0;
    }
}
