using System.Runtime.ExceptionServices;
using Harness.Engine.Modules.Decoding;

namespace Harness.Engine.Modules.Validation;

/// <summary>
/// Validates the function bodies of a module, on several threads where it is told to and there is enough to do. What it finds is what one thread would find that
/// takes them one after the other. A module that is both malformed and invalid counts as malformed, so that bodies behind an invalid one are decoded as well.
/// </summary>
/// <param name="environment">What the module declares.</param>
/// <param name="module">A reader of the module.</param>
/// <param name="firstFunction">Index of the function that the first body belongs to.</param>
/// <param name="bodies">Where the bodies start and end, after their sizes; is told which have anything to do with vectors.</param>
/// <param name="count">How many of them there are.</param>
internal sealed class BodyValidation(ModuleEnvironment environment, ModuleReader module, int firstFunction, (int Start, int End, bool HasVectors)[] bodies, int count)
{
    /// <summary>Bytes of bodies that are worth a thread.</summary>
    public const int LeastBytesPerThread = 32 << 10;

    /// <summary>Bodies that a thread takes at a time.</summary>
    private const int BodiesPerTurn = 16;

    private readonly Lock _gate = new();
    private int _next;
    private int _firstInvalid = int.MaxValue;
    private int _firstBroken = int.MaxValue;
    private InvalidModuleException? _invalid;
    private ExceptionDispatchInfo? _broken;

    /// <summary>Validates the bodies.</summary>
    /// <param name="threads">Most threads that do it, this one among them. Where the system has not so many, fewer do it.</param>
    /// <param name="start">Starts a thread.</param>
    /// <param name="tailCalls">Told of the tail calls.</param>
    /// <returns>What is wrong with the first body that is invalid; null if none is.</returns>
    /// <exception cref="MalformedModuleException">A body is malformed.</exception>
    public InvalidModuleException? Run(int threads, Action<Thread> start, TailCallGraph tailCalls)
    {
        _ = environment.Bodies;
        long bytes = 0;
        for (var i = 0; i < count; i++)
        {
            bytes += bodies[i].End - bodies[i].Start;
        }

        var most = Math.Max(0, (int)Math.Min(threads, bytes / LeastBytesPerThread) - 1);
        var helpers = new List<(Thread Thread, TailCallGraph TailCalls)>(most);
        try
        {
            while (helpers.Count < most)
            {
                var found = new TailCallGraph();
                var thread = new Thread(() => Work(found)) { IsBackground = true, Name = "validation" };
                start(thread);
                helpers.Add((thread, found));
            }
        }
        catch (Exception fault) when (fault is OutOfMemoryException or ThreadStartException)
        {
            // There is no thread left: those that have started read the module, and are waited for as ever.
        }

        Work(tailCalls);
        foreach (var (thread, found) in helpers)
        {
            thread.Join();
            tailCalls.Add(found);
        }

        if (_firstBroken > _firstInvalid)
        {
            Scan(_firstBroken);
        }
        else
        {
            _broken?.Throw();
        }

        return _invalid;
    }

    /// <summary>
    /// Decodes the bodies from one on that lies behind an invalid one. A thread may have validated it all the same, since it was not known yet what is wrong before, and found more than
    /// decoding does.
    /// </summary>
    /// <exception cref="MalformedModuleException">A body is malformed.</exception>
    private void Scan(int from)
    {
        for (var i = from; i < count; i++)
        {
            BodyScanner.Scan(environment, module.Slice(bodies[i].Start, bodies[i].End));
        }
    }

    /// <summary>Takes bodies until none is left, or one before them is malformed.</summary>
    private void Work(TailCallGraph tailCalls)
    {
        var validator = new FunctionValidator(environment, tailCalls);
        while (true)
        {
            var from = Interlocked.Add(ref _next, BodiesPerTurn) - BodiesPerTurn;
            if (from >= count || from > Volatile.Read(ref _firstBroken))
            {
                return;
            }

            for (var i = from; i < Math.Min(from + BodiesPerTurn, count); i++)
            {
                try
                {
                    bodies[i].HasVectors = Decode(validator, i);
                }
                catch (Exception fault)
                {
                    NoteBroken(i, fault);
                    return;
                }
            }
        }
    }

    /// <summary>Validates a body, or only decodes it if it or one before is invalid.</summary>
    /// <returns>Whether the function has anything to do with vectors.</returns>
    private bool Decode(FunctionValidator validator, int index)
    {
        var body = module.Slice(bodies[index].Start, bodies[index].End);
        if (index < Volatile.Read(ref _firstInvalid))
        {
            try
            {
                return validator.Validate(firstFunction + index, body);
            }
            catch (InvalidModuleException fault)
            {
                NoteInvalid(index, fault);
            }
        }

        BodyScanner.Scan(environment, body);
        return false;
    }

    private void NoteInvalid(int index, InvalidModuleException fault)
    {
        lock (_gate)
        {
            if (index >= _firstInvalid)
            {
                return;
            }

            _firstInvalid = index;
            _invalid = fault;
        }
    }

    private void NoteBroken(int index, Exception fault)
    {
        lock (_gate)
        {
            if (index >= _firstBroken)
            {
                return;
            }

            _firstBroken = index;
            _broken = ExceptionDispatchInfo.Capture(fault);
        }
    }
}
