// Runs line items of JetStream as its own driver does: the scripts make a class `Benchmark`, whose `runIteration` is an iteration, or in older line items a
// function `doRun`, all of which is one. The files that a line item preloads are those that the manifest names, `wasmBinary` and `jsModule` among them.

/** What the scripts of older line items find: files as members of `Module`, and whom they tell their times. */
function prepareOlder(host) {
  globalThis.benchmarkTime = performance.now.bind(performance);
  Object.assign(globalThis, { reportCompileTime() {}, reportRunTime() {} });
  for (const name of host.fileNames) globalThis.Module[name] = new Int8Array(host.readBytes(host.path(name)).buffer);
  return { iterate: () => globalThis.doRun() };
}

export async function load(host) {
  const print = (...values) => host.print(`${values.join(' ')}\n`);
  // The sequence of Math.random is always the same, as for the line items that JetStream runs so.
  let seed = 49734321;
  Math.random = () => {
    seed = (seed * 1664525 + 1013904223) >>> 0;
    return seed / 4294967296;
  };
  globalThis.window ??= globalThis;
  Object.assign(globalThis, { print, printErr: print, abort() {}, quit() {} });
  globalThis.Module = { preRun: [], postRun: [], noInitialRun: true, print, printErr: print };
  globalThis.JetStream = {
    isInBrowser: false,
    preload: Object.fromEntries(host.fileNames.map((name) => [name, host.path(name)])),
    getBinary: async (path) => host.readBytes(path),
    getString: async (path) => host.readText(path),
    dynamicImport: (path) => host.importModule(path),
  };
  for (const script of host.scripts) host.runScript(script);
  if (typeof globalThis.doRun === 'function') return prepareOlder(host);
  // eslint-disable-next-line no-undef -- the scripts declare it
  const benchmark = new Benchmark();
  await benchmark.init?.();
  return {
    iterate: () => benchmark.runIteration(),
    validate: () => benchmark.validate?.(),
  };
}
