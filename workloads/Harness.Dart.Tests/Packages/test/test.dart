// As much of package:test as the tests of public packages use that the compiler is tried on: tests run one by one when main has returned, each failure is printed, and the last
// line says how many passed. If one failed the program ends with an exception.
library test;

import 'dart:async';

class _Test {
  final String name;
  final FutureOr<dynamic> Function() body;
  final List<FutureOr<dynamic> Function()> before, after;
  _Test(this.name, this.body, this.before, this.after);
}

class TestFailure implements Exception {
  final String message;
  TestFailure(this.message);
  String toString() => message;
}

final List<_Test> _tests = [];
List<String> _groups = [];
List<FutureOr<dynamic> Function()> _setUps = [], _tearDowns = [];
final List<FutureOr<dynamic> Function()> _addedTearDowns = [];
final List<_Expected> _expectedCalls = [];

void test(Object? description, FutureOr<dynamic> Function() body, {Object? skip, Object? tags, Object? timeout, Object? testOn, Object? onPlatform, int? retry}) {
  if (skip != null && skip != false) return;
  if (_tests.isEmpty) Timer.run(_runAll);
  _tests.add(_Test([..._groups, '$description'].join(' '), body, [..._setUps], [..._tearDowns]));
}

void group(Object? description, void Function() body, {Object? skip, Object? tags, Object? timeout, Object? testOn, Object? onPlatform, int? retry}) {
  if (skip != null && skip != false) return;
  final (groups, setUps, tearDowns) = (_groups, _setUps, _tearDowns);
  _groups = [...groups, '$description'];
  _setUps = [...setUps];
  _tearDowns = [...tearDowns];
  body();
  _groups = groups;
  _setUps = setUps;
  _tearDowns = tearDowns;
}

void setUp(FutureOr<dynamic> Function() body) => _setUps.add(body);
void tearDown(FutureOr<dynamic> Function() body) => _tearDowns.add(body);
void addTearDown(FutureOr<dynamic> Function() body) => _addedTearDowns.add(body);

Future<void> _runAll() async {
  int passed = 0, failed = 0;
  for (final t in _tests) {
    _expectedCalls.clear();
    try {
      for (final f in t.before) await f();
      await t.body();
      for (int i = 0; i < 20; i++) await Future<void>.delayed(Duration.zero);
      for (final call in _expectedCalls) {
        if (call.count != call.wanted) throw TestFailure('expected ${call.wanted} calls, and there were ${call.count}');
      }
      for (final f in [...t.after.reversed, ..._addedTearDowns.reversed]) await f();
      passed++;
    } catch (e, s) {
      failed++;
      print('FAILED ${t.name}: $e\n$s');
    }
    _addedTearDowns.clear();
  }
  print('$passed tests passed, $failed failed');
  if (failed > 0) throw TestFailure('$failed tests failed');
}

class _Expected {
  final int wanted;
  int count = 0;
  _Expected(this.wanted);
}

_Expected _expectCalls(int count) {
  final call = _Expected(count);
  _expectedCalls.add(call);
  return call;
}

T Function() expectAsync0<T>(T Function() f, {int count = 1, int max = 0}) {
  final call = _expectCalls(count);
  return () {
    call.count++;
    return f();
  };
}

T Function(A) expectAsync1<T, A>(T Function(A) f, {int count = 1, int max = 0}) {
  final call = _expectCalls(count);
  return (A a) {
    call.count++;
    return f(a);
  };
}

T Function(A, B) expectAsync2<T, A, B>(T Function(A, B) f, {int count = 1, int max = 0}) {
  final call = _expectCalls(count);
  return (A a, B b) {
    call.count++;
    return f(a, b);
  };
}

Never fail(String message) => throw TestFailure(message);

void expect(dynamic actual, dynamic matcher, {String? reason, Object? skip}) {
  final m = wrapMatcher(matcher);
  if (!m.matches(actual, {})) throw TestFailure('expected $m, and got $actual${reason == null ? '' : ': $reason'}');
}

Future<void> expectLater(dynamic actual, dynamic matcher, {String? reason}) async {
  if (actual is Future) actual = await actual;
  expect(actual, matcher, reason: reason);
}

abstract class Matcher {
  const Matcher();
  bool matches(dynamic item, Map<dynamic, dynamic> matchState);
  Description describe(Description description);
  Description describeMismatch(dynamic item, Description mismatchDescription, Map<dynamic, dynamic> matchState, bool verbose) => mismatchDescription;
  String toString() => describe(Description()).toString();
}

class Description {
  final StringBuffer _text = StringBuffer();
  Description([String text = '']) {
    _text.write(text);
  }
  Description add(String text) {
    _text.write(text);
    return this;
  }
  Description addDescriptionOf(Object? value) => add(value is Matcher ? '$value' : value is String ? "'$value'" : '$value');
  Description addAll(String start, String separator, String end, Iterable<dynamic> list) => add('$start${list.join(separator)}$end');
  String toString() => _text.toString();
}

class _Matcher extends Matcher {
  final String _name;
  final bool Function(dynamic) _test;
  const _Matcher(this._name, this._test);
  bool matches(dynamic item, Map<dynamic, dynamic> matchState) => _test(item);
  Description describe(Description description) => description.add(_name);
}

Matcher wrapMatcher(dynamic value) => value is Matcher ? value : value is bool Function(Object?) ? _Matcher('a value that satisfies a function', value) : equals(value);

Matcher predicate<T>(bool Function(T) f, [String description = 'a value that satisfies a function']) => _Matcher(description, (x) => x is T && f(x));

bool _deepEquals(dynamic a, dynamic b) {
  if (a is Matcher) return a.matches(b, {});
  if (a is Set && b is Set) return a.length == b.length && a.every((x) => b.any((y) => _deepEquals(x, y)));
  if (a is Map && b is Map) return a.length == b.length && a.keys.every((k) => b.containsKey(k) && _deepEquals(a[k], b[k]));
  if (a is Iterable && b is Iterable && a is! Set && b is! Set) {
    final i = a.iterator, j = b.iterator;
    while (i.moveNext()) {
      if (!j.moveNext() || !_deepEquals(i.current, j.current)) return false;
    }
    return !j.moveNext();
  }
  return a == b;
}

Matcher equals(dynamic expected, [int limit = 100]) => _Matcher('$expected', (x) => _deepEquals(expected, x));
Matcher same(dynamic expected) => _Matcher('the same as $expected', (x) => identical(x, expected));
Matcher isNot(dynamic matcher) {
  final m = wrapMatcher(matcher);
  return _Matcher('not $m', (x) => !m.matches(x, {}));
}

Matcher anyOf(dynamic a, [dynamic b, dynamic c]) {
  final all = a is List ? a : [a, if (b != null) b, if (c != null) c];
  final matchers = [for (final m in all) wrapMatcher(m)];
  return _Matcher('any of $matchers', (x) => matchers.any((m) => m.matches(x, {})));
}

Matcher allOf(dynamic a, [dynamic b, dynamic c]) {
  final all = a is List ? a : [a, if (b != null) b, if (c != null) c];
  final matchers = [for (final m in all) wrapMatcher(m)];
  return _Matcher('all of $matchers', (x) => matchers.every((m) => m.matches(x, {})));
}

Matcher closeTo(num value, num delta) => _Matcher('a number within $delta of $value', (x) => x is num && (x - value).abs() <= delta);
Matcher greaterThan(dynamic value) => _Matcher('more than $value', (x) => x > value);
Matcher greaterThanOrEqualTo(dynamic value) => _Matcher('at least $value', (x) => x >= value);
Matcher lessThan(dynamic value) => _Matcher('less than $value', (x) => x < value);
Matcher lessThanOrEqualTo(dynamic value) => _Matcher('at most $value', (x) => x <= value);
Matcher inInclusiveRange(num low, num high) => _Matcher('from $low to $high', (x) => x is num && x >= low && x <= high);
Matcher startsWith(String prefix) => _Matcher("a text that starts with '$prefix'", (x) => x is String && x.startsWith(prefix));
Matcher endsWith(String suffix) => _Matcher("a text that ends with '$suffix'", (x) => x is String && x.endsWith(suffix));
Matcher hasLength(dynamic matcher) {
  final m = wrapMatcher(matcher);
  return _Matcher('of length $m', (x) => m.matches(x.length, {}));
}

Matcher contains(dynamic expected) => _Matcher('containing $expected', (x) {
      if (x is String) return x.contains(expected as Pattern);
      if (x is Map) return x.containsKey(expected);
      final m = wrapMatcher(expected);
      return x is Iterable && (expected is Matcher ? x.any((e) => m.matches(e, {})) : x.contains(expected));
    });
Matcher containsValue(dynamic value) => _Matcher('containing the value $value', (x) => x is Map && x.containsValue(value));
Matcher containsPair(dynamic key, dynamic value) => _Matcher('containing $key: $value', (x) => x is Map && x.containsKey(key) && wrapMatcher(value).matches(x[key], {}));
Matcher containsAll(Iterable<dynamic> expected) => _Matcher('containing all of $expected', (x) => x is Iterable && expected.every((e) => x.any((y) => _deepEquals(e, y))));
Matcher everyElement(dynamic matcher) {
  final m = wrapMatcher(matcher);
  return _Matcher('only $m', (x) => x is Iterable && x.every((e) => m.matches(e, {})));
}

Matcher orderedEquals(Iterable<dynamic> expected) => equals(expected);
Matcher unorderedEquals(Iterable<dynamic> expected) => _Matcher('$expected in any order', (x) {
      if (x is! Iterable) return false;
      final left = [...x];
      for (final e in expected) {
        final i = left.indexWhere((y) => _deepEquals(e, y));
        if (i < 0) return false;
        left.removeAt(i);
      }
      return left.isEmpty;
    });

final Matcher isTrue = _Matcher('true', (x) => x == true);
final Matcher isFalse = _Matcher('false', (x) => x == false);
final Matcher isNull = _Matcher('null', (x) => x == null);
final Matcher isNotNull = _Matcher('not null', (x) => x != null);
final Matcher isEmpty = _Matcher('empty', (x) => x.isEmpty as bool);
final Matcher isNotEmpty = _Matcher('not empty', (x) => x.isNotEmpty as bool);
final Matcher isNaN = _Matcher('not a number', (x) => x is num && x.isNaN);
final Matcher isZero = _Matcher('zero', (x) => x == 0);
final Matcher isPositive = _Matcher('positive', (x) => x is num && x > 0);
final Matcher isNegative = _Matcher('negative', (x) => x is num && x < 0);
final Matcher isNonPositive = _Matcher('not positive', (x) => x is num && x <= 0);
final Matcher isNonNegative = _Matcher('not negative', (x) => x is num && x >= 0);
final Matcher anything = _Matcher('anything', (x) => true);

class TypeMatcher<T> extends Matcher {
  const TypeMatcher();
  bool matches(dynamic item, Map<dynamic, dynamic> matchState) => item is T;
  Description describe(Description description) => description.add('a $T');
  TypeMatcher<T> having(Object? Function(T) feature, String description, dynamic matcher) => _Having<T>(this, feature, wrapMatcher(matcher));
}

class _Having<T> extends TypeMatcher<T> {
  final TypeMatcher<T> _base;
  final Object? Function(T) _feature;
  final Matcher _matcher;
  _Having(this._base, this._feature, this._matcher);
  bool matches(dynamic item, Map<dynamic, dynamic> matchState) => _base.matches(item, matchState) && _matcher.matches(_feature(item as T), {});
}

TypeMatcher<T> isA<T>() => TypeMatcher<T>();

Matcher throwsA(dynamic matcher) {
  final m = wrapMatcher(matcher);
  return _Matcher('throwing $m', (f) {
    try {
      (f as Function)();
    } catch (e) {
      return m.matches(e, {});
    }
    return false;
  });
}

final Matcher throwsArgumentError = throwsA(isA<ArgumentError>());
final Matcher throwsRangeError = throwsA(isA<RangeError>());
final Matcher throwsStateError = throwsA(isA<StateError>());
final Matcher throwsUnsupportedError = throwsA(isA<UnsupportedError>());
final Matcher throwsConcurrentModificationError = throwsA(isA<ConcurrentModificationError>());
final Matcher throwsNoSuchMethodError = throwsA(isA<NoSuchMethodError>());
final Matcher throwsFormatException = throwsA(isA<FormatException>());
final Matcher returnsNormally = _Matcher('returning', (f) {
  (f as Function)();
  return true;
});

Future<void> pumpEventQueue({int times = 20}) => times == 0 ? Future<void>.value() : Future<void>.delayed(Duration.zero, () => pumpEventQueue(times: times - 1));
