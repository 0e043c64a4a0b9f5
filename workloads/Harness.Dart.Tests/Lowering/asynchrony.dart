// Functions that stop while arguments of a virtual call are evaluated, generators, and streams.
abstract class Source {
  Future<int> get(int i);
  int mix(int a, int b, {int c = 0});
}

class Doubling extends Source {
  Future<int> get(int i) async => i * 2;
  int mix(int a, int b, {int c = 0}) => a * 100 + b * 10 + c;
}

class Waiting extends Source {
  int calls = 0;
  Future<int> get(int i) async {
    calls++;
    await null;
    return i + calls;
  }

  int mix(int a, int b, {int c = 1}) => a - b - c;
}

class Failing extends Source {
  Future<int> get(int i) => i.isOdd ? Future.error(StateError('odd $i')) : Future.value(i);
  int mix(int a, int b, {int c = 2}) => throw ArgumentError('mix $a $b $c');
}

Future<int> both(Source s, int i) async => s.mix(await s.get(i), await s.get(i + 2), c: i);

Iterable<int> walk(List<Source> sources) sync* {
  for (final s in sources) {
    try {
      yield s.mix(1, 2);
      yield* [s.mix(3, 4, c: 5)];
    } on ArgumentError catch (e) {
      yield -e.message.toString().length;
    }
  }
}

Stream<int> stream(Source s, int n) async* {
  for (int i = 0; i < n; i += 2) yield await s.get(i);
}

Future<void> main() async {
  final sources = <Source>[Doubling(), Waiting(), Failing()];
  for (final s in sources) {
    for (int i = 0; i < 3; i++) {
      try {
        print(await both(s, i));
      } on StateError catch (e) {
        print('state: ${e.message}');
      } catch (e) {
        print('other: $e');
      } finally {
        print('done $i');
      }
    }
  }

  print(walk(sources).toList());
  await for (final x in stream(Waiting(), 6)) print(x);
  print(await Future.wait([for (final s in sources) s.get(4)]));
  int sum = 0;
  final loop = () async {
    for (int i = 0; i < 4; i++) {
      int local;
      if (i.isEven) {
        local = await sources[i % 2].get(i);
      } else {
        local = i;
      }
      sum += local;
    }
  };
  await loop();
  print(sum);
}
