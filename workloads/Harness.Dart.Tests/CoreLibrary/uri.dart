// Uniform resource identifiers: examples of RFC 3986, sections 3 and 5.4, and of the documentation.
import 'dart:convert';

void main() {
  final u = Uri.parse('HTTP://User:Pass@Example.COM:8042/over/%7Ethere/./a b?name=ferret&x=%c3%a4#nose');
  print([u, u.scheme, u.userInfo, u.host, u.port, u.path, u.query, u.fragment, u.authority, u.origin]);
  print([u.pathSegments, u.queryParameters, u.hasPort, u.isAbsolute, u.removeFragment()]);
  print([Uri.parse('urn:example:animal:ferret:nose').path, Uri.parse('//[2001:db8::7]/c=GB').host, Uri.parse('mailto:a@b').hasAuthority, Uri.parse('http://a:80').hasPort]);
  for (final text in ['::', '1a:b', 'http://[::1', 'http://a:b']) print('$text: ${Uri.tryParse(text)}');

  final base = Uri.parse('http://a/b/c/d;p?q');
  for (final reference in ['g:h', 'g', './g', 'g/', '/g', '//g', '?y', 'g?y', '#s', 'g#s', ';x', '', '.', './', '..', '../', '../g', '../..', '../../g', '../../../g', '/./g', '/../g', 'g.', '..g', './../g', './g/.', 'g/./h', 'g/../h', 'g;x=1/../y', 'g?y/../x']) {
    print('$reference -> ${base.resolve(reference)}');
  }
  print([Uri.parse('a/b').resolve('../../c'), Uri.parse('a:b').resolve('c'), Uri(path: 'a:b/c'), Uri(pathSegments: ['a/b', 'c d', ''])]);

  print([Uri.http('example.org', '/path%', {'q': 'dart & C', 'e': '', 'l': ['1', '2']}), Uri.https('u@[::1]:8'), Uri(host: 'ex', path: 'p'), Uri(scheme: 'file', path: 'p')]);
  print([u.replace(scheme: 'https', port: 443), u.replace(path: 'x', query: ''), Uri.parse('a?x=1&x=2&y').queryParametersAll]);
  print([Uri.encodeComponent("a b/ä~!'()"), Uri.encodeFull('http://a b/ä?x#y'), Uri.encodeQueryComponent('a b&ä'), Uri.decodeComponent('%C3%A4+%20'), Uri.decodeQueryComponent('%e4+b', encoding: latin1)]);
  try {
    Uri.decodeComponent('%2');
  } on ArgumentError catch (e) {
    print(e);
  }
  print([Uri.file('/a b/c'), Uri.file(r'C:\x\y', windows: true), Uri.directory('d'), Uri.parse('file:///c:/a%20b').toFilePath(windows: true), Uri.file(r'\\host\share\f', windows: true)]);
  print([Uri.parseIPv4Address('127.0.0.1'), Uri.parseIPv6Address('1::8:9'), base == Uri.parse('HTTP://A:80/b/c/d;p?q'), base.hashCode == Uri.parse('http://a/b/c/d;p?q').hashCode]);

  final data = UriData.fromString('ä?', mimeType: 'text/html', encoding: utf8, parameters: {'p': 'a b'});
  print([data, data.mimeType, data.charset, data.parameters, data.contentText, data.contentAsString()]);
  final bytes = Uri.dataFromBytes([0, 255], mimeType: 'image/gif');
  print([bytes, bytes.data!.isBase64, bytes.data!.contentAsBytes(), UriData.parse('data:;base64,SGk').contentAsString()]);
}
