// Stack traces of Dart programs in JavaScript alone: any shell can use it. What an engine says of the WebAssembly functions of a stack becomes what StackTraceText.cs writes of them.

// As many functions as the project's own engine tells of, the innermost ones.
const mostFrames = 100;

// Functions of JavaScript between WebAssembly and the place where the stack is captured.
const callers = 2;

const base64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

// V8: '    at NAME (wasm://wasm/HASH:wasm-function[INDEX]:0xOFFSET)', without the name and the parentheses where there is none. SpiderMonkey: 'NAME@FILE:wasm-function[INDEX]:0xOFFSET'.
const framePattern = /^(?:\s+at (?:(.*) \()?|(.*?)@).*wasm-function\[(\d+)\]:0x([0-9a-f]+)\)?$/;

/**
 * The stack at the place of a call of the host, as an error: its text is made when somebody asks for it.
 * @param skipped how many of the innermost functions of WebAssembly are no part of the trace.
 */
export function captureStack(skipped) {
  const usual = Error.stackTraceLimit;
  Error.stackTraceLimit = mostFrames + callers + 1;
  const error = new Error();
  Error.stackTraceLimit = usual;
  return { error, skipped };
}

/**
 * Writes a stack as Dart does, a line for each function that has a text. Where there is no map, all functions have a line but those that the compiler made for itself.
 * @param find gives the place of an offset in the module as { source, line, column }, or undefined where that comes from no text; undefined where there is no map.
 */
export function writeStack({ error, skipped }, find) {
  const frames = String(error.stack).split('\n').map((line) => framePattern.exec(line)).filter((found) => found !== null);
  let text = '';
  let count = 0;
  for (const [, named, alsoNamed, index, offset] of frames.slice(skipped, mostFrames)) {
    const name = named || alsoNamed || `func[${index}]`;
    let place;
    if (find !== undefined) {
      const found = find(parseInt(offset, 16));
      if (found !== undefined) place = `${found.source}:${found.line}:${found.column}`;
    } else if (!name.startsWith('#')) {
      place = `wasm-function[${index}]:0x${offset}`;
    }

    if (place !== undefined) text += `${`#${count++}`.padEnd(8)}${plainName(name)} (${place})\n`;
  }

  return frames.length > mostFrames ? `${text}...\n` : text;
}

/** The name of a function as its text has it. */
function plainName(name) {
  return name.replace(/@\d+| \(.*$/g, '').replaceAll('_$core', '_');
}

/**
 * Reads a source map of revision 3 that the Dart compiler has written: its mappings are in the order of their offsets.
 * @param json its text.
 * @param resolve gives the address of a source by its name in the map.
 * @returns what writeStack takes.
 */
export function readSourceMap(json, resolve) {
  const map = JSON.parse(json);
  const sources = map.sources.map(resolve);
  const [offsets, places] = [[], []];
  let [offset, source, line, column] = [0, 0, 0, 0];
  for (const segment of map.mappings.split(',')) {
    const fields = decode(segment);
    if (fields.length === 0) continue;
    offset += fields[0];
    if (fields.length >= 4) [source, line, column] = [source + fields[1], line + fields[2], column + fields[3]];
    offsets.push(offset);
    places.push(fields.length >= 4 ? { source: sources[source], line: line + 1, column: column + 1 } : undefined);
  }

  return (wanted) => {
    let [low, high] = [0, offsets.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (offsets[middle] <= wanted) low = middle + 1; else high = middle;
    }

    return low === 0 ? undefined : places[low - 1];
  };
}

/** The numbers of a mapping, each in base 64 with a variable number of digits, the sign in the lowest bit. */
function decode(segment) {
  const fields = [];
  let [value, shift] = [0, 0];
  for (const letter of segment) {
    const digit = base64.indexOf(letter);
    value |= (digit & 31) << shift;
    shift += 5;
    if (digit >= 32) continue;
    fields.push((value & 1) === 0 ? value >> 1 : -(value >> 1));
    [value, shift] = [0, 0];
  }

  return fields;
}
