// Mandelbrot: the number of steps until each point of a picture of `size` by `size` points escapes, in double precision.
export function iterate(size: i32): i32 {
  let sum = 0;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const cx = f64(x) * 3 / size - 2, cy = f64(y) * 2.4 / size - 1.2;
      let a: f64 = 0, b: f64 = 0, steps = 0;
      while (steps < 200 && a * a + b * b <= 4) {
        const next = a * a - b * b + cx;
        b = 2 * a * b + cy;
        a = next;
        steps++;
      }
      sum = sum * 31 + steps;
    }
  }
  return sum;
}
