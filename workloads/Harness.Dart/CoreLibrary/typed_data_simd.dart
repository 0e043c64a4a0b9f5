part of 'typed_data.dart';

// Vectors as objects with a field for each lane.

double _lesser(double a, double b) => a < b ? a : b;
double _greater(double a, double b) => a > b ? a : b;
int _allOr(bool isSet) => isSet ? -1 : 0;

final class Float32x4 {
  static const int wwww = 255, wwwx = 63, wwwy = 127, wwwz = 191, wwxw = 207, wwxx = 15, wwxy = 79, wwxz = 143, wwyw = 223, wwyx = 31, wwyy = 95, wwyz = 159, wwzw = 239, wwzx = 47, wwzy = 111, wwzz = 175;
  static const int wxww = 243, wxwx = 51, wxwy = 115, wxwz = 179, wxxw = 195, wxxx = 3, wxxy = 67, wxxz = 131, wxyw = 211, wxyx = 19, wxyy = 83, wxyz = 147, wxzw = 227, wxzx = 35, wxzy = 99, wxzz = 163;
  static const int wyww = 247, wywx = 55, wywy = 119, wywz = 183, wyxw = 199, wyxx = 7, wyxy = 71, wyxz = 135, wyyw = 215, wyyx = 23, wyyy = 87, wyyz = 151, wyzw = 231, wyzx = 39, wyzy = 103, wyzz = 167;
  static const int wzww = 251, wzwx = 59, wzwy = 123, wzwz = 187, wzxw = 203, wzxx = 11, wzxy = 75, wzxz = 139, wzyw = 219, wzyx = 27, wzyy = 91, wzyz = 155, wzzw = 235, wzzx = 43, wzzy = 107, wzzz = 171;
  static const int xwww = 252, xwwx = 60, xwwy = 124, xwwz = 188, xwxw = 204, xwxx = 12, xwxy = 76, xwxz = 140, xwyw = 220, xwyx = 28, xwyy = 92, xwyz = 156, xwzw = 236, xwzx = 44, xwzy = 108, xwzz = 172;
  static const int xxww = 240, xxwx = 48, xxwy = 112, xxwz = 176, xxxw = 192, xxxx = 0, xxxy = 64, xxxz = 128, xxyw = 208, xxyx = 16, xxyy = 80, xxyz = 144, xxzw = 224, xxzx = 32, xxzy = 96, xxzz = 160;
  static const int xyww = 244, xywx = 52, xywy = 116, xywz = 180, xyxw = 196, xyxx = 4, xyxy = 68, xyxz = 132, xyyw = 212, xyyx = 20, xyyy = 84, xyyz = 148, xyzw = 228, xyzx = 36, xyzy = 100, xyzz = 164;
  static const int xzww = 248, xzwx = 56, xzwy = 120, xzwz = 184, xzxw = 200, xzxx = 8, xzxy = 72, xzxz = 136, xzyw = 216, xzyx = 24, xzyy = 88, xzyz = 152, xzzw = 232, xzzx = 40, xzzy = 104, xzzz = 168;
  static const int ywww = 253, ywwx = 61, ywwy = 125, ywwz = 189, ywxw = 205, ywxx = 13, ywxy = 77, ywxz = 141, ywyw = 221, ywyx = 29, ywyy = 93, ywyz = 157, ywzw = 237, ywzx = 45, ywzy = 109, ywzz = 173;
  static const int yxww = 241, yxwx = 49, yxwy = 113, yxwz = 177, yxxw = 193, yxxx = 1, yxxy = 65, yxxz = 129, yxyw = 209, yxyx = 17, yxyy = 81, yxyz = 145, yxzw = 225, yxzx = 33, yxzy = 97, yxzz = 161;
  static const int yyww = 245, yywx = 53, yywy = 117, yywz = 181, yyxw = 197, yyxx = 5, yyxy = 69, yyxz = 133, yyyw = 213, yyyx = 21, yyyy = 85, yyyz = 149, yyzw = 229, yyzx = 37, yyzy = 101, yyzz = 165;
  static const int yzww = 249, yzwx = 57, yzwy = 121, yzwz = 185, yzxw = 201, yzxx = 9, yzxy = 73, yzxz = 137, yzyw = 217, yzyx = 25, yzyy = 89, yzyz = 153, yzzw = 233, yzzx = 41, yzzy = 105, yzzz = 169;
  static const int zwww = 254, zwwx = 62, zwwy = 126, zwwz = 190, zwxw = 206, zwxx = 14, zwxy = 78, zwxz = 142, zwyw = 222, zwyx = 30, zwyy = 94, zwyz = 158, zwzw = 238, zwzx = 46, zwzy = 110, zwzz = 174;
  static const int zxww = 242, zxwx = 50, zxwy = 114, zxwz = 178, zxxw = 194, zxxx = 2, zxxy = 66, zxxz = 130, zxyw = 210, zxyx = 18, zxyy = 82, zxyz = 146, zxzw = 226, zxzx = 34, zxzy = 98, zxzz = 162;
  static const int zyww = 246, zywx = 54, zywy = 118, zywz = 182, zyxw = 198, zyxx = 6, zyxy = 70, zyxz = 134, zyyw = 214, zyyx = 22, zyyy = 86, zyyz = 150, zyzw = 230, zyzx = 38, zyzy = 102, zyzz = 166;
  static const int zzww = 250, zzwx = 58, zzwy = 122, zzwz = 186, zzxw = 202, zzxx = 10, zzxy = 74, zzxz = 138, zzyw = 218, zzyx = 26, zzyy = 90, zzyz = 154, zzzw = 234, zzzx = 42, zzzy = 106, zzzz = 170;
  final double x;
  final double y;
  final double z;
  final double w;
  Float32x4(double x, double y, double z, double w) : x = _fround(x), y = _fround(y), z = _fround(z), w = _fround(w);
  Float32x4._(this.x, this.y, this.z, this.w);
  Float32x4.splat(double value) : this(value, value, value, value);
  Float32x4.zero() : this._(0.0, 0.0, 0.0, 0.0);
  Float32x4.fromInt32x4Bits(Int32x4 bits) : this._(_bitsFloat(bits.x), _bitsFloat(bits.y), _bitsFloat(bits.z), _bitsFloat(bits.w));
  Float32x4.fromFloat64x2(Float64x2 lanes) : this(lanes.x, lanes.y, 0.0, 0.0);
  double _lane(int i) => i == 0 ? x : i == 1 ? y : i == 2 ? z : w;
  Float32x4 operator +(Float32x4 other) => Float32x4(x + other.x, y + other.y, z + other.z, w + other.w);
  Float32x4 operator -(Float32x4 other) => Float32x4(x - other.x, y - other.y, z - other.z, w - other.w);
  Float32x4 operator *(Float32x4 other) => Float32x4(x * other.x, y * other.y, z * other.z, w * other.w);
  Float32x4 operator /(Float32x4 other) => Float32x4(x / other.x, y / other.y, z / other.z, w / other.w);
  Float32x4 operator -() => Float32x4._(-x, -y, -z, -w);
  Int32x4 lessThan(Float32x4 other) => Int32x4.bool(x < other.x, y < other.y, z < other.z, w < other.w);
  Int32x4 lessThanOrEqual(Float32x4 other) => Int32x4.bool(x <= other.x, y <= other.y, z <= other.z, w <= other.w);
  Int32x4 greaterThan(Float32x4 other) => Int32x4.bool(x > other.x, y > other.y, z > other.z, w > other.w);
  Int32x4 greaterThanOrEqual(Float32x4 other) => Int32x4.bool(x >= other.x, y >= other.y, z >= other.z, w >= other.w);
  Int32x4 equal(Float32x4 other) => Int32x4.bool(x == other.x, y == other.y, z == other.z, w == other.w);
  Int32x4 notEqual(Float32x4 other) => Int32x4.bool(x != other.x, y != other.y, z != other.z, w != other.w);
  Float32x4 scale(double s) => Float32x4(x * s, y * s, z * s, w * s);
  Float32x4 abs() => Float32x4._(x.abs(), y.abs(), z.abs(), w.abs());
  Float32x4 clamp(Float32x4 lowerLimit, Float32x4 upperLimit) => min(upperLimit).max(lowerLimit);
  int get signMask => _floatBits(x) >>> 31 & 1 | _floatBits(y) >>> 30 & 2 | _floatBits(z) >>> 29 & 4 | _floatBits(w) >>> 28 & 8;
  Float32x4 shuffle(int mask) => shuffleMix(this, mask);
  Float32x4 shuffleMix(Float32x4 other, int mask) {
    RangeError.checkValueInInterval(mask, 0, 255, 'mask');
    return Float32x4._(_lane(mask & 3), _lane(mask >> 2 & 3), other._lane(mask >> 4 & 3), other._lane(mask >> 6 & 3));
  }
  Float32x4 withX(double x) => Float32x4(x, y, z, w);
  Float32x4 withY(double y) => Float32x4(x, y, z, w);
  Float32x4 withZ(double z) => Float32x4(x, y, z, w);
  Float32x4 withW(double w) => Float32x4(x, y, z, w);
  Float32x4 min(Float32x4 other) => Float32x4._(_lesser(x, other.x), _lesser(y, other.y), _lesser(z, other.z), _lesser(w, other.w));
  Float32x4 max(Float32x4 other) => Float32x4._(_greater(x, other.x), _greater(y, other.y), _greater(z, other.z), _greater(w, other.w));
  Float32x4 sqrt() => Float32x4(_sqrt(x), _sqrt(y), _sqrt(z), _sqrt(w));
  Float32x4 reciprocal() => Float32x4(1.0 / x, 1.0 / y, 1.0 / z, 1.0 / w);
  Float32x4 reciprocalSqrt() => Float32x4(_sqrt(1.0 / x), _sqrt(1.0 / y), _sqrt(1.0 / z), _sqrt(1.0 / w));
  String toString() => '[${_six(x)}, ${_six(y)}, ${_six(z)}, ${_six(w)}]';
}

String _six(double value) => value.toStringAsFixed(6);

final class Int32x4 {
  static const int wwww = 255, wwwx = 63, wwwy = 127, wwwz = 191, wwxw = 207, wwxx = 15, wwxy = 79, wwxz = 143, wwyw = 223, wwyx = 31, wwyy = 95, wwyz = 159, wwzw = 239, wwzx = 47, wwzy = 111, wwzz = 175;
  static const int wxww = 243, wxwx = 51, wxwy = 115, wxwz = 179, wxxw = 195, wxxx = 3, wxxy = 67, wxxz = 131, wxyw = 211, wxyx = 19, wxyy = 83, wxyz = 147, wxzw = 227, wxzx = 35, wxzy = 99, wxzz = 163;
  static const int wyww = 247, wywx = 55, wywy = 119, wywz = 183, wyxw = 199, wyxx = 7, wyxy = 71, wyxz = 135, wyyw = 215, wyyx = 23, wyyy = 87, wyyz = 151, wyzw = 231, wyzx = 39, wyzy = 103, wyzz = 167;
  static const int wzww = 251, wzwx = 59, wzwy = 123, wzwz = 187, wzxw = 203, wzxx = 11, wzxy = 75, wzxz = 139, wzyw = 219, wzyx = 27, wzyy = 91, wzyz = 155, wzzw = 235, wzzx = 43, wzzy = 107, wzzz = 171;
  static const int xwww = 252, xwwx = 60, xwwy = 124, xwwz = 188, xwxw = 204, xwxx = 12, xwxy = 76, xwxz = 140, xwyw = 220, xwyx = 28, xwyy = 92, xwyz = 156, xwzw = 236, xwzx = 44, xwzy = 108, xwzz = 172;
  static const int xxww = 240, xxwx = 48, xxwy = 112, xxwz = 176, xxxw = 192, xxxx = 0, xxxy = 64, xxxz = 128, xxyw = 208, xxyx = 16, xxyy = 80, xxyz = 144, xxzw = 224, xxzx = 32, xxzy = 96, xxzz = 160;
  static const int xyww = 244, xywx = 52, xywy = 116, xywz = 180, xyxw = 196, xyxx = 4, xyxy = 68, xyxz = 132, xyyw = 212, xyyx = 20, xyyy = 84, xyyz = 148, xyzw = 228, xyzx = 36, xyzy = 100, xyzz = 164;
  static const int xzww = 248, xzwx = 56, xzwy = 120, xzwz = 184, xzxw = 200, xzxx = 8, xzxy = 72, xzxz = 136, xzyw = 216, xzyx = 24, xzyy = 88, xzyz = 152, xzzw = 232, xzzx = 40, xzzy = 104, xzzz = 168;
  static const int ywww = 253, ywwx = 61, ywwy = 125, ywwz = 189, ywxw = 205, ywxx = 13, ywxy = 77, ywxz = 141, ywyw = 221, ywyx = 29, ywyy = 93, ywyz = 157, ywzw = 237, ywzx = 45, ywzy = 109, ywzz = 173;
  static const int yxww = 241, yxwx = 49, yxwy = 113, yxwz = 177, yxxw = 193, yxxx = 1, yxxy = 65, yxxz = 129, yxyw = 209, yxyx = 17, yxyy = 81, yxyz = 145, yxzw = 225, yxzx = 33, yxzy = 97, yxzz = 161;
  static const int yyww = 245, yywx = 53, yywy = 117, yywz = 181, yyxw = 197, yyxx = 5, yyxy = 69, yyxz = 133, yyyw = 213, yyyx = 21, yyyy = 85, yyyz = 149, yyzw = 229, yyzx = 37, yyzy = 101, yyzz = 165;
  static const int yzww = 249, yzwx = 57, yzwy = 121, yzwz = 185, yzxw = 201, yzxx = 9, yzxy = 73, yzxz = 137, yzyw = 217, yzyx = 25, yzyy = 89, yzyz = 153, yzzw = 233, yzzx = 41, yzzy = 105, yzzz = 169;
  static const int zwww = 254, zwwx = 62, zwwy = 126, zwwz = 190, zwxw = 206, zwxx = 14, zwxy = 78, zwxz = 142, zwyw = 222, zwyx = 30, zwyy = 94, zwyz = 158, zwzw = 238, zwzx = 46, zwzy = 110, zwzz = 174;
  static const int zxww = 242, zxwx = 50, zxwy = 114, zxwz = 178, zxxw = 194, zxxx = 2, zxxy = 66, zxxz = 130, zxyw = 210, zxyx = 18, zxyy = 82, zxyz = 146, zxzw = 226, zxzx = 34, zxzy = 98, zxzz = 162;
  static const int zyww = 246, zywx = 54, zywy = 118, zywz = 182, zyxw = 198, zyxx = 6, zyxy = 70, zyxz = 134, zyyw = 214, zyyx = 22, zyyy = 86, zyyz = 150, zyzw = 230, zyzx = 38, zyzy = 102, zyzz = 166;
  static const int zzww = 250, zzwx = 58, zzwy = 122, zzwz = 186, zzxw = 202, zzxx = 10, zzxy = 74, zzxz = 138, zzyw = 218, zzyx = 26, zzyy = 90, zzyz = 154, zzzw = 234, zzzx = 42, zzzy = 106, zzzz = 170;
  final int x;
  final int y;
  final int z;
  final int w;
  Int32x4(int x, int y, int z, int w) : x = x.toSigned(32), y = y.toSigned(32), z = z.toSigned(32), w = w.toSigned(32);
  Int32x4.bool(bool x, bool y, bool z, bool w) : this(_allOr(x), _allOr(y), _allOr(z), _allOr(w));
  Int32x4.fromFloat32x4Bits(Float32x4 lanes) : this(_floatBits(lanes.x), _floatBits(lanes.y), _floatBits(lanes.z), _floatBits(lanes.w));
  int _lane(int i) => i == 0 ? x : i == 1 ? y : i == 2 ? z : w;
  Int32x4 operator |(Int32x4 other) => Int32x4(x | other.x, y | other.y, z | other.z, w | other.w);
  Int32x4 operator &(Int32x4 other) => Int32x4(x & other.x, y & other.y, z & other.z, w & other.w);
  Int32x4 operator ^(Int32x4 other) => Int32x4(x ^ other.x, y ^ other.y, z ^ other.z, w ^ other.w);
  Int32x4 operator +(Int32x4 other) => Int32x4(x + other.x, y + other.y, z + other.z, w + other.w);
  Int32x4 operator -(Int32x4 other) => Int32x4(x - other.x, y - other.y, z - other.z, w - other.w);
  Int32x4 operator -() => Int32x4(-x, -y, -z, -w);
  int get signMask => x >>> 31 & 1 | y >>> 30 & 2 | z >>> 29 & 4 | w >>> 28 & 8;
  Int32x4 shuffle(int mask) => shuffleMix(this, mask);
  Int32x4 shuffleMix(Int32x4 other, int mask) {
    RangeError.checkValueInInterval(mask, 0, 255, 'mask');
    return Int32x4(_lane(mask & 3), _lane(mask >> 2 & 3), other._lane(mask >> 4 & 3), other._lane(mask >> 6 & 3));
  }
  Int32x4 withX(int x) => Int32x4(x, y, z, w);
  Int32x4 withY(int y) => Int32x4(x, y, z, w);
  Int32x4 withZ(int z) => Int32x4(x, y, z, w);
  Int32x4 withW(int w) => Int32x4(x, y, z, w);
  bool get flagX => x != 0;
  bool get flagY => y != 0;
  bool get flagZ => z != 0;
  bool get flagW => w != 0;
  Int32x4 withFlagX(bool x) => Int32x4(_allOr(x), y, z, w);
  Int32x4 withFlagY(bool y) => Int32x4(x, _allOr(y), z, w);
  Int32x4 withFlagZ(bool z) => Int32x4(x, y, _allOr(z), w);
  Int32x4 withFlagW(bool w) => Int32x4(x, y, z, _allOr(w));
  Float32x4 select(Float32x4 trueValue, Float32x4 falseValue) {
    final t = Int32x4.fromFloat32x4Bits(trueValue), f = Int32x4.fromFloat32x4Bits(falseValue);
    return Float32x4.fromInt32x4Bits(Int32x4(x & t.x | ~x & f.x, y & t.y | ~y & f.y, z & t.z | ~z & f.z, w & t.w | ~w & f.w));
  }
  String toString() => '[${_hex(x)}, ${_hex(y)}, ${_hex(z)}, ${_hex(w)}]';
}

String _hex(int value) => value.toUnsigned(32).toRadixString(16).padLeft(8, '0');

final class Float64x2 {
  final double x;
  final double y;
  Float64x2(this.x, this.y);
  Float64x2.splat(double value) : this(value, value);
  Float64x2.zero() : this(0.0, 0.0);
  Float64x2.fromFloat32x4(Float32x4 lanes) : this(lanes.x, lanes.y);
  Float64x2 operator +(Float64x2 other) => Float64x2(x + other.x, y + other.y);
  Float64x2 operator -(Float64x2 other) => Float64x2(x - other.x, y - other.y);
  Float64x2 operator *(Float64x2 other) => Float64x2(x * other.x, y * other.y);
  Float64x2 operator /(Float64x2 other) => Float64x2(x / other.x, y / other.y);
  Float64x2 operator -() => Float64x2(-x, -y);
  Float64x2 scale(double s) => Float64x2(x * s, y * s);
  Float64x2 abs() => Float64x2(x.abs(), y.abs());
  Float64x2 clamp(Float64x2 lowerLimit, Float64x2 upperLimit) => min(upperLimit).max(lowerLimit);
  int get signMask => _doubleBits(x) >>> 63 | _doubleBits(y) >>> 62 & 2;
  Float64x2 withX(double x) => Float64x2(x, y);
  Float64x2 withY(double y) => Float64x2(x, y);
  Float64x2 min(Float64x2 other) => Float64x2(_lesser(x, other.x), _lesser(y, other.y));
  Float64x2 max(Float64x2 other) => Float64x2(_greater(x, other.x), _greater(y, other.y));
  Float64x2 sqrt() => Float64x2(_sqrt(x), _sqrt(y));
  String toString() => '[${_six(x)}, ${_six(y)}]';
}
