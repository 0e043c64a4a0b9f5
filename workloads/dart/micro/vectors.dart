// Immutable vectors with operators, whose objects live for one expression, and a class above them that makes the operators virtual.
import 'dart:math';

abstract class Vector {
  const Vector();
  Vector operator +(Vector other);
  Vector operator *(double scale);
  double dot(Vector other);
  double get x;
  double get y;
  double get z;
  double get length => sqrt(dot(this));
  Vector get normalized => this * (1.0 / length);
}

class Vector2 extends Vector {
  final double x, y;
  const Vector2(this.x, this.y);
  double get z => 0.0;
  Vector operator +(Vector other) => Vector2(x + other.x, y + other.y);
  Vector operator *(double scale) => Vector2(x * scale, y * scale);
  double dot(Vector other) => x * other.x + y * other.y;
}

class Vector3 extends Vector {
  final double x, y, z;
  const Vector3(this.x, this.y, this.z);
  Vector operator +(Vector other) => Vector3(x + other.x, y + other.y, z + other.z);
  Vector operator *(double scale) => Vector3(x * scale, y * scale, z * scale);
  double dot(Vector other) => x * other.x + y * other.y + z * other.z;
}

double walk(Vector position, Vector velocity, int steps) {
  double energy = 0.0;
  for (int i = 0; i < steps; i++) {
    velocity = velocity + position * -0.01;
    position = position + velocity * 0.1;
    energy += velocity.dot(velocity) + position.normalized.x;
  }
  return energy;
}

double run(int classes, int rounds) {
  double sum = 0.0;
  for (int round = 0; round < rounds; round++) {
    sum += walk(const Vector3(1.0, 0.5, 0.25), const Vector3(0.0, 0.125, 0.0), 100);
    if (classes > 1) sum += walk(const Vector2(1.0, 0.5), const Vector2(0.0, 0.125), 100);
  }
  return sum;
}

/// Runs as often as [times] says; each run must give the same.
@pragma('wasm:export', 'runTimes')
double runTimes(int times, int classes, int rounds) {
  final double first = run(classes, rounds);
  for (int i = 1; i < times; i++) {
    if (run(classes, rounds) != first) throw StateError('a run gave something else than the first');
  }
  return first;
}

void main() {
  for (final classes in [1, 2]) print(run(classes, 3));
}
