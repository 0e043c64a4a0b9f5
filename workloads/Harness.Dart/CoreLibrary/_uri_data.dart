part of '_uri.dart';

/// A URI that holds its data (RFC 2397): a text that begins with "data:", and where its parts are.
final class UriData {
  final String _text;
  // Where the type ends, and where the data begin.
  final int _typeEnd;
  final int _dataStart;
  // Where names and values of parameters begin and end, four numbers each.
  final List<int> _parameters;
  final bool isBase64;

  UriData._(this._text, this._typeEnd, this._dataStart, this._parameters, this.isBase64);

  factory UriData.fromString(String content, {String? mimeType, Encoding? encoding, Map<String, String>? parameters, bool base64 = false}) {
    final charsetName = parameters?['charset'];
    final codec = encoding ?? (charsetName == null ? ascii : Encoding.getByName(charsetName) ?? ascii);
    final b = StringBuffer('data:');
    _writeHead(b, mimeType, encoding != null && charsetName == null ? encoding.name : null, parameters);
    _writeData(b, codec.encode(content), base64);
    return _parse(b.toString());
  }

  factory UriData.fromBytes(List<int> bytes, {String mimeType = 'application/octet-stream', Map<String, String>? parameters, bool percentEncoded = false}) {
    final b = StringBuffer('data:');
    _writeHead(b, mimeType, null, parameters);
    _writeData(b, bytes, !percentEncoded);
    return _parse(b.toString());
  }

  factory UriData.fromUri(Uri uri) {
    if (uri.scheme != 'data') throw ArgumentError.value(uri, 'uri', "Scheme must be 'data'");
    if (uri.hasAuthority) throw ArgumentError.value(uri, 'uri', 'Data uri must not have authority');
    if (uri.hasFragment) throw ArgumentError.value(uri, 'uri', 'Data uri must not have a fragment part');
    return _parse('data:${uri.path}${uri.hasQuery ? '?${uri.query}' : ''}');
  }

  static UriData parse(String uri) {
    if (uri.length < 5 || uri.substring(0, 5).toLowerCase() != 'data:') throw FormatException("Does not start with 'data:'", uri, 0);
    return _parse('data:${uri.substring(5)}');
  }

  static void _writeHead(StringBuffer b, String? mimeType, String? charset, Map<String, String>? parameters) {
    if (mimeType != null && mimeType.isNotEmpty && mimeType.toLowerCase() != 'text/plain') {
      final slash = mimeType.indexOf('/');
      if (slash < 0 || mimeType.indexOf('/', slash + 1) >= 0) throw ArgumentError.value(mimeType, 'mimeType', 'Invalid MIME type');
      b.write(_uriEncode(mimeType.substring(0, slash), _isToken));
      b.write('/');
      b.write(_uriEncode(mimeType.substring(slash + 1), _isToken));
    }
    if (charset != null) b.write(';charset=${_uriEncode(charset, _isToken)}');
    parameters?.forEach((key, value) {
      if (key.isEmpty) throw ArgumentError.value('', 'Parameter names must not be empty');
      if (value.isEmpty) throw ArgumentError.value('', "Parameter values must not be empty", 'parameters["$key"]');
      b.write(';${_uriEncode(key, _isToken)}=${_uriEncode(value, _isToken)}');
    });
  }

  static void _writeData(StringBuffer b, List<int> bytes, bool isBase64) {
    if (isBase64) {
      b.write(';base64,');
      b.write(base64Encode(bytes));
    } else {
      b.write(',');
      _writeEncodedBytes(b, bytes, _isDataCharacter, false);
    }
  }

  static UriData _parse(String text) {
    int i = 5;
    bool hasSlash = false;
    while (i < text.length && text.codeUnitAt(i) != 44 && text.codeUnitAt(i) != 59) {
      if (text.codeUnitAt(i) == 47) {
        if (hasSlash) throw FormatException('Invalid MIME type', text, i);
        hasSlash = true;
      }
      i++;
    }
    if (!hasSlash && i > 5) throw FormatException('Invalid MIME type', text, i);
    final typeEnd = i;
    final parameters = <int>[];
    bool isBase64 = false;
    while (i < text.length && text.codeUnitAt(i) == 59) {
      final from = i + 1;
      int equals = -1;
      i = from;
      while (i < text.length && text.codeUnitAt(i) != 44 && text.codeUnitAt(i) != 59) {
        if (text.codeUnitAt(i) == 61 && equals < 0) equals = i;
        i++;
      }
      if (equals >= 0) {
        parameters.addAll([from, equals, equals + 1, i]);
      } else if (i < text.length && text.codeUnitAt(i) == 44 && text.substring(from, i) == 'base64') {
        isBase64 = true;
      } else {
        throw FormatException("Expecting '='", text, i);
      }
    }
    if (i == text.length) throw FormatException("Expecting ','", text, i);
    final data = text.substring(i + 1);
    final normal = isBase64 ? base64.normalize(data) : _uriNormalizeData(data);
    return UriData._(text.substring(0, i + 1) + normal, typeEnd, i + 1, parameters, isBase64);
  }

  // Escapes stay as they are.
  static String _uriNormalizeData(String data) {
    final b = StringBuffer();
    for (int i = 0; i < data.length; i++) {
      final c = data.codeUnitAt(i);
      if (c < 128 && (_isDataCharacter(c) || c == 37 && _escapeAt(data, i) >= 0)) {
        b.writeCharCode(c);
        continue;
      }
      final size = _isHighSurrogate(c) && i + 1 < data.length ? 2 : 1;
      final bytes = utf8.encode(data.substring(i, i + size));
      for (int k = 0; k < bytes.length; k++) _writeEscape(b, bytes[k]);
      i += size - 1;
    }
    return b.toString();
  }

  Uri get uri => Uri.parse(_text);
  String get mimeType {
    final type = _text.substring(5, _typeEnd);
    return type.isEmpty ? 'text/plain' : _uriDecode(type);
  }
  bool isMimeType(String mimeType) => (mimeType.isEmpty ? 'text/plain' : mimeType).toLowerCase() == this.mimeType.toLowerCase();
  Map<String, String> get parameters => {
    for (int i = 0; i < _parameters.length; i += 4)
      _uriDecode(_text.substring(_parameters[i], _parameters[i + 1])): _uriDecode(_text.substring(_parameters[i + 2], _parameters[i + 3])),
  };
  String get charset => parameters['charset'] ?? 'US-ASCII';
  bool isCharset(String charset) {
    if (charset.isEmpty) return parameters['charset'] == null;
    return Encoding.getByName(charset) == Encoding.getByName(this.charset) || charset.toLowerCase() == this.charset.toLowerCase();
  }
  bool isEncoding(Encoding encoding) => isCharset(encoding.name);
  String get contentText => _text.substring(_dataStart);
  Uint8List contentAsBytes() => isBase64 ? base64.decode(contentText) : Uint8List.fromList(_uriDecodeBytes(contentText, false));
  String contentAsString({Encoding? encoding}) {
    final codec = encoding ?? Encoding.getByName(charset);
    if (codec == null) throw UnsupportedError('Unknown charset: $charset');
    return codec.decode(contentAsBytes());
  }
  String toString() => _text;
}
