part of 'core.dart';

// Trees of regular expressions become code for a machine that backtracks. What may have to be undone lies on one stack: places to go on at, and
// old values of registers. Registers are the ends of groups, then a counter and a place for each repetition.

// Operations, with their operands behind them in the code. Those that read a character have a direction: 0 forward, 1 backward (in a lookbehind).
const int _rxChar = 0; // direction, character
const int _rxAny = 1; // direction
const int _rxSet = 2; // direction, number of the set
const int _rxSplit = 3; // where to go on if what follows fails
const int _rxJump = 4; // target
const int _rxSave = 5; // register: the place is stored
const int _rxClear = 6; // from register, before register: no group has matched
const int _rxLineStart = 7;
const int _rxLineEnd = 8;
const int _rxBoundary = 9; // 1 if there must be none
const int _rxBack = 10; // direction, group
const int _rxLook = 11; // 1 where it must not match, end
const int _rxLoopStart = 12; // counter
const int _rxLoop = 13; // counter, least, most, 1 if greedy, exit
const int _rxLoopEnd = 14; // counter, least, target
const int _rxRun = 15; // least, most, then the operation that reads one character: as many as there are, without a stack for each
const int _rxMatch = 16;
const int _rxFail = 17;
// The length of operations in the code.
const List<int> _rxLengths = [3, 2, 3, 2, 2, 2, 3, 1, 1, 2, 3, 3, 2, 6, 4, 3, 1, 1];

final class _RxCode {
  final List<int> code = [];
  final List<_RxSet> sets = [];
  final int groups;
  int registers;
  final bool isUnicode, ignoresCase, dotAll;

  _RxCode(this.groups, this.isUnicode, this.ignoresCase, this.dotAll) : registers = groups * 2;

  void _emit(int a, [int b = -1, int c = -1]) {
    code.add(a);
    if (_rxLengths[a] > 1) code.add(b);
    if (_rxLengths[a] > 2) code.add(c);
  }

  void add(_RxNode node, int direction) {
    switch (node.kind) {
      case _RxKind.empty:
        break;
      case _RxKind.char:
        _emit(_rxChar, direction, node.value);
      case _RxKind.any:
        _emit(_rxAny, direction);
      case _RxKind.oneOf:
        sets.add(node.characters!);
        _emit(_rxSet, direction, sets.length - 1);
      case _RxKind.sequence:
        for (int i = 0; i < node.parts.length; i++) add(node.parts[direction == 0 ? i : node.parts.length - 1 - i], direction);
      case _RxKind.choice:
        final ends = <int>[];
        for (int i = 0; i < node.parts.length; i++) {
          final isLast = i == node.parts.length - 1;
          final split = code.length;
          if (!isLast) _emit(_rxSplit);
          add(node.parts[i], direction);
          if (!isLast) {
            ends.add(code.length);
            _emit(_rxJump);
            code[split + 1] = code.length;
          }
        }
        for (final end in ends) code[end + 1] = code.length;
      case _RxKind.group:
        add(node.parts[0], direction);
      case _RxKind.capture:
        _emit(_rxSave, node.value * 2 + direction);
        add(node.parts[0], direction);
        _emit(_rxSave, node.value * 2 + 1 - direction);
      case _RxKind.lookahead || _RxKind.lookbehind:
        final look = code.length;
        _emit(_rxLook, node.value, 0);
        add(node.parts[0], node.kind == _RxKind.lookahead ? 0 : 1);
        _emit(_rxMatch);
        code[look + 2] = code.length;
      case _RxKind.backReference:
        _emit(_rxBack, direction, node.value);
      case _RxKind.lineStart:
        _emit(_rxLineStart);
      case _RxKind.lineEnd:
        _emit(_rxLineEnd);
      case _RxKind.wordBoundary:
        _emit(_rxBoundary, 0);
      case _RxKind.noWordBoundary:
        _emit(_rxBoundary, 1);
      case _RxKind.repeat:
        _repeat(node, direction);
    }
  }

  void _repeat(_RxNode node, int direction) {
    final part = node.parts[0];
    if (node.most == 0) return;
    final isCharacter = part.kind == _RxKind.char || part.kind == _RxKind.any || part.kind == _RxKind.oneOf;
    // In unicode mode characters may have two units: then no way back is known.
    if (isCharacter && node.isGreedy && !isUnicode) {
      _emit(_rxRun, node.least, node.most);
      add(part, direction);
      return;
    }
    if (node.least == 1 && node.most == 1) {
      add(part, direction);
      return;
    }
    final counter = registers;
    registers += 2;
    _emit(_rxLoopStart, counter);
    final loop = code.length;
    code
      ..add(_rxLoop)
      ..add(counter)
      ..add(node.least)
      ..add(node.most)
      ..add(node.isGreedy ? 1 : 0)
      ..add(0);
    if (node.lastGroup > node.firstGroup) _emit(_rxClear, node.firstGroup * 2, node.lastGroup * 2);
    add(part, direction);
    code
      ..add(_rxLoopEnd)
      ..add(counter)
      ..add(node.least)
      ..add(loop);
    code[loop + 5] = code.length;
  }
}

final class _RxMachine {
  // What a search may cost before it is given up: some patterns need exponential time.
  static const int _mostSteps = 200000000;

  final List<int> code;
  final List<_RxSet> sets;
  final String input;
  final bool isUnicode, ignoresCase, dotAll, isMultiLine;
  final WasmI32Array registers;
  int _steps = 0;

  // Pairs of an operation and a place to go on at, or of a register below zero (its complement) and its value; triples for runs.
  WasmI32Array _stack = WasmI32Array(64);
  int _top = 0;

  _RxMachine(_RxCode program, this.input, this.isMultiLine)
      : code = program.code, sets = program.sets, isUnicode = program.isUnicode, ignoresCase = program.ignoresCase, dotAll = program.dotAll,
        registers = WasmI32Array(program.registers);

  bool matchAt(int start) {
    registers.fill(0, -1, registers.length);
    _top = 0;
    if (!_run(0, start)) return false;
    registers[0] = start;
    registers[1] = _end;
    return true;
  }

  int _end = 0;

  int register(int i) => registers.getSigned(i);

  void _push(int a, int b) {
    if (_top + 2 > _stack.length) {
      if (_top > 64000000) throw StateError('The regular expression needs too much memory.');
      final larger = WasmI32Array(_stack.length * 2);
      larger.copy(0, _stack, 0, _top);
      _stack = larger;
    }
    _stack[_top++] = a;
    _stack[_top++] = b;
  }

  void _set(int register, int value) {
    _push(-1 - register, registers.getSigned(register));
    registers[register] = value;
  }

  // Takes back what happened above a height, without going on anywhere.
  void _unwind(int base) {
    while (_top > base) {
      _top -= 2;
      final a = _stack.getSigned(_top);
      if (a < 0 && a != _leastPlace) registers[-1 - a] = _stack.getSigned(_top + 1);
    }
  }

  // Marks a pair that lies between the limits of a run and its place.
  static const int _leastPlace = -0x7fffffff;

  bool _isWord(int at) {
    if (at < 0 || at >= input.length) return false;
    return _RxSet.words._has(input._units[at]);
  }

  static bool _isLineEnd(int c) => c == 10 || c == 13 || c == 0x2028 || c == 0x2029;

  // The place behind the character at a place, which the operation at pc must accept; -1 if it does not.
  int _character(int pc, int at) {
    final isBackward = code[pc + 1] == 1;
    int c, next;
    if (isBackward) {
      if (at <= 0) return -1;
      next = at - 1;
      c = input._units[next];
      if (isUnicode && (c & 0xfc00) == 0xdc00 && next > 0 && (input._units[next - 1] & 0xfc00) == 0xd800) {
        next--;
        c = 0x10000 + ((input._units[next] & 0x3ff) << 10) + (c & 0x3ff);
      }
    } else {
      if (at >= input.length) return -1;
      c = input._units[at];
      next = at + 1;
      if (isUnicode && (c & 0xfc00) == 0xd800 && next < input.length && (input._units[next] & 0xfc00) == 0xdc00) {
        c = 0x10000 + ((c & 0x3ff) << 10) + (input._units[next] & 0x3ff);
        next++;
      }
    }
    switch (code[pc]) {
      case _rxChar: return c == code[pc + 2] || ignoresCase && _upperOf(c) == code[pc + 2] ? next : -1;
      case _rxAny: return dotAll || !_isLineEnd(c) ? next : -1;
      default: return sets[code[pc + 2]].contains(c) ? next : -1;
    }
  }

  int _backReference(int direction, int group, int at) {
    final start = registers.getSigned(group * 2), end = registers.getSigned(group * 2 + 1);
    if (start < 0 || end < 0) return at;
    final length = end - start;
    final from = direction == 0 ? at : at - length;
    if (from < 0 || from + length > input.length) return -1;
    for (int i = 0; i < length; i++) {
      final a = input._units[start + i], b = input._units[from + i];
      if (a != b && !(ignoresCase && _upperOf(a) == _upperOf(b))) return -1;
    }
    return direction == 0 ? at + length : from;
  }

  // Runs until the code at pc matches, and leaves what can be undone on the stack; lookarounds run within, as deep as the pattern has them.
  bool _run(int pc, int at) {
    final base = _top;
    final length = input.length;
    while (true) {
      if (++_steps > _mostSteps) throw StateError('The regular expression takes too many steps.');
      bool ok = true;
      switch (code[pc]) {
        case _rxChar || _rxAny || _rxSet:
          at = _character(pc, at);
          ok = at >= 0;
          pc += code[pc] == _rxAny ? 2 : 3;
        case _rxSplit:
          _push(code[pc + 1], at);
          pc += 2;
        case _rxJump:
          pc = code[pc + 1];
        case _rxSave:
          _set(code[pc + 1], at);
          pc += 2;
        case _rxClear:
          for (int i = code[pc + 1]; i < code[pc + 2]; i++) _set(i, -1);
          pc += 3;
        case _rxLineStart:
          ok = at == 0 || isMultiLine && _isLineEnd(input._units[at - 1]);
          pc++;
        case _rxLineEnd:
          ok = at == length || isMultiLine && _isLineEnd(input._units[at]);
          pc++;
        case _rxBoundary:
          ok = (_isWord(at - 1) != _isWord(at)) == (code[pc + 1] == 0);
          pc += 2;
        case _rxBack:
          at = _backReference(code[pc + 1], code[pc + 2], at);
          ok = at >= 0;
          pc += 3;
        case _rxLook:
          final height = _top;
          final matches = _run(pc + 3, at);
          if (code[pc + 1] == 1) {
            _unwind(height);
            ok = !matches;
          } else {
            ok = matches;
            // What matched inside is not tried again, but its groups may have to be undone.
            if (matches) _forgetPlaces(height);
          }
          pc = code[pc + 2];
        case _rxLoopStart:
          _set(code[pc + 1], 0);
          pc += 2;
        case _rxLoop:
          final counter = code[pc + 1];
          final count = registers[counter];
          final exit = code[pc + 5];
          if (count >= code[pc + 3]) {
            pc = exit;
          } else if (count < code[pc + 2] || code[pc + 4] == 1) {
            if (count >= code[pc + 2]) _push(exit, at);
            _set(counter + 1, at);
            pc += 6;
          } else {
            // Lazy: the way in, should the way out fail, is the loop's second entry, which stores the place itself.
            _push(_lazyEntry | pc, at);
            pc = exit;
          }
        case _rxLoopEnd:
          final counter = code[pc + 1];
          final count = registers[counter];
          if (count >= code[pc + 2] && registers.getSigned(counter + 1) == at) {
            ok = false;
          } else {
            _set(counter, count + 1);
            pc = code[pc + 3];
          }
        case _rxRun:
          final least = code[pc + 1], most = code[pc + 2];
          final step = code[pc + 4] == 1 ? -1 : 1;
          final reader = pc + 3;
          final start = at;
          int count = 0;
          while (count < most) {
            final next = _character(reader, at);
            if (next < 0) break;
            at = next;
            count++;
          }
          _steps += count;
          pc = reader + _rxLengths[code[reader]];
          if (count < least) {
            ok = false;
          } else if (count > least) {
            _push(start + least * step, step);
            _push(_leastPlace, 0);
            _push(_runEntry | pc, at);
          }
        case _rxMatch:
          _end = at;
          return true;
        default:
          ok = false;
      }
      if (ok) continue;
      // Back to the last place to go on at.
      while (true) {
        if (_top == base) return false;
        _top -= 2;
        final a = _stack.getSigned(_top), b = _stack.getSigned(_top + 1);
        if (a < 0) {
          registers[-1 - a] = b;
          continue;
        }
        if ((a & _runEntry) != 0) {
          final step = _stack.getSigned(_top - 3), end = _stack.getSigned(_top - 4);
          at = b - step;
          pc = a & _places;
          if (at == end) {
            _top -= 4;
          } else {
            _push(a, at);
          }
        } else if ((a & _lazyEntry) != 0) {
          pc = a & _places;
          at = b;
          _set(code[pc + 1] + 1, at);
          pc += 6;
        } else {
          pc = a;
          at = b;
        }
        break;
      }
    }
  }

  static const int _lazyEntry = 0x20000000, _runEntry = 0x40000000, _places = 0x1fffffff;

  void _forgetPlaces(int base) {
    int kept = base;
    for (int i = base; i < _top; i += 2) {
      final a = _stack.getSigned(i);
      // A run's places are a pair of any numbers, before the one that marks it.
      if (i + 2 < _top && _stack.getSigned(i + 2) == _leastPlace) {
        i += 4;
        continue;
      }
      if (a >= 0) continue;
      _stack[kept] = a;
      _stack[kept + 1] = _stack.getSigned(i + 1);
      kept += 2;
    }
    _top = kept;
  }
}
