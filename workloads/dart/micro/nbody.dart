// Planets: mutable fields of doubles, no calls that anybody must guess; what the rest is compared with.
import 'dart:math';

class Body {
  double x, y, z, vx, vy, vz;
  final double mass;
  Body(this.x, this.y, this.z, this.vx, this.vy, this.vz, this.mass);
}

void advance(List<Body> bodies, double dt) {
  for (int i = 0; i < bodies.length; i++) {
    final a = bodies[i];
    for (int j = i + 1; j < bodies.length; j++) {
      final b = bodies[j];
      final dx = a.x - b.x, dy = a.y - b.y, dz = a.z - b.z;
      final squared = dx * dx + dy * dy + dz * dz;
      final force = dt / (squared * sqrt(squared));
      a.vx -= dx * b.mass * force;
      a.vy -= dy * b.mass * force;
      a.vz -= dz * b.mass * force;
      b.vx += dx * a.mass * force;
      b.vy += dy * a.mass * force;
      b.vz += dz * a.mass * force;
    }
  }
  for (final body in bodies) {
    body.x += dt * body.vx;
    body.y += dt * body.vy;
    body.z += dt * body.vz;
  }
}

double energy(List<Body> bodies) {
  double result = 0.0;
  for (int i = 0; i < bodies.length; i++) {
    final a = bodies[i];
    result += 0.5 * a.mass * (a.vx * a.vx + a.vy * a.vy + a.vz * a.vz);
    for (int j = i + 1; j < bodies.length; j++) {
      final b = bodies[j];
      final dx = a.x - b.x, dy = a.y - b.y, dz = a.z - b.z;
      result -= a.mass * b.mass / sqrt(dx * dx + dy * dy + dz * dz);
    }
  }
  return result;
}

double run(int steps) {
  final bodies = [
    Body(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 40.0),
    Body(5.0, -1.0, -0.125, 0.5, 2.75, -0.0625, 0.0375),
    Body(8.25, 4.125, -0.5, -1.0, 1.75, 0.015625, 0.0113),
    Body(12.875, -15.125, -0.25, 1.0625, 0.875, -0.03125, 0.0017),
    Body(15.375, -25.875, 0.1875, 0.96875, 0.59375, -0.03125, 0.002),
  ];
  for (int i = 0; i < steps; i++) advance(bodies, 0.01);
  return energy(bodies);
}

/// Runs as often as [times] says; each run must give the same.
@pragma('wasm:export', 'runTimes')
double runTimes(int times, int steps) {
  final double first = run(steps);
  for (int i = 1; i < times; i++) {
    if (run(steps) != first) throw StateError('a run gave something else than the first');
  }
  return first;
}

void main() => print(run(100));
