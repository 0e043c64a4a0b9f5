// What QuickJS executes: objects, closures, arrays, strings, regular expressions, sorting, maps, big integers, generators and exceptions. The value of
// the script is a text with a checksum of each part.
(() => {
  let seed = 5;
  const random = limit => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0, (seed >>> 8) % limit);
  const mix = (sum, value) => {
    sum = Math.imul(sum ^ value, 0x9E3779B1);
    return (sum ^ (sum >>> 15)) >>> 0;
  };
  const parts = {
    objects() {
      class Shape { constructor(size) { this.size = size; } area() { return 0; } }
      class Square extends Shape { area() { return this.size * this.size; } }
      class Circle extends Shape { area() { return Math.floor(this.size * this.size * 3.14159); } }
      const shapes = [];
      for (let i = 0; i < 2000; i++) shapes.push(i % 3 ? new Square(random(100)) : new Circle(random(100)));
      return shapes.reduce((sum, shape) => mix(sum, shape.area()), 0);
    },
    closures() {
      const counters = Array.from({ length: 50 }, (_, i) => { let count = i; return step => (count += step); });
      let sum = 0;
      for (let i = 0; i < 10000; i++) sum = mix(sum, counters[i % 50](i));
      return sum;
    },
    sieve() {
      const composite = new Uint8Array(20000);
      let sum = 0;
      for (let i = 2; i < composite.length; i++) {
        if (composite[i]) continue;
        sum = mix(sum, i);
        for (let j = i * i; j < composite.length; j += i) composite[j] = 1;
      }
      return sum;
    },
    strings() {
      let text = '';
      for (let i = 0; i < 1000; i++) text += `word${random(500)} `;
      const counts = new Map();
      for (const word of text.split(' ')) counts.set(word, (counts.get(word) ?? 0) + 1);
      return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).reduce((sum, [word, count]) => mix(mix(sum, word.length), count), 0);
    },
    expressions() {
      let sum = 0;
      for (let i = 0; i < 300; i++) {
        const match = /^(\d+)-([a-z]+)\.(com|org)$/.exec(`${random(1000)}-host.${i % 2 ? 'com' : 'net'}`);
        sum = mix(sum, match ? +match[1] : 1);
      }
      return mix(sum, 'a1b22c333'.replace(/\d+/g, digits => digits.length).length);
    },
    sorting() {
      const numbers = Array.from({ length: 3000 }, () => random(1000000));
      numbers.sort((a, b) => a - b);
      return numbers.reduce(mix, 0);
    },
    json() {
      const value = { list: Array.from({ length: 200 }, (_, i) => ({ id: i, name: `n${i}`, half: i / 2 })) };
      return mix(JSON.stringify(JSON.parse(JSON.stringify(value))).length, JSON.parse('[1,[2,{"a":3}]]')[1][1].a);
    },
    integers() {
      let product = 1n;
      for (let i = 1n; i <= 150n; i++) product = product * i;
      return Number(product % 1000003n) + product.toString().length;
    },
    generators() {
      function* walk(depth) { if (depth > 0) { yield* walk(depth - 1); yield depth; yield* walk(depth - 1); } }
      let sum = 0;
      for (const depth of walk(9)) sum = mix(sum, depth);
      return sum;
    },
    exceptions() {
      let sum = 0;
      for (let i = 0; i < 2000; i++) {
        try { if (i % 3 === 0) throw new RangeError(`${i}`); sum = mix(sum, i); } catch (error) { sum = mix(sum, error.message.length); } finally { sum++; }
      }
      return sum >>> 0;
    },
    recursion() {
      const fibonacci = n => n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
      return fibonacci(19);
    },
  };
  return Object.entries(parts).map(([name, part]) => `${name} ${part()}`).join('\n');
})()
