part of 'async.dart';

abstract mixin class Stream<T> {
  const Stream();
  const factory Stream.empty({bool broadcast}) = _EmptyStream<T>;
  factory Stream.value(T value) => Stream<T>.fromIterable(<T>[value]);
  factory Stream.error(Object error, [StackTrace? stackTrace]) {
    final controller = StreamController<T>();
    controller.addError(error, stackTrace);
    controller.close();
    return controller.stream;
  }
  factory Stream.fromFuture(Future<T> future) {
    final controller = _Controller<T>(null, null, null, null, true);
    future.then<void>((value) {
      controller.add(value);
      controller.close();
    }, onError: (Object e, StackTrace s) {
      controller.addError(e, s);
      controller.close();
    });
    return controller.stream;
  }
  factory Stream.fromFutures(Iterable<Future<T>> futures) {
    final controller = _Controller<T>(null, null, null, null, true);
    int count = 0;
    void done() {
      if (--count == 0) controller.close();
    }
    for (final future in futures) {
      count++;
      future.then<void>((value) {
        controller.add(value);
        done();
      }, onError: (Object e, StackTrace s) {
        controller.addError(e, s);
        done();
      });
    }
    if (count == 0) controller.close();
    return controller.stream;
  }
  factory Stream.fromIterable(Iterable<T> elements) => Stream<T>.multi((controller) {
        Iterator<T> iterator;
        try {
          iterator = elements.iterator;
        } catch (e, s) {
          controller.addError(e, s);
          controller.close();
          return;
        }
        bool isRunning = true;
        void next() {
          if (!controller.hasListener || controller.isPaused) {
            isRunning = false;
            return;
          }
          bool hasNext;
          try {
            hasNext = iterator.moveNext();
          } catch (e, s) {
            if (controller.isClosed) return;
            controller.addErrorSync(e, s);
            controller.closeSync();
            return;
          }
          if (!hasNext) {
            controller.closeSync();
            return;
          }
          controller.addSync(iterator.current);
          scheduleMicrotask(next);
        }
        controller.onResume = () {
          if (!isRunning) {
            isRunning = true;
            scheduleMicrotask(next);
          }
        };
        scheduleMicrotask(next);
      });
  factory Stream.eventTransformed(Stream<dynamic> source, EventSink<dynamic> mapSink(EventSink<T> sink)) => _SinkStream<T>(source, mapSink);
  factory Stream.multi(void onListen(MultiStreamController<T> controller), {bool isBroadcast = false}) => _MultiStream<T>(onListen, isBroadcast);
  factory Stream.periodic(Duration period, [T computation(int computationCount)?]) {
    Timer? timer;
    int count = 0;
    late final _Controller<T> controller;
    void start() {
      timer = Timer.periodic(period, (_) {
        if (computation == null) {
          controller._addValue(null);
          return;
        }
        try {
          controller.add(computation(count++));
        } catch (e, s) {
          controller.addError(e, s);
        }
      });
    }
    controller = _Controller<T>(start, () => timer?.cancel(), start, () {
      timer?.cancel();
    }, true);
    return controller.stream;
  }

  bool get isBroadcast => false;
  StreamSubscription<T> listen(void onData(T event)?, {Function? onError, void onDone()?, bool? cancelOnError});

  Stream<T> asBroadcastStream({void onListen(StreamSubscription<T> subscription)?, void onCancel(StreamSubscription<T> subscription)?}) => _SharedStream<T>(this, onListen, onCancel);

  // A stream that passes events of this one on; the function that does it is made for each listener.
  Stream<S> _derive<S>(void Function(T event, _BaseController<S> out, StreamSubscription<T> input) makeOnData(), {void onError(Object error, StackTrace stack, _BaseController<S> out)?, void onDone(_BaseController<S> out)?}) =>
      _MadeStream<S>(isBroadcast, () {
        final onData = makeOnData();
        late final _Controller<S> out;
        StreamSubscription<T>? input;
        void start() {
          final subscription = input = listen(null, onError: onError == null ? out.addError : (Object e, StackTrace s) => onError(e, s, out), onDone: () {
            if (onDone != null) onDone(out);
            if (!out.isClosed) out.close();
          });
          subscription.onData((event) {
            if (out.isClosed) return;
            try {
              onData(event, out, subscription);
            } catch (e, s) {
              out.addError(e, s);
            }
          });
        }
        FutureOr<void> stop() {
          final subscription = input;
          input = null;
          return subscription?.cancel();
        }
        out = _Controller<S>(start, () => input?.pause(), () => input?.resume(), stop, true);
        return out.stream;
      });

  Stream<T> where(bool test(T event)) => _derive<T>(() => (e, out, _) {
        if (test(e)) out.add(e);
      });
  Stream<S> map<S>(S convert(T event)) => _derive<S>(() => (e, out, _) => out.add(convert(e)));
  Stream<S> expand<S>(Iterable<S> convert(T element)) => _derive<S>(() => (e, out, _) {
        for (final x in convert(e)) out.add(x);
      });
  // The listeners of a broadcast stream share what is made of it by waiting.
  Stream<S> _share<S>(Stream<S> derived) {
    if (!isBroadcast) return derived;
    late final _BroadcastController<S> out;
    StreamSubscription<S>? input;
    void start() {
      input = derived.listen(out._addValue, onError: out._addFailure, onDone: out.closeSync);
    }
    FutureOr<void> stop() {
      final subscription = input;
      input = null;
      return subscription?.cancel();
    }
    out = _BroadcastController<S>(start, stop, true);
    return out.stream;
  }

  Stream<E> asyncMap<E>(FutureOr<E> convert(T event)) => _share<E>(_derive<E>(() => (e, out, input) {
        final result = convert(e);
        if (result is Future<E>) {
          input.pause();
          result.then<void>(out.add, onError: out.addError).whenComplete(input.resume);
        } else {
          out.add(result as E);
        }
      }));
  Stream<E> asyncExpand<E>(Stream<E>? convert(T event)) => _share<E>(_derive<E>(() => (e, out, input) {
        final inner = convert(e);
        if (inner == null) return;
        input.pause();
        out.addStream(inner).whenComplete(input.resume);
      }));
  Stream<T> handleError(Function onError, {bool test(dynamic error)?}) {
    _checkErrorHandler(onError);
    return _derive<T>(() => (e, out, _) => out.add(e), onError: (e, s, out) {
      try {
        if (test != null && !test(e)) {
          out.addError(e, s);
        } else {
          _callErrorHandler(onError, e, s);
        }
      } catch (e2, s2) {
        out.addError(e2, s2);
      }
    });
  }
  Stream<R> cast<R>() => map<R>((e) => e as R);
  Stream<T> take(int count) {
    if (count <= 0) {
      return Stream<T>.multi((controller) {
        listen(null).cancel();
        controller.close();
      }, isBroadcast: isBroadcast);
    }
    return _derive<T>(() {
      int n = 0;
      return (e, out, input) {
        out.add(e);
        if (++n == count) {
          input.cancel();
          out.close();
        }
      };
    });
  }
  Stream<T> takeWhile(bool test(T element)) => _derive<T>(() => (e, out, input) {
        bool goesOn;
        try {
          goesOn = test(e);
        } catch (error, stack) {
          // Who fails to decide sees no more.
          out.addError(error, stack);
          input.cancel();
          out.close();
          return;
        }
        if (goesOn) {
          out.add(e);
        } else {
          input.cancel();
          out.close();
        }
      });
  Stream<T> skip(int count) {
    RangeError.checkNotNegative(count, 'count');
    return _derive<T>(() {
      int n = 0;
      return (e, out, _) {
        if (n++ >= count) out.add(e);
      };
    });
  }
  Stream<T> skipWhile(bool test(T element)) => _derive<T>(() {
        bool skips = true;
        return (e, out, _) {
          if (skips) {
            bool isSkipped;
            try {
              isSkipped = test(e);
            } catch (error, stack) {
              skips = false;
              out.addError(error, stack);
              return;
            }
            if (isSkipped) return;
          }
          skips = false;
          out.add(e);
        };
      });
  Stream<T> distinct([bool equals(T previous, T next)?]) => _derive<T>(() {
        bool hasPrevious = false;
        T? previous;
        return (e, out, _) {
          if (hasPrevious && (equals == null ? previous == e : equals(previous as T, e))) return;
          hasPrevious = true;
          previous = e;
          out.add(e);
        };
      });
  Stream<S> transform<S>(StreamTransformer<T, S> streamTransformer) => streamTransformer.bind(this);
  Stream<T> timeout(Duration timeLimit, {void onTimeout(EventSink<T> sink)?}) => _MadeStream<T>(isBroadcast, () {
        Timer? timer;
        late final _Controller<T> out;
        StreamSubscription<T>? input;
        void restart() {
          timer?.cancel();
          timer = Timer(timeLimit, () {
            if (onTimeout != null) {
              onTimeout(out);
            } else {
              out.addError(TimeoutException('No stream event', timeLimit));
            }
          });
        }
        out = _Controller<T>(() {
          restart();
          input = listen((e) {
            restart();
            out.add(e);
          }, onError: (Object e, StackTrace s) {
            restart();
            out.addError(e, s);
          }, onDone: () {
            timer?.cancel();
            if (!out.isClosed) out.close();
          });
        }, () {
          timer?.cancel();
          input?.pause();
        }, () {
          restart();
          input?.resume();
        }, () {
          timer?.cancel();
          return input?.cancel();
        }, true);
        return out.stream;
      });
  Future pipe(StreamConsumer<T> streamConsumer) => streamConsumer.addStream(this).then<dynamic>((_) => streamConsumer.close());

  Future<T> reduce(T combine(T previous, T element)) async {
    bool hasValue = false;
    late T value;
    await for (final e in this) {
      value = hasValue ? combine(value, e) : e;
      hasValue = true;
    }
    if (!hasValue) throw StateError('No element');
    return value;
  }
  Future<S> fold<S>(S initialValue, S combine(S previous, T element)) async {
    S value = initialValue;
    await for (final e in this) value = combine(value, e);
    return value;
  }
  Future<String> join([String separator = ""]) async {
    final buffer = StringBuffer();
    bool isFirst = true;
    await for (final e in this) {
      if (!isFirst) buffer.write(separator);
      isFirst = false;
      buffer.write(e);
    }
    return buffer.toString();
  }
  Future<bool> contains(Object? needle) async {
    await for (final e in this) if (e == needle) return true;
    return false;
  }
  Future<void> forEach(void action(T element)) async {
    await for (final e in this) action(e);
  }
  Future<bool> every(bool test(T element)) async {
    await for (final e in this) if (!test(e)) return false;
    return true;
  }
  Future<bool> any(bool test(T element)) async {
    await for (final e in this) if (test(e)) return true;
    return false;
  }
  Future<int> get length async {
    int n = 0;
    await for (final _ in this) n++;
    return n;
  }
  Future<bool> get isEmpty async {
    await for (final _ in this) return false;
    return true;
  }
  Future<List<T>> toList() {
    final list = <T>[];
    final result = _Future<List<T>>();
    listen(list.add, onError: result._completeErrorNow, onDone: () => result._completeNow(list), cancelOnError: true);
    return result;
  }
  Future<Set<T>> toSet() async => (await toList()).toSet();
  Future<E> drain<E>([E? futureValue]) => listen(null, cancelOnError: true).asFuture<E>(futureValue);
  Future<T> get first async {
    await for (final e in this) return e;
    throw StateError('No element');
  }
  Future<T> get last => reduce((_, e) => e);
  Future<T> get single async {
    bool hasValue = false;
    late T value;
    await for (final e in this) {
      if (hasValue) throw StateError('Too many elements');
      value = e;
      hasValue = true;
    }
    if (!hasValue) throw StateError('No element');
    return value;
  }
  Future<T> firstWhere(bool test(T element), {T orElse()?}) async {
    await for (final e in this) if (test(e)) return e;
    if (orElse != null) return orElse();
    throw StateError('No element');
  }
  Future<T> lastWhere(bool test(T element), {T orElse()?}) => where(test).toList().then<T>((list) => list.isNotEmpty ? list.last : orElse != null ? orElse() : throw StateError('No element'));
  Future<T> singleWhere(bool test(T element), {T orElse()?}) => where(test).toList().then<T>((list) =>
      list.length == 1 ? list.first : list.length > 1 ? throw StateError('Too many elements') : orElse != null ? orElse() : throw StateError('No element'));
  Future<T> elementAt(int index) async {
    RangeError.checkNotNegative(index, 'index');
    int n = 0;
    await for (final e in this) if (n++ == index) return e;
    throw IndexError.withLength(index, n, indexable: this, name: 'index');
  }
}
