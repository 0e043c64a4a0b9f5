// Uniform resource identifiers (RFC 3986), which dart:core exports; loaded where a program names them.
library dart._uri;

import 'dart:convert';
import 'dart:typed_data';

part '_uri_data.dart';
part '_uri_parts.dart';
part '_uri_text.dart';

final class Uri {
  final String scheme;
  final String userInfo;
  final String? _host;
  final int? _port;
  final String path;
  final String? _query;
  final String? _fragment;

  Uri._(this.scheme, this.userInfo, this._host, this._port, this.path, this._query, this._fragment);

  factory Uri({String? scheme, String? userInfo, String? host, int? port, String? path, Iterable<String>? pathSegments, String? query, Map<String, dynamic>? queryParameters, String? fragment}) {
    final s = _checkedScheme(scheme ?? '');
    final u = userInfo == null ? '' : _uriNormalize(userInfo, _isUserInfo);
    String? h = _checkedHost(host);
    final q = _checkedQuery(query, queryParameters);
    final f = fragment == null ? null : _uriNormalize(fragment, _isQuery);
    final n = _checkedPort(port, s);
    if (h == null && (u.isNotEmpty || port != null || s == 'file')) h = '';
    final p = _checkedPath(path, pathSegments, s, h != null);
    if (h == null && p.startsWith('//')) h = '';
    return Uri._(s, u, h, n, p, q, f);
  }

  factory Uri.http(String authority, [String unencodedPath = '', Map<String, dynamic>? queryParameters]) => _web('http', authority, unencodedPath, queryParameters);
  factory Uri.https(String authority, [String unencodedPath = '', Map<String, dynamic>? queryParameters]) => _web('https', authority, unencodedPath, queryParameters);
  static Uri _web(String scheme, String authority, String path, Map<String, dynamic>? parameters) {
    String userInfo = '';
    String? host;
    int? port;
    if (authority.isNotEmpty) {
      final parts = _splitAuthority(authority);
      userInfo = parts.$1;
      host = parts.$2;
      port = parts.$3;
    }
    return Uri(scheme: scheme, userInfo: userInfo, host: host, port: port, pathSegments: path.split('/'), queryParameters: parameters);
  }

  factory Uri.file(String path, {bool? windows}) => windows ?? false ? _windowsFile(path, false) : _posixFile(path, false);
  factory Uri.directory(String path, {bool? windows}) => windows ?? false ? _windowsFile(path, true) : _posixFile(path, true);

  factory Uri.dataFromString(String content, {String? mimeType, Encoding? encoding, Map<String, String>? parameters, bool base64 = false}) =>
      UriData.fromString(content, mimeType: mimeType, encoding: encoding, parameters: parameters, base64: base64).uri;
  factory Uri.dataFromBytes(List<int> bytes, {String mimeType = 'application/octet-stream', Map<String, String>? parameters, bool percentEncoded = false}) =>
      UriData.fromBytes(bytes, mimeType: mimeType, parameters: parameters, percentEncoded: percentEncoded).uri;

  static Uri get base => Uri.parse('file:///');

  static List<String> _withSlash(List<String> segments, bool endsInSlash) {
    if (endsInSlash && segments.isNotEmpty && segments.last.isNotEmpty) segments.add('');
    return segments;
  }
  static Uri _posixFile(String path, bool endsInSlash) {
    final segments = _withSlash(path.split('/'), endsInSlash);
    return path.startsWith('/') ? Uri(scheme: 'file', pathSegments: segments) : Uri(pathSegments: segments);
  }
  static void _checkWindowsNames(List<String> segments, int from, bool isArgument) {
    for (final segment in segments.skip(from)) {
      for (int i = 0; i < segment.length; i++) {
        if (!_isOneOf(segment.codeUnitAt(i), r'"*/:<>?\|')) continue;
        if (isArgument) throw ArgumentError('Illegal character in path');
        throw UnsupportedError('Illegal character in path: $segment');
      }
    }
  }
  static Uri _windowsFile(String path, bool endsInSlash) {
    if (path.startsWith(r'\\?\')) {
      if (path.startsWith(r'UNC\', 4)) {
        path = path.replaceRange(0, 7, r'\');
      } else {
        path = path.substring(4);
        if (path.length < 3 || path[1] != ':' || path[2] != r'\') throw ArgumentError.value(path, 'path', r'Windows paths with \\?\ prefix must be absolute');
      }
    } else {
      path = path.replaceAll('/', r'\');
    }
    if (path.length > 1 && path[1] == ':') {
      if (!_isLetter(path.codeUnitAt(0))) throw ArgumentError('Illegal drive letter ${path[0]}');
      if (path.length == 2 || path[2] != r'\') throw ArgumentError.value(path, 'path', 'Windows paths with drive letter must be absolute');
      final segments = _withSlash(path.split(r'\'), endsInSlash);
      _checkWindowsNames(segments, 1, true);
      return Uri(scheme: 'file', pathSegments: segments);
    }
    if (path.startsWith(r'\\')) {
      final end = path.indexOf(r'\', 2);
      final host = end < 0 ? path.substring(2) : path.substring(2, end);
      final segments = (end < 0 ? '' : path.substring(end + 1)).split(r'\');
      _checkWindowsNames(segments, 0, true);
      return Uri(scheme: 'file', host: host, pathSegments: _withSlash(segments, endsInSlash));
    }
    final segments = path.split(r'\');
    _checkWindowsNames(segments, 0, true);
    _withSlash(segments, endsInSlash);
    return path.startsWith(r'\') ? Uri(scheme: 'file', pathSegments: segments) : Uri(pathSegments: segments);
  }

  static (String, String, int?) _splitAuthority(String authority) {
    final at = authority.lastIndexOf('@');
    final userInfo = at < 0 ? '' : authority.substring(0, at);
    String host = authority.substring(at + 1);
    String portText = '';
    if (host.startsWith('[')) {
      final end = host.indexOf(']');
      if (end < 0) throw FormatException('Invalid IPv6 host entry.', authority, at + 1);
      final rest = host.substring(end + 1);
      if (rest.isNotEmpty && !rest.startsWith(':')) throw FormatException('Invalid end of authority', authority, authority.length - rest.length);
      portText = rest.isEmpty ? '' : rest.substring(1);
      host = host.substring(0, end + 1);
    } else {
      final colon = host.indexOf(':');
      if (colon >= 0) {
        portText = host.substring(colon + 1);
        host = host.substring(0, colon);
      }
    }
    int? port;
    if (portText.isNotEmpty) {
      for (int i = 0; i < portText.length; i++) {
        if (!_isDigit(portText.codeUnitAt(i))) throw FormatException('Invalid port', authority, authority.length - portText.length);
      }
      port = int.parse(portText);
    }
    return (userInfo, host, port);
  }

  static Uri parse(String uri, [int start = 0, int? end]) {
    final text = uri.substring(start, end);
    int i = 0;
    String scheme = '';
    while (i < text.length && !_isOneOf(text.codeUnitAt(i), ':/?#')) i++;
    if (i < text.length && text.codeUnitAt(i) == 58) {
      scheme = text.substring(0, i);
      if (scheme.isEmpty) throw FormatException('Invalid empty scheme', uri, start);
      _checkedScheme(scheme);
      i++;
    } else {
      i = 0;
    }
    String? authority;
    if (text.startsWith('//', i)) {
      final from = i + 2;
      i = from;
      while (i < text.length && !_isOneOf(text.codeUnitAt(i), '/?#')) i++;
      authority = text.substring(from, i);
    }
    final pathFrom = i;
    while (i < text.length && !_isOneOf(text.codeUnitAt(i), '?#')) i++;
    final path = text.substring(pathFrom, i);
    String? query, fragment;
    if (i < text.length && text.codeUnitAt(i) == 63) {
      final from = ++i;
      while (i < text.length && text.codeUnitAt(i) != 35) i++;
      query = text.substring(from, i);
    }
    if (i < text.length) fragment = text.substring(i + 1);
    String? userInfo, host;
    int? port;
    if (authority != null) {
      final parts = _splitAuthority(authority);
      userInfo = parts.$1;
      host = parts.$2;
      port = parts.$3;
    }
    return Uri(scheme: scheme, userInfo: userInfo, host: host, port: port, path: path, query: query, fragment: fragment);
  }

  static Uri? tryParse(String uri, [int start = 0, int? end]) {
    try {
      return parse(uri, start, end);
    } on FormatException {
      return null;
    }
  }

  String get authority {
    if (_host == null) return '';
    final b = StringBuffer();
    if (userInfo.isNotEmpty) {
      b.write(userInfo);
      b.write('@');
    }
    b.write(_host);
    if (_port != null) b.write(':$_port');
    return b.toString();
  }
  String get host {
    final h = _host ?? '';
    return h.startsWith('[') ? h.substring(1, h.length - 1) : h;
  }
  int get port => _port ?? _defaultPort(scheme);
  String get query => _query ?? '';
  String get fragment => _fragment ?? '';
  bool get hasScheme => scheme.isNotEmpty;
  bool get hasAuthority => _host != null;
  bool get hasPort => _port != null;
  bool get hasQuery => _query != null;
  bool get hasFragment => _fragment != null;
  bool get hasEmptyPath => path.isEmpty;
  bool get hasAbsolutePath => path.startsWith('/');
  bool get isAbsolute => hasScheme && !hasFragment;
  bool isScheme(String scheme) => scheme.toLowerCase() == this.scheme;
  String get origin {
    if (scheme.isEmpty || host.isEmpty) throw StateError('Cannot use origin without a scheme: $this');
    if (scheme != 'http' && scheme != 'https') throw StateError('Origin is only applicable to schemes http and https: $this');
    return _port == null ? '$scheme://$_host' : '$scheme://$_host:$_port';
  }
  List<String> get pathSegments {
    final p = path.startsWith('/') ? path.substring(1) : path;
    return List<String>.unmodifiable(p.isEmpty ? const <String>[] : p.split('/').map((s) => decodeComponent(s)));
  }
  Map<String, String> get queryParameters => Map<String, String>.unmodifiable(splitQueryString(query));
  Map<String, List<String>> get queryParametersAll {
    final result = <String, List<String>>{};
    if (query.isNotEmpty) {
      _forEachParameter(query, utf8, (key, value) {
        (result[key] ??= <String>[]).add(value);
      });
    }
    return Map<String, List<String>>.unmodifiable(result.map((key, values) => MapEntry<String, List<String>>(key, List<String>.unmodifiable(values))));
  }
  UriData? get data => scheme == 'data' ? UriData.fromUri(this) : null;

  Uri replace({String? scheme, String? userInfo, String? host, int? port, String? path, Iterable<String>? pathSegments, String? query, Map<String, dynamic>? queryParameters, String? fragment}) {
    final s = scheme == null ? this.scheme : _checkedScheme(scheme);
    final u = userInfo == null ? this.userInfo : _uriNormalize(userInfo, _isUserInfo);
    final n = _checkedPort(port ?? _port, s);
    String? h = host == null ? _host : _checkedHost(host);
    if (h == null && (u.isNotEmpty || n != null || s == 'file')) h = '';
    String p;
    if (path != null || pathSegments != null) {
      p = _checkedPath(path, pathSegments, s, h != null);
    } else {
      p = this.path;
      if ((s == 'file' || h != null && p.isNotEmpty) && !p.startsWith('/')) p = '/$p';
    }
    final q = query == null && queryParameters == null ? _query : _checkedQuery(query, queryParameters);
    return Uri._(s, u, h, n, p, q, fragment == null ? _fragment : _uriNormalize(fragment, _isQuery));
  }
  Uri removeFragment() => _fragment == null ? this : Uri._(scheme, userInfo, _host, _port, path, _query, null);
  Uri normalizePath() {
    final p = _checkedPath(path, null, scheme, hasAuthority);
    return p == path ? this : Uri._(scheme, userInfo, _host, _port, p, _query, _fragment);
  }

  Uri resolve(String reference) => resolveUri(parse(reference));
  Uri resolveUri(Uri reference) {
    if (reference.hasScheme) {
      return Uri._(reference.scheme, reference.userInfo, reference._host, reference._port, _removeDotSegments(reference.path), reference._query, reference._fragment);
    }
    if (reference.hasAuthority) {
      return Uri._(scheme, reference.userInfo, reference._host, _checkedPort(reference._port, scheme), _removeDotSegments(reference.path), reference._query, reference._fragment);
    }
    if (reference.path.isEmpty) return Uri._(scheme, userInfo, _host, _port, path, reference._query ?? _query, reference._fragment);
    String target;
    if (reference.hasAbsolutePath) {
      target = _removeDotSegments(reference.path);
    } else if (path.isEmpty) {
      target = hasAuthority ? _removeDotSegments('/${reference.path}') : hasScheme ? _removeDotSegments(reference.path) : reference.path;
    } else {
      final merged = path.substring(0, path.lastIndexOf('/') + 1) + reference.path;
      target = hasScheme || hasAuthority || hasAbsolutePath ? _removeDotSegments(merged) : _normalizeRelativePath(merged, false);
    }
    return Uri._(scheme, userInfo, _host, _port, target, reference._query, reference._fragment);
  }

  String toFilePath({bool? windows}) {
    if (scheme.isNotEmpty && scheme != 'file') throw UnsupportedError('Cannot extract a file path from a $scheme URI');
    if (query.isNotEmpty) throw UnsupportedError('Cannot extract a file path from a URI with a query component');
    if (fragment.isNotEmpty) throw UnsupportedError('Cannot extract a file path from a URI with a fragment component');
    final segments = pathSegments;
    if (!(windows ?? false)) {
      if (host.isNotEmpty) throw UnsupportedError('Cannot extract a non-Windows file path from a file URI with an authority');
      return (hasAbsolutePath ? '/' : '') + segments.join('/');
    }
    final hasDrive = segments.isNotEmpty && segments[0].length == 2 && segments[0][1] == ':';
    if (hasDrive && !_isLetter(segments[0].codeUnitAt(0))) throw UnsupportedError('Illegal drive letter ${segments[0][0]}');
    _checkWindowsNames(segments, hasDrive ? 1 : 0, false);
    final b = StringBuffer();
    if (hasAbsolutePath && !hasDrive) b.write(r'\');
    if (host.isNotEmpty) {
      b.write(r'\');
      b.write(host);
      b.write(r'\');
    }
    b.writeAll(segments, r'\');
    if (hasDrive && segments.length == 1) b.write(r'\');
    return b.toString();
  }

  bool operator ==(Object other) =>
      other is Uri && scheme == other.scheme && userInfo == other.userInfo && _host == other._host && port == other.port && path == other.path && _query == other._query && _fragment == other._fragment;
  int get hashCode => toString().hashCode;
  String toString() {
    final b = StringBuffer();
    if (scheme.isNotEmpty) {
      b.write(scheme);
      b.write(':');
    }
    if (hasAuthority || scheme == 'file') {
      b.write('//');
      b.write(authority);
    }
    b.write(path);
    if (_query != null) {
      b.write('?');
      b.write(_query);
    }
    if (_fragment != null) {
      b.write('#');
      b.write(_fragment);
    }
    return b.toString();
  }

  static void _forEachParameter(String query, Encoding encoding, void action(String key, String value)) {
    for (final element in query.split('&')) {
      final at = element.indexOf('=');
      if (at < 0) {
        if (element.isNotEmpty) action(decodeQueryComponent(element, encoding: encoding), '');
      } else if (at > 0) {
        action(decodeQueryComponent(element.substring(0, at), encoding: encoding), decodeQueryComponent(element.substring(at + 1), encoding: encoding));
      }
    }
  }
  static Map<String, String> splitQueryString(String query, {Encoding encoding = utf8}) {
    final result = <String, String>{};
    _forEachParameter(query, encoding, (key, value) { result[key] = value; });
    return result;
  }
  static String encodeComponent(String component) => _uriEncode(component, _isComponent);
  static String encodeQueryComponent(String component, {Encoding encoding = utf8}) => _uriEncode(component, _isUnreserved, encoding: encoding, spaceIsPlus: true);
  static String encodeFull(String uri) => _uriEncode(uri, _isFullCharacter);
  static String decodeComponent(String encodedComponent) => _uriDecode(encodedComponent);
  static String decodeFull(String uri) => _uriDecode(uri);
  static String decodeQueryComponent(String encodedComponent, {Encoding encoding = utf8}) => _uriDecode(encodedComponent, encoding: encoding, plusIsSpace: true);

  static List<int> parseIPv4Address(String host, [int start = 0, int? end]) {
    final text = host.substring(start, end);
    final parts = text.split('.');
    if (parts.length != 4) throw FormatException('Illegal IPv4 address, IPv4 address should contain exactly 4 parts', host, start);
    return [
      for (final part in parts)
        if (part.isNotEmpty && part.length <= 3 && part.codeUnits.every(_isDigit) && int.parse(part) <= 255) int.parse(part)
        else throw FormatException('Illegal IPv4 address, each part must be in the range of `0..255`', host, start),
    ];
  }

  static List<int> parseIPv6Address(String host, [int start = 0, int? end]) {
    String text = host.substring(start, end);
    Never fail(String message) => throw FormatException('Illegal IPv6 address, $message', host, start);
    if (text.length < 2) fail('address is too short');
    final bytes = <int>[];
    int gap = -1;
    int i = 0;
    if (text.startsWith('::')) {
      gap = 0;
      i = 2;
    } else if (text.startsWith(':')) {
      fail('invalid start colon.');
    }
    while (i < text.length) {
      int next = i;
      while (next < text.length && text.codeUnitAt(next) != 58) next++;
      final part = text.substring(i, next);
      if (next == text.length && part.contains('.')) {
        bytes.addAll(parseIPv4Address(part));
      } else {
        if (part.isEmpty || part.length > 4) fail('an IPv6 part can only contain a maximum of 4 hex digits');
        int value = 0;
        for (int k = 0; k < part.length; k++) {
          final d = _hexValue(part.codeUnitAt(k));
          if (d < 0) fail('an IPv6 part can only contain hex digits');
          value = value << 4 | d;
        }
        bytes.add(value >> 8);
        bytes.add(value & 255);
      }
      if (next == text.length) break;
      i = next + 1;
      if (i == text.length) fail('expected a part after last `:`');
      if (text.codeUnitAt(i) == 58) {
        if (gap >= 0) fail('only one wildcard `::` is allowed');
        gap = bytes.length;
        i++;
      }
    }
    if (gap < 0 ? bytes.length != 16 : bytes.length > 14) fail(gap < 0 ? 'an address without a wildcard must contain exactly 8 parts' : 'an address with a wildcard must have less than 7 parts');
    if (gap < 0) return bytes;
    return [...bytes.sublist(0, gap), for (int k = bytes.length; k < 16; k++) 0, ...bytes.sublist(gap)];
  }
}
