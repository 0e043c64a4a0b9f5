part of '_uri.dart';

// Characters of URIs, and escapes of those that a part does not allow.

bool _isDigit(int c) => c >= 48 && c <= 57;
int _lowerAscii(int c) => c >= 65 && c <= 90 ? c + 32 : c;
bool _isHighSurrogate(int unit) => (unit & 0xfc00) == 0xd800;
bool _isLowSurrogate(int unit) => (unit & 0xfc00) == 0xdc00;

bool _isLetterOrDigit(int c) => c >= 97 && c <= 122 || c >= 65 && c <= 90 || c >= 48 && c <= 57;
bool _isOneOf(int c, String characters) {
  for (int i = 0; i < characters.length; i++) {
    if (characters.codeUnitAt(i) == c) return true;
  }
  return false;
}
bool _isUnreserved(int c) => _isLetterOrDigit(c) || _isOneOf(c, '-._~');
bool _isRegName(int c) => _isUnreserved(c) || _isOneOf(c, r"!$&'()*+,;=");
bool _isUserInfo(int c) => _isRegName(c) || c == 58;
bool _isPathCharacter(int c) => _isRegName(c) || c == 58 || c == 64;
bool _isPath(int c) => _isPathCharacter(c) || c == 47;
bool _isQuery(int c) => _isPath(c) || c == 63;
bool _isComponent(int c) => _isLetterOrDigit(c) || _isOneOf(c, "-_.!~*'()");
bool _isDataCharacter(int c) => _isComponent(c) || _isOneOf(c, r';/?:@&=+$,');
bool _isFullCharacter(int c) => _isDataCharacter(c) || c == 35;
// A token of RFC 2045, without what a URI does not allow.
bool _isToken(int c) => _isLetterOrDigit(c) || _isOneOf(c, r"!#$&'*+-.^_`{|}~") && !_isOneOf(c, '#^`{|}');

void _writeEscape(StringBuffer b, int byte) {
  b.writeCharCode(37);
  b.writeCharCode('0123456789ABCDEF'.codeUnitAt(byte >> 4));
  b.writeCharCode('0123456789ABCDEF'.codeUnitAt(byte & 15));
}

void _writeEncodedBytes(StringBuffer b, List<int> bytes, bool isAllowed(int c), bool spaceIsPlus) {
  for (int i = 0; i < bytes.length; i++) {
    final c = bytes[i];
    if (c < 0 || c > 255) throw ArgumentError.value(c, 'byte', 'Not a byte');
    if (c < 128 && isAllowed(c)) {
      b.writeCharCode(c);
    } else if (c == 32 && spaceIsPlus) {
      b.writeCharCode(43);
    } else {
      _writeEscape(b, c);
    }
  }
}

String _uriEncode(String text, bool isAllowed(int c), {Encoding encoding = utf8, bool spaceIsPlus = false}) {
  int i = 0;
  while (i < text.length && text.codeUnitAt(i) < 128 && isAllowed(text.codeUnitAt(i))) i++;
  if (i == text.length) return text;
  final b = StringBuffer(text.substring(0, i));
  _writeEncodedBytes(b, encoding.encode(text.substring(i)), isAllowed, spaceIsPlus);
  return b.toString();
}

int _hexValue(int c) => c >= 48 && c <= 57 ? c - 48 : c >= 65 && c <= 70 ? c - 55 : c >= 97 && c <= 102 ? c - 87 : -1;

// The byte behind a percent sign, or -1 where there is none.
int _escapeAt(String text, int at) {
  if (at + 2 >= text.length) return -1;
  final a = _hexValue(text.codeUnitAt(at + 1)), b = _hexValue(text.codeUnitAt(at + 2));
  return a < 0 || b < 0 ? -1 : a << 4 | b;
}

List<int> _uriDecodeBytes(String text, bool plusIsSpace) {
  final bytes = <int>[];
  for (int i = 0; i < text.length; i++) {
    final c = text.codeUnitAt(i);
    if (c > 127) throw ArgumentError('Illegal percent encoding in URI');
    if (c == 37) {
      final byte = _escapeAt(text, i);
      if (byte < 0) throw ArgumentError(i + 2 >= text.length ? 'Truncated URI' : 'Invalid URL encoding');
      bytes.add(byte);
      i += 2;
    } else {
      bytes.add(c == 43 && plusIsSpace ? 32 : c);
    }
  }
  return bytes;
}

String _uriDecode(String text, {Encoding encoding = utf8, bool plusIsSpace = false}) {
  bool isPlain = true;
  for (int i = 0; i < text.length && isPlain; i++) {
    final c = text.codeUnitAt(i);
    isPlain = c != 37 && (c != 43 || !plusIsSpace) && (c < 128 || identical(encoding, utf8));
  }
  return isPlain ? text : encoding.decode(_uriDecodeBytes(text, plusIsSpace));
}

// Escapes what is not allowed, takes back escapes of what needs none, and writes others in upper case.
String _uriNormalize(String text, bool isAllowed(int c), {bool isHost = false}) {
  final b = StringBuffer();
  for (int i = 0; i < text.length; i++) {
    int c = text.codeUnitAt(i);
    if (c == 37) {
      final byte = _escapeAt(text, i);
      if (byte < 0) {
        b.write('%25');
        continue;
      }
      i += 2;
      if (byte < 128 && _isUnreserved(byte)) {
        b.writeCharCode(isHost ? _lowerAscii(byte) : byte);
      } else {
        _writeEscape(b, byte);
      }
      continue;
    }
    if (c < 128 && isAllowed(c)) {
      b.writeCharCode(isHost ? _lowerAscii(c) : c);
      continue;
    }
    if (isHost && c < 128 && _isOneOf(c, r':/?#[]@')) throw FormatException('Invalid character', text, i);
    int size = 1;
    if (_isHighSurrogate(c) && i + 1 < text.length && _isLowSurrogate(text.codeUnitAt(i + 1))) size = 2;
    final bytes = utf8.encode(text.substring(i, i + size));
    for (int k = 0; k < bytes.length; k++) _writeEscape(b, bytes[k]);
    i += size - 1;
  }
  return b.toString();
}
