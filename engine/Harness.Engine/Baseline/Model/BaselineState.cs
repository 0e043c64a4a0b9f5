using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Model;

/// <summary>
/// All that is known of a function while it is compiled, one object for each concern. Emitters are handed this when they are made, and keep
/// the objects that they work on.
/// </summary>
internal sealed class BaselineState : IDisposable
{
    /// <summary>An empty state. All buffers are kept from one function to the next.</summary>
    public BaselineState()
    {
        Frame = new FrameSlots(Assembler);
        Stack = new ValueStack(Frame, Chunks);
        Moves = new ParallelMove(Assembler, Frame);
        Control = new ControlStack(Assembler, Body, Stack, Chunks);
        Sites = new CodeSites(Assembler, Body, Stack);
        Types = new TypeMentions(Assembler);
        Cold = new ColdPaths(Assembler, Body);
        Resume = new ResumePointRecorder(Assembler, Body, Stack, Frame);
        Handlers = new ExceptionHandlers(this);
        Shared = new SharedMoves(Stack);
    }

    /// <summary>Writes the code.</summary>
    public Assembler Assembler { get; } = new(256 * 1024);

    /// <summary>The function, and the place in its bytes.</summary>
    public FunctionBody Body { get; } = new();

    /// <summary>The slots of the frame.</summary>
    public FrameSlots Frame { get; }

    /// <summary>The chunks that states are made of.</summary>
    public StateChunks Chunks { get; } = new();

    /// <summary>The locals and operands, and the registers that they are in.</summary>
    public ValueStack Stack { get; }

    /// <summary>Moves that happen at once.</summary>
    public ParallelMove Moves { get; }

    /// <summary>The open labels, and the states that their branches agree on.</summary>
    public ControlStack Control { get; }

    /// <summary>What is known of places in the code.</summary>
    public CodeSites Sites { get; }

    /// <summary>The instructions that mention types.</summary>
    public TypeMentions Types { get; }

    /// <summary>What is to come behind the body.</summary>
    public ColdPaths Cold { get; }

    /// <summary>Where execution can resume.</summary>
    public ResumePointRecorder Resume { get; }

    /// <summary>The blocks that catch exceptions.</summary>
    public ExceptionHandlers Handlers { get; }

    /// <summary>Moves that branches with very many values share.</summary>
    public SharedMoves Shared { get; }

    /// <summary>Begins to compile the body of the function that is open.</summary>
    /// <param name="slotSize">Bytes of a frame slot.</param>
    public void Clear(int slotSize)
    {
        Assembler.Reset();
        Frame.Clear(slotSize);
        Chunks.Truncate(0);
        Stack.Clear();
        Control.Clear();
        Sites.Clear();
        Types.Open(Body.IsKept);
        Cold.Clear();
        Handlers.Clear();
        Shared.Clear();
        Resume.Clear();
        Body.Rewind();
    }

    /// <inheritdoc/>
    public void Dispose() => Assembler.Dispose();
}
