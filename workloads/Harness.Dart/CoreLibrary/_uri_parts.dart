part of '_uri.dart';

// Parts of URIs as they are kept: schemes, hosts, paths without dot segments, queries, ports.

bool _hasDotSegments(String path) => path.startsWith('.') || path.contains('/.');

String _removeDotSegments(String path) {
  if (!_hasDotSegments(path)) return path;
  final output = <String>[];
  bool endsInSlash = false;
  for (final segment in path.split('/')) {
    endsInSlash = segment == '.' || segment == '..';
    if (segment == '..') {
      if (output.isNotEmpty) {
        output.removeLast();
        if (output.isEmpty) output.add('');
      }
    } else if (segment != '.') {
      output.add(segment);
    }
  }
  if (endsInSlash) output.add('');
  return output.join('/');
}

// The first segment of a relative path must not look like a scheme.
String _escapeScheme(String path) {
  if (path.length < 2 || !_isLetter(path.codeUnitAt(0))) return path;
  for (int i = 1; i < path.length; i++) {
    final c = path.codeUnitAt(i);
    if (c == 58) return '${path.substring(0, i)}%3A${path.substring(i + 1)}';
    if (!_isSchemeCharacter(c)) break;
  }
  return path;
}

String _normalizeRelativePath(String path, bool allowsScheme) {
  if (!_hasDotSegments(path)) return allowsScheme ? path : _escapeScheme(path);
  final output = <String>[];
  bool endsInSlash = false;
  for (final segment in path.split('/')) {
    endsInSlash = false;
    if (segment == '..') {
      if (output.isNotEmpty && output.last != '..') {
        output.removeLast();
        endsInSlash = true;
      } else {
        output.add('..');
      }
    } else if (segment == '.') {
      endsInSlash = true;
    } else {
      output.add(segment);
    }
  }
  if (output.isEmpty || output.length == 1 && output[0].isEmpty) return './';
  if (endsInSlash || output.last == '..') output.add('');
  if (!allowsScheme) output[0] = _escapeScheme(output[0]);
  return output.join('/');
}

bool _isLetter(int c) => c >= 97 && c <= 122 || c >= 65 && c <= 90;
bool _isSchemeCharacter(int c) => c < 128 && (_isLetterOrDigit(c) || _isOneOf(c, '+-.'));
int _defaultPort(String scheme) => scheme == 'http' ? 80 : scheme == 'https' ? 443 : 0;

String _checkedScheme(String scheme) {
  if (scheme.isEmpty) return scheme;
  if (!_isLetter(scheme.codeUnitAt(0))) throw FormatException('Scheme not starting with alphabetic character', scheme, 0);
  for (int i = 0; i < scheme.length; i++) {
    if (!_isSchemeCharacter(scheme.codeUnitAt(i))) throw FormatException('Illegal scheme character', scheme, i);
  }
  return scheme.toLowerCase();
}

String? _checkedHost(String? host) {
  if (host == null || host.isEmpty) return host;
  if (host.startsWith('[')) {
    if (!host.endsWith(']')) throw FormatException('Missing end `]` to match `[` in host', host, 0);
    Uri.parseIPv6Address(host, 1, host.length - 1);
    return host.toLowerCase();
  }
  if (host.contains(':')) {
    Uri.parseIPv6Address(host);
    return '[$host]';
  }
  return _uriNormalize(host, _isRegName, isHost: true);
}

String _checkedPath(String? path, Iterable<String>? segments, String scheme, bool hasAuthority) {
  final isFile = scheme == 'file', startsWithSlash = isFile || hasAuthority;
  String result;
  if (path == null) {
    if (segments == null) return isFile ? '/' : '';
    result = segments.map((s) => _uriEncode(s, _isPathCharacter)).join('/');
  } else {
    if (segments != null) throw ArgumentError('Both path and pathSegments specified');
    result = _uriNormalize(path, _isPath);
  }
  if (result.isEmpty) return isFile ? '/' : '';
  if (startsWithSlash && !result.startsWith('/')) result = '/$result';
  return scheme.isEmpty && !hasAuthority && !result.startsWith('/')
      ? _normalizeRelativePath(result, scheme.isNotEmpty || hasAuthority)
      : _removeDotSegments(result);
}

String? _checkedQuery(String? query, Map<String, dynamic>? parameters) {
  if (query != null) {
    if (parameters != null) throw ArgumentError('Both query and queryParameters specified');
    return _uriNormalize(query, _isQuery);
  }
  if (parameters == null) return null;
  final b = StringBuffer();
  void write(String key, String? value) {
    if (b.isNotEmpty) b.write('&');
    b.write(Uri.encodeQueryComponent(key));
    if (value != null && value.isNotEmpty) {
      b.write('=');
      b.write(Uri.encodeQueryComponent(value));
    }
  }
  parameters.forEach((key, value) {
    if (value == null || value is String) {
      write(key, value as String?);
    } else {
      for (final v in value as Iterable) write(key, v as String);
    }
  });
  return b.toString();
}

int? _checkedPort(int? port, String scheme) => port != null && port == _defaultPort(scheme) ? null : port;
