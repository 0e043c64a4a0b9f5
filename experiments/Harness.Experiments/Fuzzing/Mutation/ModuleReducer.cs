using System.Diagnostics;
using Harness.Engine.Modules;

namespace Harness.Experiments.Fuzzing.Mutation;

/// <summary>
/// Makes a module smaller while it keeps a property, by delta debugging (Zeller, Hildebrandt 2002): leaves out sections, empties bodies, leaves
/// out runs of instructions and of bytes, long ones first, until nothing more can go or the time is up.
/// </summary>
/// <param name="isInteresting">Whether a module has the property.</param>
/// <param name="time">The longest that it may take.</param>
internal sealed class ModuleReducer(Predicate<byte[]> isInteresting, TimeSpan time)
{
    /// <summary>Runs up to this length are tried at every place, since what belongs together is short and begins anywhere.</summary>
    private const int ShortRun = 6;

    private static readonly InstructionPart[] EmptyBody = [InstructionPart.Create(Opcode.Unreachable), InstructionPart.Create(Opcode.End)];

    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private byte[] _best = [];

    /// <summary>How many modules were tried.</summary>
    public int Trials { get; private set; }

    /// <summary>The smallest module that was found.</summary>
    public byte[] Reduce(byte[] module)
    {
        _best = module;
        int before;
        do
        {
            before = _best.Length;
            if (ModuleParts.TryParse(_best) is not null)
            {
                ReduceSections();
                EmptyBodies();
                ReduceBodies();
                ReducePayloads();
            }
            else
            {
                ReduceRanges(_best.Length, (start, length) => [.. _best.AsSpan(0, start), .. _best.AsSpan(start + length)]);
            }
        }
        while (_best.Length < before && _watch.Elapsed < time);
        return _best;
    }

    private void ReduceSections()
    {
        for (var i = ModuleParts.TryParse(_best)!.Sections.Count - 1; i >= 0; i--)
        {
            Change(parts => parts.Sections.RemoveAt(i));
        }
    }

    private void EmptyBodies()
    {
        for (var i = 0; i < ModuleParts.TryParse(_best)!.Functions.Count; i++)
        {
            Change(parts =>
            {
                var body = parts.Functions[i];
                if (body.Encode().Length > EmptyBody.Length + 1)
                {
                    body.Instructions.Clear();
                    body.Instructions.AddRange(EmptyBody);
                    body.Locals = [0];
                }
            });
        }
    }

    private void ReduceBodies()
    {
        for (var i = 0; i < (ModuleParts.TryParse(_best)?.Functions.Count ?? 0); i++)
        {
            var function = i;
            ReduceRanges(ModuleParts.TryParse(_best)!.Functions[i].Instructions.Count, (start, length) =>
            {
                // Without what went before, the bodies may be nothing but bytes.
                var parts = ModuleParts.TryParse(_best)!;
                if (function >= parts.Functions.Count || start + length > parts.Functions[function].Instructions.Count)
                {
                    return _best;
                }

                parts.Functions[function].Instructions.RemoveRange(start, length);
                return parts.Encode();
            });
        }
    }

    private void ReducePayloads()
    {
        for (var i = 0; i < (ModuleParts.TryParse(_best)?.Sections.Count ?? 0); i++)
        {
            var section = i;
            if (ModuleParts.TryParse(_best)!.Sections[i].Bodies is not null)
            {
                continue;
            }

            ReduceRanges(ModuleParts.TryParse(_best)!.Sections[i].Payload.Length, (start, length) =>
            {
                var parts = ModuleParts.TryParse(_best)!;
                parts.Sections[section].Flatten();
                var payload = parts.Sections[section].Payload;
                if (start + length > payload.Length)
                {
                    return _best;
                }

                parts.Sections[section].Payload = [.. payload.AsSpan(0, start), .. payload.AsSpan(start + length)];
                return parts.Encode();
            });
        }
    }

    /// <summary>Leaves out runs of items, long ones first.</summary>
    /// <param name="count">How many items there are.</param>
    /// <param name="without">The module without some of them.</param>
    private void ReduceRanges(int count, Func<int, int, byte[]> without)
    {
        for (var length = count; length > 0; length = length > 2 * ShortRun ? length / 2 : Math.Min(length - 1, ShortRun))
        {
            for (var start = 0; start + length <= count && _watch.Elapsed < time;)
            {
                if (Try(without(start, length)))
                {
                    count -= length;
                }
                else
                {
                    start += length > ShortRun ? length : 1;
                }
            }
        }
    }

    private void Change(Action<ModuleParts> change)
    {
        if (_watch.Elapsed >= time || ModuleParts.TryParse(_best) is not { } parts)
        {
            return;
        }

        change(parts);
        Try(parts.Encode());
    }

    private bool Try(byte[] module)
    {
        if (module.Length >= _best.Length)
        {
            return false;
        }

        Trials++;
        if (!isInteresting(module))
        {
            return false;
        }

        _best = module;
        return true;
    }
}
