void main() {
  final a = BigInt.parse('123456789012345678901234567890');
  final b = BigInt.parse('-987654321098765432109876543210');
  print(a + b); print(a * b); print(b ~/ a); print(b.remainder(a)); print(b % a);
  print(a << 70); print(b >> 33); print(a & b); print(a | b); print(a ^ b); print(~a);
  print(BigInt.from(2).pow(200)); print(a.toRadixString(16)); print(BigInt.parse('-ff', radix: 16)); print(BigInt.parse('0x1fffffffffffffffff'));
  print(BigInt.from(3).modPow(BigInt.from(1000), BigInt.from(1000007))); print(BigInt.from(3).modInverse(BigInt.from(11))); print(a.gcd(b));
  print(a.toDouble()); print(BigInt.from(1e20)); print(a.bitLength); print(b.toInt()); print(BigInt.from(-5) ~/ BigInt.from(2));
  BigInt f = BigInt.one;
  for (int i = 1; i <= 60; i++) f = f * BigInt.from(i);
  print(f); print(f ~/ BigInt.from(2).pow(100)); print((f ~/ a) * a + f % a == f); print(a.compareTo(b)); print(BigInt.from(-9223372036854775808).isValidInt);
}
