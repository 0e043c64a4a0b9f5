// What lies between two transformations: both are taken apart, their parts mixed and put together again. The three kinds are those of user
// interfaces: parts made anew for each step, kept in lazy fields of a class, or in fields of an object.
import 'matrix.dart';

/// The parts of a transformation.
class Parts {
  final Vector3 translation, scale;
  final Quaternion rotation;
  Parts(Allocator allocate) : translation = Vector3(allocate(3)), scale = Vector3(allocate(3)), rotation = Quaternion(allocate(4));

  void setMix(Parts a, Parts b, double t) {
    translation.setMix(a.translation, b.translation, t);
    rotation.setMix(a.rotation, b.rotation, t);
    rotation.normalize();
    scale.setMix(a.scale, b.scale, t);
  }
}

abstract class Tween {
  final Allocator allocate;
  Tween(this.allocate);
  Matrix4 lerp(Matrix4 begin, Matrix4 end, double t);
}

class FreshTween extends Tween {
  FreshTween(super.allocate);

  Matrix4 lerp(Matrix4 begin, Matrix4 end, double t) {
    final from = Parts(allocate), to = Parts(allocate), between = Parts(allocate);
    final scratch = Matrix4.identity(allocate);
    begin.decompose(from.translation, from.rotation, from.scale, scratch);
    end.decompose(to.translation, to.rotation, to.scale, scratch);
    between.setMix(from, to, t);
    return Matrix4.identity(allocate)..compose(between.translation, between.rotation, between.scale);
  }
}

class StaticTween extends Tween {
  static final Parts from = Parts(packed), to = Parts(packed), between = Parts(packed);
  static final Matrix4 scratch = Matrix4.identity(packed);
  StaticTween(super.allocate);

  Matrix4 lerp(Matrix4 begin, Matrix4 end, double t) {
    begin.decompose(from.translation, from.rotation, from.scale, scratch);
    end.decompose(to.translation, to.rotation, to.scale, scratch);
    between.setMix(from, to, t);
    return Matrix4.identity(allocate)..compose(between.translation, between.rotation, between.scale);
  }
}

class FieldTween extends Tween {
  late final Parts from = Parts(allocate), to = Parts(allocate), between = Parts(allocate);
  late final Matrix4 scratch = Matrix4.identity(allocate);
  FieldTween(super.allocate);

  Matrix4 lerp(Matrix4 begin, Matrix4 end, double t) {
    begin.decompose(from.translation, from.rotation, from.scale, scratch);
    end.decompose(to.translation, to.rotation, to.scale, scratch);
    between.setMix(from, to, t);
    return Matrix4.identity(allocate)..compose(between.translation, between.rotation, between.scale);
  }
}

Matrix4 transformation(Allocator allocate, List<double> translation, List<double> rotation, List<double> scale) {
  final q = Quaternion(allocate(4))..setValues(rotation[0], rotation[1], rotation[2], rotation[3]);
  q.normalize();
  return Matrix4.identity(allocate)
    ..compose(
      Vector3.of(allocate, translation[0], translation[1], translation[2]),
      q,
      Vector3.of(allocate, scale[0], scale[1], scale[2]),
    );
}

double run(int kind, int rounds) {
  // The boxed storage makes the accessors' calls what they are in a large program, though the tween has one kind only.
  final Tween tween = switch (kind) { 0 => FreshTween(packed), 1 => StaticTween(packed), 2 => FieldTween(packed), _ => FreshTween(boxed) };
  final begin = transformation(packed, [1.0, 1.0, 1.0], [0.0, 0.0, 0.0, 1.0], [1.0, 1.0, 1.0]);
  final end = transformation(packed, [5.0, 260.0, 1.0], [0.25, 0.5, -0.125, 1.0], [0.5, 0.75, 0.625]);
  double sum = 0.0;
  for (int round = 0; round < rounds; round++) {
    final t = (round & 1023) / 1024.0;
    sum += tween.lerp(begin, end, t).trace + tween.lerp(end, begin, t).trace;
  }
  return sum;
}

/// Runs as often as [times] says; each run must give the same.
@pragma('wasm:export', 'runTimes')
double runTimes(int times, int kind, int rounds) {
  final double first = run(kind, rounds);
  for (int i = 1; i < times; i++) {
    if (run(kind, rounds) != first) throw StateError('a run gave something else than the first');
  }
  return first;
}

void main() {
  for (int kind = 0; kind < 4; kind++) print(run(kind, 64));
}
