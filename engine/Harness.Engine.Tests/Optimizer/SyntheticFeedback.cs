using System.Globalization;
using Harness.Engine.Feedback;
using Harness.Engine.Modules;

namespace Harness.Engine.Tests.Optimizer;

/// <summary>Feedback that no run has made: what a test says that the call sites have seen.</summary>
internal sealed class SyntheticFeedback : IFeedbackSource
{
    private readonly Dictionary<int, FunctionFeedback> _functions = [];
    private readonly IReadOnlyDictionary<int, long> _work;

    private SyntheticFeedback(
        WasmModule module, Func<CallSite, CallSiteFeedback> feedbackOf, IReadOnlyDictionary<int, long>? invocations = null,
        IReadOnlyDictionary<int, long>? work = null)
    {
        _work = work ?? new Dictionary<int, long>();
        foreach (var function in module.Functions.Where(function => !function.IsImported))
        {
            CallSiteFeedback[] sites = [.. CallSitesOf(function).Select(feedbackOf)];
            if (sites.Length > 0)
            {
                _functions.Add(function.Index, new FunctionFeedback(sites, invocations?.GetValueOrDefault(function.Index, 1) ?? 1));
            }
        }
    }

    /// <summary>A call instruction.</summary>
    /// <param name="Function">The caller.</param>
    /// <param name="Ordinal">Which of its calls this is, from 0.</param>
    /// <param name="Offset">The instruction's offset in the module's bytes.</param>
    /// <param name="TypeId">The canonical type of an indirect call; -1 for a direct one.</param>
    public sealed record CallSite(FunctionInfo Function, int Ordinal, int Offset, int TypeId);

    /// <summary>
    /// Feedback from lines of the form <c>CALLER@ORDINAL -> TARGET:COUNT TARGET:COUNT …</c>, for direct calls
    /// <c>-> COUNT</c>, for megamorphic sites <c>-> megamorphic</c>. Sites without a line were never executed. <c>CALLER -> COUNT</c>
    /// is how often a function was entered, once if it has no such line; <c>CALLER -> COUNT WORK</c> tells also how many wire bytes it has run.
    /// </summary>
    public static SyntheticFeedback Parse(WasmModule module, IEnumerable<string> lines)
    {
        var bySite = new Dictionary<(int Function, int Ordinal), string>();
        var invocations = new Dictionary<int, long>();
        var work = new Dictionary<int, long>();
        foreach (var line in lines)
        {
            var sides = line.Split("->", StringSplitOptions.TrimEntries);
            var site = sides[0].Split('@');
            var function = FunctionNamed(module, site[0]);
            if (site.Length == 1)
            {
                var numbers = sides[1].Split(' ');
                invocations.Add(function, long.Parse(numbers[0], CultureInfo.InvariantCulture));
                if (numbers.Length > 1)
                {
                    work.Add(function, long.Parse(numbers[1], CultureInfo.InvariantCulture));
                }
            }
            else
            {
                bySite.Add((function, int.Parse(site[1], CultureInfo.InvariantCulture)), sides[1]);
            }
        }

        var feedback = new SyntheticFeedback(
            module,
            site => bySite.Remove((site.Function.Index, site.Ordinal), out var text)
                ? ParseSite(module, site, text)
                : new CallSiteFeedback(site.Offset, FeedbackState.Uninitialized, 0, []),
            invocations,
            work);
        if (bySite.Count > 0)
        {
            throw new FormatException($"there is no call site {bySite.First().Key}");
        }

        return feedback;
    }

    /// <summary>
    /// Every call site was executed often; indirect ones went to up to <paramref name="targets"/> functions of their type,
    /// by a seed.
    /// </summary>
    public static SyntheticFeedback Random(WasmModule module, int seed, int targets)
    {
        var random = new Random(seed);
        return new SyntheticFeedback(module, site =>
        {
            if (site.TypeId < 0)
            {
                return new CallSiteFeedback(site.Offset, FeedbackState.Monomorphic, 100_000, []);
            }

            FeedbackTarget[] seen = [.. module.Functions
                .Where(function => !function.IsImported && function.CanonicalTypeId == site.TypeId)
                .OrderBy(_ => random.Next())
                .Take(random.Next(1, targets + 1))
                .Select((function, i) => new FeedbackTarget(function.Index, 100_000 - i))];
            var state = seen.Length switch
            {
                0 => FeedbackState.Uninitialized,
                1 => FeedbackState.Monomorphic,
                _ => FeedbackState.Polymorphic,
            };
            return new CallSiteFeedback(site.Offset, state, seen.Sum(target => target.Count), seen);
        });
    }

    /// <inheritdoc/>
    public FunctionFeedback? FeedbackOf(int functionIndex) => _functions.GetValueOrDefault(functionIndex);

    /// <inheritdoc/>
    public long WorkOf(int functionIndex) => _work.GetValueOrDefault(functionIndex);

    /// <inheritdoc/>
    public int DeoptsAt(int bytecodeOffset) => 0;

    /// <summary>The index of the function with a name.</summary>
    public static int FunctionNamed(WasmModule module, string name) =>
        module.Functions.FirstOrDefault(function => function.Name == name.TrimStart('$'))?.Index
        ?? throw new FormatException($"there is no function {name}");

    private static CallSiteFeedback ParseSite(WasmModule module, CallSite site, string text)
    {
        if (text == "megamorphic")
        {
            return new CallSiteFeedback(site.Offset, FeedbackState.Megamorphic, 1_000_000, []);
        }

        if (long.TryParse(text, CultureInfo.InvariantCulture, out var calls))
        {
            return new CallSiteFeedback(site.Offset, FeedbackState.Monomorphic, calls, []);
        }

        FeedbackTarget[] targets = [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(item =>
        {
            var parts = item.Split(':');
            return new FeedbackTarget(FunctionNamed(module, parts[0]), long.Parse(parts[1], CultureInfo.InvariantCulture));
        })];
        var state = targets.Length == 1 ? FeedbackState.Monomorphic : FeedbackState.Polymorphic;
        return new CallSiteFeedback(site.Offset, state, targets.Sum(target => target.Count), targets);
    }

    private static List<CallSite> CallSitesOf(FunctionInfo function)
    {
        var sites = new List<CallSite>();
        var reader = function.Module.OpenBody(function);
        reader.SkipLocals();
        while (!reader.IsAtEnd)
        {
            var offset = reader.Offset;
            var opcode = reader.ReadOpcode();
            if (opcode is >= Opcode.Call and <= Opcode.ReturnCallRef)
            {
                var index = reader.ReadIndex();
                var typeId = opcode is Opcode.Call or Opcode.ReturnCall ? -1 : function.Module.CanonicalTypeIds[index];
                sites.Add(new CallSite(function, sites.Count, offset, typeId));
                if (opcode is Opcode.CallIndirect or Opcode.ReturnCallIndirect)
                {
                    reader.ReadIndex();
                }
            }
            else
            {
                reader.SkipImmediates(opcode);
            }
        }

        return sites;
    }
}
