// dart:core.
library dart.core;

import 'dart:_internal';
import 'dart:async';
import 'dart:math' show Random;
export 'dart:async' show Future, FutureOr, Stream;
export 'dart:_uri' show Uri, UriData;

part 'core_numbers.dart';
part 'core_strings.dart';
part 'core_units.dart';
part 'core_case.dart';
part 'core_runes.dart';
part 'core_iterable.dart';
part 'core_list.dart';
part 'core_lists.dart';
part 'core_map.dart';
part 'core_set.dart';
part 'core_errors.dart';
part 'core_types.dart';
part 'core_views.dart';
part 'core_misc.dart';
part 'core_bigint.dart';
part 'core_datetime.dart';
part 'core_regexp.dart';
part 'core_regexp_match.dart';
part 'core_regexp_parser.dart';

// Operations of the target and the host.
external int _shl(int a, int b);
external int _shr(int a, int b);
external int _ushr(int a, int b);
external int _div(int a, int b);
external int _rem(int a, int b);
external bool _ult(int a, int b);
external int _udiv(int a, int b);
external int _truncate(double a);
external int _doubleBits(double a);
external double _bitsDouble(int a);
external double _fround(double a);
external int _classId(Object o);
external int _classIdOf<T>();
external bool _boundsChecked();
external Type _typeOf<T>();
external WasmArray<_Type> _typeArguments(Object o);
external WasmArray<_TypeRow?> _supertypes();
external WasmArray<String?> _classNames();
external T _unsafeCast<T>(Object? o);
external int _identityHash(Object o);
external void _setIdentityHash(Object o, int hash);
external bool _hasHeader(Object o);
external _Type _closureType(Object o);
external bool _closuresEqual(Object a, Object b);
external Object? _applyClosure(Object f, WasmArray<Object?> positional, WasmArray<Object?> named);
external Object? _callNoSuchMethod(Object o, Invocation invocation);
external void _admitUnit(StringBuffer buffer, int unit);
external void _admitUnits(StringBuffer buffer, WasmUnits units);
external void _storeUnit(int address, int unit);
external int _loadUnit(int address);
external void _hostWrite(int length, int isLast);
external void _hostWriteError(int length, int isLast);
external WasmExtern? _hostTrace(int skipped);
external int _hostTraceText(WasmExtern? trace);
external bool _tracesAreAsked();
external int _hostFormat(double value, int kind, int digits);
// Writes what fits of an argument of the program from a unit on; gives how many units there are from there to its end, -1 where there is no such argument.
external int _hostArgument(int index, int start);
external double _hostParse(int length);
external double _hostClock();
external double _hostTime();

external bool identical(Object? a, Object? b);

class Object {
  const Object();
  bool operator ==(Object other) => identical(this, other);
  int get hashCode => _identityHashCode(this);
  String toString() => "Instance of '${_typeName(this)}'";
  dynamic noSuchMethod(Invocation invocation) => throw NoSuchMethodError.withInvocation(this, invocation);
  Type get runtimeType => _runtimeTypeOf(this);
  // Told where it is thrown: what extends Error keeps that, and what implements it does not.
  void _thrownAt(StackTrace trace) {}
  static int hash(Object? a, Object? b, [Object? c = _absent, Object? d = _absent, Object? e = _absent, Object? f = _absent, Object? g = _absent, Object? h = _absent, Object? i = _absent, Object? j = _absent, Object? k = _absent, Object? l = _absent, Object? m = _absent, Object? n = _absent, Object? o = _absent, Object? p = _absent, Object? q = _absent, Object? r = _absent, Object? s = _absent, Object? t = _absent]) {
    int hash = 17;
    for (final x in [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t]) {
      if (identical(x, _absent)) break;
      hash = (hash * 31 + x.hashCode) & 0x3fffffff;
    }
    return hash;
  }
  static int hashAll(Iterable<Object?> objects) {
    int hash = 17;
    for (final x in objects) hash = (hash * 31 + x.hashCode) & 0x3fffffff;
    return hash;
  }
  static int hashAllUnordered(Iterable<Object?> objects) {
    int hash = 17;
    for (final x in objects) hash = (hash + x.hashCode * 7) & 0x3fffffff;
    return hash;
  }
}

class _Absent { const _Absent(); }
const _absent = _Absent();

final class Null {
  String toString() => 'null';
}

int _nextHash = 1;

int _identityHashCode(Object? o) {
  if (o == null) return 2011;
  if (o is num || o is bool) return o.hashCode;
  if (!_hasHeader(o)) return 1;
  int h = _identityHash(o);
  if (h == 0) {
    _nextHash = (_nextHash * 1103515245 + 12345) & 0x3fffffff;
    h = _nextHash | 1;
    _setIdentityHash(o, h);
  }
  return h;
}

int identityHashCode(Object? o) => _identityHashCode(o);

bool _identicalObjects(Object? a, Object? b) {
  if (a == null) return b == null;
  if (b == null) return false;
  if (a is int) return b is int && a == b;
  if (a is double) return b is double && _doubleBits(a) == _doubleBits(b);
  if (a is bool) return b is bool && a == b;
  return _sameReference(a, b);
}

external bool _sameReference(Object? a, Object? b);

final class bool {
  external const factory bool.fromEnvironment(String name, {bool defaultValue = false});
  external const factory bool.hasEnvironment(String name);
  bool operator &(bool other) => this ? other : false;
  bool operator |(bool other) => this ? true : other;
  bool operator ^(bool other) => this != other;
  bool operator ==(Object other) => other is bool && _sameBool(this, other);
  int get hashCode => this ? 1231 : 1237;
  String toString() => this ? 'true' : 'false';
  static bool parse(String source, {bool caseSensitive = true}) => tryParse(source, caseSensitive: caseSensitive) ?? (throw FormatException('Invalid boolean', source));
  static bool? tryParse(String source, {bool caseSensitive = true}) {
    final s = caseSensitive ? source : source.toLowerCase();
    return s == 'true' ? true : s == 'false' ? false : null;
  }
}

bool _sameBool(bool a, bool b) => a == b;

abstract final class Function {
  static Object? apply(Function function, List<dynamic>? positionalArguments, [Map<Symbol, dynamic>? namedArguments]) {
    final positional = WasmArray<Object?>(positionalArguments == null ? 0 : positionalArguments.length);
    for (int i = 0; i < positional.length; i++) positional[i] = positionalArguments![i];
    final named = WasmArray<Object?>(namedArguments == null ? 0 : namedArguments.length * 2);
    if (namedArguments != null) {
      int i = 0;
      namedArguments.forEach((k, v) {
        named[i++] = (k as _Symbol)._name;
        named[i++] = v;
      });
    }
    return _applyClosure(function, positional, named);
  }
}

// Closures that a generic function and type arguments make are equal where these are.
bool _instancesEqual(Object a, Object b, WasmArray<Object?> s, WasmArray<Object?> t) {
  if (s.length != t.length || !_closuresEqual(a, b)) return false;
  for (int i = 0; i < s.length; i++) {
    if (s[i] != t[i]) return false;
  }
  return true;
}

final class _Closure extends Object implements Function {
  bool operator ==(Object other) => other is Function && _closuresEqual(this, other);
  int get hashCode => _closureType(this).hashCode;
  String toString() => 'Closure: ${_closureType(this)}';
  Type get runtimeType => _closureType(this);
}

abstract class Record {}

final class _RecordShape {
  final int positional;
  final WasmArray<Object?> names;
  const _RecordShape(this.positional, this.names);
}

final class _Record extends Record {
  final _RecordShape _shape;
  final WasmArray<Object?> _fields;
  _Record(this._shape, this._fields);
  int _indexOf(String name) {
    final names = _shape.names;
    for (int i = 0; i < names.length; i++) {
      if (names[i] as String == name) return _shape.positional + i;
    }
    if (name.length < 2 || name.codeUnitAt(0) != 0x24 || name.codeUnitAt(1) == 0x30) return -1;
    final n = int.tryParse(name.substring(1));
    return n != null && n >= 1 && n <= _shape.positional ? n - 1 : -1;
  }
  bool operator ==(Object other) {
    if (other is! _Record || !identical(_shape, other._shape)) return false;
    for (int i = 0; i < _fields.length; i++) {
      if (_fields[i] != other._fields[i]) return false;
    }
    return true;
  }
  int get hashCode {
    int h = 1;
    for (int i = 0; i < _fields.length; i++) h = (h * 31 + _fields[i].hashCode) & 0x3fffffff;
    return h;
  }
  String toString() {
    final buffer = StringBuffer('(');
    for (int i = 0; i < _fields.length; i++) {
      if (i > 0) buffer.write(', ');
      if (i >= _shape.positional) {
        buffer.write(_shape.names[i - _shape.positional] as String);
        buffer.write(': ');
      }
      buffer.write(_fields[i]);
    }
    buffer.write(')');
    return buffer.toString();
  }
}

abstract class Comparable<T> {
  int compareTo(T other);
  static int compare(Comparable a, Comparable b) => a.compareTo(b);
}

typedef Comparator<T> = int Function(T a, T b);

abstract interface class Enum {
  int get index;
  static int compareByIndex<T extends Enum>(T a, T b) => a.index - b.index;
  static int compareByName<T extends Enum>(T a, T b) => a.name.compareTo(b.name);
}

abstract class _Enum implements Enum {
  final int index;
  final String _name;
  const _Enum(this.index, this._name);
  int get hashCode => _identityHashCode(this);
  bool operator ==(Object other) => identical(this, other);
  String toString() => '${_typeName(this).split('<').first}.$_name';
}

extension EnumName on Enum {
  String get name => (this as _Enum)._name;
}

extension EnumByName<T extends Enum> on Iterable<T> {
  T byName(String name) {
    for (final value in this) {
      if (value.name == name) return value;
    }
    throw ArgumentError.value(name, 'name', 'No enum value with that name');
  }
  Map<String, T> asNameMap() => <String, T>{for (final value in this) value.name: value};
}

void print(Object? object) {
  final s = object.toString();
  final zone = zonePrint;
  if (zone != null) {
    zone(s);
    return;
  }
  _writeLine(s, false);
}

void _writeLine(String s, bool isError) {
  int at = 0;
  final length = s.length;
  final units = s._units;
  while (true) {
    int n = length - at;
    final isLast = n <= 30000;
    if (!isLast) n = 30000;
    for (int i = 0; i < n; i++) _storeUnit(i * 2, units[at + i]);
    at += n;
    if (isError) {
      _hostWriteError(n, isLast ? 1 : 0);
    } else {
      _hostWrite(n, isLast ? 1 : 0);
    }
    if (isLast) return;
  }
}

String _readHostText(int length) {
  final units = WasmUnits.narrow(length);
  for (int i = 0; i < length; i++) units[i] = _loadUnit(i * 2);
  return String._(units);
}

// What main is given.
List<String> _hostArguments() {
  final arguments = <String>[];
  int rest = _hostArgument(0, 0);
  while (rest >= 0) {
    final text = StringBuffer();
    while (rest > 0) {
      final n = rest < 30000 ? rest : 30000;
      for (int i = 0; i < n; i++) text.writeCharCode(_loadUnit(i * 2));
      rest = rest == n ? 0 : _hostArgument(arguments.length, text.length);
    }
    arguments.add(text.toString());
    rest = _hostArgument(arguments.length, 0);
  }
  return arguments;
}

void _reportUncaught(Object? e, Object? s) {
  final trace = '$s';
  final lines = trace.endsWith('\n') ? trace.substring(0, trace.length - 1) : trace;
  _writeLine(lines.isEmpty ? 'Unhandled exception:\n$e' : 'Unhandled exception:\n$e\n$lines', true);
}

String _toStringOf(Object? o) {
  if (o == null) return 'null';
  return o.toString();
}

int _hashCodeOf(Object? o) => o == null ? 2011 : o.hashCode;

external Never _throwAt(Object error, StackTrace trace);

Object _checkThrown(Object? o, StackTrace trace) {
  final thrown = o ?? TypeError._('Throw of null.');
  thrown._thrownAt(trace);
  return thrown;
}

Object _tearoffOfObject(Object? o, String name) => name == 'toString' ? () => _toStringOf(o) : (throw UnsupportedError(name));
