// Runs one iteration of SQLite or QuickJS in Node and prints what it gives: drive.mjs sqlite|quickjs. With `sqlite --update`, writes rows and checksums
// into the file of statements. QuickJS must compute what Node's own JavaScript does.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import vm from 'node:vm';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const programs = {
  sqlite: {
    module: at('./sqlite/node_modules/@sqlite.org/sqlite-wasm/sqlite-wasm/jswasm/sqlite3.wasm'),
    statements: at('../../workloads/sqlite/statements.txt'),
  },
  quickjs: {
    module: at('./quickjs/node_modules/@jitl/quickjs-wasmfile-release-sync/dist/emscripten-module.wasm'),
    script: at('../../workloads/quickjs/benchmark.js'),
  },
};

const [name, option] = process.argv.slice(2);
const files = programs[name];
if (files === undefined) throw new Error(`there is no program '${name}'; there are ${Object.keys(programs).join(' and ')}`);
let output = '';
const host = {
  path: (file) => files[file],
  readBytes: (path) => readFileSync(path),
  readText: (path) => readFileSync(path, 'utf8'),
  importModule: (path) => import(pathToFileURL(path)),
  print: (text) => { output += text; },
};
const driver = await import(new URL(`../../workloads/drivers/${name}.mjs`, import.meta.url));

if (name === 'sqlite' && option === '--update') {
  const text = readFileSync(files.statements, 'utf8');
  const statements = driver.readStatements(text);
  const results = (await driver.openSqlite(host))(statements);
  const comments = text.split('\n').filter((line) => line.startsWith('#'));
  const lines = results.map(({ title, rows, sum }, i) => `${title} | ${statements[i].count} | ${rows} | ${sum} | ${statements[i].sql}`);
  writeFileSync(files.statements, [...comments, ...lines, ''].join('\n'));
} else {
  await (await driver.load(host)).iterate();
  if (name === 'quickjs' && vm.runInThisContext(host.readText(files.script)) !== output.trimEnd()) throw new Error('Node computes something else');
  process.stdout.write(output);
}
