// The source maps that lie beside modules of the Dart compiler, read in Node.
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readSourceMap } from './trace.mjs';

/**
 * The map of a module: the file beside it that its section 'sourceMappingURL' names, or that has its name and the ending '.map'. It is read once, when somebody asks for it.
 * @param path the module's file.
 * @param module the module.
 * @returns a function that gives what writeStack takes; undefined where there is no map.
 */
export function sourceMapOf(path, module) {
  let map;
  return () => (map ??= { find: readMap(path, module) }).find;
}

function readMap(path, module) {
  const file = [sectionName(module), `${basename(path)}.map`].filter((name) => name.length > 0).map((name) => join(dirname(path), name)).find((name) => existsSync(name));
  if (file === undefined) return undefined;
  const address = pathToFileURL(file);
  return readSourceMap(readFileSync(file, 'utf8'), (source) => new URL(source, address).href);
}

/** The last part of the address that the section holds, behind its length; of others no file lies here. */
function sectionName(module) {
  const [section] = WebAssembly.Module.customSections(module, 'sourceMappingURL');
  if (section === undefined) return '';
  const bytes = new Uint8Array(section);
  const address = new TextDecoder().decode(bytes.subarray(bytes.findIndex((byte) => byte < 0x80) + 1));
  return basename(decodeURIComponent(address));
}
