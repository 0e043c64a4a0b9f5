part of 'core.dart';

// What compiled code calls where strings whose units fit have one byte for each (dart.strings=one-byte).

bool _allNarrow(WasmArray<Object?> strings) {
  for (int i = 0; i < strings.length; i++) {
    if (!_unsafeCast<String>(strings[i])._units.isNarrow) return false;
  }
  return true;
}

void _copyUnits(WasmUnits target, int to, WasmUnits source, int from, int count) {
  if (target.isNarrow) {
    final bytes = target.bytes;
    if (source.isNarrow) {
      bytes.copy(to, source.bytes, from, count);
    } else {
      // The units are known to fit.
      final words = source.words;
      for (int i = 0; i < count; i++) bytes[to + i] = words[from + i];
    }
  } else {
    final words = target.words;
    if (source.isNarrow) {
      final bytes = source.bytes;
      for (int i = 0; i < count; i++) words[to + i] = bytes[from + i];
    } else {
      words.copy(to, source.words, from, count);
    }
  }
}

// A buffer becomes wide with the first unit that does not fit.
void _widen(StringBuffer buffer) {
  final wide = WasmUnits.wide(buffer._data.length);
  _copyUnits(wide, 0, buffer._data, 0, buffer._length);
  buffer._data = wide;
}
void _makeFitUnit(StringBuffer buffer, int unit) {
  if (unit > 255 && buffer._data.isNarrow) _widen(buffer);
}
void _makeFitUnits(StringBuffer buffer, WasmUnits units) {
  if (!units.isNarrow && buffer._data.isNarrow) _widen(buffer);
}
