using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Library = global::Wasmtime;

namespace Harness.Experiments.Tests.Engines;

/// <summary>A program that ends well uses up the same fuel on this engine and on Wasmtime, whose rules ours are.</summary>
public class FuelAsInWasmtimeTests
{
    [Theory]
    [InlineData("(func (export \"f\") (param i32) (result i32) nop (drop (i32.const 1)) (i32.add (local.get 0) (i32.const 1)))")]
    [InlineData("(func $fib (export \"f\") (param i32) (result i32) (if (result i32) (i32.lt_s (local.get 0) (i32.const 2)) (then (local.get 0)) (else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1))) (call $fib (i32.sub (local.get 0) (i32.const 2)))))))")]
    [InlineData("(func (export \"f\") (param i32) (result i32) (local i32) (loop $l (if (i32.and (local.get 0) (i32.const 1)) (then (local.set 1 (i32.add (local.get 1) (local.get 0))))) (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))) (local.get 1))")]
    [InlineData("(func (export \"f\") (param i32) (result i32) (local i32) (block $out (loop $l (block $a (block $b (block $c (br_table $a $b $c $out (local.get 0))) (local.set 1 (i32.const 5))) nop) (br_if $out (i32.gt_s (local.get 0) (i32.const 3))) (local.set 0 (i32.add (local.get 0) (i32.const 1))) (br $l))) (local.get 1))")]
    [InlineData("(type $t (func (param i32) (result i32))) (table funcref (elem $a $b)) (func $a (type $t) (i32.mul (local.get 0) (i32.const 3))) (func $b (type $t) (block (br_if 0 (local.get 0)) (return (i32.const 9))) (i32.clz (local.get 0))) (func (export \"f\") (param i32) (result i32) (local i32) (loop $l (local.set 1 (i32.add (local.get 1) (call_indirect (type $t) (local.get 0) (i32.and (local.get 0) (i32.const 1))))) (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))) (local.get 1))")]
    [InlineData("(memory 1) (global $g (mut i32) (i32.const 0)) (func (export \"f\") (param i32) (result i32) (loop $l (i32.store (local.get 0) (global.get $g)) (global.set $g (i32.add (i32.load8_u (local.get 0)) (select (i32.const 1) (i32.const 2) (local.get 0)))) (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))) (global.get $g))")]
    [InlineData("(func $even (export \"f\") (param i32) (result i32) (if (i32.eqz (local.get 0)) (then (return (i32.const 1)))) (return_call $odd (i32.sub (local.get 0) (i32.const 1)))) (func $odd (param i32) (result i32) (if (i32.eqz (local.get 0)) (then (return (i32.const 0)))) (return_call $even (i32.sub (local.get 0) (i32.const 1))))")]
    public void BothUseUpTheSame(string functions)
    {
        var bytes = WatAssembler.Assemble($"(module {functions})");
        using var config = new Library.Config();
        config.WithFuelConsumption(true).WithTailCalls(true);
        using var engine = new Library.Engine(config);
        using var module = Library.Module.FromBytes(engine, "fuel", bytes);
        using var linker = new Library.Linker(engine);
        using var store = new Library.Store(engine);
        const ulong plenty = 1_000_000_000;
        store.Fuel = plenty;
        foreach (var knobs in (string[])["never", "eager", "synchronous"])
        {
            // Both begin with globals and memories of their own.
            var function = linker.Instantiate(store, module).GetFunction<int, int>("f")!;
            using var own = new Harness.Engine.Runtime.Store(EngineOptions.Default.With("interrupt.fuel", "on").With("tier-up", knobs).With("tiering.budget", "100"));
            var called = own.Instantiate(WasmModule.Decode(bytes)).GetFunction("f");
            for (var argument = 1; argument < 20; argument++)
            {
                var before = store.Fuel;
                var ownBefore = own.FuelConsumed;
                Assert.Equal(function(argument), called.Invoke(argument)[0].AsI32());
                Assert.Equal((long)(before - store.Fuel), own.FuelConsumed - ownBefore);
            }
        }
    }
}
