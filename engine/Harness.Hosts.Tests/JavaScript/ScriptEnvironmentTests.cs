using Harness.Engine.Configuration;
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
}
