// Executes the statements of workloads/sqlite on SQLite in Node, by the same calls of its C interface as SqliteProgram makes on this engine, and
// prints for each line its rows and checksum; with --update, writes them into the file.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// The glue is written for browsers.
globalThis.self = globalThis;
globalThis.location ??= new URL(import.meta.url);
const { default: init } = await import('./sqlite/node_modules/@sqlite.org/sqlite-wasm/sqlite-wasm/jswasm/sqlite3.mjs');

const path = fileURLToPath(new URL('../../workloads/sqlite/statements.txt', import.meta.url));
const module = fileURLToPath(new URL('./sqlite/node_modules/@sqlite.org/sqlite-wasm/sqlite-wasm/jswasm/sqlite3.wasm', import.meta.url));
const sqlite = await init({ wasmBinary: readFileSync(module), print: () => {}, printErr: () => {} });
const x = sqlite.wasm.exports;
const [ROW, DONE, INTEGER, FLOAT, TEXT, BLOB] = [100, 101, 1, 2, 3, 4];
const memory = () => new DataView(x.memory ? x.memory.buffer : sqlite.wasm.memory.buffer);

function allocate(text) {
  const bytes = new TextEncoder().encode(text + '\0');
  const address = x.malloc(bytes.length);
  new Uint8Array(memory().buffer).set(bytes, address);
  return address;
}

function check(code, database) {
  if (code === 0 || code === ROW || code === DONE) return code;
  throw new Error(sqlite.capi.sqlite3_errmsg(database) + ` (${code})`);
}

// One number for a value: an integer itself, thousandths of a float, length and first byte of text, 1 for null.
function valueOf(statement, column) {
  switch (x.sqlite3_column_type(statement, column)) {
    case INTEGER: return x.sqlite3_column_int64(statement, column);
    case FLOAT: return BigInt(Math.floor(x.sqlite3_column_double(statement, column) * 1000 + 0.5));
    case TEXT: case BLOB: {
      const address = x.sqlite3_column_text(statement, column);
      const length = x.sqlite3_column_bytes(statement, column);
      return BigInt(length * 256 + (length > 0 ? memory().getUint8(address) : 0));
    }
    default: return 1n;
  }
}

export function run() {
  const pointer = x.malloc(8);
  const name = allocate(':memory:');
  check(x.sqlite3_open(name, pointer), 0);
  const database = memory().getUint32(pointer, true);
  const results = [];
  let seed = 1;
  for (const line of readFileSync(path, 'utf8').split('\n').filter(line => line && !line.startsWith('#'))) {
    const [title, count, , , ...rest] = line.split(' | ');
    const sql = allocate(rest.join(' | '));
    check(x.sqlite3_prepare_v2(database, sql, -1, pointer, 0), database);
    const statement = memory().getUint32(pointer, true);
    const parameters = x.sqlite3_bind_parameter_count(statement);
    let [rows, sum] = [0, 0n];
    for (let i = 1; i <= Number(count); i++) {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      const random = (seed >>> 8) % 100000;
      const text = allocate(`item ${random} of ${i}`);
      if (parameters >= 1) check(x.sqlite3_bind_int(statement, 1, i), database);
      if (parameters >= 2) check(x.sqlite3_bind_int(statement, 2, random), database);
      if (parameters >= 3) check(x.sqlite3_bind_text(statement, 3, text, -1, -1), database);
      while (check(x.sqlite3_step(statement), database) === ROW) {
        rows++;
        const columns = x.sqlite3_column_count(statement);
        for (let column = 0; column < columns; column++) sum = BigInt.asIntN(64, sum * 31n + valueOf(statement, column));
      }
      check(x.sqlite3_reset(statement), database);
      x.free(text);
    }
    check(x.sqlite3_finalize(statement), database);
    x.free(sql);
    results.push({ title, count, rows, sum, sql: rest.join(' | ') });
  }
  check(x.sqlite3_close_v2(database), database);
  x.free(name);
  x.free(pointer);
  return results;
}

const results = run();
if (process.argv.includes('--update')) {
  const comments = readFileSync(path, 'utf8').split('\n').filter(line => line.startsWith('#'));
  writeFileSync(path, [...comments, ...results.map(result => `${result.title} | ${result.count} | ${result.rows} | ${result.sum} | ${result.sql}`), ''].join('\n'));
} else {
  for (const result of results) console.log(`${result.title} | ${result.rows} | ${result.sum}`);
}
