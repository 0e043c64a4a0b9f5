// One repetition in a browser: fetches its request, runs it, and sends its report back. All paths begin with a word that only this page knows.
import { hostOpener } from './hosts.mjs';
import { attempt } from './measure.mjs';
import { sha256 } from './sha256.mjs';

// Drivers may give programs another clock.
const now = performance.now.bind(performance);
const base = location.pathname.slice(0, location.pathname.lastIndexOf('/') + 1);
const addressOf = (path) => `${base}file${path.split('/').map(encodeURIComponent).join('/')}`;

/** Waits for the answer, as shells do. */
function send(method, address, content) {
  const exchange = new XMLHttpRequest();
  exchange.open(method, address, false);
  exchange.overrideMimeType('text/plain; charset=x-user-defined');
  exchange.send(content);
  if (exchange.status !== 200) throw new Error(`there is no ${address}`);
  return exchange.responseText;
}

// Only files that a program asks for when it runs are fetched this way; those that are known beforehand are there already.
const known = new Map();
const readBytes = (path) => known.get(path) ?? Uint8Array.from(send('GET', addressOf(path)), (character) => character.charCodeAt(0) & 0xff);

const files = {
  readBytes,
  readText: (path) => new TextDecoder().decode(readBytes(path)),
  importModule: (path) => import(addressOf(path)),
  runScript(path) {
    const script = document.createElement('script');
    script.textContent = files.readText(path);
    document.head.append(script);
  },
};

const request = await (await fetch(`${base}request`)).json();
const { program } = request;
for (const path of [program.module, ...Object.values(program.files), ...program.scripts]) {
  if (path) known.set(path, new Uint8Array(await (await fetch(addressOf(path))).arrayBuffer()));
}
const report = await attempt(request, {
  now,
  sha256,
  openHost: hostOpener(files, now),
  mark: (name) => send('POST', `${base}mark`, `{"mark":"${name}"}`),
  compileErrors: 'unsupported',
});
await fetch(`${base}report`, { method: 'POST', body: JSON.stringify(report) });
