using System.Text;
using Harness.Engine.Cache;
using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;
using Harness.Engine.Tests.Cache;

namespace Harness.Engine.Tests.Modules;

/// <summary>Function bodies that are validated when they are first needed: what is wrong is found there, and all that is known of the others is what validation at once finds.</summary>
public sealed class LateValidationTests
{
    private const byte IllegalOpcode = 0x27;

    private const string Facts =
        """
        (module
          (type $f (func (param i32) (result i32)))
          (import "m" "host" (func $host (type $f)))
          (table $set 3 funcref) (table $grown 3 funcref) (table $filled 3 funcref) (table $copied 3 funcref) (table $source 3 funcref) (table $initialized 3 funcref)
          (elem $segment func $one)
          (func $one (type $f) (i32.add (local.get 0) (i32.const 1)))
          (func $two (type $f) (i32.add (local.get 0) (i32.const 1)))
          (func $leaves (type $f) (return_call $host (local.get 0)))
          (func $far (type $f) (return_call $near (local.get 0)))
          (func $near (type $f) (if (local.get 0) (then (return_call $far (local.get 0)))) (return_call $leaves (local.get 0)))
          (func $round (type $f) (return_call $round (local.get 0)))
          (func $by-table (type $f) (return_call_indirect $set (type $f) (local.get 0) (i32.const 0)))
          (func $by-reference (type $f) (return_call_ref $f (local.get 0) (ref.func $one)))
          (func $vector (type $f) (i32x4.extract_lane 2 (i32x4.splat (local.get 0))))
          (func $writes
            (table.set $set (i32.const 1) (table.get $source (i32.const 1)))
            (drop (table.grow $grown (ref.null func) (i32.const 1)))
            (table.fill $filled (i32.const 0) (ref.null func) (i32.const 1))
            (table.copy $copied $source (i32.const 0) (i32.const 0) (i32.const 1))
            (table.init $initialized $segment (i32.const 0) (i32.const 0) (i32.const 1))))
        """;

    /// <summary>Function 1 is to be spoilt; the others call it, or do not.</summary>
    private const string Module =
        """
        (module
          (tag $t)
          (func (export "good") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
          (func $bad (export "bad") (result i32) (nop) (nop) (nop) (i32.const 7))
          (func (export "calls") (param i32) (result i32) (if (result i32) (local.get 0) (then (call $bad)) (else (i32.const 3))))
          (func (export "catches") (result i32)
            (block $caught (try_table (result i32) (catch_all $caught) (call $bad)) (return))
            (i32.const -1)))
        """;

    public static TheoryData<InliningPolicyKind> Policies => [.. Enum.GetValues<InliningPolicyKind>().Where(policy => policy != InliningPolicyKind.Custom)];

    [Fact]
    public void WhatIsKnownOfValidBodiesIsTheSame()
    {
        var modules = RepositoryFiles.Workloads.Select(workload => WasmModule.FromFile(RepositoryFiles.Workload(workload), BuiltinSets.JsString).Bytes.ToArray());
        var written = 0;
        foreach (var bytes in modules.Prepend(WatAssembler.Assemble(Facts)))
        {
            var expected = ValidatedBodies.Of(WasmModule.Decode(bytes, BuiltinSets.JsString));
            var late = WasmModule.Decode(bytes, BuiltinSets.JsString, lazyValidation: true);
            Assert.NotNull(late.Late);
            var actual = ValidatedBodies.Of(late);
            Assert.Equal(expected.WrittenTables, actual.WrittenTables);
            Assert.Equal(expected.ReferencedFunctions, actual.ReferencedFunctions);
            Assert.Equal(expected.VectorFunctions, actual.VectorFunctions);
            Assert.Equal(expected.LeavingFunctions, actual.LeavingFunctions);
            Assert.True(late.Late.IsComplete);
            written += expected.WrittenTables.Count(isWritten => isWritten);
        }

        Assert.True(written >= 5);
    }

    /// <summary>A body that is invalid; one that is malformed; one that is both, which counts as malformed.</summary>
    [Theory]
    [InlineData((byte)Opcode.I32Add, (byte)Opcode.Nop, false)]
    [InlineData(IllegalOpcode, (byte)Opcode.Nop, true)]
    [InlineData((byte)Opcode.I32Add, IllegalOpcode, true)]
    public void AFunctionThatIsNotValidFailsWhereItIsCalled(byte first, byte second, bool isMalformed)
    {
        var bytes = Spoilt(first, second);
        var expected = Assert.ThrowsAny<ModuleException>(() => WasmModule.Decode(bytes));
        Assert.Equal(isMalformed, expected is MalformedModuleException);
        using var store = new Store(EngineOptions.Default with { CompileLazyValidation = true });
        var instance = store.Instantiate(store.Engine.Decode(bytes));
        var fault = expected.Message[..expected.Message.LastIndexOf(" (at offset", StringComparison.Ordinal)];
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(5, instance.GetFunction("good").Invoke(4)[0].AsI32());
            Assert.Equal(3, instance.GetFunction("calls").Invoke(0)[0].AsI32());
            foreach (var call in (Action[])[() => instance.GetFunction("bad").Invoke(), () => instance.GetFunction("calls").Invoke(1), () => instance.GetFunction("catches").Invoke()])
            {
                var actual = Assert.ThrowsAny<ModuleException>(call);
                Assert.Equal(expected.GetType(), actual.GetType());
                Assert.Equal(expected.Offset, actual.Offset);
                Assert.Equal($"{fault}, in {instance.Module.Functions[1]}, whose body was validated when it was first needed (at offset 0x{expected.Offset:x})", actual.Message);
            }
        }
    }

    [Fact]
    public void WhatIsWrongOutsideOfBodiesIsFoundAtOnce()
    {
        var bytes = WatAssembler.Assemble("""(module (func $f) (memory (export "f") 1) (export "f" (func $f)))""");
        Assert.Throws<InvalidModuleException>(() => WasmModule.Decode(bytes, lazyValidation: true));
        Assert.Throws<MalformedModuleException>(() => WasmModule.Decode(Spoilt((byte)Opcode.Nop, (byte)Opcode.Nop).AsSpan()[..^1], lazyValidation: true));
    }

    [Fact]
    public void AStartFunctionThatIsNotValidEndsInstantiation()
    {
        var bytes = WatAssembler.Assemble("(module (func $f (result i32) (i64.const 1)) (func $start (drop (call $f))) (start $start))");
        using var store = new Store(EngineOptions.Default with { CompileLazyValidation = true });
        Assert.StartsWith("type mismatch", Assert.Throws<InvalidModuleException>(() => store.Instantiate(store.Engine.Decode(bytes))).Message);
    }

    /// <summary>No policy inlines it, and none looks into its bytes.</summary>
    [Theory]
    [MemberData(nameof(Policies))]
    public void AFunctionThatIsNotValidIsNotInlined(InliningPolicyKind policy)
    {
        foreach (var spoiler in (byte[])[(byte)Opcode.I32Add, IllegalOpcode, (byte)Opcode.Block])
        {
            using var store = new Store(EngineOptions.Default with
            {
                CompileLazyValidation = true, TierUp = TierUpMode.Synchronous, StressTierUpAfter = 2, InliningPolicy = policy, InliningBenefitThreshold = 0, InliningSeparateCold = 0,
            });
            List<Exception> failures = [];
            var optimized = 0;
            store.Engine.Events.CompilationFailed += failed => failures.Add(failed.Failure!);
            store.Engine.Events.Compiled += compiled => optimized += compiled.Code!.Tier == CodeTier.Optimized ? 1 : 0;
            var instance = store.Instantiate(store.Engine.Decode(Spoilt(spoiler, (byte)Opcode.Nop)));
            for (var i = 0; i < 5; i++)
            {
                Assert.Equal(3, instance.GetFunction("calls").Invoke(0)[0].AsI32());
            }

            Assert.ThrowsAny<ModuleException>(() => instance.GetFunction("calls").Invoke(1));
            Assert.Empty(failures);
            Assert.Equal(1, optimized);
        }
    }

    /// <summary>Each function ends in a tail call of the next: what is found for the first is known of all.</summary>
    [Fact]
    public void ALongChainOfTailCallsIsReadOnce()
    {
        const int length = 60_000;
        var text = new StringBuilder("(module (import \"m\" \"f\" (func $f0))");
        for (var i = 1; i <= length; i++)
        {
            text.Append($"(func $f{i} (return_call $f{(i == length ? 0 : i + 1)}))");
        }

        var module = WasmModule.Decode(WatAssembler.Assemble(text.Append(')').ToString()), lazyValidation: true);
        Assert.All(module.Functions.Skip(1), function => Assert.True(function.MayLeaveInstance));
        Assert.False(module.Functions[0].MayLeaveInstance);
    }

    /// <summary>Instances in the place of earlier ones depend on which tables code may write.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ATableThatWasWrittenIsAsNewForTheNextInstance(bool lazyTables)
    {
        var bytes = WatAssembler.Assemble(
            """
            (module
              (type $f (func (result i32)))
              (table $t 600 funcref) (elem (i32.const 0) func $one) (elem declare func $two)
              (func $one (type $f) (i32.const 1)) (func $two (type $f) (i32.const 2))
              (func (export "call") (type $f) (call_indirect (type $f) (i32.const 0)))
              (func (export "write") (table.set (i32.const 0) (ref.func $two))))
            """);
        using var engine = new WasmEngine(EngineOptions.Default with { CompileLazyValidation = true, InstancePool = 4, InstanceLazyTables = lazyTables, InstanceLazyFunctions = lazyTables });
        var module = engine.Decode(bytes);
        for (var i = 0; i < 3; i++)
        {
            using var store = new Store(engine);
            var instance = store.Instantiate(module);
            Assert.Equal(1, instance.GetFunction("call").Invoke()[0].AsI32());
            instance.GetFunction("write").Invoke();
            Assert.Equal(2, instance.GetFunction("call").Invoke()[0].AsI32());
        }
    }

    /// <summary>A later engine takes it for granted that what the cache knows is valid.</summary>
    [Fact]
    public void OnlyAModuleOfWhichAllIsValidIsKeptInTheCache()
    {
        using var folder = new CacheFolder();
        var options = folder.With(EngineOptions.Default with { CompileLazyValidation = true });
        var bytes = Spoilt((byte)Opcode.I32Add, (byte)Opcode.Nop);
        CallGood(options, bytes);
        Assert.Empty(folder.Entries);
        Assert.Throws<InvalidModuleException>(() => CallGood(folder.With(EngineOptions.Default), bytes));

        var valid = WatAssembler.Assemble(Module);
        CallGood(options, valid);
        var file = File.ReadAllBytes(folder.Entry);
        Assert.Equal(4, CacheEntry.TryRead(file, file.AsSpan(16, 32), "")!.Bodies.VectorFunctions.Length);
        using var engine = new WasmEngine(options);
        Assert.Null(engine.Decode(valid).Late);
    }

    [Fact]
    public async Task SeveralThreadsFindTheSame()
    {
        var eager = WasmModule.Decode(WatAssembler.Assemble(Facts));
        for (var round = 0; round < 50; round++)
        {
            var late = WasmModule.Decode(eager.Bytes, lazyValidation: true);
            var found = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(
                () => late.Functions.Select(function => function.HasVectors).Concat(late.Functions.Select(function => function.MayLeaveInstance)).ToArray())));
            Assert.All(found, one => Assert.Equal(eager.Functions.Select(function => function.HasVectors).Concat(eager.Functions.Select(function => function.MayLeaveInstance)), one));
        }
    }

    /// <summary>The module with other instructions for the first two of function 1, behind its number of locals.</summary>
    private static byte[] Spoilt(byte first, byte second)
    {
        var bytes = WatAssembler.Assemble(Module);
        var start = WasmModule.Decode(bytes).Functions[1].BodyStart + 1;
        bytes[start] = first;
        bytes[start + 1] = second;
        return bytes;
    }

    private static void CallGood(EngineOptions options, byte[] bytes)
    {
        using var engine = new WasmEngine(options);
        var module = engine.Decode(bytes);
        using (var store = new Store(engine))
        {
            // With a call, so that there is something to learn.
            Assert.Equal(3, store.Instantiate(module).GetFunction("calls").Invoke(0)[0].AsI32());
        }

        engine.SaveCache();
    }
}
