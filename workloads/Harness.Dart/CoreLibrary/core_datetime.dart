part of 'core.dart';

// Days from 1970-01-01 of a date in the Gregorian calendar; the month may be any number. The year begins in March here, so that a leap day ends it.
int _daysOf(int year, int month, int day) {
  int y = year + (month - 1 - _modulo(month - 1, 12)) ~/ 12;
  int m = _modulo(month - 1, 12) + 1;
  if (m <= 2) {
    y--;
    m += 12;
  }
  final era = (y - _modulo(y, 400)) ~/ 400;
  final ofEra = _modulo(y, 400);
  final ofYear = (153 * (m - 3) + 2) ~/ 5 + day - 1;
  return era * 146097 + ofEra * 365 + ofEra ~/ 4 - ofEra ~/ 100 + ofYear - 719468;
}

(int, int, int) _dateOf(int days) {
  final z = days + 719468;
  final era = (z - _modulo(z, 146097)) ~/ 146097;
  final ofEra = _modulo(z, 146097);
  final yearOfEra = (ofEra - ofEra ~/ 1460 + ofEra ~/ 36524 - ofEra ~/ 146096) ~/ 365;
  final ofYear = ofEra - (365 * yearOfEra + yearOfEra ~/ 4 - yearOfEra ~/ 100);
  final m = (5 * ofYear + 2) ~/ 153;
  final day = ofYear - (153 * m + 2) ~/ 5 + 1;
  final month = m < 10 ? m + 3 : m - 9;
  return (era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, day);
}

/// An instant. Programs have no time zone but UTC, so that local times are those of UTC, too.
class DateTime implements Comparable<DateTime> {
  static const int monday = 1;
  static const int tuesday = 2;
  static const int wednesday = 3;
  static const int thursday = 4;
  static const int friday = 5;
  static const int saturday = 6;
  static const int sunday = 7;
  static const int daysPerWeek = 7;
  static const int january = 1;
  static const int february = 2;
  static const int march = 3;
  static const int april = 4;
  static const int may = 5;
  static const int june = 6;
  static const int july = 7;
  static const int august = 8;
  static const int september = 9;
  static const int october = 10;
  static const int november = 11;
  static const int december = 12;
  static const int monthsPerYear = 12;
  static const int _largest = 8640000000000000000;

  final int microsecondsSinceEpoch;
  final bool isUtc;

  DateTime._(this.microsecondsSinceEpoch, this.isUtc) {
    if (microsecondsSinceEpoch.abs() > _largest) throw ArgumentError('DateTime is outside valid range: $microsecondsSinceEpoch');
  }
  DateTime(int year, [int month = 1, int day = 1, int hour = 0, int minute = 0, int second = 0, int millisecond = 0, int microsecond = 0])
      : this._(_from(year, month, day, hour, minute, second, millisecond, microsecond), false);
  DateTime.utc(int year, [int month = 1, int day = 1, int hour = 0, int minute = 0, int second = 0, int millisecond = 0, int microsecond = 0])
      : this._(_from(year, month, day, hour, minute, second, millisecond, microsecond), true);
  DateTime.now() : this._(_hostTime().toInt(), false);
  DateTime.timestamp() : this._(_hostTime().toInt(), true);
  DateTime.fromMillisecondsSinceEpoch(int millisecondsSinceEpoch, {bool isUtc = false}) : this._(_checked(millisecondsSinceEpoch) * 1000, isUtc);
  DateTime.fromMicrosecondsSinceEpoch(int microsecondsSinceEpoch, {bool isUtc = false}) : this._(microsecondsSinceEpoch, isUtc);

  static int _checked(int milliseconds) {
    if (milliseconds.abs() > 8640000000000000) throw RangeError.range(milliseconds, -8640000000000000, 8640000000000000, 'millisecondsSinceEpoch');
    return milliseconds;
  }

  static int _from(int year, int month, int day, int hour, int minute, int second, int millisecond, int microsecond) {
    // Beyond this no day is in range, and nothing overflows before it.
    if (year.abs() > 400000 || month.abs() > 5000000 || day.abs() > 200000000) throw ArgumentError('($year, $month, $day, $hour, $minute, $second, $millisecond, $microsecond)');
    final seconds = _daysOf(year, month, 1) * 86400 + (day - 1) * 86400 + hour * 3600 + minute * 60 + second;
    return seconds * 1000000 + millisecond * 1000 + microsecond;
  }

  static DateTime parse(String formattedString) => tryParse(formattedString) ?? (throw FormatException('Invalid date format', formattedString));

  static DateTime? tryParse(String formattedString) {
    final s = formattedString;
    int i = 0;
    int? digits(int least, int most) {
      int n = 0, value = 0;
      while (i < s.length && n < most && _isDigit(s.codeUnitAt(i))) {
        value = value * 10 + s.codeUnitAt(i) - 48;
        n++;
        i++;
      }
      return n < least ? null : value;
    }
    bool skip(String characters) {
      if (i < s.length && characters.contains(s[i])) {
        i++;
        return true;
      }
      return false;
    }

    final negative = i < s.length && s[i] == '-';
    skip('+-');
    final start = i;
    int run = 0;
    while (start + run < s.length && _isDigit(s.codeUnitAt(start + run))) run++;
    // Without hyphens the last four digits are month and day.
    final yearDigits = run > 6 ? run - 4 : run;
    if (yearDigits < 4 || yearDigits > 6) return null;
    final year = digits(yearDigits, yearDigits);
    skip('-');
    final month = digits(2, 2);
    skip('-');
    final day = digits(2, 2);
    if (year == null || month == null || day == null) return null;
    int hour = 0, minute = 0, second = 0, micros = 0;
    int offset = 0;
    bool utc = false;
    if (i < s.length) {
      if (!skip(' T')) return null;
      final h = digits(2, 2);
      if (h == null) return null;
      hour = h;
      bool more = skip(':') || i < s.length && _isDigit(s.codeUnitAt(i));
      if (more) {
        final m = digits(2, 2);
        if (m == null) return null;
        minute = m;
        more = skip(':') || i < s.length && _isDigit(s.codeUnitAt(i));
        if (more) {
          final sec = digits(2, 2);
          if (sec == null) return null;
          second = sec;
          if (skip('.,')) {
            if (i >= s.length || !_isDigit(s.codeUnitAt(i))) return null;
            int scale = 100000;
            while (i < s.length && _isDigit(s.codeUnitAt(i))) {
              micros += (s.codeUnitAt(i) - 48) * scale;
              scale = scale ~/ 10;
              i++;
            }
          }
        }
      }
      if (i < s.length) {
        skip(' ');
        if (skip('zZ')) {
          utc = true;
        } else if (i < s.length && (s[i] == '+' || s[i] == '-')) {
          final sign = s[i] == '-' ? -1 : 1;
          i++;
          final oh = digits(2, 2);
          if (oh == null) return null;
          int om = 0;
          if (skip(':') || i < s.length) {
            final m = digits(2, 2);
            if (m == null) return null;
            om = m;
          }
          utc = true;
          offset = sign * (oh * 60 + om);
        } else {
          return null;
        }
      }
      if (i < s.length) return null;
    }
    final value = _from(negative ? -year : year, month, day, hour, minute - offset, second, 0, micros);
    return value.abs() > _largest ? null : DateTime._(value, utc);
  }

  int get _days => (microsecondsSinceEpoch - _modulo(microsecondsSinceEpoch, 86400000000)) ~/ 86400000000;
  int get _ofDay => _modulo(microsecondsSinceEpoch, 86400000000);
  int get millisecondsSinceEpoch => (microsecondsSinceEpoch - _modulo(microsecondsSinceEpoch, 1000)) ~/ 1000;
  int get year => _dateOf(_days).$1;
  int get month => _dateOf(_days).$2;
  int get day => _dateOf(_days).$3;
  int get hour => _ofDay ~/ 3600000000;
  int get minute => _ofDay ~/ 60000000 % 60;
  int get second => _ofDay ~/ 1000000 % 60;
  int get millisecond => _ofDay ~/ 1000 % 1000;
  int get microsecond => _ofDay % 1000;
  int get weekday => _modulo(_days + 3, 7) + 1;
  String get timeZoneName => 'UTC';
  Duration get timeZoneOffset => Duration.zero;

  DateTime toUtc() => isUtc ? this : DateTime._(microsecondsSinceEpoch, true);
  DateTime toLocal() => isUtc ? DateTime._(microsecondsSinceEpoch, false) : this;
  DateTime add(Duration duration) => DateTime._(microsecondsSinceEpoch + duration.inMicroseconds, isUtc);
  DateTime subtract(Duration duration) => DateTime._(microsecondsSinceEpoch - duration.inMicroseconds, isUtc);
  Duration difference(DateTime other) => Duration(microseconds: microsecondsSinceEpoch - other.microsecondsSinceEpoch);
  bool isBefore(DateTime other) => microsecondsSinceEpoch < other.microsecondsSinceEpoch;
  bool isAfter(DateTime other) => microsecondsSinceEpoch > other.microsecondsSinceEpoch;
  bool isAtSameMomentAs(DateTime other) => microsecondsSinceEpoch == other.microsecondsSinceEpoch;
  int compareTo(DateTime other) => microsecondsSinceEpoch.compareTo(other.microsecondsSinceEpoch);
  bool operator ==(Object other) => other is DateTime && microsecondsSinceEpoch == other.microsecondsSinceEpoch && isUtc == other.isUtc;
  int get hashCode => (microsecondsSinceEpoch ^ (microsecondsSinceEpoch >> 30)) & 0x3fffffff;

  String toString() => _text(' ', false);
  String toIso8601String() => _text('T', true);
  String _text(String separator, bool iso) {
    final (year, month, day) = _dateOf(_days);
    // Years of more than four digits have six and a sign.
    final isLong = year.abs() > 9999;
    final sign = year < 0 ? '-' : isLong && iso ? '+' : '';
    final yearText = '$sign${'${year.abs()}'.padLeft(isLong && iso ? 6 : 4, '0')}';
    String two(int n) => '$n'.padLeft(2, '0');
    final micro = microsecond == 0 ? '' : '$microsecond'.padLeft(3, '0');
    return '$yearText-${two(month)}-${two(day)}$separator${two(hour)}:${two(minute)}:${two(second)}.${'$millisecond'.padLeft(3, '0')}$micro${isUtc ? 'Z' : ''}';
  }
}

extension DateTimeCopyWith on DateTime {
  DateTime copyWith({int? year, int? month, int? day, int? hour, int? minute, int? second, int? millisecond, int? microsecond, bool? isUtc}) => DateTime._(
      DateTime._from(year ?? this.year, month ?? this.month, day ?? this.day, hour ?? this.hour, minute ?? this.minute, second ?? this.second, millisecond ?? this.millisecond, microsecond ?? this.microsecond),
      isUtc ?? this.isUtc);
}
