// Life: generations of Conway's cellular automaton on a torus of 128 by 128 cells, with typed arrays and closures that are passed as rules.
const WIDTH = 128;

function step(from: Uint8Array, to: Uint8Array, rule: (alive: u8, neighbours: i32) => u8): void {
  for (let y = 0; y < WIDTH; y++) {
    const above = ((y + WIDTH - 1) % WIDTH) * WIDTH, here = y * WIDTH, below = ((y + 1) % WIDTH) * WIDTH;
    for (let x = 0; x < WIDTH; x++) {
      const left = (x + WIDTH - 1) % WIDTH, right = (x + 1) % WIDTH;
      const neighbours = i32(from[above + left]) + from[above + x] + from[above + right] + from[here + left] + from[here + right]
        + from[below + left] + from[below + x] + from[below + right];
      to[here + x] = rule(from[here + x], neighbours);
    }
  }
}

export function iterate(size: i32): i32 {
  let current = new Uint8Array(WIDTH * WIDTH), next = new Uint8Array(WIDTH * WIDTH);
  let seed: u32 = 5, sum = 0;
  for (let i = 0; i < current.length; i++) {
    seed = seed * 1664525 + 1013904223;
    current[i] = u8((seed >> 12) & 1);
  }
  const life = (alive: u8, neighbours: i32): u8 => u8(neighbours == 3 || (alive != 0 && neighbours == 2));
  const highLife = (alive: u8, neighbours: i32): u8 => u8(neighbours == 3 || (alive == 0 && neighbours == 6) || (alive != 0 && neighbours == 2));
  for (let i = 0; i < size; i++) {
    step(current, next, i % 8 == 7 ? highLife : life);
    const swap = current;
    current = next;
    next = swap;
  }
  for (let i = 0; i < current.length; i++) sum = sum * 31 + current[i];
  return sum;
}
