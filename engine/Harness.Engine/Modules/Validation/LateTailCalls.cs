namespace Harness.Engine.Modules.Validation;

/// <summary>
/// What <see cref="TailCallGraph"/> says of the functions of a module, found out for a function when it is first asked for, together with those to which its tail calls lead.
/// Each body is read once. Safe for use by several threads.
/// </summary>
/// <param name="bodies">The bodies, which nobody may have checked.</param>
/// <param name="importedFunctions">Number of imported functions, which come first and may belong to any instance.</param>
/// <param name="functions">Number of all functions.</param>
internal sealed class LateTailCalls(LateValidation bodies, int importedFunctions, int functions)
{
    /// <summary>An answer: nobody has asked yet.</summary>
    private const byte Unknown = 0;

    /// <summary>An answer: it is being found.</summary>
    private const byte Explored = 1;

    /// <summary>An answer: all chains of tail calls end in the instance.</summary>
    private const byte Stays = 2;

    /// <summary>An answer: a chain of tail calls may lead out of the instance.</summary>
    private const byte Leaves = 3;

    private readonly Lock _gate = new();

    /// <summary>By function, the answer.</summary>
    private readonly byte[] _answers = new byte[functions];

    /// <inheritdoc cref="FunctionInfo.MayLeaveInstance"/>
    /// <param name="function">A function that the module defines.</param>
    public bool MayLeave(int function)
    {
        var answer = Volatile.Read(ref _answers[function]);
        if (answer >= Stays)
        {
            return answer == Leaves;
        }

        lock (_gate)
        {
            if (_answers[function] == Unknown)
            {
                Explore(function);
            }

            return _answers[function] == Leaves;
        }
    }

    /// <summary>Finds the answer for a function, and for all to which its tail calls lead: what these call is known or among them.</summary>
    private void Explore(int first)
    {
        var explored = new List<int> { first };
        var callers = new Dictionary<int, List<int>>();
        var leaving = new Stack<int>();
        _answers[first] = Explored;
        for (var i = 0; i < explored.Count; i++)
        {
            var caller = explored[i];
            BodyScanner.Walk(bodies.Open(caller), (opcode, immediates) =>
            {
                if (opcode is Opcode.ReturnCallIndirect or Opcode.ReturnCallRef)
                {
                    leaving.Push(caller);
                }

                if (opcode == Opcode.ReturnCall)
                {
                    Add(caller, immediates.ReadVarU32());
                }
            });
        }

        while (leaving.TryPop(out var function))
        {
            if (_answers[function] == Leaves)
            {
                continue;
            }

            Volatile.Write(ref _answers[function], Leaves);
            foreach (var caller in callers.GetValueOrDefault(function) ?? [])
            {
                leaving.Push(caller);
            }
        }

        foreach (var function in explored)
        {
            if (_answers[function] == Explored)
            {
                Volatile.Write(ref _answers[function], Stays);
            }
        }

        void Add(int caller, uint callee)
        {
            if (callee >= (uint)functions)
            {
                return;
            }

            var function = (int)callee;
            if (function < importedFunctions || _answers[function] == Leaves)
            {
                leaving.Push(caller);
                return;
            }

            if (_answers[function] == Stays)
            {
                return;
            }

            if (!callers.TryGetValue(function, out var known))
            {
                callers.Add(function, known = []);
            }

            if (known.Count == 0 || known[^1] != caller)
            {
                known.Add(caller);
            }

            if (_answers[function] != Unknown)
            {
                return;
            }

            _answers[function] = Explored;
            explored.Add(function);
        }
    }
}
