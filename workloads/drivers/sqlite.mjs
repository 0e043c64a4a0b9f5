// Executes a file of statements (file `statements`) on SQLite as Emscripten compiled it, in a database in memory, through the exports of its C interface.
// An iteration is a new database, and prints rows and checksum of each statement. SqliteProgram makes the same calls on this engine.

const [ROW, DONE, INTEGER, FLOAT, TEXT, BLOB] = [100, 101, 1, 2, 3, 4];

/** The lines of a file of statements; those that begin with # are comments. */
export function readStatements(text) {
  return text.split('\n').filter((line) => line && !line.startsWith('#')).map((line) => {
    const [title, count, rows, sum, ...sql] = line.split(' | ');
    return { title, count: Number(count), rows: Number(rows), sum: BigInt(sum), sql: sql.join(' | ') };
  });
}

/** Loads SQLite; gives a function that executes statements and tells rows and checksum of each. */
export async function openSqlite(host) {
  // The glue is written for browsers.
  globalThis.self ??= globalThis;
  globalThis.location ??= new URL('file:///');
  const glue = await host.importModule(host.path('module').replace(/\.wasm$/, '.mjs'));
  const sqlite = await glue.default({ wasmBinary: host.readBytes(host.path('module')), print: () => {}, printErr: () => {} });
  const x = sqlite.wasm.exports;
  const memory = () => new DataView(x.memory ? x.memory.buffer : sqlite.wasm.memory.buffer);

  function allocate(text) {
    const bytes = new TextEncoder().encode(`${text}\0`);
    const address = x.malloc(bytes.length);
    new Uint8Array(memory().buffer).set(bytes, address);
    return address;
  }

  function check(code, database) {
    if (code === 0 || code === ROW || code === DONE) return code;
    throw new Error(`SQLite: ${database ? sqlite.capi.sqlite3_errmsg(database) : 'no database'} (${code})`);
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

  return (statements) => {
    const pointer = x.malloc(8);
    const name = allocate(':memory:');
    check(x.sqlite3_open(name, pointer), 0);
    const database = memory().getUint32(pointer, true);
    const results = [];
    let seed = 1;
    for (const { title, count, sql } of statements) {
      const source = allocate(sql);
      check(x.sqlite3_prepare_v2(database, source, -1, pointer, 0), database);
      const statement = memory().getUint32(pointer, true);
      const parameters = x.sqlite3_bind_parameter_count(statement);
      let [rows, sum] = [0, 0n];
      for (let i = 1; i <= count; i++) {
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
      x.free(source);
      results.push({ title, rows, sum });
    }
    check(x.sqlite3_close_v2(database), database);
    x.free(name);
    x.free(pointer);
    return results;
  };
}

export async function load(host) {
  const statements = readStatements(host.readText(host.path('statements')));
  const execute = await openSqlite(host);
  return {
    iterate() {
      execute(statements).forEach(({ title, rows, sum }, i) => {
        if (rows !== statements[i].rows || sum !== statements[i].sum) {
          const wrong = `SQLite: '${title}' gave ${rows} rows with checksum ${sum} instead of ${statements[i].rows} with ${statements[i].sum}`;
          throw Object.assign(new Error(wrong), { status: 'wrong-result' });
        }
        host.print(`${title} | ${rows} | ${sum}\n`);
      });
    },
  };
}
