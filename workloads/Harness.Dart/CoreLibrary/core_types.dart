part of 'core.dart';

abstract interface class Type {
  int get hashCode;
  String toString();
}
abstract class Symbol {
  const factory Symbol(String name) = _Symbol;
  static const Symbol empty = _Symbol('');
  static const Symbol unaryMinus = _Symbol('unary-');
}
final class _Symbol implements Symbol {
  final String _name;
  const _Symbol(this._name);
  bool operator ==(Object other) => other is _Symbol && _name == other._name;
  int get hashCode => _name.hashCode;
  // Private names end with a mark, by which they differ from all that programs write; that of their library, if it has one, is before it, in front of the '=' of a setter.
  static _Symbol _ofMember(String name) => _Symbol(name.length > 1 && name._units[0] == 95 ? '$name@' : name);
  String get _plainName {
    if (!_name.endsWith('@')) return _name;
    int end = 0;
    while (_name._units[end] != 64) end++;
    final plain = _name.substring(0, end);
    return end < _name.length - 1 && _name._units[_name.length - 2] == 61 ? '$plain=' : plain;
  }
  String toString() => 'Symbol("$_plainName")';
}
final class _TypeRow {
  final WasmArray<_InterfaceType> types;
  _TypeRow(this.types);
}
abstract final class _Type implements Type {
  final int kind;
  final bool nullable;
  const _Type(this.kind, this.nullable);
  bool operator ==(Object other) => other is _Type && _sameType(this, other);
  int get hashCode => kind;
}
final class _SimpleType extends _Type {
  const _SimpleType(super.kind, super.nullable);
  String toString() => kind == 1 ? 'dynamic' : kind == 2 ? 'void' : kind == 3 ? 'Never' : 'Null';
}
final class _InterfaceType extends _Type {
  final int classId;
  final WasmArray<_Type> args;
  const _InterfaceType(super.kind, super.nullable, this.classId, this.args);
  int get hashCode {
    final same = _normal(this);
    return identical(same, this) ? classId * 7 + args.length : same.hashCode;
  }
  String toString() {
    final b = StringBuffer(_classNames()[classId]!);
    if (args.length > 0) {
      b.write('<');
      for (int i = 0; i < args.length; i++) {
        if (i > 0) b.write(', ');
        b.write(args[i]);
      }
      b.write('>');
    }
    if (nullable) b.write('?');
    return b.toString();
  }
}
final class _FunctionType extends _Type {
  final WasmArray<_Type> bounds;
  final int required;
  final WasmArray<_Type> positional;
  final WasmArray<Object?> names;
  final WasmArray<_Type> namedTypes;
  final WasmArray<Object?> namedRequired;
  final _Type result;
  const _FunctionType(super.kind, super.nullable, this.bounds, this.required, this.positional, this.names, this.namedTypes, this.namedRequired, this.result);
  int get hashCode => positional.length * 31 + result.hashCode;
  String toString() {
    final b = StringBuffer();
    if (bounds.length > 0) {
      b.write('<');
      for (int i = 0; i < bounds.length; i++) b.write(i > 0 ? ', X$i' : 'X$i');
      b.write('>');
    }
    b.write('(');
    for (int i = 0; i < positional.length; i++) {
      if (i > 0) b.write(', ');
      if (i == required) b.write('[');
      b.write(positional[i]);
    }
    if (positional.length > required) b.write(']');
    if (names.length > 0) {
      if (positional.length > 0) b.write(', ');
      b.write('{');
      for (int i = 0; i < names.length; i++) {
        if (i > 0) b.write(', ');
        if (namedRequired[i] as bool) b.write('required ');
        b.write(namedTypes[i]);
        b.write(' ');
        b.write(names[i]);
      }
      b.write('}');
    }
    b.write(') => ');
    b.write(result);
    return nullable ? '(${b.toString()})?' : b.toString();
  }
}
final class _RecordType extends _Type {
  final _RecordShape shape;
  final WasmArray<_Type> fields;
  const _RecordType(super.kind, super.nullable, this.shape, this.fields);
  String toString() {
    final b = StringBuffer('(');
    for (int i = 0; i < fields.length; i++) {
      if (i > 0) b.write(', ');
      if (i == shape.positional) b.write('{');
      b.write(fields[i]);
      if (i >= shape.positional) b.write(' ${shape.names[i - shape.positional]}');
    }
    if (fields.length > shape.positional) b.write('}');
    b.write(nullable ? ')?' : ')');
    return b.toString();
  }
}
final class _ParamType extends _Type {
  final int index;
  const _ParamType(super.kind, super.nullable, this.index);
  String toString() => 'X$index';
}

_Type _nullableType(_Type t) {
  if (t.nullable) return t;
  switch (t.kind) {
    case 0:
      final i = _unsafeCast<_InterfaceType>(t);
      return _InterfaceType(0, true, i.classId, i.args);
    case 3: return const _SimpleType(4, true);
    case 5:
      final f = _unsafeCast<_FunctionType>(t);
      return _FunctionType(5, true, f.bounds, f.required, f.positional, f.names, f.namedTypes, f.namedRequired, f.result);
    case 6:
      final r = _unsafeCast<_RecordType>(t);
      return _RecordType(6, true, r.shape, r.fields);
    case 7 || 8:
      return _ParamType(t.kind, true, _unsafeCast<_ParamType>(t).index);
  }
  return t;
}

_Type _withoutNull(_Type t) {
  if (!t.nullable) return t;
  switch (t.kind) {
    case 0:
      final i = _unsafeCast<_InterfaceType>(t);
      return _InterfaceType(0, false, i.classId, i.args);
    case 5:
      final f = _unsafeCast<_FunctionType>(t);
      return _FunctionType(5, false, f.bounds, f.required, f.positional, f.names, f.namedTypes, f.namedRequired, f.result);
    case 6:
      final r = _unsafeCast<_RecordType>(t);
      return _RecordType(6, false, r.shape, r.fields);
    case 7 || 8:
      return _ParamType(t.kind, false, _unsafeCast<_ParamType>(t).index);
  }
  return t;
}

bool _isTopType(_Type t) {
  if (t.kind == 1 || t.kind == 2) return true;
  if (t.kind != 0) return false;
  final i = _unsafeCast<_InterfaceType>(t);
  if (i.classId == _classIdOf<Object>()) return t.nullable;
  return i.classId == _classIdOf<FutureOr<Object>>() && _isTopType(i.args[0]);
}

// A type with arguments in the place of parameters: of a class (kind 8), or of a function (kind 7).
_Type _substitute(_Type t, WasmArray<_Type> args, int kind) {
  switch (t.kind) {
    case 7 || 8:
      if (t.kind != kind) return t;
      final a = args[_unsafeCast<_ParamType>(t).index];
      return t.nullable ? _nullableType(a) : a;
    case 0:
      final i = _unsafeCast<_InterfaceType>(t);
      if (i.args.length == 0) return t;
      return _InterfaceType(0, i.nullable, i.classId, _substituteAll(i.args, args, kind));
    case 5:
      final f = _unsafeCast<_FunctionType>(t);
      // Another generic function's parameters are its own.
      if (kind == 7 && f.bounds.length > 0) return t;
      return _FunctionType(5, f.nullable, _substituteAll(f.bounds, args, kind), f.required, _substituteAll(f.positional, args, kind), f.names, _substituteAll(f.namedTypes, args, kind), f.namedRequired, _substitute(f.result, args, kind));
    case 6:
      final r = _unsafeCast<_RecordType>(t);
      return _RecordType(6, r.nullable, r.shape, _substituteAll(r.fields, args, kind));
  }
  return t;
}

WasmArray<_Type> _substituteAll(WasmArray<_Type> types, WasmArray<_Type> args, int kind) {
  final result = WasmArray<_Type>(types.length);
  for (int i = 0; i < types.length; i++) result[i] = _substitute(types[i], args, kind);
  return result;
}

void _checkBound(_Type argument, _Type bound, String name) {
  if (!_sub(argument, bound)) throw TypeError._("type '$argument' is not a subtype of type '$bound' of '$name'");
}

// The type arguments of a call of a function that is known only when the program runs.
void _checkTypeArguments(Object closure, WasmArray<_Type> args) {
  final bounds = _unsafeCast<_FunctionType>(_closureType(closure)).bounds;
  for (int i = 0; i < args.length; i++) _checkBound(args[i], _substitute(bounds[i], args, 7), 'X$i');
}

// An argument of such a call whose type depends on what the function's place gives it.
void _checkClosureArgument(Object? value, Object closure, int index, bool isNamed, WasmArray<_Type> args) {
  final f = _unsafeCast<_FunctionType>(_closureType(closure));
  final type = isNamed ? f.namedTypes[index] : f.positional[index];
  _checkCovariant(value, f.bounds.length > 0 ? _substitute(type, args, 7) : type);
}

// FutureOr of some types is another type.
_Type _normal(_Type t) {
  if (t.kind != 0) return t;
  final f = _unsafeCast<_InterfaceType>(t);
  if (f.classId != _classIdOf<FutureOr<Object>>()) return t;
  final inner = _normal(f.args[0]);
  if (_isTopType(inner)) return inner;
  if (inner.kind == 0 && _unsafeCast<_InterfaceType>(inner).classId == _classIdOf<Object>()) return f.nullable ? _nullableType(inner) : inner;
  if (inner.kind == 3 || inner.kind == 4) return _InterfaceType(0, f.nullable || inner.kind == 4, _classIdOf<Future<Object>>(), f.args);
  return f.nullable && inner.nullable ? _InterfaceType(0, false, f.classId, f.args) : t;
}

bool _sameType(_Type a, _Type b) {
  if (identical(a, b)) return true;
  a = _normal(a);
  b = _normal(b);
  if (a.kind != b.kind || a.nullable != b.nullable) return false;
  switch (a.kind) {
    case 0:
      final x = _unsafeCast<_InterfaceType>(a), y = _unsafeCast<_InterfaceType>(b);
      return x.classId == y.classId && _sameTypes(x.args, y.args);
    case 5:
      final x = _unsafeCast<_FunctionType>(a), y = _unsafeCast<_FunctionType>(b);
      return x.required == y.required && _sameTypes(x.bounds, y.bounds) && _sameTypes(x.positional, y.positional) && _sameType(x.result, y.result) && _sameNames(x, y);
    case 6:
      final x = _unsafeCast<_RecordType>(a), y = _unsafeCast<_RecordType>(b);
      return identical(x.shape, y.shape) && _sameTypes(x.fields, y.fields);
    case 7 || 8:
      return _unsafeCast<_ParamType>(a).index == _unsafeCast<_ParamType>(b).index;
  }
  return true;
}

bool _sameNames(_FunctionType a, _FunctionType b) {
  if (a.names.length != b.names.length) return false;
  for (int i = 0; i < a.names.length; i++) {
    bool found = false;
    for (int j = 0; j < b.names.length && !found; j++) {
      found = a.names[i] as String == b.names[j] as String && a.namedRequired[i] as bool == b.namedRequired[j] as bool && _sameType(a.namedTypes[i], b.namedTypes[j]);
    }
    if (!found) return false;
  }
  return true;
}

bool _sub(_Type s, _Type t) {
  if (identical(s, t) || _isTopType(t) || s.kind == 3) return true;
  if (s.kind == 1 || s.kind == 2) return false;
  if (s.kind == 4) return t.nullable || t.kind == 4 || t.kind == 0 && _unsafeCast<_InterfaceType>(t).classId == _classIdOf<FutureOr<Object>>() && _sub(s, _unsafeCast<_InterfaceType>(t).args[0]);
  if (t.kind == 3 || t.kind == 4) return false;
  if (s.nullable && !t.nullable) {
    // Null may come in by the argument, and all else as a future or by it.
    return t.kind == 0 && _unsafeCast<_InterfaceType>(t).classId == _classIdOf<FutureOr<Object>>() && _sub(const _SimpleType(4, true), _unsafeCast<_InterfaceType>(t).args[0]) && _sub(_withoutNull(s), t);
  }
  if (s.kind == 7) return t.kind == 7 && _unsafeCast<_ParamType>(s).index == _unsafeCast<_ParamType>(t).index || t.kind == 0 && _unsafeCast<_InterfaceType>(t).classId == _classIdOf<Object>();
  if (t.kind == 0) {
    final target = _unsafeCast<_InterfaceType>(t);
    if (target.classId == _classIdOf<Object>()) return true;
    if (s.kind == 0) {
      final source = _unsafeCast<_InterfaceType>(s);
      if (source.classId == _classIdOf<FutureOr<Object>>() && target.classId != source.classId) {
        final inner = source.args[0];
        return _sub(inner, t) && _sub(_InterfaceType(0, false, _classIdOf<Future<Object>>(), source.args), t);
      }
      if (target.classId == _classIdOf<FutureOr<Object>>() && target.classId != source.classId) {
        return _sub(s, target.args[0]) || _sub(s, _InterfaceType(0, target.nullable, _classIdOf<Future<Object>>(), target.args));
      }
      if (source.classId == target.classId) return _subArgs(source.args, target.args);
      final row = _supertypes()[source.classId];
      if (row == null) return false;
      for (int i = 0; i < row.types.length; i++) {
        final candidate = row.types[i];
        if (candidate.classId == target.classId) {
          if (target.args.length == 0) return true;
          return _subArgs(_substituteAll(candidate.args, source.args, 8), target.args);
        }
      }
      return false;
    }
    if (target.classId == _classIdOf<FutureOr<Object>>()) return _sub(s, target.args[0]);
    if (s.kind == 5) return target.classId == _classIdOf<Function>();
    if (s.kind == 6) return target.classId == _classIdOf<Record>();
    return false;
  }
  if (t.kind == 5) return s.kind == 5 && _subFunction(_unsafeCast<_FunctionType>(s), _unsafeCast<_FunctionType>(t));
  if (t.kind == 6) {
    if (s.kind != 6) return false;
    final a = _unsafeCast<_RecordType>(s), b = _unsafeCast<_RecordType>(t);
    return identical(a.shape, b.shape) && _subArgs(a.fields, b.fields);
  }
  return false;
}

bool _subArgs(WasmArray<_Type> a, WasmArray<_Type> b) {
  for (int i = 0; i < a.length; i++) {
    if (!_sub(a[i], b[i])) return false;
  }
  return true;
}

bool _subFunction(_FunctionType s, _FunctionType t) {
  if (s.bounds.length != t.bounds.length) return false;
  for (int i = 0; i < s.bounds.length; i++) {
    if (!_sub(s.bounds[i], t.bounds[i]) || !_sub(t.bounds[i], s.bounds[i])) return false;
  }
  if (s.required > t.required || s.positional.length < t.positional.length) return false;
  for (int i = 0; i < t.positional.length; i++) {
    if (!_sub(t.positional[i], s.positional[i])) return false;
  }
  for (int i = 0; i < t.names.length; i++) {
    bool found = false;
    for (int j = 0; j < s.names.length; j++) {
      if (s.names[j] as String == t.names[i] as String) {
        if (!_sub(t.namedTypes[i], s.namedTypes[j])) return false;
        if (s.namedRequired[j] as bool && !(t.namedRequired[i] as bool)) return false;
        found = true;
      }
    }
    if (!found) return false;
  }
  for (int j = 0; j < s.names.length; j++) {
    if (!(s.namedRequired[j] as bool)) continue;
    bool found = false;
    for (int i = 0; i < t.names.length; i++) {
      if (s.names[j] as String == t.names[i] as String) found = true;
    }
    if (!found) return false;
  }
  return _sub(s.result, t.result);
}

_Type _runtimeTypeOf(Object? o) {
  if (o == null) return const _SimpleType(4, true);
  if (o is Function) return _closureType(o);
  if (o is _Record) {
    final fields = WasmArray<_Type>(o._fields.length);
    for (int i = 0; i < fields.length; i++) fields[i] = _runtimeTypeOf(o._fields[i]);
    return _RecordType(6, false, o._shape, fields);
  }
  return _InterfaceType(0, false, _classId(o), _typeArguments(o));
}

// 'a.runtimeType == b.runtimeType' and 'o.runtimeType == t', without objects for types where the classes tell.
bool _sameRuntimeType(Object? a, Object? b) {
  if (a == null || b == null || a is Function || a is _Record) return _runtimeTypeOf(a) == _runtimeTypeOf(b);
  return _classId(a) == _classId(b) && _sameTypes(_typeArguments(a), _typeArguments(b));
}

bool _hasRuntimeType(Object? o, Object t) {
  if (o == null || o is Function || o is _Record || t is! _InterfaceType) return _runtimeTypeOf(o) == t;
  return _classId(o) == t.classId && !t.nullable && _sameTypes(_typeArguments(o), t.args);
}

bool _sameTypes(WasmArray<_Type> a, WasmArray<_Type> b) {
  if (a.length != b.length) return false;
  for (int i = 0; i < a.length; i++) {
    if (!_sameType(a[i], b[i])) return false;
  }
  return true;
}

String _typeName(Object? o) => _runtimeTypeOf(o).toString();

bool _isInstance(Object? o, _Type t) {
  if (o == null) return t.nullable || t.kind == 4 || _sub(const _SimpleType(4, true), t);
  if (t.kind != 0) return _sub(_runtimeTypeOf(o), t);
  // No object for the type of what is no function and no record.
  final i = _unsafeCast<_InterfaceType>(t);
  final id = _classId(o);
  if (i.args.length == 0) {
    if (id == i.classId || i.classId == _classIdOf<Object>()) return true;
    if (o is! Function && o is! _Record) return _isBelow(id, i.classId);
  } else if (id == i.classId) {
    return _subArgs(_typeArguments(o), i.args);
  }
  return _sub(_runtimeTypeOf(o), t);
}

// Whether objects of a class are instances of another, which has no type parameters.
bool _isBelow(int id, int target) {
  final row = _supertypes()[id];
  if (row == null) return false;
  for (int i = 0; i < row.types.length; i++) {
    if (row.types[i].classId == target) return true;
  }
  return false;
}
