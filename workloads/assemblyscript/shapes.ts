// Shapes: classes with virtual methods behind an abstract one and behind an interface, in an array of mixed objects.
interface Scaled { scaleBy(factor: f64): void; }

abstract class Shape implements Scaled {
  abstract area(): f64;
  scaleBy(factor: f64): void {}
  weight(): f64 { return 1; }
}
class Circle extends Shape {
  constructor(public radius: f64) { super(); }
  area(): f64 { return 3.14159 * this.radius * this.radius; }
  scaleBy(factor: f64): void { this.radius *= factor; }
}
class Rectangle extends Shape {
  constructor(public width: f64, public height: f64) { super(); }
  area(): f64 { return this.width * this.height; }
  scaleBy(factor: f64): void { this.width *= factor; this.height *= factor; }
}
class Square extends Rectangle {
  constructor(side: f64) { super(side, side); }
  weight(): f64 { return 2; }
}
class Triangle extends Shape {
  constructor(public base: f64, public height: f64) { super(); }
  area(): f64 { return this.base * this.height / 2; }
}

export function iterate(size: i32): i32 {
  let seed: u32 = 23, sum = 0;
  const shapes = new Array<Shape>();
  for (let i = 0; i < 1000; i++) {
    seed = seed * 1664525 + 1013904223;
    const side = f64((seed >> 8) % 100 + 1);
    switch (i % 4) {
      case 0: shapes.push(new Circle(side)); break;
      case 1: shapes.push(new Rectangle(side, side + 1)); break;
      case 2: shapes.push(new Square(side)); break;
      default: shapes.push(new Triangle(side, side + 2));
    }
  }
  for (let round = 0; round < size; round++) {
    let total: f64 = 0;
    for (let i = 0; i < shapes.length; i++) {
      const scaled: Scaled = shapes[i];
      scaled.scaleBy(round & 1 ? 0.5 : 2);
      total += shapes[i].area() * shapes[i].weight();
    }
    sum = sum * 31 + i32(total / 1000);
  }
  return sum;
}
