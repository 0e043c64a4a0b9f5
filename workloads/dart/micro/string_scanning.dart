// Text read unit by unit: a scanner that finds words, numbers and signs, with substrings, comparison and a switch on characters.
const text = '''
  let total = 0;  // the sum of all
  for item in basket { total = total + item.price * item.count - discount(item, 12); }
  if total > 1000 { ship(free); } else { ship(total / 25 + 7); }
''';

enum Kind { word, number, sign, comment }

class Scanner {
  final String source;
  int at = 0;
  Kind kind = Kind.sign;
  String token = '';

  Scanner(this.source);

  static bool isLetter(int c) => c >= 97 && c <= 122 || c >= 65 && c <= 90 || c == 95;
  static bool isDigit(int c) => c >= 48 && c <= 57;

  bool next() {
    while (at < source.length && source.codeUnitAt(at) <= 32) at++;
    if (at >= source.length) return false;
    final start = at;
    final c = source.codeUnitAt(at);
    if (isLetter(c)) {
      while (at < source.length && (isLetter(source.codeUnitAt(at)) || isDigit(source.codeUnitAt(at)))) at++;
      kind = Kind.word;
    } else if (isDigit(c)) {
      while (at < source.length && isDigit(source.codeUnitAt(at))) at++;
      kind = Kind.number;
    } else if (source.startsWith('//', at)) {
      while (at < source.length && source.codeUnitAt(at) != 10) at++;
      kind = Kind.comment;
    } else {
      at++;
      kind = Kind.sign;
    }
    token = source.substring(start, at);
    return true;
  }
}

int run(int rounds) {
  int checksum = 0;
  for (int round = 0; round < rounds; round++) {
    final scanner = Scanner(text);
    int depth = 0;
    while (scanner.next()) {
      switch (scanner.kind) {
        case Kind.word:
          checksum += scanner.token == 'total' ? 17 : scanner.token.length;
        case Kind.number:
          checksum += int.parse(scanner.token);
        case Kind.sign:
          switch (scanner.token) {
            case '{' || '(':
              depth++;
            case '}' || ')':
              depth--;
            default:
              checksum ^= scanner.token.codeUnitAt(0) + depth;
          }
        case Kind.comment:
          checksum += scanner.token.trim().length;
      }
    }
    checksum = (checksum * 3 + depth) & 0xffffffff;
  }
  return checksum;
}

/// Runs as often as [times] says; each run must give the same.
@pragma('wasm:export', 'runTimes')
int runTimes(int times, int rounds) {
  final int first = run(rounds);
  for (int i = 1; i < times; i++) {
    if (run(rounds) != first) throw StateError('a run gave something else than the first');
  }
  return first;
}

void main() => print(run(10));
