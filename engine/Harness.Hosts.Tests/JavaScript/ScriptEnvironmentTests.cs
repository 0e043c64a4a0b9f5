using System.Diagnostics;
using System.IO.Compression;
using Harness.Engine.Configuration;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;
using Harness.Hosts.JavaScript;

namespace Harness.Hosts.Tests.JavaScript;

/// <summary>What scripts find around them beside the language.</summary>
public sealed class ScriptEnvironmentTests
{
    [Theory]
    [InlineData("new URL('c.js', 'file:///a/b/d.js').href", "file:///a/b/c.js")]
    [InlineData("new URL('../c.js?x=1#h', 'file:///a/b/d.js').href", "file:///a/c.js?x=1#h")]
    [InlineData("new URL('/c/./e/', 'https://example.org:8080/a?b').href", "https://example.org:8080/c/e/")]
    [InlineData("new URL('//other.org', 'https://example.org/a').href", "https://other.org/")]
    [InlineData("new URL('?q=1', 'https://example.org/a/b').href", "https://example.org/a/b?q=1")]
    [InlineData("(url => [url.protocol, url.hostname, url.pathname, url.searchParams.get('k')].join(' '))(new URL('HTTP://h:1/p?k=v%20w'))", "http: h /p v w")]
    [InlineData("try { new URL('no/base') } catch (error) { error.name }", "TypeError")]
    public void UrlsAreResolved(string expression, string expected) => ExecutionThread.Run(EngineOptions.Default, () =>
    {
        using var host = new JavaScriptHost(new JavaScriptOptions());
        Assert.Equal(expected, host.RunScript("url.js", expression));
    });

    /// <summary>Delays that no timer can have are none.</summary>
    [Fact]
    public void TimersOfImpossibleDelaysFireAtOnce() => ScriptRun.Check(
        "(module)",
        """
        for (const delay of [Infinity, 2 ** 31, 1e300, -1, NaN, 'soon']) setTimeout(() => show(delay), delay);
        const interval = setInterval(() => { show('interval'); clearInterval(interval); }, Infinity);
        """,
        "Infinity 2147483648 1e+300 -1 NaN soon interval");

    /// <summary>A timer that was cleared is not waited for, nor kept.</summary>
    [Fact]
    public void TimersThatAreClearedAreForgotten()
    {
        var start = Stopwatch.GetTimestamp();
        ScriptRun.Check(
            "(module)",
            """
            const late = setTimeout(() => show('late'), 1000000), interval = setInterval(() => show('never'), 1000000);
            for (let i = 0; i < 20000; i++) clearTimeout(setTimeout(() => show('cleared'), 1000000 + i));
            setTimeout(() => { clearTimeout(late); clearInterval(interval); clearTimeout(late); clearTimeout('other'); show('done'); }, 1);
            """,
            "done");
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 120);
    }

    /// <summary>A script that keeps all that it makes ends in one line; process and host go on.</summary>
    [Theory]
    [InlineData("const all = []; for (;;) all.push(new Array(100).fill(all.length));")]
    [InlineData("const all = {}; for (let i = 0; ; i++) all['key ' + i] = { i };")]
    [InlineData("return call();")]
    [InlineData("return (async () => { const all = []; for (;;) { await null; all.push(new Array(100).fill(all.length)); } })();")]
    [InlineData("const all = []; setTimeout(function more() { for (let i = 0; i < 1000; i++) all.push(new Array(100).fill(i)); setTimeout(more, 0); }, 0);")]
    public void AScriptThatNeedsTooMuchMemoryFailsInOneLine(string script) => ExecutionThread.Run(EngineOptions.Default, () =>
    {
        var module = string.Join(',', WatAssembler.Assemble("""(module (import "m" "f" (func $f)) (func (export "call") (call $f)))"""));
        using var host = new JavaScriptHost(new JavaScriptOptions { MaximumHeap = 32 });
        host.RunScript("start.js", $$"""
            var call = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array([{{module}}])), { m: { f() { const all = []; for (;;) all.push(new Array(100).fill(all.length)); } } }).exports.call;
            """);
        for (var i = 0; i < 2; i++)
        {
            var message = Assert.Throws<ProgramException>(() => host.RunScript("test.js", $"(() => {{ {script} }})()")).Message;
            Assert.Equal("the script needs more memory than it may have: 32 MiB of V8's heap", message);
            Assert.Equal(3, host.RunScript("next.js", "1 + 2"));
        }
    });

    /// <summary>Whatever it is that V8 makes in a loop, and with whatever code of its own.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("globalThis.last = {};")]
    [InlineData("globalThis.last = [1, 2, 3];")]
    [InlineData("globalThis.last = new Array(100);")]
    [InlineData("globalThis.last = new Array(100).fill(1);")]
    public void ALoopCanBeInterruptedWhenItIsOptimized(string body) => ExecutionThread.Run(EngineOptions.Default, () =>
    {
        using var host = new JavaScriptHost(new JavaScriptOptions());
        using var timer = new Timer(_ => host.Interrupt(), null, TimeSpan.FromSeconds(0.5), Timeout.InfiniteTimeSpan);
        Assert.Throws<ProgramException>(() => host.RunScript("loop.js", $"(() => {{ for (const end = Date.now() + 20000; Date.now() < end;) {{ {body} }} }})()"));
        Assert.Equal(3, host.RunScript("next.js", "1 + 2"));
    });

    /// <summary>The outer script would go on else, with a heap that is full: for a while here.</summary>
    [Fact]
    public void AScriptEndsWithTheOneThatItRunsWhereTheHeapIsFull()
    {
        var folder = Directory.CreateTempSubdirectory("harness-js-");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "greedy.js"), "{ const all = []; for (;;) all.push(new Array(100).fill(all.length)); }");
            ExecutionThread.Run(EngineOptions.Default, () =>
            {
                using var host = new JavaScriptHost(new JavaScriptOptions { Folder = folder.FullName, MaximumHeap = 32 });
                var failure = Assert.Throws<ProgramException>(() => host.RunScript("outer.js", "try { harness.runScript('greedy.js'); } catch { } for (const end = Date.now() + 20000; Date.now() < end;);"));
                Assert.Equal("the script needs more memory than it may have: 32 MiB of V8's heap", failure.Message);
                Assert.Equal(3, host.RunScript("next.js", "1 + 2"));
            });
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>At every depth a script may call what enters V8 again: it works, or throws.</summary>
    [Theory]
    [InlineData("new TextEncoder().encode('ä'.repeat(300))")]
    [InlineData("crypto.getRandomValues(new Uint8Array(300))")]
    [InlineData("harness.runScript('small.js')")]
    [InlineData("new WebAssembly.Instance(module, { m: { a: {}, b: {} } })")]
    public void AScriptThatIsDeepDownTheStackCallsTheHost(string call)
    {
        var folder = Directory.CreateTempSubdirectory("harness-js-");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "small.js"), "1");
            var bytes = string.Join(',', WatAssembler.Assemble("""(module (import "m" "a" (global externref)) (import "m" "b" (global externref)))"""));
            ExecutionThread.Run(EngineOptions.Default, () =>
            {
                using var host = new JavaScriptHost(new JavaScriptOptions { Folder = folder.FullName });
                Assert.Equal("failed", host.RunScript("deep.js", $$"""
                    (() => {
                      const module = new WebAssembly.Module(new Uint8Array([{{bytes}}]));
                      const call = () => {{call}};
                      let left = 1000, failures = 0;
                      const down = () => {
                        try { down(); } catch { }
                        if (left-- > 0) try { call(); } catch { failures++; }
                      };
                      call();
                      down();
                      call();
                      return failures > 0 ? 'failed' : 'none failed';
                    })()
                    """));
            });
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Bytes come to the host out of whatever buffer they are in, and from it in one of the script's own.</summary>
    [Theory]
    [InlineData("bytes")]
    [InlineData("new Uint8Array([9, ...bytes, 9]).subarray(1, 1 + bytes.length)")]
    [InlineData("new DataView(new Uint8Array([9, ...bytes, 9]).buffer, 1, bytes.length)")]
    [InlineData("bytes.buffer")]
    [InlineData("(buffer => { new Uint8Array(buffer).set(bytes); return buffer; })(new SharedArrayBuffer(bytes.length))")]
    [InlineData("(buffer => { new Uint8Array(buffer, 3).set(bytes); return new Uint8Array(buffer, 3); })(new SharedArrayBuffer(3 + bytes.length))")]
    [InlineData("(buffer => { const all = new Uint8Array(buffer); buffer.resize(bytes.length); all.set(bytes); return all; })(new ArrayBuffer(1, { maxByteLength: 1000 }))")]
    public void BytesCrossFromEveryKindOfBuffer(string given) => ExecutionThread.Run(EngineOptions.Default, () =>
    {
        const string Text = "ä short text";
        using var compressed = new MemoryStream();
        using (var stream = new ZLibStream(compressed, CompressionMode.Compress, leaveOpen: true))
        {
            stream.Write(System.Text.Encoding.UTF8.GetBytes(Text));
        }

        using var host = new JavaScriptHost(new JavaScriptOptions());
        Assert.Equal(Text, host.RunScript("inflate.js", $$"""
            (() => {
              const bytes = Uint8Array.of({{string.Join(',', compressed.ToArray())}});
              return new TextDecoder().decode(harness.inflate({{given}}));
            })()
            """));
    });

    /// <summary>Where a view has lost its buffer, there are no bytes; where there never was one, the host says so.</summary>
    [Theory]
    [InlineData("(view => { view.buffer.transfer(); return view; })(new Uint8Array(1000))", "")]
    [InlineData("(buffer => { const view = new Uint8Array(buffer, 10); buffer.resize(5); return view; })(new ArrayBuffer(1000, { maxByteLength: 1000 }))", "")]
    [InlineData("'text'", "bytes are wanted")]
    [InlineData("undefined", "bytes are wanted")]
    [InlineData("[1, 2, 3]", "bytes are wanted")]
    public void WhatHasNoBytesIsNotRead(string given, string message) => ExecutionThread.Run(EngineOptions.Default, () =>
    {
        using var host = new JavaScriptHost(new JavaScriptOptions());
        var outcome = (string)host.RunScript("inflate.js", $"(() => {{ try {{ return `${{harness.inflate({given}).length}} bytes`; }} catch (error) {{ return error.message; }} }})()")!;
        Assert.Contains(message.Length == 0 ? "0 bytes" : message, outcome);
    });

    /// <summary>What the host's own scripts have from it they take away before programs run.</summary>
    [Fact]
    public void ProgramsFindNothingOfTheHostInTheGlobalObject() => ExecutionThread.Run(EngineOptions.Default, () =>
    {
        using var host = new JavaScriptHost(new JavaScriptOptions());
        Assert.Equal("", host.RunScript("names.js", "Object.getOwnPropertyNames(globalThis).filter(name => name.startsWith('harness:')).join()"));
    });

    [Theory]
    [InlineData("1")]
    [InlineData("globalThis.named = {}")]
    public void AFunctionThatTheScriptDoesNotDefineIsNamed(string script) => ExecutionThread.Run(EngineOptions.Default, () =>
    {
        using var host = new JavaScriptHost(new JavaScriptOptions());
        host.RunScript("script.js", script);
        Assert.Equal("the script defines no function 'named'", Assert.Throws<ProgramException>(() => host.Call("named")).Message);
    });

    [Theory]
    [InlineData("")]
    [InlineData("abc\\0\\x7f")]
    [InlineData("ä€😀")]
    [InlineData("aä")]
    [InlineData("\\x80")]
    public void TextsAreTheSameShortAndLongAndInTheMidstOfABuffer(string text) => ExecutionThread.Run(EngineOptions.Default, () =>
    {
        using var host = new JavaScriptHost(new JavaScriptOptions());
        Assert.Equal(true, host.RunScript("text.js", $$"""
            (() => {
              const text = "{{text}}";
              const bytes = [...unescape(encodeURIComponent(text))].map(byte => byte.charCodeAt(0));
              return [1, 2, 85, 86, 255, 256, 257, 1000].every(times => {
                const encoded = new TextEncoder().encode(text.repeat(times));
                const expected = Array(times).fill(bytes).flat();
                const around = new Uint8Array([0xff, ...encoded, 0xff]);
                const into = new Uint8Array(expected.length);
                const { read, written } = new TextEncoder().encodeInto(text.repeat(times), into);
                return encoded.join() === expected.join() && into.join() === expected.join() && written === expected.length && read === text.length * times
                  && new TextDecoder().decode(around.subarray(1, 1 + encoded.length)) === text.repeat(times)
                  && new TextDecoder('utf-8', { fatal: true }).decode(around.buffer.slice(1, 1 + encoded.length)) === text.repeat(times)
                  && new TextDecoder().decode(around.subarray(0, 1)) === '\ufffd';
              });
            })()
            """));
    });

    [Theory]
    [InlineData("new TextDecoder().decode(shared)", "ab")]
    [InlineData("new TextDecoder().decode(new Uint8Array(shared, 1))", "b")]
    [InlineData("new TextDecoder().decode(new DataView(shared, 0, 1))", "a")]
    [InlineData("(({ read, written }) => `${read} ${written}`)(new TextEncoder().encodeInto(12.5, new Uint8Array(10)))", "4 4")]
    public void TextsComeFromSharedBuffersAndFromWhatIsNoText(string expression, string expected) => ExecutionThread.Run(EngineOptions.Default, () =>
    {
        using var host = new JavaScriptHost(new JavaScriptOptions());
        Assert.Equal(expected, host.RunScript("text.js", $"(shared => {{ new Uint8Array(shared).set([97, 98]); return {expression}; }})(new SharedArrayBuffer(2))"));
    });
}
