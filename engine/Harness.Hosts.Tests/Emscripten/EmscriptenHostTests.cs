using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;
using Harness.Hosts.Emscripten;
using Harness.Hosts.Programs;
using static Harness.Hosts.Tests.Emscripten.EmscriptenRun;

namespace Harness.Hosts.Tests.Emscripten;

/// <summary>Unwinding through the host, growing memory, names, and what is missing.</summary>
public sealed class EmscriptenHostTests
{
    private const string Program = """
        (module
          (import "env" "invoke_vi" (func $invoke (param i32 i32)))
          (import "env" "_emscripten_throw_longjmp" (func $jump))
          (import "env" "__cxa_throw" (func $throw (param i32 i32 i32)))
          (import "env" "__cxa_find_matching_catch_3" (func $find (param i32) (result i32)))
          (import "env" "__cxa_begin_catch" (func $begin (param i32) (result i32)))
          (import "env" "__cxa_end_catch" (func $end))
          (import "env" "emscripten_resize_heap" (func $resize (param i32) (result i32)))
          (memory (export "memory") 1 10)
          (table (export "__indirect_function_table") funcref (elem $may_jump $may_throw))
          (global $threw (mut i32) (i32.const 0))
          (global $stack (mut i32) (i32.const 1000))
          (global $second (mut i32) (i32.const 0))
          (func (export "setThrew") (param i32 i32) (global.set $threw (local.get 0)))
          (func (export "stackSave") (result i32) (global.get $stack))
          (func (export "stackRestore") (param i32) (global.set $stack (local.get 0)))
          (func (export "setTempRet0") (param i32) (global.set $second (local.get 0)))
          (func $may_jump (param i32)
            (global.set $stack (i32.const 5))
            (if (local.get 0) (then (call $jump))))
          (func $may_throw (param i32)
            (if (local.get 0) (then (call $throw (i32.const 2048) (local.get 0) (i32.const 0)))))
          (func (export "jumps") (param i32) (result i32 i32)
            (global.set $threw (i32.const 0))
            (call $invoke (i32.const 0) (local.get 0))
            (global.get $threw) (global.get $stack))
          (func (export "catches") (param i32 i32) (result i32 i32)
            (local $thrown i32)
            (global.set $threw (i32.const 0))
            (call $invoke (i32.const 1) (local.get 0))
            (if (i32.eqz (global.get $threw)) (then (return (i32.const 0) (i32.const 0))))
            (local.set $thrown (call $find (local.get 1)))
            (if (i32.eq (global.get $second) (local.get 1))
              (then (drop (call $begin (local.get $thrown))) (call $end)))
            (local.get $thrown) (global.get $second))
          (func (export "uncaught") (call $throw (i32.const 2048) (i32.const 77) (i32.const 0)))
          (func (export "grow") (param i32) (result i32 i32) (call $resize (local.get 0)) (memory.size)))
        """;

    [Fact]
    public void LongjmpLeavesTheInvokedFunctionAndRestoresTheStack()
    {
        using var store = new Store();
        using var host = Load(store, Program);
        Assert.Equal([1, 1000], Call(host, "jumps", 1));
        Assert.Equal([0, 5], Call(host, "jumps", 0));
    }

    /// <summary>What is called through the host is looked at as an indirect call is: bits that a program makes up never become a reference.</summary>
    [Theory]
    [InlineData(0, TrapKind.IndirectCallTypeMismatch)]
    [InlineData(1, TrapKind.None)]
    [InlineData(2, TrapKind.UninitializedElement)]
    [InlineData(3, TrapKind.UndefinedElement)]
    [InlineData(-1, TrapKind.UndefinedElement)]
    public void WhatIsInvokedMustBeOfTheTypeOfTheCall(int element, TrapKind expected)
    {
        using var store = new Store();
        using var host = Load(store, """
            (module
              (import "env" "invoke_vj" (func $invoke (param i32 i64)))
              (type $struct (struct (field i32)))
              (memory (export "memory") 1)
              (table (export "__indirect_function_table") 3 funcref)
              (elem (i32.const 0) $takes_struct $takes_number)
              (func $takes_struct (param (ref null $struct)) (drop (struct.get $struct 0 (local.get 0))))
              (func $takes_number (param i64))
              (func (export "setThrew") (param i32 i32))
              (func (export "stackSave") (result i32) (i32.const 0))
              (func (export "stackRestore") (param i32))
              (func (export "call") (param i32) (call $invoke (local.get 0) (i64.const 0x123456789000))))
            """);
        var trap = Record.Exception(() => Call(host, "call", element)) as WasmTrapException;
        Assert.Equal(expected, trap?.Kind ?? TrapKind.None);
    }

    [Fact]
    public void ExceptionsOfCppAreCaughtByType()
    {
        using var store = new Store();
        using var host = Load(store, Program);
        Assert.Equal([2048, 77], Call(host, "catches", 77, 77));
        Assert.Equal([0, 0], Call(host, "catches", 0, 77));
        Assert.Equal([2048, 77], Call(host, "catches", 77, 78));
        Assert.Contains("0x800", Assert.ThrowsAny<Exception>(() => Call(host, "uncaught")).Message, StringComparison.Ordinal);
    }

    /// <summary>Programs that were compiled with WebAssembly's exceptions need no more of the host than the tags of what C++ throws and of longjmp.</summary>
    [Fact]
    public void ExceptionsOfWebAssemblyHaveTheirTags()
    {
        using var store = new Store();
        using var host = Load(store, """
            (module
              (import "env" "__cpp_exception" (tag $thrown (param i32)))
              (import "env" "__c_longjmp" (tag $jumped (param i32)))
              (memory (export "memory") 1)
              (func $fail (param i32)
                (if (i32.eq (local.get 0) (i32.const 1)) (then (throw $thrown (i32.const 2048))))
                (if (i32.eq (local.get 0) (i32.const 2)) (then (throw $jumped (i32.const 4096)))))
              (func (export "attempt") (param i32) (result i32 i32)
                (local $address i32)
                (local.set $address
                  (block $catch (result i32)
                    (local.set $address
                      (block $land (result i32)
                        (try_table (catch $thrown $catch) (catch $jumped $land) (call $fail (local.get 0)))
                        (return (i32.const 0) (i32.const 0))))
                    (return (i32.const 2) (local.get $address))))
                (i32.const 1) (local.get $address)))
            """);
        Assert.Equal([0, 0], Call(host, "attempt", 0));
        Assert.Equal([1, 2048], Call(host, "attempt", 1));
        Assert.Equal([2, 4096], Call(host, "attempt", 2));
    }

    [Fact]
    public void MemoryGrowsByMoreThanIsWantedAndNoFurtherThanItCan()
    {
        ulong grown = 0;
        using var store = new Store();
        using var host = Load(store, Program, new EmscriptenOptions { MemoryGrown = memory => grown = memory.Pages });
        Assert.Equal([1, 5], Call(host, "grow", 5 * 65536));
        Assert.Equal(5ul, grown);
        Assert.Equal([1, 6], Call(host, "grow", (5 * 65536) + 1));
        Assert.Equal([0, 6], Call(host, "grow", 11 * 65536));
    }

    [Fact]
    public void AProgramThatInvokesWithoutATableFailsInOneLine()
    {
        using var store = new Store();
        using var host = Load(store, """(module (import "env" "invoke_v" (func $invoke (param i32))) (memory (export "memory") 1) (func (export "call") (call $invoke (i32.const 0))))""");
        Assert.Equal("the program exports no table of functions", Assert.Throws<ProgramException>(() => Call(host, "call")).Message);
    }

    /// <summary>A library that is driven by calls is not to end by itself; what it ends with is one line, with its exit code if it has one.</summary>
    [Theory]
    [InlineData("abort", "(func $end)", "(call $end)", "the program has aborted")]
    [InlineData("exit", "(func $end (param i32))", "(call $end (i32.const 3))", "the program has ended with exit code 3")]
    [InlineData("__cxa_throw", "(func $end (param i32 i32 i32))", "(call $end (i32.const 2048) (i32.const 7) (i32.const 0))", "an exception of C++ at address 0x800 was not caught")]
    public void ALibraryThatEndsItselfFailsInOneLine(string import, string type, string call, string expected)
    {
        var folder = Directory.CreateTempSubdirectory("harness-emscripten-").FullName;
        try
        {
            var module = Path.Combine(folder, "sqlite.wasm");
            File.WriteAllBytes(module, WatAssembler.Assemble(
                $"(module (import \"env\" \"{import}\" {type}) (memory (export \"memory\") 1) (func (export \"malloc\") (param i32) (result i32) {call} (i32.const 8)))"));
            var statements = Path.Combine(folder, "statements.txt");
            File.WriteAllText(statements, "# none\n");
            using var program = new SqliteProgram(module, statements);
            program.Load();
            Assert.Equal(expected, Assert.Throws<ProgramException>(() => program.Iterate()).Message);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A number of bytes may have all 32 bits. What is behind the end is as for code.</summary>
    [Theory]
    [InlineData("copy", 65530, 0, 6, TrapKind.None)]
    [InlineData("copy", 65530, 0, 7, TrapKind.MemoryOutOfBounds)]
    [InlineData("copy", 0, 65530, 7, TrapKind.MemoryOutOfBounds)]
    [InlineData("copy", 0, 0, int.MinValue, TrapKind.MemoryOutOfBounds)]
    [InlineData("copy", 0, 1, -1, TrapKind.MemoryOutOfBounds)]
    [InlineData("fill", 65530, 0, 6, TrapKind.None)]
    [InlineData("fill", 65530, 0, 7, TrapKind.MemoryOutOfBounds)]
    [InlineData("fill", 0, 0, int.MinValue, TrapKind.MemoryOutOfBounds)]
    public void WhatIsBehindTheEndOfTheMemoryTraps(string function, int to, int from, int count, TrapKind expected)
    {
        using var store = new Store();
        using var host = Load(store, """
            (module
              (import "env" "emscripten_memcpy_js" (func $copy (param i32 i32 i32)))
              (import "env" "getentropy" (func $fill (param i32 i32) (result i32)))
              (memory (export "memory") 1)
              (func (export "copy") (param i32 i32 i32) (call $copy (local.get 0) (local.get 1) (local.get 2)))
              (func (export "fill") (param i32 i32 i32) (drop (call $fill (local.get 0) (local.get 2)))))
            """);
        var failure = Record.Exception(() => Call(host, function, to, from, count));
        Assert.Equal(expected, failure is null ? TrapKind.None : Assert.IsType<WasmTrapException>(failure).Kind);
    }

    /// <summary>An address that a function is given to write to.</summary>
    [Theory]
    [InlineData(65536 - 40, TrapKind.None)]
    [InlineData(65536 - 39, TrapKind.MemoryOutOfBounds)]
    [InlineData(-4, TrapKind.MemoryOutOfBounds)]
    public void WhatIsWrittenBehindTheEndOfTheMemoryTraps(int address, TrapKind expected)
    {
        using var store = new Store();
        using var host = Load(store, """
            (module
              (import "env" "_gmtime_js" (func $calendar (param i64 i32)))
              (memory (export "memory") 1)
              (func (export "call") (param i32) (call $calendar (i64.const 0) (local.get 0))))
            """);
        var failure = Record.Exception(() => Call(host, "call", address));
        Assert.Equal(expected, failure is null ? TrapKind.None : Assert.IsType<WasmTrapException>(failure).Kind);
    }

    /// <summary>Functions of the host are known by their names alone: what a program takes them for shows when it calls them.</summary>
    [Theory]
    [InlineData("setTempRet0")]
    [InlineData("_localtime_js")]
    [InlineData("__cxa_find_matching_catch_2")]
    [InlineData("fd_close")]
    public void AFunctionThatIsDeclaredWithTooFewParametersFailsInOneLine(string import)
    {
        using var store = new Store();
        using var host = Load(store, $"(module (import \"env\" \"{import}\" (func $f)) (memory (export \"memory\") 1) (func (export \"call\") (call $f)))");
        Assert.Equal(
            $"the program imports '{import}' as a function of type [] -> [], which has too few parameters or results",
            Assert.Throws<ProgramException>(() => Call(host, "call")).Message);
    }

    [Theory]
    [InlineData(65535, "the program has no text at address 0xffff: none ends there")]
    [InlineData(65536, "the program has no text at address 0x10000: none ends there")]
    [InlineData(-1, "the program has no text at address 0xffffffff: none ends there")]
    public void TextThatIsNowhereFailsInOneLine(int address, string expected)
    {
        using var store = new Store();
        using var host = Load(store, """
            (module
              (import "env" "__assert_fail" (func $fail (param i32 i32 i32 i32)))
              (memory (export "memory") 1)
              (func (export "call") (param i32)
                (i32.store8 (i32.const 65535) (i32.const 97))
                (call $fail (local.get 0) (i32.const 0) (i32.const 0) (i32.const 0))))
            """);
        Assert.Equal(expected, Assert.Throws<ProgramException>(() => Call(host, "call", address)).Message);
    }

    /// <summary>What a program's own functions give may be any number.</summary>
    [Theory]
    [InlineData(0x10000 - 6, null)]
    [InlineData(0x10000 - 5, "the program has no 6 bytes at address 0xfffb, where what its malloc gives is to be: its memory has 65536")]
    [InlineData(-4, "the program has no 6 bytes at address 0xfffffffc, where what its malloc gives is to be: its memory has 65536")]
    public void WhatMallocGivesMustLieInTheMemory(int address, string? expected)
    {
        using var store = new Store();
        using var host = Load(store, $"""(module (memory (export "memory") 1) (func (export "malloc") (param i32) (result i32) (i32.const {address})))""");
        var failure = Record.Exception(() => host.Allocate("words"));
        Assert.Equal(expected, failure is null ? null : Assert.IsType<ProgramException>(failure).Message);
    }

    [Fact]
    public void AnExportThatTakesMoreThanIsPassedFailsInOneLine()
    {
        using var store = new Store();
        using var host = Load(store, """(module (memory (export "memory") 1) (func (export "malloc") (param i32 i32 i32) (result i32) (i32.const 8)))""");
        var message = Assert.Throws<ProgramException>(() => host.Allocate("words")).Message;
        Assert.Equal("the program exports 'malloc' as a function of type [i32 i32 i32] -> [i32], where 1 numbers are passed", message);
    }

    [Fact]
    public void ACatchThatHasNotBegunDoesNotEnd()
    {
        using var store = new Store();
        using var host = Load(store, """
            (module
              (import "env" "__cxa_end_catch" (func $end))
              (memory (export "memory") 1)
              (func (export "setThrew") (param i32 i32))
              (func (export "call") (call $end)))
            """);
        Assert.Equal("the program ends a catch that it has not begun", Assert.Throws<EmscriptenAbortException>(() => Call(host, "call")).Message);
    }

    [Fact]
    public void CatchesDoNotBeginWithoutEnd()
    {
        using var store = new Store();
        using var host = Load(store, """
            (module
              (import "env" "__cxa_begin_catch" (func $begin (param i32) (result i32)))
              (memory (export "memory") 1)
              (func (export "call") (param i32) (loop $l (drop (call $begin (i32.const 2048))) (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))
            """);
        Call(host, "call", 65_536);
        Assert.Equal("the program has begun 65536 catches and ended none of them", Assert.Throws<EmscriptenAbortException>(() => Call(host, "call", 1)).Message);
    }

    [Fact]
    public void AProgramThatDoesNotExportWhatItsHostCallsFailsInOneLine()
    {
        using var store = new Store();
        using var host = Load(store, """(module (import "env" "__cxa_end_catch" (func $end)) (memory (export "memory") 1) (func (export "call") (call $end)))""");
        Assert.Equal("the program exports no function \"setThrew\"", Assert.Throws<ProgramException>(() => Call(host, "call")).Message);
    }

    [Fact]
    public void AStartFunctionThatNeedsTheInstanceFailsInOneLine()
    {
        using var store = new Store();
        const string module = """
            (module
              (import "env" "invoke_v" (func $invoke (param i32)))
              (memory (export "memory") 1) (table (export "table") 1 funcref)
              (func $start (call $invoke (i32.const 0)))
              (start $start))
            """;
        Assert.Equal(
            "the program calls its host for something that it exports, before it is instantiated",
            Assert.Throws<ProgramException>(() => Load(store, module)).Message);
    }

    /// <summary>A time that there is not is -1, but an address that there is not is no time.</summary>
    [Theory]
    [InlineData(65536 - 24, TrapKind.None)]
    [InlineData(65536 - 23, TrapKind.MemoryOutOfBounds)]
    public void WhatIsReadBehindTheEndOfTheMemoryTraps(int address, TrapKind expected)
    {
        using var store = new Store();
        using var host = Load(store, """
            (module
              (import "env" "_mktime_js" (func $time (param i32) (result i64)))
              (memory (export "memory") 1)
              (func (export "call") (param i32) (drop (call $time (local.get 0)))))
            """);
        var failure = Record.Exception(() => Call(host, "call", address));
        Assert.Equal(expected, failure is null ? TrapKind.None : Assert.IsType<WasmTrapException>(failure).Kind);
    }

    [Fact]
    public void AProgramWithoutAMemoryFailsInOneLine()
    {
        using var store = new Store();
        using var host = Load(store, """(module (import "env" "getentropy" (func $fill (param i32 i32) (result i32))) (func (export "call") (drop (call $fill (i32.const 0) (i32.const 1)))))""");
        Assert.Equal("the program has no memory yet", Assert.Throws<ProgramException>(() => Call(host, "call")).Message);
    }

    [Fact]
    public void AFunctionOfReferencesIsMissing()
    {
        using var store = new Store();
        var message = Assert.Throws<LinkException>(() => Load(store, """(module (import "env" "abort" (func (param externref))))""")).Message;
        Assert.StartsWith("unknown import: \"env\" \"abort\": function [", message, StringComparison.Ordinal);
    }

    [Fact]
    public void NamesAreReadFromTheGlue()
    {
        const string glue = "var wasmImports={a:_abort,b:_emscripten_resize_heap,c:memory};function f(){d._malloc=e.v;var _free=Module[\"_free\"]=asm[\"w\"];}";
        var names = GlueNames.Parse(glue, new Dictionary<string, string> { ["d"] = "fd_write" });
        Assert.Equal("abort", names.Imports["a"]);
        Assert.Equal("emscripten_resize_heap", names.Imports["b"]);
        Assert.Equal("fd_write", names.Imports["d"]);
        Assert.Equal("v", names.Exports["malloc"]);
    }

    [Fact]
    public void AllMissingImportsAreNamedWithTheirTypes()
    {
        using var store = new Store();
        var message = Assert.Throws<LinkException>(() => Load(store, """
            (module (import "env" "first" (func (param i32 f64) (result i64))) (import "env" "abort" (func)) (import "env" "second" (global i32)))
            """)).Message;
        Assert.Equal("unknown import: \"env\" \"first\": function [i32 f64] -> [i64]; \"env\" \"second\": global i32", message);
    }

    /// <summary>What has no index of an element, or references among its values, is no <c>invoke_*</c> that there is.</summary>
    [Theory]
    [InlineData("(func)", "function [] -> []")]
    [InlineData("(func (param i64))", "function [i64] -> []")]
    [InlineData("(func (param i32) (result externref))", "function [i32] -> [")]
    public void WhatCannotBeInvokedIsMissing(string import, string expected)
    {
        using var store = new Store();
        var message = Assert.Throws<LinkException>(() => Load(store, $"(module (import \"env\" \"invoke_v\" {import}))")).Message;
        Assert.StartsWith($"unknown import: \"env\" \"invoke_v\": {expected}", message, StringComparison.Ordinal);
    }
}
