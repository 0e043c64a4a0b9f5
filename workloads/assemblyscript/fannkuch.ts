// Fannkuch: all permutations of 1 to `size`, and how many reversals of a prefix each takes until 1 is in front. Static arrays, no allocation in the loop.
export function iterate(size: i32): i32 {
  const permutation = new StaticArray<i32>(size), copy = new StaticArray<i32>(size), count = new StaticArray<i32>(size);
  for (let i = 0; i < size; i++) permutation[i] = i;
  let most = 0, checksum = 0, round = 0, rest = size;
  while (true) {
    for (; rest != 1; rest--) count[rest - 1] = rest;
    for (let i = 0; i < size; i++) copy[i] = permutation[i];
    let flips = 0;
    for (let first = copy[0]; first != 0; first = copy[0]) {
      for (let low = 0, high = first; low < high; low++, high--) {
        const swap = copy[low];
        copy[low] = copy[high];
        copy[high] = swap;
      }
      flips++;
    }
    most = max(most, flips);
    checksum += round & 1 ? -flips : flips;
    while (true) {
      if (rest == size) return checksum * 31 + most;
      const first = permutation[0];
      for (let i = 0; i < rest; i++) permutation[i] = permutation[i + 1];
      permutation[rest] = first;
      if (--count[rest] > 0) break;
      rest++;
    }
    round++;
  }
}
