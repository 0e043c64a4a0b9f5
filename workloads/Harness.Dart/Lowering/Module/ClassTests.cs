using Harness.Dart.Ir;
using Harness.Dart.Lowering.Dispatch;
using Harness.Dart.Semantics;

namespace Harness.Dart.Lowering.Module;

/// <summary>Tests whether an object is an instance of a class, decided when all classes are known of which there are objects.</summary>
internal sealed class ClassTests(ProgramLowering lowering)
{
    private readonly ProgramLowering _lowering = lowering;
    private readonly TypeSystem _types = lowering.Types;
    private readonly List<Node> _classTests = [];

    private TargetTypes Target => _lowering.Target;
    private Reachability Reached => _lowering.Reached;

    /// <summary>Whether an object, not null, is an instance of a class or a subtype.</summary>
    public Node ClassTest(ClassElement cls, IrFunction inFunction, Node value)
    {
        var temp = inFunction.AddLocal(Target.TopRef, "object");
        var node = new Node { Op = IrOp.ClassTest, Type = WType.I32, Data = (cls, temp), Args = [value] };
        _classTests.Add(node);
        return node;
    }

    private void FinishTest(Node test)
    {
        var (cls, temp) = ((ClassElement, IrLocal))test.Data!;
        var ranges = new ClassIdRanges(Reached.InstantiatedClasses.Where(c => _types.Supertypes(c).ContainsKey(cls)));
        var value = test.Args[0];
        test.Data = null;
        if (ranges.Count == 0)
        {
            test.Op = IrOp.Seq;
            test.Args = [];
            test.Body = [Node.Drop(value), Node.I32(0)];
            return;
        }

        if (ranges.Count == 1)
        {
            var simple = ranges.Test(() => _lowering.Header.ClassIdOf(value));
            (test.Op, test.Number, test.Args) = (simple.Op, simple.Number, simple.Args);
            return;
        }

        var local = temp;
        test.Op = IrOp.Seq;
        test.Args = [];
        test.Body = [Node.Set(local, value), ranges.Test(() => _lowering.Header.ClassIdOf(Node.Get(local)))];
    }

    /// <summary>Decides all tests.</summary>
    public void Finish()
    {
        foreach (var test in _classTests)
        {
            FinishTest(test);
        }
    }
}
