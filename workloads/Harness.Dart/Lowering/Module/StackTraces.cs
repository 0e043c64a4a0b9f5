using Harness.Dart.Ir;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering.Module;

/// <summary>
/// Whether a program asks for the stack traces of its exceptions: then each <c>throw</c> captures the stack, and otherwise only the first few do, for the report of one that nobody catches
/// (<c>_captureStackTrace</c> of the core library). A program asks where its own text, or that of a package, is lowered and names the trace in a catch clause, reads a <c>stackTrace</c>, or has a
/// function that uses what may be a trace that it is given. The core library only hands traces on.
/// </summary>
internal sealed class StackTraces(ProgramLowering lowering)
{
    private readonly ProgramLowering _lowering = lowering;
    private IrGlobal? _flag;
    private bool _areAsked;

    /// <summary>The global that says whether the program asks for traces: 1 or 0.</summary>
    public IrGlobal Flag => _flag ??= _lowering.NewGlobal("#traces", WType.I32, false, FlagValue);

    private Node FlagValue => Node.I32(_areAsked ? 1 : 0);

    /// <summary>Notes a catch clause: it asks where it mentions the trace.</summary>
    /// <param name="library">The library that it stands in.</param>
    /// <param name="clause">The clause.</param>
    public void Note(Library library, CatchClause clause)
    {
        if (!library.IsCore && clause.StackTrace is { } name && Mentions(clause.Body, name))
        {
            Ask();
        }
    }

    /// <summary>Notes a member that is read by its name.</summary>
    /// <param name="library">The library in whose text it is read.</param>
    /// <param name="name">The name.</param>
    public void Note(Library library, string name)
    {
        if (!library.IsCore && name == "stackTrace")
        {
            Ask();
        }
    }

    /// <summary>
    /// Notes a function: it asks where it mentions a parameter that is a trace, or may be one since it is dynamic and comes second, as in handlers of errors whose types nobody has written.
    /// </summary>
    /// <param name="library">The library that it stands in.</param>
    /// <param name="parameters">Its parameters, positional ones first.</param>
    /// <param name="function">Its text.</param>
    public void Note(Library library, IReadOnlyList<Param> parameters, FunctionNode function)
    {
        if (_areAsked || library.IsCore)
        {
            return;
        }

        for (var i = 0; i < parameters.Count; i++)
        {
            var isTrace = parameters[i].Type is InterfaceType { Class: var cls } && cls == _lowering.Program.CoreClass("StackTrace") || i == 1 && TypeSystem.IsDynamic(parameters[i].Type);
            if (isTrace && (function.Body is { } body && Mentions(body, parameters[i].Name) || function.ExprBody is { } value && Mentions(value, parameters[i].Name)))
            {
                Ask();
            }
        }
    }

    private static bool Mentions(Syntax.Node root, string name) => AstWalker.Contains(root, node => node is Ident id && id.Name == name);

    private void Ask()
    {
        _areAsked = true;
        if (_flag is not null)
        {
            _flag.Init = FlagValue;
        }
    }
}
