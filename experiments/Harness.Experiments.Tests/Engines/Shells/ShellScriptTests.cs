using Harness.Experiments.Engines;

namespace Harness.Experiments.Tests.Engines.Shells;

/// <summary>The scripts that shells without a library share, in Node, which has one to compare with.</summary>
public sealed class ShellScriptTests
{
    [Fact]
    public void DigestsAreThoseOfNode() => Assert.Equal("same", RunInNode("""
        const { createHash } = await import('node:crypto');
        const { sha256 } = await import(`${shells}/sha256.mjs`);
        for (let length = 0; length < 300; length++) {
          const bytes = Uint8Array.from({ length }, (_, i) => (i * 131 + length) & 255);
          const wanted = createHash('sha256').update(bytes).digest('hex');
          if (sha256(bytes) !== wanted) throw new Error(`length ${length}: ${sha256(bytes)} instead of ${wanted}`);
        }
        console.log('same');
        """));

    [Fact]
    public void TextIsCodedAsInNode() => Assert.Equal("same", RunInNode("""
        const [Decoder, Encoder] = [TextDecoder, TextEncoder];
        delete globalThis.TextDecoder;
        delete globalThis.TextEncoder;
        await import(`${shells}/jsc-globals.mjs`);
        if (TextDecoder === Decoder) throw new Error('not replaced');
        for (const text of ['', 'plain', 'ä€𝄞\u0000\u007f\u0080\u07ff\u0800\uffff\u{10ffff}', '\ud800x', 'x\udc00']) {
          const bytes = new TextEncoder().encode(text);
          if (String(bytes) !== String(new Encoder().encode(text))) throw new Error(`encode ${JSON.stringify(text)}: ${bytes}`);
          if (new TextDecoder().decode(bytes) !== new Decoder('utf-8', { ignoreBOM: true }).decode(bytes)) throw new Error(`decode ${bytes}`);
        }
        for (const bytes of [[0x80], [0xc3], [0xe2, 0x82], [0xf0, 0x9d, 0x84], [0xff, 0x41]]) {
          if (!new TextDecoder().decode(Uint8Array.from(bytes)).includes('\ufffd')) throw new Error(`decode ${bytes}`);
          try { new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(bytes)); } catch { continue; }
          throw new Error(`${bytes} are taken`);
        }
        console.log('same');
        """));

    /// <summary>By a clock that goes on by one whenever it is asked: what is timed takes one.</summary>
    [Fact]
    public void CompilationAndInstantiationAreToldApartHoweverScriptsAskForThem() => Assert.Equal(
        "new Module 1/0, new Instance 0/1, compile 1/0, instantiate a module 0/1, instantiate bytes 1/1, refused bytes 1/0, an own class 1/0",
        RunInNode("""
            const { watchWebAssembly } = await import(`${shells}/watch.mjs`);
            const bytes = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
            const phases = { compileMs: 0, instantiateMs: 0 };
            let time = 0;
            watchWebAssembly(phases, () => time++);
            const steps = [];
            const note = (what, isRight) => {
              if (!isRight) throw new Error(`${what} gives something else`);
              steps.push(`${what} ${phases.compileMs}/${phases.instantiateMs}`);
              phases.compileMs = phases.instantiateMs = 0;
            };
            const module = new WebAssembly.Module(bytes);
            note('new Module', module instanceof WebAssembly.Module && module.constructor === WebAssembly.Module && WebAssembly.Module.exports(module).length === 0);
            const instance = new WebAssembly.Instance(module, {});
            note('new Instance', instance instanceof WebAssembly.Instance && Object.keys(instance.exports).length === 0);
            note('compile', await WebAssembly.compile(bytes) instanceof WebAssembly.Module);
            note('instantiate a module', await WebAssembly.instantiate(module, {}) instanceof WebAssembly.Instance);
            const both = await WebAssembly.instantiate(bytes, {});
            note('instantiate bytes', both.module instanceof WebAssembly.Module && both.instance instanceof WebAssembly.Instance);
            note('refused bytes', await WebAssembly.instantiate(bytes.subarray(1)).then(() => false, (failure) => failure instanceof WebAssembly.CompileError));
            class Own extends WebAssembly.Module {}
            note('an own class', new Own(bytes) instanceof Own);
            console.log(steps.join(', '));
            """));

    /// <summary>By clocks that go on by a microsecond whenever they are asked, but for one reading before which the process is interrupted.</summary>
    [Fact]
    public void AClockThatIsSetIsTold() => Assert.Equal("0 5.0 -5.0 0", RunInNode("""
        const { watchClock } = await import(`${shells}/clock.mjs`);
        let [time, offset, reading] = [1e6, 1.7e12, 0];
        const monotonic = () => time += 0.001;
        const now = () => (time += reading++ === 0 ? 50 : 0.001) + offset;
        const step = watchClock(now, monotonic);
        const told = [];
        const tell = () => told.push(step() === 0 ? '0' : step().toFixed(1));
        time += 3000;
        tell();
        offset += 5;
        reading = 0;
        tell();
        offset -= 10;
        tell();
        offset += 5;
        tell();
        console.log(told.join(' '));
        """));

    /// <summary>By clocks that go on in steps of half a microsecond, of 20, and not at all, and by one that somebody sets.</summary>
    [Fact]
    public void AFineClockThatNobodySetsIsChosen() => Assert.Equal("fine 0, fine 0, settable 5.0, settable 5.0, settable 0", RunInNode("""
        const { chooseClock } = await import(`${shells}/clock.mjs`);
        let [time, offset] = [1e6, 1.7e12];
        const fine = () => time += 0.0005;
        const coarse = () => Math.floor((time += 0.0005) / 0.02) * 0.02;
        const stopped = () => 7 + Math.floor(time / 1e5) * 1e5;
        const settable = () => (time += 0.0002) + offset;
        const told = [];
        for (const monotonic of [[fine, coarse], [coarse, fine], [coarse], [stopped, coarse], []]) {
          const { now, wasSetBy } = chooseClock(monotonic, settable);
          offset += 5;
          told.push(`${now === fine ? 'fine' : now === settable ? 'settable' : 'another'} ${wasSetBy() === 0 ? '0' : wasSetBy().toFixed(1)}`);
        }
        console.log(told.join(', '));
        """));

    /// <summary>A shell that has a clock for tests of the language times by that, whatever the time of day is set to.</summary>
    [Fact]
    public void JscTimesByItsClockThatNobodySets() => Assert.Equal("ok 3", RunInNode("""
        const module = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 0x66, 0, 0, 10, 4, 1, 2, 0, 0x0b);
        const call = { function: 'f', arguments: [], expected: [] };
        const request = { timedCalls: 1, program: { host: 'none', module: 'm', iteration: 'call', iterations: 3, warmUp: call, timed: call } };
        let [time, lines] = [0, 0];
        globalThis.$262 = { agent: { monotonicNow: () => time += 0.001 } };
        globalThis.preciseTime = () => (time -= 1000) / 1000;
        globalThis.print = (line) => { const { status, executeMs } = JSON.parse(line); if (status) console.log(status, executeMs.filter((ms) => ms > 0 && ms < 0.01).length); };
        globalThis.readline = () => lines++ === 0 ? JSON.stringify(request) : '';
        globalThis.readFile = () => module;
        globalThis.quit = () => {};
        await import(`${shells}/jsc.mjs`);
        """));

    /// <summary>A shell that went on after a mark would have been timed in part before its CPU time is read.</summary>
    [Fact]
    public void JscReadsALineAtEachMarkOfItsTimedPart() => Assert.Equal("ready < timed-begin < timed-end < again < again < again < ok <", RunInNode("""
        const module = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 0x66, 0, 0, 10, 4, 1, 2, 0, 0x0b);
        const call = { function: 'f', arguments: [], expected: [] };
        const request = { timedCalls: 1, program: { host: 'none', module: 'm', iteration: 'call', iterations: 2, warmUp: call, timed: call } };
        const steps = [];
        globalThis.preciseTime = () => performance.now() / 1000;
        globalThis.print = (line) => { const words = JSON.parse(line); steps.push(words.mark ?? words.status); };
        globalThis.readline = () => { steps.push('<'); return steps.length === 2 ? JSON.stringify(request) : ''; };
        globalThis.readFile = () => module;
        globalThis.quit = () => console.log(steps.join(' '));
        await import(`${shells}/jsc.mjs`);
        """));

    /// <summary>A program may print times, of which those of its last iteration count: <see cref="OutputRecorderTests"/> has the same of workers of the harness.</summary>
    [Fact]
    public void TheOutcomeOfTheLastIterationComesLast() => Assert.Equal("b1 c1 a2, 101 of 150 with 149 last", RunInNode("""
        const { attempt } = await import(`${shells}/measure.mjs`);
        const run = async (texts) => {
          let i = 0;
          const iterate = async () => ({ bytes: new TextEncoder().encode(texts[i++]), errorText: '', exitCode: 0, files: {} });
          const platform = { now: () => performance.now(), sha256: String, openHost: async () => ({ iterate }), compileErrors: 'error' };
          return (await attempt({ program: { iteration: 'script', iterations: texts.length } }, platform)).outputs;
        };
        const few = await run(['a', 'b', 'c', 'a']);
        const many = await run(Array.from({ length: 150 }, (_, i) => String(i)));
        console.log(`${few.map(({ text, count }) => text + count).join(' ')}, ${many.length} of 150 with ${many.at(-1).text} last`);
        """));

    /// <summary>Runs a module in Node, with <c>shells</c> as the address of the scripts.</summary>
    /// <returns>What it printed.</returns>
    internal static string RunInNode(string script)
    {
        var (_, output, error) = ToolProcess.Run(NodeInstallation.NodePath, ["--input-type=module", "--eval", $"const shells = 'file://{ProjectLayout.Shells}';\n{script}"]);
        Assert.Equal("", error);
        return output.Trim();
    }
}
