part of 'core.dart';

class StackTrace {
  const StackTrace();
  static const StackTrace empty = StackTrace();
  external static StackTrace get current;
  factory StackTrace.fromString(String s) => _TextTrace(s);
  String toString() => '';
}
class _TextTrace implements StackTrace {
  final String _text;
  const _TextTrace(this._text);
  String toString() => _text;
}
// A stack as the host has captured it: its text is made when somebody asks.
final class _CapturedTrace implements StackTrace {
  final WasmExtern? _frames;
  String? _lines;
  _CapturedTrace(this._frames);
  String toString() => _lines ??= _readHostLines(_hostTraceText(_frames));
}
StackTrace _traceOf(WasmExtern? stack) => _CapturedTrace(stack);

// Where nobody asks for traces, so many exceptions capture one for the report of what nobody catches; what is thrown again and again is caught.
int _sparedTraces = 8;
const StackTrace _notCaptured = _TextTrace('(The stack was not captured: the program asks for no stack traces, and has thrown many exceptions before.)\n');

// The stack at a throw, which calls this.
StackTrace _captureStackTrace() {
  if (!_tracesAreAsked()) {
    if (_sparedTraces == 0) return _notCaptured;
    _sparedTraces--;
  }
  return _CapturedTrace(_hostTrace(1));
}
String _readHostLines(int length) {
  final buffer = StringBuffer();
  for (int i = 0; i < length; i++) buffer.writeCharCode(_loadUnit(i * 2));
  return buffer.toString();
}

abstract interface class Exception {
  factory Exception([var message]) => _Exception(message);
}
class _Exception implements Exception {
  final dynamic message;
  _Exception([this.message]);
  String toString() => message == null ? 'Exception' : 'Exception: $message';
}
class FormatException implements Exception {
  final String message;
  final dynamic source;
  final int? offset;
  const FormatException([this.message = "", this.source, this.offset]);
  String toString() {
    final r = message.isEmpty ? 'FormatException' : 'FormatException: $message';
    final text = source;
    final at = offset;
    if (text is! String) return at == null ? r : '$r (at offset $at)';
    if (at == null || at < 0 || at > text.length) return '$r\n${text.length > 78 ? '${text.substring(0, 75)}...' : text}';
    // The line it is in, or 75 characters of it around the place.
    int line = 1, lineStart = 0;
    for (int i = 0; i < at; i++) {
      final c = text.codeUnitAt(i);
      if (c != 10 && c != 13) continue;
      if (c == 13 || lineStart != i || i == 0 || text.codeUnitAt(i - 1) != 13) line++;
      lineStart = i + 1;
    }
    int lineEnd = at;
    while (lineEnd < text.length && text.codeUnitAt(lineEnd) != 10 && text.codeUnitAt(lineEnd) != 13) lineEnd++;
    int start = lineStart, end = lineEnd;
    String before = '', after = '';
    if (end - start > 78) {
      if (at - lineStart < 75) {
        end = start + 75;
        after = '...';
      } else if (end - at < 75) {
        start = end - 75;
        before = '...';
      } else {
        start = at - 36;
        end = at + 36;
        before = after = '...';
      }
    }
    final place = line > 1 ? ' (at line $line, character ${at - lineStart + 1})' : ' (at character ${at + 1})';
    return '$r$place\n$before${text.substring(start, end)}$after\n${' ' * (at - start + before.length)}^\n';
  }
}
class Error {
  Error();
  StackTrace? _trace;
  StackTrace? get stackTrace => _trace;
  void _thrownAt(StackTrace trace) {
    _trace ??= trace;
  }
  static String safeToString(Object? object) {
    if (object is String) return _quoted(object);
    return object == null || object is num || object is bool ? _toStringOf(object) : "Instance of '${_typeName(object)}'";
  }
  static String _quoted(String text) {
    final b = StringBuffer('"');
    for (int i = 0; i < text.length; i++) {
      final c = text.codeUnitAt(i);
      if (c == 34 || c == 92) {
        b.writeCharCode(92);
        b.writeCharCode(c);
      } else if (c < 32) {
        b.write(c == 10 ? r'\n' : c == 13 ? r'\r' : c == 9 ? r'\t' : '\\x${c.toRadixString(16).padLeft(2, '0')}');
      } else {
        b.writeCharCode(c);
      }
    }
    b.writeCharCode(34);
    return b.toString();
  }
  static Never throwWithStackTrace(Object error, StackTrace stackTrace) {
    error._thrownAt(stackTrace);
    _throwAt(error, stackTrace);
  }
}
class AssertionError extends Error {
  final Object? message;
  AssertionError([this.message]);
  String toString() => message == null ? 'Assertion failed' : 'Assertion failed: ${Error.safeToString(message)}';
}
class TypeError extends Error {
  final String _message;
  TypeError() : _message = '';
  TypeError._(this._message);
  String toString() => _message.isEmpty ? "Instance of 'TypeError'" : _message;
}
class ArgumentError extends Error {
  final bool _hasValue;
  final dynamic invalidValue;
  final String? name;
  final dynamic message;
  ArgumentError([this.message, this.name]) : invalidValue = null, _hasValue = false;
  ArgumentError.value(value, [this.name, this.message]) : invalidValue = value, _hasValue = true;
  ArgumentError.notNull([this.name]) : _hasValue = false, message = 'Must not be null', invalidValue = null;
  static T checkNotNull<T>(T? argument, [String? name]) => argument ?? (throw ArgumentError.notNull(name));
  String get _errorName => 'Invalid argument${_hasValue ? '' : '(s)'}';
  String get _errorExplanation => '';
  String toString() {
    final nameText = name == null ? '' : ' ($name)';
    final messageText = message == null ? '' : ': ${_toStringOf(message)}';
    final prefix = '$_errorName$nameText$messageText';
    if (!_hasValue) return prefix;
    return '$prefix$_errorExplanation: ${Error.safeToString(invalidValue)}';
  }
}
class RangeError extends ArgumentError {
  final num? start;
  final num? end;
  RangeError(var message) : start = null, end = null, super(message);
  RangeError.value(num value, [String? name, String? message]) : start = null, end = null, super.value(value, name, message ?? 'Value not in range');
  RangeError.range(num invalidValue, int? minValue, int? maxValue, [String? name, String? message]) : start = minValue, end = maxValue, super.value(invalidValue, name, message ?? 'Invalid value');
  factory RangeError.index(int index, dynamic indexable, [String? name, String? message, int? length]) => IndexError(index, indexable, name, message, length);
  static int checkValueInInterval(int value, int minValue, int maxValue, [String? name, String? message]) {
    if (value < minValue || value > maxValue) throw RangeError.range(value, minValue, maxValue, name, message);
    return value;
  }
  static int checkValidIndex(int index, dynamic indexable, [String? name, int? length, String? message]) {
    final n = length ?? (indexable.length as int);
    if (index < 0 || index >= n) throw IndexError.withLength(index, n, indexable: indexable, name: name ?? 'index', message: message);
    return index;
  }
  static int checkValidRange(int start, int? end, int length, [String? startName, String? endName, String? message]) {
    if (start < 0 || start > length) throw RangeError.range(start, 0, length, startName ?? 'start', message);
    if (end != null) {
      if (end < start || end > length) throw RangeError.range(end, start, length, endName ?? 'end', message);
      return end;
    }
    return length;
  }
  static int checkNotNegative(int value, [String? name, String? message]) {
    if (value < 0) throw RangeError.range(value, 0, null, name ?? 'index', message);
    return value;
  }
  String get _errorName => 'RangeError';
  String get _errorExplanation {
    if (start == null) return end == null ? '' : ': Not less than or equal to $end';
    if (end == null) return ': Not greater than or equal to $start';
    if (end! > start!) return ': Not in inclusive range $start..$end';
    if (end! < start!) return ': Valid value range is empty';
    return ': Only valid value is $start';
  }
}
class IndexError extends ArgumentError implements RangeError {
  final Object? indexable;
  final int length;
  IndexError(int invalidValue, dynamic indexable, [String? name, String? message, int? length]) : this.indexable = indexable, this.length = length ?? (indexable.length as int), super.value(invalidValue, name, message ?? 'Index out of range');
  IndexError.withLength(int invalidValue, this.length, {this.indexable, String? name, String? message}) : super.value(invalidValue, name, message ?? 'Index out of range');
  static int check(int index, int length, {Object? indexable, String? name, String? message}) {
    if (index < 0 || index >= length) throw IndexError.withLength(index, length, indexable: indexable, name: name ?? 'index', message: message);
    return index;
  }
  int get start => 0;
  int get end => length - 1;
  String get _errorName => 'RangeError';
  String get _errorExplanation {
    if ((invalidValue as int) < 0) return ': index must not be negative';
    if (length == 0) return ': no indices are valid';
    return ': index should be less than $length';
  }
}
class UnsupportedError extends Error {
  final String? message;
  UnsupportedError(this.message);
  String toString() => 'Unsupported operation: $message';
}
class UnimplementedError extends Error implements UnsupportedError {
  final String? message;
  UnimplementedError([this.message]);
  String toString() => message == null ? 'UnimplementedError' : 'UnimplementedError: $message';
}
class StateError extends Error {
  final String message;
  StateError(this.message);
  String toString() => 'Bad state: $message';
}
class ConcurrentModificationError extends Error {
  final Object? modifiedObject;
  ConcurrentModificationError([this.modifiedObject]);
  String toString() => modifiedObject == null ? 'Concurrent modification during iteration.' : 'Concurrent modification during iteration: ${Error.safeToString(modifiedObject)}.';
}
class IntegerDivisionByZeroException extends Error implements UnsupportedError, Exception {
  String? get message => 'Division resulted in non-finite value';
  String toString() => 'IntegerDivisionByZeroException';
}
class OutOfMemoryError extends Error {
  String toString() => 'Out of Memory';
}
class StackOverflowError extends Error {
  String toString() => 'Stack Overflow';
}
class _LateError extends Error {
  final String _message;
  _LateError(this._message);
  String toString() => 'LateInitializationError: $_message';
}
class NoSuchMethodError extends Error {
  final Object? _receiver;
  final Invocation _invocation;
  NoSuchMethodError.withInvocation(this._receiver, this._invocation);
  String toString() {
    final name = (_invocation.memberName as _Symbol)._plainName;
    final kind = _invocation.isGetter ? 'getter' : _invocation.isSetter ? 'setter' : 'method';
    return "NoSuchMethodError: Class '${_receiver == null ? 'Null' : _typeName(_receiver)}' has no instance $kind '$name'.\nReceiver: ${Error.safeToString(_receiver)}";
  }
}
abstract class Invocation {
  Symbol get memberName;
  List<Type> get typeArguments => const <Type>[];
  List<dynamic> get positionalArguments;
  Map<Symbol, dynamic> get namedArguments;
  bool get isMethod;
  bool get isGetter;
  bool get isSetter;
  bool get isAccessor => isGetter || isSetter;
  Invocation();
  factory Invocation.method(Symbol memberName, Iterable<Object?>? positionalArguments, [Map<Symbol, Object?>? namedArguments]) => Invocation.genericMethod(memberName, null, positionalArguments, namedArguments);
  factory Invocation.genericMethod(Symbol memberName, Iterable<Type>? typeArguments, Iterable<Object?>? positionalArguments, [Map<Symbol, Object?>? namedArguments]) =>
      _Invocation(memberName, 0, List<dynamic>.unmodifiable(positionalArguments ?? const <Object?>[]), Map<Symbol, dynamic>.unmodifiable(namedArguments ?? const <Symbol, Object?>{}), List<Type>.unmodifiable(typeArguments ?? const <Type>[]));
  factory Invocation.getter(Symbol name) => _Invocation(name, 1, const [], const {});
  factory Invocation.setter(Symbol memberName, Object? argument) => _Invocation(memberName, 2, List<dynamic>.unmodifiable(<Object?>[argument]), const {});
}
class _Invocation extends Invocation {
  final Symbol memberName;
  final int _kind;
  final List<dynamic> positionalArguments;
  final Map<Symbol, dynamic> namedArguments;
  final List<Type> typeArguments;
  _Invocation(this.memberName, this._kind, this.positionalArguments, this.namedArguments, [this.typeArguments = const <Type>[]]);
  bool get isMethod => _kind == 0;
  bool get isGetter => _kind == 1;
  bool get isSetter => _kind == 2;
}
Invocation _makeInvocation(String name, int kind, WasmArray<_Type>? types, WasmArray<Object?> positional, WasmArray<Object?> named) {
  final list = <dynamic>[];
  for (int i = 0; i < positional.length; i++) list.add(positional[i]);
  final map = <Symbol, dynamic>{};
  for (int i = 0; i < named.length; i += 2) map[_Symbol(named[i] as String)] = named[i + 1];
  return _Invocation(_Symbol._ofMember(kind == 2 ? '$name=' : name), kind, List.unmodifiable(list), Map<Symbol, dynamic>.unmodifiable(map),
      types == null ? const <Type>[] : List<Type>.unmodifiable(<Type>[for (int i = 0; i < types.length; i++) types[i]]));
}
Object? _noSuchMethodOn(Object o, String name, int kind, WasmArray<_Type>? types, WasmArray<Object?> positional, WasmArray<Object?> named) {
  // Fields of records are no members of a class.
  if (o is _Record && kind != 2) {
    final index = o._indexOf(name);
    if (index >= 0) {
      final field = o._fields[index];
      if (kind == 1) return field;
      if (field is Function) return _applyClosure(field, positional, named);
      return _noSuchMethodOn(field ?? _throwNoSuchMethodOnNull('call', kind, positional), 'call', kind, types, positional, named);
    }
  }
  return _callNoSuchMethod(o, _makeInvocation(name, kind, types, positional, named));
}
// What may be null answers as Null's own class does.
dynamic _noSuchMethodOf(Object? o, Invocation invocation) => o == null ? throw NoSuchMethodError.withInvocation(null, invocation) : o.noSuchMethod(invocation);
Never _throwNoSuchMethod(Object o, String name, int kind, WasmArray<_Type>? types, WasmArray<Object?> positional, WasmArray<Object?> named) =>
    throw NoSuchMethodError.withInvocation(o, _makeInvocation(name, kind, types, positional, named));
Never _throwNoSuchMethodOnNull(String name, int kind, WasmArray<Object?> positional) =>
    throw NoSuchMethodError.withInvocation(null, _makeInvocation(name, kind, null, positional, WasmArray<Object?>(0)));
// What calls of an external member come to that nobody gives a body.
Never _throwExternal(Object? receiver, String name, int kind) =>
    throw NoSuchMethodError.withInvocation(receiver, _makeInvocation(name, kind, null, WasmArray<Object?>(0), WasmArray<Object?>(0)));
int _findNamed(WasmArray<Object?> named, String name) {
  for (int i = 0; i < named.length; i += 2) {
    if (named[i] as String == name) return i + 1;
  }
  return -1;
}
bool _namedFit(WasmArray<Object?> named, WasmArray<Object?> names) {
  for (int i = 0; i < named.length; i += 2) {
    bool found = false;
    for (int j = 0; j < names.length; j += 2) {
      if (names[j] as String == named[i] as String) found = true;
    }
    if (!found) return false;
  }
  for (int j = 0; j < names.length; j += 2) {
    if (names[j + 1] as bool && _findNamed(named, names[j] as String) < 0) return false;
  }
  return true;
}
Never _throwCastError(Object? value, Type type) => throw TypeError._("type '${value == null ? 'Null' : _runtimeTypeOf(value)}' is not a subtype of type '$type' in type cast");
Never _throwNullCheck() => throw TypeError._('Null check operator used on a null value');
Never _throwLateNotInitialized(String name) => throw _LateError("Field '$name' has not been initialized.");
Never _throwLateAlreadyInitialized(String name) => throw _LateError("Field '$name' has already been initialized.");
Never _throwLateAssigned(String name) => throw _LateError("Field '$name' has been assigned during initialization.");
Never _throwLateLocalNotInitialized(String name) => throw _LateError("Local '$name' has not been initialized.");
Never _throwLateLocalAlreadyInitialized(String name) => throw _LateError("Local '$name' has already been initialized.");
Never _throwPatternMismatch() => throw StateError('Pattern matching error');
Never _throwAssertion(Object? message) => throw AssertionError(message);
void _checkCovariant(Object? value, _Type type) {
  if (!_isInstance(value, type)) _throwCastError(value, type);
}
