part of 'async.dart';

// Streams that stand for others, what makes streams of streams, and the iterator over a stream.

final class _EmptyStream<T> extends Stream<T> {
  final bool broadcast;
  const _EmptyStream({this.broadcast = true});
  bool get isBroadcast => broadcast;
  StreamSubscription<T> listen(void onData(T event)?, {Function? onError, void onDone()?, bool? cancelOnError}) {
    final controller = _Controller<T>(null, null, null, null, false);
    controller.close();
    return controller.stream.listen(onData, onError: onError, onDone: onDone);
  }
}

final class _MultiStream<T> extends Stream<T> {
  final void Function(MultiStreamController<T>) _onListen;
  final bool isBroadcast;
  _MultiStream(this._onListen, this.isBroadcast);
  StreamSubscription<T> listen(void onData(T event)?, {Function? onError, void onDone()?, bool? cancelOnError}) {
    final controller = _MultiController<T>();
    controller.onListen = () => _onListen(controller);
    return controller._stream.listen(onData, onError: onError, onDone: onDone, cancelOnError: cancelOnError);
  }
}

class StreamView<T> extends Stream<T> {
  final Stream<T> _stream;
  const StreamView(Stream<T> stream) : _stream = stream;
  bool get isBroadcast => _stream.isBroadcast;
  StreamSubscription<T> listen(void onData(T value)?, {Function? onError, void onDone()?, bool? cancelOnError}) =>
      _stream.listen(onData, onError: onError, onDone: onDone, cancelOnError: cancelOnError);
}

abstract interface class StreamTransformer<S, T> {
  static StreamTransformer<TS, TT> castFrom<SS, ST, TS, TT>(StreamTransformer<SS, ST> source) => _CastTransformer<SS, ST, TS, TT>(source);
  const factory StreamTransformer(StreamSubscription<T> onListen(Stream<S> stream, bool cancelOnError)) = _ListenTransformer<S, T>;
  factory StreamTransformer.fromHandlers({void handleData(S data, EventSink<T> sink)?, void handleError(Object error, StackTrace stackTrace, EventSink<T> sink)?, void handleDone(EventSink<T> sink)?}) =>
      _HandlerTransformer<S, T>(handleData, handleError, handleDone);
  factory StreamTransformer.fromBind(Stream<T> bind(Stream<S> stream)) => _BindTransformer<S, T>(bind);
  Stream<T> bind(Stream<S> stream);
  StreamTransformer<RS, RT> cast<RS, RT>();
}

abstract class StreamTransformerBase<S, T> implements StreamTransformer<S, T> {
  const StreamTransformerBase();
  StreamTransformer<RS, RT> cast<RS, RT>() => StreamTransformer.castFrom<S, T, RS, RT>(this);
}

final class _CastTransformer<SS, ST, TS, TT> extends StreamTransformerBase<TS, TT> {
  final StreamTransformer<SS, ST> _source;
  _CastTransformer(this._source);
  Stream<TT> bind(Stream<TS> stream) => _source.bind(stream.cast<SS>()).cast<TT>();
}

final class _ListenTransformer<S, T> extends StreamTransformerBase<S, T> {
  final StreamSubscription<T> Function(Stream<S>, bool) _onListen;
  const _ListenTransformer(this._onListen);
  Stream<T> bind(Stream<S> stream) => _ListenStream<S, T>(stream, _onListen);
}

final class _ListenStream<S, T> extends Stream<T> {
  final Stream<S> _source;
  final StreamSubscription<T> Function(Stream<S>, bool) _onListen;
  _ListenStream(this._source, this._onListen);
  bool get isBroadcast => _source.isBroadcast;
  StreamSubscription<T> listen(void onData(T event)?, {Function? onError, void onDone()?, bool? cancelOnError}) {
    final subscription = _onListen(_source, cancelOnError ?? false);
    subscription.onData(onData);
    subscription.onError(onError);
    subscription.onDone(onDone);
    return subscription;
  }
}

final class _HandlerTransformer<S, T> extends StreamTransformerBase<S, T> {
  final void Function(S, EventSink<T>)? _onData;
  final void Function(Object, StackTrace, EventSink<T>)? _onError;
  final void Function(EventSink<T>)? _onDone;
  _HandlerTransformer(this._onData, this._onError, this._onDone);
  Stream<T> bind(Stream<S> stream) => stream._derive<T>(() => (e, out, _) {
        final handler = _onData;
        if (handler == null) {
          out._addValue(e);
        } else {
          handler(e, out);
        }
      }, onError: (e, s, out) {
        final handler = _onError;
        if (handler == null) {
          out.addError(e, s);
        } else {
          handler(e, s, out);
        }
      }, onDone: (out) => _onDone?.call(out));
}

final class _BindTransformer<S, T> extends StreamTransformerBase<S, T> {
  final Stream<T> Function(Stream<S>) _bind;
  _BindTransformer(this._bind);
  Stream<T> bind(Stream<S> stream) => _bind(stream);
}

abstract interface class StreamIterator<T> {
  factory StreamIterator(Stream<T> stream) => _StreamIterator<T>(stream);
  Future<bool> moveNext();
  T get current;
  Future cancel();
}

final class _StreamIterator<T> implements StreamIterator<T> {
  final Stream<T> _stream;
  _LoopIterator? _iterator;
  bool _isCancelled = false;
  _StreamIterator(this._stream);
  Future<bool> moveNext() {
    if (_isCancelled) return Future<bool>.value(false);
    final known = _iterator;
    if (known != null && known._waiting != null) throw StateError('Already waiting for next.');
    final it = known ?? (_iterator = _listenInLoop(_stream));
    final next = _moveNextInLoop(it);
    if (next is! Future<bool>) return Future<bool>.value(next as bool);
    // An error is the last event.
    return next.catchError((Object error, StackTrace stack) {
      _cancelLoop(it);
      it._end();
      Error.throwWithStackTrace(error, stack);
    });
  }
  T get current => _iterator?._value as T;
  Future cancel() {
    _isCancelled = true;
    final it = _iterator;
    final wait = it == null ? null : _cancelLoop(it);
    it?._end();
    return wait is Future ? wait : Future<void>.value();
  }
}
