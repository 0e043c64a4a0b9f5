using System.Diagnostics.CodeAnalysis;
using Harness.Engine.Modules.Decoding;

namespace Harness.Engine.Modules.Validation;

/// <summary>
/// The types of a function's parameters and locals while its body is validated, and which locals without an initial
/// value have been set (specification, section 3.4).
/// </summary>
internal sealed class LocalTypes
{
    private const int AlwaysExpanded = 256;

    private readonly ModuleEnvironment _environment;
    private readonly List<Run> _runs = [];
    private readonly HashSet<int> _initialized = [];
    private readonly List<int> _initializationOrder = [];

    /// <summary>
    /// The types of the first locals. Only so many as the body can pay for; the rest are looked up in the runs.
    /// </summary>
    private ValueType[] _types = new ValueType[AlwaysExpanded];
    private int _expanded;
    private uint _count;
    private uint _parameterCount;

    public LocalTypes(ModuleEnvironment environment) => _environment = environment;

    /// <summary>How many locals have been set that had no initial value.</summary>
    public int InitializedCount => _initializationOrder.Count;

    /// <summary>Whether a local is a vector, parameters aside.</summary>
    public bool HasVectors { get; private set; }

    /// <summary>Starts a function: takes its parameters and reads its vector of locals.</summary>
    public void Declare(FunctionType type, ref ModuleReader body)
    {
        _runs.Clear();
        HasVectors = false;
        Forget(0);
        var at = body.Offset;
        var parameters = type.Parameters.AsSpan();
        var affordable = Math.Max(AlwaysExpanded, Math.Max(body.Remaining, parameters.Length));
        ulong count = (uint)parameters.Length;
        ulong declared = 0;
        for (var runs = body.ReadCount(int.MaxValue, "runs of locals"); runs > 0; runs--)
        {
            var length = body.ReadVarU32();
            var local = _environment.ReadValueType(ref body);
            declared += length;
            HasVectors |= local.IsVector;
            if (declared > uint.MaxValue)
            {
                throw new MalformedModuleException("too many locals", at);
            }

            if (length > 0)
            {
                _runs.Add(new Run((uint)Math.Min(count + declared, uint.MaxValue), local));
            }
        }

        count += declared;
        if (count > ImplementationLimits.Locals)
        {
            throw InvalidModuleException.TooMany("locals", ImplementationLimits.Locals, at);
        }

        _count = (uint)count;
        _parameterCount = (uint)parameters.Length;
        _expanded = Math.Min((int)count, affordable);
        if (_types.Length < _expanded)
        {
            _types = new ValueType[Math.Max(_expanded, _types.Length * 2)];
        }

        parameters.CopyTo(_types);
        var start = parameters.Length;
        foreach (var run in _runs)
        {
            var end = Math.Min((int)run.End, _expanded);
            _types.AsSpan(start, end - start).Fill(run.Type);
            start = end;
            if (start == _expanded)
            {
                break;
            }
        }
    }

    /// <summary>The type of a local that is read.</summary>
    public ValueType Get(uint index, int offset)
    {
        var type = TypeOf(index, offset);
        if (!type.IsDefaultable && index >= _parameterCount && !_initialized.Contains((int)index))
        {
            throw new InvalidModuleException($"uninitialized local {index}", offset);
        }

        return type;
    }

    /// <summary>The type of a local that is written.</summary>
    public ValueType Set(uint index, int offset)
    {
        var type = TypeOf(index, offset);
        if (!type.IsDefaultable && index >= _parameterCount && _initialized.Add((int)index))
        {
            _initializationOrder.Add((int)index);
        }

        return type;
    }

    /// <summary>Ends a block: the locals that were set in it may not be set after it.</summary>
    /// <param name="initializedCount">The <see cref="InitializedCount"/> at the block's start.</param>
    public void Forget(int initializedCount)
    {
        for (var i = _initializationOrder.Count; i > initializedCount; i--)
        {
            _initialized.Remove(_initializationOrder[i - 1]);
            _initializationOrder.RemoveAt(i - 1);
        }
    }

    private ValueType TypeOf(uint index, int offset)
    {
        if (index < (uint)_expanded)
        {
            return _types[index];
        }

        if (index >= _count)
        {
            ThrowUnknown(index, offset);
        }

        var low = 0;
        var high = _runs.Count - 1;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (index < _runs[middle].End)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return _runs[low].Type;
    }

    [DoesNotReturn]
    private static void ThrowUnknown(uint index, int offset) =>
        throw new InvalidModuleException($"unknown local {index}", offset);

    /// <summary>Locals of one type in a row, up to the index <paramref name="End"/>.</summary>
    private readonly record struct Run(uint End, ValueType Type);
}
