/// Vectors, quaternions and matrices over storage that is read and written by many small accessors, as in libraries of geometry. Storage is
/// an interface with two classes, so that no compiler can tell what an accessor's call leads to.
library;

import 'dart:math';
import 'dart:typed_data';

abstract interface class Storage {
  double get(int index);
  void set(int index, double value);
  int get length;
}

/// Numbers in an array of the machine's doubles.
class PackedStorage implements Storage {
  final Float64List _values;
  PackedStorage(int length) : _values = Float64List(length);
  int get length => _values.length;
  double get(int index) => _values[index];
  void set(int index, double value) => _values[index] = value;
}

/// Numbers in a list of objects.
class BoxedStorage implements Storage {
  final List<double> _values;
  BoxedStorage(int length) : _values = List<double>.filled(length, 0.0);
  int get length => _values.length;
  double get(int index) => _values[index];
  void set(int index, double value) => _values[index] = value;
}

/// Makes storage of the one class or the other.
typedef Allocator = Storage Function(int length);

Storage packed(int length) => PackedStorage(length);
Storage boxed(int length) => BoxedStorage(length);

class Vector3 {
  final Storage storage;
  Vector3(this.storage);
  factory Vector3.of(Allocator allocate, double x, double y, double z) => Vector3(allocate(3))..setValues(x, y, z);

  double get x => storage.get(0);
  double get y => storage.get(1);
  double get z => storage.get(2);
  set x(double value) => storage.set(0, value);
  set y(double value) => storage.set(1, value);
  set z(double value) => storage.set(2, value);

  void setValues(double x_, double y_, double z_) {
    x = x_;
    y = y_;
    z = z_;
  }

  double get length => sqrt(x * x + y * y + z * z);

  /// Sets this to what lies between two others.
  void setMix(Vector3 a, Vector3 b, double t) {
    x = a.x + t * (b.x - a.x);
    y = a.y + t * (b.y - a.y);
    z = a.z + t * (b.z - a.z);
  }
}

class Quaternion {
  final Storage storage;
  Quaternion(this.storage);

  double get x => storage.get(0);
  double get y => storage.get(1);
  double get z => storage.get(2);
  double get w => storage.get(3);
  set x(double value) => storage.set(0, value);
  set y(double value) => storage.set(1, value);
  set z(double value) => storage.set(2, value);
  set w(double value) => storage.set(3, value);

  void setValues(double x_, double y_, double z_, double w_) {
    x = x_;
    y = y_;
    z = z_;
    w = w_;
  }

  double get length => sqrt(x * x + y * y + z * z + w * w);

  void normalize() {
    final scale = 1.0 / length;
    setValues(x * scale, y * scale, z * scale, w * scale);
  }

  void setMix(Quaternion a, Quaternion b, double t) {
    final s = 1.0 - t;
    setValues(a.x * s + b.x * t, a.y * s + b.y * t, a.z * s + b.z * t, a.w * s + b.w * t);
  }

  /// Sets this to the rotation that the upper left of a matrix describes.
  void setFromRotation(Matrix4 m) {
    final trace = m.entry(0, 0) + m.entry(1, 1) + m.entry(2, 2);
    if (trace > 0.0) {
      double s = sqrt(trace + 1.0);
      w = s * 0.5;
      s = 0.5 / s;
      x = (m.entry(2, 1) - m.entry(1, 2)) * s;
      y = (m.entry(0, 2) - m.entry(2, 0)) * s;
      z = (m.entry(1, 0) - m.entry(0, 1)) * s;
      return;
    }
    final i = m.entry(0, 0) < m.entry(1, 1) ? (m.entry(1, 1) < m.entry(2, 2) ? 2 : 1) : (m.entry(0, 0) < m.entry(2, 2) ? 2 : 0);
    final j = (i + 1) % 3, k = (i + 2) % 3;
    double s = sqrt(m.entry(i, i) - m.entry(j, j) - m.entry(k, k) + 1.0);
    storage.set(i, s * 0.5);
    s = 0.5 / s;
    w = (m.entry(k, j) - m.entry(j, k)) * s;
    storage.set(j, (m.entry(j, i) + m.entry(i, j)) * s);
    storage.set(k, (m.entry(k, i) + m.entry(i, k)) * s);
  }
}

/// A matrix of four rows and four columns, column after column.
class Matrix4 {
  final Storage storage;
  Matrix4(this.storage);
  factory Matrix4.identity(Allocator allocate) => Matrix4(allocate(16))..setIdentity();

  double entry(int row, int column) => storage.get(column * 4 + row);
  void setEntry(int row, int column, double value) => storage.set(column * 4 + row, value);

  void setIdentity() {
    for (int i = 0; i < 16; i++) {
      storage.set(i, i % 5 == 0 ? 1.0 : 0.0);
    }
  }

  double get trace => entry(0, 0) + entry(1, 1) + entry(2, 2) + entry(3, 3);

  /// The determinant of the upper left three rows and columns.
  double get determinant3 =>
      entry(0, 0) * (entry(1, 1) * entry(2, 2) - entry(1, 2) * entry(2, 1)) -
      entry(0, 1) * (entry(1, 0) * entry(2, 2) - entry(1, 2) * entry(2, 0)) +
      entry(0, 2) * (entry(1, 0) * entry(2, 1) - entry(1, 1) * entry(2, 0));

  double columnLength(int column) {
    final a = entry(0, column), b = entry(1, column), c = entry(2, column);
    return sqrt(a * a + b * b + c * c);
  }

  /// Sets this to the product of two others, of which neither is this; written out, as such libraries have it.
  void setProduct(Matrix4 a, Matrix4 b) {
    setEntry(0, 0, a.entry(0, 0) * b.entry(0, 0) + a.entry(0, 1) * b.entry(1, 0) + a.entry(0, 2) * b.entry(2, 0) + a.entry(0, 3) * b.entry(3, 0));
    setEntry(1, 0, a.entry(1, 0) * b.entry(0, 0) + a.entry(1, 1) * b.entry(1, 0) + a.entry(1, 2) * b.entry(2, 0) + a.entry(1, 3) * b.entry(3, 0));
    setEntry(2, 0, a.entry(2, 0) * b.entry(0, 0) + a.entry(2, 1) * b.entry(1, 0) + a.entry(2, 2) * b.entry(2, 0) + a.entry(2, 3) * b.entry(3, 0));
    setEntry(3, 0, a.entry(3, 0) * b.entry(0, 0) + a.entry(3, 1) * b.entry(1, 0) + a.entry(3, 2) * b.entry(2, 0) + a.entry(3, 3) * b.entry(3, 0));
    setEntry(0, 1, a.entry(0, 0) * b.entry(0, 1) + a.entry(0, 1) * b.entry(1, 1) + a.entry(0, 2) * b.entry(2, 1) + a.entry(0, 3) * b.entry(3, 1));
    setEntry(1, 1, a.entry(1, 0) * b.entry(0, 1) + a.entry(1, 1) * b.entry(1, 1) + a.entry(1, 2) * b.entry(2, 1) + a.entry(1, 3) * b.entry(3, 1));
    setEntry(2, 1, a.entry(2, 0) * b.entry(0, 1) + a.entry(2, 1) * b.entry(1, 1) + a.entry(2, 2) * b.entry(2, 1) + a.entry(2, 3) * b.entry(3, 1));
    setEntry(3, 1, a.entry(3, 0) * b.entry(0, 1) + a.entry(3, 1) * b.entry(1, 1) + a.entry(3, 2) * b.entry(2, 1) + a.entry(3, 3) * b.entry(3, 1));
    setEntry(0, 2, a.entry(0, 0) * b.entry(0, 2) + a.entry(0, 1) * b.entry(1, 2) + a.entry(0, 2) * b.entry(2, 2) + a.entry(0, 3) * b.entry(3, 2));
    setEntry(1, 2, a.entry(1, 0) * b.entry(0, 2) + a.entry(1, 1) * b.entry(1, 2) + a.entry(1, 2) * b.entry(2, 2) + a.entry(1, 3) * b.entry(3, 2));
    setEntry(2, 2, a.entry(2, 0) * b.entry(0, 2) + a.entry(2, 1) * b.entry(1, 2) + a.entry(2, 2) * b.entry(2, 2) + a.entry(2, 3) * b.entry(3, 2));
    setEntry(3, 2, a.entry(3, 0) * b.entry(0, 2) + a.entry(3, 1) * b.entry(1, 2) + a.entry(3, 2) * b.entry(2, 2) + a.entry(3, 3) * b.entry(3, 2));
    setEntry(0, 3, a.entry(0, 0) * b.entry(0, 3) + a.entry(0, 1) * b.entry(1, 3) + a.entry(0, 2) * b.entry(2, 3) + a.entry(0, 3) * b.entry(3, 3));
    setEntry(1, 3, a.entry(1, 0) * b.entry(0, 3) + a.entry(1, 1) * b.entry(1, 3) + a.entry(1, 2) * b.entry(2, 3) + a.entry(1, 3) * b.entry(3, 3));
    setEntry(2, 3, a.entry(2, 0) * b.entry(0, 3) + a.entry(2, 1) * b.entry(1, 3) + a.entry(2, 2) * b.entry(2, 3) + a.entry(2, 3) * b.entry(3, 3));
    setEntry(3, 3, a.entry(3, 0) * b.entry(0, 3) + a.entry(3, 1) * b.entry(1, 3) + a.entry(3, 2) * b.entry(2, 3) + a.entry(3, 3) * b.entry(3, 3));
  }

  /// Sets this to a scaling, a rotation and a translation in this order.
  void compose(Vector3 translation, Quaternion rotation, Vector3 scale) {
    final x = rotation.x, y = rotation.y, z = rotation.z, w = rotation.w;
    setEntry(0, 0, (1.0 - 2.0 * (y * y + z * z)) * scale.x);
    setEntry(1, 0, 2.0 * (x * y + z * w) * scale.x);
    setEntry(2, 0, 2.0 * (x * z - y * w) * scale.x);
    setEntry(3, 0, 0.0);
    setEntry(0, 1, 2.0 * (x * y - z * w) * scale.y);
    setEntry(1, 1, (1.0 - 2.0 * (x * x + z * z)) * scale.y);
    setEntry(2, 1, 2.0 * (y * z + x * w) * scale.y);
    setEntry(3, 1, 0.0);
    setEntry(0, 2, 2.0 * (x * z + y * w) * scale.z);
    setEntry(1, 2, 2.0 * (y * z - x * w) * scale.z);
    setEntry(2, 2, (1.0 - 2.0 * (x * x + y * y)) * scale.z);
    setEntry(3, 2, 0.0);
    setEntry(0, 3, translation.x);
    setEntry(1, 3, translation.y);
    setEntry(2, 3, translation.z);
    setEntry(3, 3, 1.0);
  }

  /// The opposite of [compose]; the scratch matrix takes the rotation.
  void decompose(Vector3 translation, Quaternion rotation, Vector3 scale, Matrix4 scratch) {
    double sx = columnLength(0);
    final sy = columnLength(1), sz = columnLength(2);
    if (determinant3 < 0.0) sx = -sx;
    translation.setValues(entry(0, 3), entry(1, 3), entry(2, 3));
    final ix = 1.0 / sx, iy = 1.0 / sy, iz = 1.0 / sz;
    for (int row = 0; row < 3; row++) {
      scratch.setEntry(row, 0, entry(row, 0) * ix);
      scratch.setEntry(row, 1, entry(row, 1) * iy);
      scratch.setEntry(row, 2, entry(row, 2) * iz);
    }
    rotation.setFromRotation(scratch);
    scale.setValues(sx, sy, sz);
  }
}
