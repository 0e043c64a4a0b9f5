String show(String pattern, String input, {bool i = false, bool m = false, bool u = false, bool s = false}) {
  final match = RegExp(pattern, caseSensitive: !i, multiLine: m, unicode: u, dotAll: s).firstMatch(input);
  return match == null ? 'none' : '${match.start}-${match.end} ${[for (int g = 0; g <= match.groupCount; g++) match.group(g)]}';
}
void main() {
  print(show(r'(a*)?', 'b'));
  print(show(r'(z)((a+)?(b+)?(c))*', 'zaacbbbcac'));
  print(show(r'(?=(a+))a*b\1', 'baaabac'));
  print(show(r'(.*?)a(?!(a+)b\2c)\2(.*)', 'baaabaac'));
  print(show(r'a[a-z]{2,4}?', 'abcdefghi'));
  print(show(r'^b', 'a\nb', m: true));
  print(show(r'(?<year>\d{4})-(?<month>\d\d)', 'on 2026-11-28'));
  print(show(r'(?<=\$)\d+(\.\d*)?', r'costs $10.50'));
  print(show(r'STRASSE|äöü', 'ÄÖÜ', i: true));
  print(show(r'^.$', '😀', u: true));
  print(show(r'a.c', 'a\nc', s: true));
  print(show(r'(a+)+b', 'aaaaaaaaaaaaaaac'));
  print(show(r'\bfoo\b', 'a foo b'));
  print(show(r'[^\d\s]+', '12 ab!'));
  print(RegExp(r'(?<n>x)').firstMatch('x')!.namedGroup('n'));
  print('a1b22c'.replaceAll(RegExp(r'\d+'), '#'));
  print('a, b,c'.split(RegExp(r',\s*')));
  print(['aab'.split(RegExp('a*')), 'xaay'.split(RegExp('a*')), 'abc'.split(RegExp('')), 'a1b'.split(RegExp(r'\d|'))]);
  print(RegExp(r'o*').allMatches('foo').map((m) => '${m.start}-${m.end}').toList());
  print('x-1'.replaceAllMapped(RegExp(r'(\w)-(\d)'), (m) => '${m[2]}${m[1]}'));
  for (final bad in ['(', '*', '[b-a]', r'\', 'a{2,1}', '(?<a>x)(?<a>y)']) {
    try { RegExp(bad); print('accepted $bad'); } on FormatException { print('refused'); }
  }
  for (final start in [-1, 4]) { try { print('abc'.replaceFirst('a', 'x', start)); } on RangeError catch (e) { print(e.invalidValue); } }
}
