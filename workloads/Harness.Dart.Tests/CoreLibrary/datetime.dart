void main() {
  final d = DateTime.utc(2024, 2, 29, 12, 30, 15, 250, 125);
  print(d); print(d.weekday); print(d.add(const Duration(days: 366))); print(d.toIso8601String()); print(d.millisecondsSinceEpoch);
  print(DateTime.parse('1969-07-20T20:18:04Z')); print(DateTime.parse('2020-01-01 00:00:00.5+02:30')); print(DateTime.utc(2023, 14, 31)); print(DateTime.utc(-44, 3, 15)); print(DateTime.tryParse('2020-1-1'));
  print(DateTime.utc(1600, 3, 1).difference(DateTime.utc(1600, 2, 28)).inDays); print(DateTime(2000).isUtc); print(d.copyWith(year: 2025, day: 1));
}
