part of 'convert.dart';

const int unicodeReplacementCharacterRune = 0xfffd;
const int unicodeBomCharacterRune = 0xfeff;

const Utf8Codec utf8 = Utf8Codec();

final class Utf8Codec extends Encoding {
  final bool _allowMalformed;
  const Utf8Codec({bool allowMalformed = false}) : _allowMalformed = allowMalformed;
  String get name => 'utf-8';
  String decode(List<int> codeUnits, {bool? allowMalformed}) => Utf8Decoder(allowMalformed: allowMalformed ?? _allowMalformed).convert(codeUnits);
  Uint8List encode(String input) => const Utf8Encoder().convert(input);
  Utf8Encoder get encoder => const Utf8Encoder();
  Utf8Decoder get decoder => _allowMalformed ? const Utf8Decoder(allowMalformed: true) : const Utf8Decoder();
}

final class Utf8Encoder extends Converter<String, List<int>> {
  const Utf8Encoder();
  Uint8List convert(String string, [int start = 0, int? end]) {
    final stop = RangeError.checkValidRange(start, end, string.length);
    final bytes = Uint8List((stop - start) * 3);
    int n = 0;
    for (int i = start; i < stop; i++) {
      int c = string.codeUnitAt(i);
      if (c < 0x80) {
        bytes[n++] = c;
        continue;
      }
      if (c < 0x800) {
        bytes[n++] = 0xc0 | c >> 6;
        bytes[n++] = 0x80 | c & 63;
        continue;
      }
      if ((c & 0xf800) == 0xd800) {
        final next = (c & 0xfc00) == 0xd800 && i + 1 < stop ? string.codeUnitAt(i + 1) : 0;
        if ((next & 0xfc00) == 0xdc00) {
          c = 0x10000 + ((c & 0x3ff) << 10) + (next & 0x3ff);
          i++;
          bytes[n++] = 0xf0 | c >> 18;
          bytes[n++] = 0x80 | c >> 12 & 63;
          bytes[n++] = 0x80 | c >> 6 & 63;
          bytes[n++] = 0x80 | c & 63;
          continue;
        }
        // A surrogate alone has no encoding.
        c = unicodeReplacementCharacterRune;
      }
      bytes[n++] = 0xe0 | c >> 12;
      bytes[n++] = 0x80 | c >> 6 & 63;
      bytes[n++] = 0x80 | c & 63;
    }
    return bytes.sublist(0, n);
  }

  StringConversionSink startChunkedConversion(Sink<List<int>> sink) => _Utf8EncodingSink(sink);
}

final class Utf8Decoder extends Converter<List<int>, String> {
  final bool _allowMalformed;
  const Utf8Decoder({bool allowMalformed = false}) : _allowMalformed = allowMalformed;

  String convert(List<int> codeUnits, [int start = 0, int? end]) {
    final stop = RangeError.checkValidRange(start, end, codeUnits.length);
    return _decode(codeUnits, start, stop, true);
  }

  ByteConversionSink startChunkedConversion(Sink<String> sink) => _Utf8DecodingSink(sink, _allowMalformed);

  String _decode(List<int> codeUnits, int start, int stop, bool isStart) {
    final b = StringBuffer();
    int i = start;
    // A mark of the byte order at the beginning is left out.
    if (isStart && stop - start >= 3 && codeUnits[start] == 0xef && codeUnits[start + 1] == 0xbb && codeUnits[start + 2] == 0xbf) i += 3;
    while (i < stop) {
      final c = codeUnits[i];
      if (c >= 0 && c < 0x80) {
        b.writeCharCode(c);
        i++;
        continue;
      }
      // How many bytes follow, and the range of the first of them, by which no character has two encodings.
      int length = 0, low = 0x80, high = 0xbf;
      if (c >= 0xc2 && c <= 0xdf) {
        length = 1;
      } else if (c >= 0xe0 && c <= 0xef) {
        length = 2;
        if (c == 0xe0) low = 0xa0;
        if (c == 0xed) high = 0x9f;
      } else if (c >= 0xf0 && c <= 0xf4) {
        length = 3;
        if (c == 0xf0) low = 0x90;
        if (c == 0xf4) high = 0x8f;
      }
      if (length == 0) {
        if (!_allowMalformed) throw FormatException(c < 0 || c > 255 ? 'Invalid UTF-8 byte' : 'Unexpected extension byte', codeUnits, i);
        b.writeCharCode(unicodeReplacementCharacterRune);
        i++;
        continue;
      }
      int value = c & (0x3f >> length);
      int at = i + 1;
      bool ok = true;
      for (int k = 0; k < length; k++) {
        final next = at < stop ? codeUnits[at] : -1;
        if (next < low || next > high) {
          if (!_allowMalformed) throw FormatException(at >= stop ? 'Unfinished UTF-8 octet sequence' : 'Missing extension byte', codeUnits, at);
          ok = false;
          break;
        }
        value = value << 6 | next & 63;
        low = 0x80;
        high = 0xbf;
        at++;
      }
      b.writeCharCode(ok ? value : unicodeReplacementCharacterRune);
      i = at;
    }
    return b.toString();
  }
}

const Latin1Codec latin1 = Latin1Codec();
const AsciiCodec ascii = AsciiCodec();

final class Latin1Codec extends Encoding {
  final bool _allowInvalid;
  const Latin1Codec({bool allowInvalid = false}) : _allowInvalid = allowInvalid;
  String get name => 'iso-8859-1';
  Uint8List encode(String source) => encoder.convert(source);
  String decode(List<int> bytes, {bool? allowInvalid}) => Latin1Decoder(allowInvalid: allowInvalid ?? _allowInvalid).convert(bytes);
  Latin1Encoder get encoder => const Latin1Encoder();
  Latin1Decoder get decoder => _allowInvalid ? const Latin1Decoder(allowInvalid: true) : const Latin1Decoder();
}

final class AsciiCodec extends Encoding {
  final bool _allowInvalid;
  const AsciiCodec({bool allowInvalid = false}) : _allowInvalid = allowInvalid;
  String get name => 'us-ascii';
  Uint8List encode(String source) => encoder.convert(source);
  String decode(List<int> bytes, {bool? allowInvalid}) => AsciiDecoder(allowInvalid: allowInvalid ?? _allowInvalid).convert(bytes);
  AsciiEncoder get encoder => const AsciiEncoder();
  AsciiDecoder get decoder => _allowInvalid ? const AsciiDecoder(allowInvalid: true) : const AsciiDecoder();
}

Uint8List _encodeSmall(String string, int start, int? end, int largest) {
  final stop = RangeError.checkValidRange(start, end, string.length);
  final bytes = Uint8List(stop - start);
  for (int i = start; i < stop; i++) {
    final c = string.codeUnitAt(i);
    if (c > largest) throw ArgumentError.value(string, 'string', 'Contains invalid characters.');
    bytes[i - start] = c;
  }
  return bytes;
}

String _decodeSmall(List<int> bytes, int start, int? end, int largest, bool allowInvalid) {
  final stop = RangeError.checkValidRange(start, end, bytes.length);
  final b = StringBuffer();
  for (int i = start; i < stop; i++) {
    final c = bytes[i];
    if (c >= 0 && c <= largest) {
      b.writeCharCode(c);
    } else if (allowInvalid) {
      b.writeCharCode(unicodeReplacementCharacterRune);
    } else {
      throw FormatException('Invalid value in input: $c');
    }
  }
  return b.toString();
}

final class Latin1Encoder extends Converter<String, List<int>> {
  const Latin1Encoder();
  Uint8List convert(String string, [int start = 0, int? end]) => _encodeSmall(string, start, end, 255);
  StringConversionSink startChunkedConversion(Sink<List<int>> sink) => _ConvertingTextSink<List<int>>(this, sink);
}

final class Latin1Decoder extends Converter<List<int>, String> {
  final bool _allowInvalid;
  const Latin1Decoder({bool allowInvalid = false}) : _allowInvalid = allowInvalid;
  String convert(List<int> bytes, [int start = 0, int? end]) => _decodeSmall(bytes, start, end, 255, _allowInvalid);
  ByteConversionSink startChunkedConversion(Sink<String> sink) => _ConvertingByteSink<String>(this, sink);
}

final class AsciiEncoder extends Converter<String, List<int>> {
  const AsciiEncoder();
  Uint8List convert(String string, [int start = 0, int? end]) => _encodeSmall(string, start, end, 127);
  StringConversionSink startChunkedConversion(Sink<List<int>> sink) => _ConvertingTextSink<List<int>>(this, sink);
}

final class AsciiDecoder extends Converter<List<int>, String> {
  final bool _allowInvalid;
  const AsciiDecoder({bool allowInvalid = false}) : _allowInvalid = allowInvalid;
  String convert(List<int> bytes, [int start = 0, int? end]) => _decodeSmall(bytes, start, end, 127, _allowInvalid);
  ByteConversionSink startChunkedConversion(Sink<String> sink) => _ConvertingByteSink<String>(this, sink);
}

const Base64Codec base64 = Base64Codec();
const Base64Codec base64Url = Base64Codec.urlSafe();

String base64Encode(List<int> bytes) => base64.encode(bytes);
String base64UrlEncode(List<int> bytes) => base64Url.encode(bytes);
Uint8List base64Decode(String source) => base64.decode(source);

final class Base64Codec extends Codec<List<int>, String> {
  final Base64Encoder encoder;
  const Base64Codec() : encoder = const Base64Encoder();
  const Base64Codec.urlSafe() : encoder = const Base64Encoder.urlSafe();
  Base64Decoder get decoder => const Base64Decoder();
  Uint8List decode(String encoded) => decoder.convert(encoded);

  /// The text with padding, without escapes of the padding, in the standard alphabet.
  String normalize(String source, [int start = 0, int? end]) {
    final stop = RangeError.checkValidRange(start, end, source.length);
    String text = source.substring(start, stop).replaceAll('%3D', '=').replaceAll('%3d', '=').replaceAll('-', '+').replaceAll('_', '/');
    if (!text.contains('=')) {
      if (text.length % 4 == 1) throw FormatException('Invalid base64 encoding length', source, stop);
      while (text.length % 4 != 0) text += '=';
    }
    int padding = 0;
    for (int i = 0; i < text.length; i++) {
      final c = text.codeUnitAt(i);
      if (c == 61) {
        padding++;
      } else if (padding > 0 || Base64Decoder._valueOf(c) < 0) {
        throw FormatException('Invalid base64 data', source, start);
      }
    }
    if (padding > 2 || text.length % 4 != 0) throw FormatException('Invalid base64 padding', source, stop);
    return text;
  }
}

final class Base64Encoder extends Converter<List<int>, String> {
  final bool _urlSafe;
  const Base64Encoder() : _urlSafe = false;
  const Base64Encoder.urlSafe() : _urlSafe = true;
  static const _alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  static const _urlAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

  String convert(List<int> input) {
    final alphabet = _urlSafe ? _urlAlphabet : _alphabet;
    final b = StringBuffer();
    final n = input.length;
    int byte(int i) {
      final value = input[i];
      if (value < 0 || value > 255) throw ArgumentError.value(input, 'bytes', 'Not a byte value at index $i: $value');
      return value;
    }

    for (int i = 0; i < n; i += 3) {
      final rest = n - i;
      final bits = byte(i) << 16 | (rest > 1 ? byte(i + 1) : 0) << 8 | (rest > 2 ? byte(i + 2) : 0);
      b.writeCharCode(alphabet.codeUnitAt(bits >> 18));
      b.writeCharCode(alphabet.codeUnitAt(bits >> 12 & 63));
      b.writeCharCode(rest > 1 ? alphabet.codeUnitAt(bits >> 6 & 63) : 61);
      b.writeCharCode(rest > 2 ? alphabet.codeUnitAt(bits & 63) : 61);
    }
    return b.toString();
  }

  ByteConversionSink startChunkedConversion(Sink<String> sink) => _Base64EncodingSink(this, sink);
}

final class Base64Decoder extends Converter<String, List<int>> {
  const Base64Decoder();

  StringConversionSink startChunkedConversion(Sink<List<int>> sink) => _Base64DecodingSink(sink);

  static int _valueOf(int c) {
    if (c >= 65 && c <= 90) return c - 65;
    if (c >= 97 && c <= 122) return c - 71;
    if (c >= 48 && c <= 57) return c + 4;
    return c == 43 || c == 45 ? 62 : c == 47 || c == 95 ? 63 : -1;
  }

  Uint8List convert(String input, [int start = 0, int? end]) {
    final stop = RangeError.checkValidRange(start, end, input.length);
    final bytes = Uint8List((stop - start) * 3 ~/ 4 + 3);
    int n = 0, bits = 0, count = 0, i = start;
    for (; i < stop; i++) {
      final value = _valueOf(input.codeUnitAt(i));
      if (value < 0) break;
      bits = bits << 6 | value;
      if (++count == 4) {
        bytes[n++] = bits >> 16;
        bytes[n++] = bits >> 8 & 255;
        bytes[n++] = bits & 255;
        bits = count = 0;
      }
    }
    // Padding may be escaped as in a URI.
    int padding = 0;
    while (i < stop) {
      if (input.codeUnitAt(i) == 61) {
        i++;
      } else if (input.startsWith('%3D', i) || input.startsWith('%3d', i)) {
        i += 3;
      } else {
        throw FormatException('Invalid character', input, i);
      }
      padding++;
    }
    if (count == 1 || count + padding != (count == 0 ? 0 : 4)) throw FormatException(padding == 0 ? 'Missing padding character' : 'Invalid base64 encoding', input, stop);
    if (count == 2) {
      if (bits & 15 != 0) throw FormatException('Invalid encoding before padding', input, i);
      bytes[n++] = bits >> 4;
    } else if (count == 3) {
      if (bits & 3 != 0) throw FormatException('Invalid encoding before padding', input, i);
      bytes[n++] = bits >> 10;
      bytes[n++] = bits >> 2 & 255;
    }
    return bytes.sublist(0, n);
  }
}
