using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;

namespace Harness.Engine.Tests.Modules;

/// <summary>Which functions a tail call may leave for another instance.</summary>
public class TailCallGraphTests
{
    [Fact]
    public void FunctionsLeaveByImportsTablesReferencesAndWhatTheyTailCall()
    {
        var module = WasmModule.Decode(WatAssembler.Assemble("""
            (module
              (type $t (func))
              (import "m" "f" (func $import (type $t)))
              (table 1 funcref)
              (elem declare func $stays)
              (func $stays)
              (func $calls (call $import) (call_indirect (type $t) (i32.const 0)) (call $to-import))
              (func $to-import (return_call $import))
              (func $to-table (return_call_indirect (type $t) (i32.const 0)))
              (func $to-reference (return_call_ref $t (ref.func $stays)))
              (func $to-itself (return_call $to-itself))
              (func $to-stays (return_call $stays))
              (func $ping (if (i32.const 1) (then (return_call $pong))) (return_call $to-stays))
              (func $pong (if (i32.const 1) (then (return_call $ping))) (return_call $to-itself))
              (func $far (return_call $near))
              (func $near (if (i32.const 1) (then (return_call $to-stays))) (return_call $round))
              (func $round (if (i32.const 1) (then (return_call $far))) (return_call $to-table))
              (func $unreachable (unreachable) (return_call $import)))
            """));
        Assert.Equal(
            ["to-import", "to-table", "to-reference", "far", "near", "round", "unreachable"],
            module.Functions.Where(function => function.MayLeaveInstance).Select(function => function.ToString()));
    }

    [Fact]
    public void ALongChainIsFollowedToItsBeginning()
    {
        const int length = 200_000;
        var graph = new TailCallGraph();
        for (var i = 1; i < length; i++)
        {
            graph.Add(i, i + 1);
            graph.Add(i, 1);
        }

        graph.AddUnknown(length);
        Assert.Equal(length, graph.FindLeaving(importedFunctions: 1, length + 1).Count);
    }
}
