// Runs what dart2wasm makes: a module, and the glue that it wrote beside it (file `glue`). An iteration is a fresh instance and its main.
// Timers run in the order of their times without waiting, as in the shells that Dart's own runner uses.

/** A loop of timers whose clock jumps to the next one that is due. */
function installTimers() {
  const pending = new Map();
  let [lastId, now] = [0, 0];
  const add = (repeat) => (callback, delay = 0, ...values) => {
    pending.set(++lastId, { at: now + Math.max(0, Number(delay) || 0), order: lastId, interval: repeat ? Math.max(1, Number(delay) || 0) : 0, run: () => callback(...values) });
    return lastId;
  };
  const remove = (id) => { pending.delete(id); };
  Object.assign(globalThis, { setTimeout: add(false), setInterval: add(true), clearTimeout: remove, clearInterval: remove });
  return async () => {
    await undefined;
    while (pending.size > 0) {
      const [id, timer] = [...pending].reduce((first, other) => (other[1].at < first[1].at || (other[1].at === first[1].at && other[1].order < first[1].order) ? other : first));
      now = timer.at;
      if (timer.interval > 0) timer.at += timer.interval; else pending.delete(id);
      timer.run();
      await undefined;
    }
  };
}

/**
 * Lets time pass with each question for it, so that programs that run for a time do the same each time. A step is longer than what
 * benchmark_harness wants to measure: with less it would go on with ever more iterations.
 */
function installClock(step) {
  let now = 1_000_000;
  globalThis.performance.now = () => (now += step);
  Date.now = () => Math.floor(now += step);
}

export async function load(host) {
  const finishTimers = installTimers();
  if (host.checks) installClock(3000);
  globalThis.window ??= globalThis;
  globalThis.dartPrint = (text) => host.print(`${text}\n`);
  globalThis.readFileContentsAsBytes = (path) => host.readBytes(path);
  // Arguments may ask for the time in seconds, and for the path of a file.
  const expand = (argument) => (argument === '$TIME' ? String(Date.now() / 1000) : argument.startsWith('$FILE:') ? host.path(argument.slice(6)) : argument);
  const glue = await host.importModule(host.path('glue'));
  const app = await glue.compile(host.readBytes(host.path('module')));
  return {
    async iterate() {
      const instance = await app.instantiate({});
      await instance.invokeMain(...host.arguments.map(expand));
      await finishTimers();
    },
  };
}
