using System.Text.Json;
using System.Text.Json.Serialization;
using Harness.Engine.Configuration;

namespace Harness.Engine.Diagnostics;

/// <summary>
/// What the engine did with a module and why: what its call sites saw, what was inlined, what was compiled, which guards
/// failed. Made by <see cref="ExecutionRecorder"/>. Offsets of instructions are counted from the start of the module's bytes.
/// </summary>
/// <param name="Functions">The functions that were compiled, by index.</param>
/// <param name="Deopts">The deopts in the order in which they happened.</param>
public sealed record Explanation(IReadOnlyList<FunctionExplanation> Functions, IReadOnlyList<DeoptExplanation> Deopts)
{
    private static readonly JsonSerializerOptions JsonOptions = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        WriteIndented = true,
    };

    /// <summary>Version of the JSON form: it changes when something is renamed or removed, not when something is added.</summary>
    [JsonPropertyOrder(-1)]
    public int Schema => 1;

    /// <summary>SHA-256 of the module's bytes, by which files tell what module they are about.</summary>
    public string? ModuleHash { get; init; }

    /// <summary>What was called, in order, as far as whoever made the recording noted it.</summary>
    public IReadOnlyList<RecordedCall> Calls { get; init; } = [];

    /// <summary>How long functions have waited for the optimizing compiler, of all modules of the engine.</summary>
    public WaitExplanation Waits { get; init; } = new(0, 0, 0, 0, 0, 0);

    /// <summary>The explanation as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, JsonOptions);
}

/// <summary>How long functions have waited for the optimizing compiler, each from when it was first asked for (<see cref="Runtime.CompilationWaits"/>).</summary>
/// <param name="Begun">Compilations that have begun.</param>
/// <param name="QueuedMicroseconds">Time until that, over all of them.</param>
/// <param name="LongestQueuedMicroseconds">The longest such time.</param>
/// <param name="Installed">Compilations whose code was installed.</param>
/// <param name="UntilInstalledMicroseconds">Time until that, over all of these.</param>
/// <param name="LongestUntilInstalledMicroseconds">The longest such time.</param>
public sealed record WaitExplanation(
    int Begun, double QueuedMicroseconds, double LongestQueuedMicroseconds, int Installed, double UntilInstalledMicroseconds, double LongestUntilInstalledMicroseconds);

/// <summary>A call from outside.</summary>
/// <param name="AtMilliseconds">When it began, since the recording began.</param>
/// <param name="Call">The function and its arguments.</param>
/// <param name="Times">How often it was made.</param>
public sealed record RecordedCall(double AtMilliseconds, string Call, int Times);

/// <summary>What is known of a function.</summary>
/// <param name="Index">Its index in the module.</param>
/// <param name="Name">Its name, or <c>func[index]</c>.</param>
/// <param name="WireBytes">The size of its body in bytes.</param>
/// <param name="CallSites">What its calls have seen by now, in the order of the bytes.</param>
/// <param name="Compilations">How it was compiled, in order of time.</param>
public sealed record FunctionExplanation(
    int Index,
    string Name,
    int WireBytes,
    IReadOnlyList<CallSiteExplanation> CallSites,
    IReadOnlyList<CompilationExplanation> Compilations);

/// <summary>The feedback of a call site.</summary>
/// <param name="Offset">Offset of the call instruction.</param>
/// <param name="Instruction">The instruction.</param>
/// <param name="State">Uninitialized, monomorphic, polymorphic or megamorphic; direct calls are monomorphic once executed.</param>
/// <param name="Count">How often it was executed in baseline code, as far as counted.</param>
/// <param name="Targets">Targets that were seen, most frequent first; for direct calls the only one.</param>
public sealed record CallSiteExplanation(
    int Offset, string Instruction, string State, long Count, IReadOnlyList<CallTarget> Targets);

/// <summary>A target of a call site.</summary>
/// <param name="FunctionIndex">The function, or -1 for one of another instance or of the host.</param>
/// <param name="Name">Its name.</param>
/// <param name="Count">How often it was called there.</param>
public sealed record CallTarget(int FunctionIndex, string Name, long Count);

/// <summary>A compilation of a function.</summary>
/// <param name="Tier">Which compiler.</param>
/// <param name="AtMilliseconds">When it had ended, since the recording began.</param>
/// <param name="CompileMicroseconds">How long it took; with graphs recorded, this includes printing them.</param>
/// <param name="CodeBytes">The size of the code; 0 if there is none.</param>
/// <param name="InlinedCalls">How many calls were inlined.</param>
/// <param name="DeoptPoints">How many guards can leave the code.</param>
/// <param name="Failure">Why there is no code; else null.</param>
/// <param name="Inlining">What was decided about its calls; none for baseline code.</param>
/// <param name="Steps">The steps of the compilation, in their order; none for baseline code.</param>
/// <param name="Graphs">The graph after each pass, if asked for.</param>
/// <param name="Code">The machine code, if asked for.</param>
public sealed record CompilationExplanation(
    CompilationTier Tier,
    double AtMilliseconds,
    double CompileMicroseconds,
    int CodeBytes,
    int InlinedCalls,
    int DeoptPoints,
    string? Failure,
    IReadOnlyList<CallSiteDecision> Inlining,
    IReadOnlyList<CompilationStepExplanation> Steps,
    IReadOnlyList<GraphText> Graphs,
    IReadOnlyList<ListingLine> Code)
{
    /// <summary>How long the function was asked to be optimized before a compile thread began; null for baseline code and where there is no code.</summary>
    public double? QueuedMicroseconds { get; init; }

    /// <summary>How long it was asked for before the code could be called; null likewise.</summary>
    public double? UntilInstalledMicroseconds { get; init; }
}

/// <summary>A step of a compilation.</summary>
/// <param name="Name">What was done; the name of a pass, which may run several times.</param>
/// <param name="Microseconds">How long it took.</param>
/// <param name="Nodes">How many nodes the graph has in its blocks afterwards; 0 for what makes no graph.</param>
/// <param name="IsStopped">Whether it used up its share of the budget and stopped.</param>
public sealed record CompilationStepExplanation(string Name, double Microseconds, int Nodes, bool IsStopped);

/// <summary>A compiler.</summary>
public enum CompilationTier
{
    /// <summary>The single-pass compiler.</summary>
    Baseline,

    /// <summary>The optimizing compiler.</summary>
    Optimized,
}

/// <summary>What was decided about inlining at a call site.</summary>
/// <param name="Offset">Offset of the call instruction.</param>
/// <param name="Instruction">The instruction.</param>
/// <param name="State">State of the feedback that the decision was made with.</param>
/// <param name="Targets">The candidates, most frequent first.</param>
public sealed record CallSiteDecision(
    int Offset, string Instruction, string State, IReadOnlyList<TargetDecision> Targets)
{
    /// <summary>
    /// What was decided for targets that are not inlined, if they come: a guard or a generic call; null where the target is certain or none is inlined. Where the function may not deoptimize at all
    /// (<c>deopt</c>, <c>deopt.limit</c>), a guard is a generic call as well.
    /// </summary>
    public MissHandling? Miss { get; init; }

    /// <summary>Whether the policy has said so, and not the knobs.</summary>
    public bool IsMissByPolicy { get; init; }
}

/// <summary>What was decided about one candidate.</summary>
/// <param name="FunctionIndex">The function, or -1 for one of another instance or of the host.</param>
/// <param name="Name">Its name.</param>
/// <param name="Count">How often it was called there.</param>
/// <param name="WireBytes">The size of its body in bytes.</param>
/// <param name="Depth">How deep it would be nested: 1 for a call in the compiled function itself.</param>
/// <param name="Score">The policy's score.</param>
/// <param name="IsInlined">Whether it was inlined.</param>
/// <param name="Order">The place in the order of inlining, from 1; 0 if not inlined.</param>
/// <param name="Reason">Why it was or was not.</param>
/// <param name="CallSites">Its own calls, if it was inlined.</param>
public sealed record TargetDecision(
    int FunctionIndex,
    string Name,
    long Count,
    int WireBytes,
    int Depth,
    double Score,
    bool IsInlined,
    int Order,
    string Reason,
    IReadOnlyList<CallSiteDecision> CallSites)
{
    /// <summary>Cycles that inlining saves each time the call is executed, by estimate: the policy's, or the engine's where the policy made none; null of functions of others.</summary>
    public double? CyclesSaved { get; init; }

    /// <summary>IR nodes that inlining adds, by the same estimate.</summary>
    public double? NodesAdded { get; init; }

    /// <summary>What a model would be told of it, in the order of <see cref="Configuration.InliningFeature"/>; null unless the policy is <c>oracle</c>.</summary>
    public IReadOnlyList<double>? Features { get; init; }

    /// <summary>Whether a policy decided: it could have been inlined.</summary>
    public bool IsCandidate { get; init; }
}

/// <summary>A graph in text form.</summary>
/// <param name="Pass">The pass that has made it what it is; <c>build</c> for the graph as it was built.</param>
/// <param name="Text">The text.</param>
public sealed record GraphText(string Pass, string Text);

/// <summary>An instruction of machine code.</summary>
/// <param name="CodeOffset">Where it begins, from the start of the code.</param>
/// <param name="Length">Its size in bytes.</param>
/// <param name="Label">The label before it, or null.</param>
/// <param name="Text">The instruction.</param>
/// <param name="Source">The WebAssembly instruction that begins here, or null.</param>
public sealed record ListingLine(int CodeOffset, int Length, string? Label, string Text, SourceInstruction? Source);

/// <summary>A WebAssembly instruction.</summary>
/// <param name="Function">Name of the function that it stands in, which may be an inlined one.</param>
/// <param name="Offset">Its offset.</param>
/// <param name="Text">The instruction.</param>
public sealed record SourceInstruction(string Function, int Offset, string Text)
{
    /// <summary>The line of the program that it was compiled from, where somebody knows it; else null.</summary>
    public string? SourceLine { get; init; }
}

/// <summary>A guard failed, and execution went on in baseline code.</summary>
/// <param name="AtMilliseconds">When, since the recording began.</param>
/// <param name="FunctionIndex">The function whose code was left.</param>
/// <param name="Function">Its name.</param>
/// <param name="Reason">Why.</param>
/// <param name="Microseconds">How long it took to find and rebuild the frames.</param>
/// <param name="Frames">The rebuilt frames, outermost first.</param>
public sealed record DeoptExplanation(
    double AtMilliseconds,
    int FunctionIndex,
    string Function,
    string Reason,
    double Microseconds,
    IReadOnlyList<FrameExplanation> Frames);

/// <summary>A frame that a deopt rebuilt.</summary>
/// <param name="FunctionIndex">The function.</param>
/// <param name="Function">Its name.</param>
/// <param name="Offset">Offset of the instruction that it goes on at, or after for outer frames.</param>
/// <param name="Instruction">That instruction.</param>
/// <param name="Locals">Parameters and locals.</param>
/// <param name="Operands">The operand stack, bottom first.</param>
public sealed record FrameExplanation(
    int FunctionIndex,
    string Function,
    int Offset,
    string Instruction,
    IReadOnlyList<string> Locals,
    IReadOnlyList<string> Operands);
