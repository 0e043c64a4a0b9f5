// Words: strings are made, split, counted in a map and sorted by a comparison function.
export function iterate(size: i32): i32 {
  let seed: u32 = 17, text = '';
  const parts = new Array<string>();
  for (let i = 0; i < size; i++) {
    seed = seed * 1664525 + 1013904223;
    parts.push('w' + ((seed >> 8) % 997).toString(36));
  }
  text = parts.join(' ');
  const counts = new Map<string, i32>();
  const words = text.split(' ');
  for (let i = 0; i < words.length; i++) counts.set(words[i], counts.has(words[i]) ? counts.get(words[i]) + 1 : 1);
  const keys = counts.keys();
  keys.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  let sum = 0;
  for (let i = 0; i < keys.length; i++) {
    for (let j = 0; j < keys[i].length; j++) sum = sum * 31 + keys[i].charCodeAt(j);
    sum = sum * 31 + counts.get(keys[i]);
  }
  return sum;
}
