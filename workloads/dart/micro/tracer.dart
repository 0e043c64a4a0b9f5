// A ray tracer: spheres and planes behind one interface, materials behind another, vectors as short-lived objects.
import 'dart:math';

class Vector {
  final double x, y, z;
  const Vector(this.x, this.y, this.z);
  Vector operator +(Vector other) => Vector(x + other.x, y + other.y, z + other.z);
  Vector operator -(Vector other) => Vector(x - other.x, y - other.y, z - other.z);
  Vector operator *(double scale) => Vector(x * scale, y * scale, z * scale);
  Vector multiply(Vector other) => Vector(x * other.x, y * other.y, z * other.z);
  double dot(Vector other) => x * other.x + y * other.y + z * other.z;
  double get length => sqrt(dot(this));
  Vector get normalized => this * (1.0 / length);
  Vector reflect(Vector normal) => this - normal * (2.0 * dot(normal));
}

class Ray {
  final Vector origin, direction;
  Ray(this.origin, this.direction);
  Vector at(double t) => origin + direction * t;
}

class Hit {
  final double distance;
  final Shape shape;
  final Vector point, normal;
  Hit(this.distance, this.shape, this.point, this.normal);
}

abstract class Material {
  double get gloss;
  double get reflection;
  Vector colorAt(Vector point);
}

class Solid extends Material {
  final Vector color;
  final double gloss, reflection;
  Solid(this.color, this.gloss, this.reflection);
  Vector colorAt(Vector point) => color;
}

class Checkered extends Material {
  final Vector even, odd;
  Checkered(this.even, this.odd);
  double get gloss => 0.0;
  double get reflection => 0.25;
  Vector colorAt(Vector point) => (point.x.floor() + point.z.floor()).isEven ? even : odd;
}

abstract class Shape {
  final Material material;
  Shape(this.material);
  Hit? intersect(Ray ray);
}

class Sphere extends Shape {
  final Vector center;
  final double radius;
  Sphere(this.center, this.radius, super.material);

  Hit? intersect(Ray ray) {
    final toOrigin = ray.origin - center;
    final b = toOrigin.dot(ray.direction);
    final discriminant = b * b - toOrigin.dot(toOrigin) + radius * radius;
    if (discriminant <= 0.0) return null;
    final distance = -b - sqrt(discriminant);
    if (distance <= 0.0001) return null;
    final point = ray.at(distance);
    return Hit(distance, this, point, (point - center).normalized);
  }
}

class Plane extends Shape {
  final Vector normal;
  final double offset;
  Plane(this.normal, this.offset, super.material);

  Hit? intersect(Ray ray) {
    final slope = normal.dot(ray.direction);
    if (slope >= 0.0) return null;
    final distance = (offset - normal.dot(ray.origin)) / slope;
    return distance <= 0.0001 ? null : Hit(distance, this, ray.at(distance), normal);
  }
}

class Scene {
  final List<Shape> shapes;
  final List<Vector> lights;
  int rays = 0;
  Scene(this.shapes, this.lights);

  Hit? nearest(Ray ray) {
    rays++;
    Hit? best;
    for (final shape in shapes) {
      final hit = shape.intersect(ray);
      if (hit != null && (best == null || hit.distance < best.distance)) best = hit;
    }
    return best;
  }

  Vector trace(Ray ray, int depth) {
    final hit = nearest(ray);
    if (hit == null) return const Vector(0.125, 0.1875, 0.25);
    final material = hit.shape.material;
    final color = material.colorAt(hit.point);
    Vector result = color * 0.1;
    for (final light in lights) {
      final toLight = light - hit.point;
      final direction = toLight.normalized;
      final brightness = direction.dot(hit.normal);
      if (brightness <= 0.0) continue;
      final shadow = nearest(Ray(hit.point, direction));
      if (shadow != null && shadow.distance < toLight.length) continue;
      result += color * brightness;
      final shine = direction.dot(ray.direction.reflect(hit.normal));
      if (material.gloss > 0.0 && shine > 0.0) {
        final squared = shine * shine;
        result += const Vector(1.0, 1.0, 1.0) * (squared * squared * squared * material.gloss);
      }
    }
    if (material.reflection > 0.0 && depth > 0) {
      result += trace(Ray(hit.point, ray.direction.reflect(hit.normal)), depth - 1) * material.reflection;
    }
    return result;
  }
}

int channel(double value) => value >= 1.0 ? 255 : (value * 255.0).toInt();

int run(int size, int rounds) {
  int sum = 0;
  for (int round = 0; round < rounds; round++) {
    final scene = Scene([
      Plane(const Vector(0.0, 1.0, 0.0), -1.0, Checkered(const Vector(0.9, 0.9, 0.9), const Vector(0.1, 0.1, 0.1))),
      Sphere(const Vector(0.0, 0.25, 3.0), 1.0, Solid(const Vector(0.8, 0.2, 0.2), 0.5, 0.25)),
      Sphere(const Vector(1.5, -0.5, 2.0), 0.5, Solid(const Vector(0.2, 0.8, 0.2), 0.75, 0.125)),
      Sphere(const Vector(-1.25, -0.25, 2.5), 0.75, Solid(const Vector(0.2, 0.2, 0.8), 0.0, 0.0)),
    ], const [Vector(-3.0, 4.0, -1.0), Vector(2.0, 3.0, 0.0)]);
    for (int y = 0; y < size; y++) {
      for (int x = 0; x < size; x++) {
        final direction = Vector((x * 2 - size) / size, (size - y * 2) / size, 2.0).normalized;
        final color = scene.trace(Ray(const Vector(0.0, 0.0, -1.0), direction), 3);
        sum = (sum * 31 + (channel(color.x) << 16 | channel(color.y) << 8 | channel(color.z))) & 0xffffffffff;
      }
    }
    sum += scene.rays;
  }
  return sum;
}

/// Runs as often as [times] says; each run must give the same.
@pragma('wasm:export', 'runTimes')
int runTimes(int times, int size, int rounds) {
  final int first = run(size, rounds);
  for (int i = 1; i < times; i++) {
    if (run(size, rounds) != first) throw StateError('a run gave something else than the first');
  }
  return first;
}

void main() => print(run(16, 1));
