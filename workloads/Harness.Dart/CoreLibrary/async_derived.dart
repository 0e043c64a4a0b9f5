part of 'async.dart';

// Streams that are made of others.

/// A stream that is made anew for each listener.
final class _MadeStream<T> extends Stream<T> {
  final bool isBroadcast;
  final Stream<T> Function() _make;
  _MadeStream(this.isBroadcast, this._make);
  StreamSubscription<T> listen(void onData(T event)?, {Function? onError, void onDone()?, bool? cancelOnError}) =>
      _make().listen(onData, onError: onError, onDone: onDone, cancelOnError: cancelOnError);
}

/// One subscription of a stream for many listeners: it begins with the first of them.
final class _SharedStream<T> extends Stream<T> {
  final Stream<T> _source;
  final void Function(StreamSubscription<T>)? _onListen;
  final void Function(StreamSubscription<T>)? _onCancel;
  StreamSubscription<T>? _subscription;
  bool _isEnded = false;
  late final _BroadcastController<T> _controller = _BroadcastController<T>(_started, _left, true);
  _SharedStream(this._source, this._onListen, this._onCancel);
  bool get isBroadcast => true;

  StreamSubscription<T> listen(void onData(T event)?, {Function? onError, void onDone()?, bool? cancelOnError}) {
    if (_isEnded) return _EmptyStream<T>().listen(onData, onError: onError, onDone: onDone);
    if (_subscription == null) {
      _subscription = _source.listen(_controller._addValue, onError: _controller._addFailure, onDone: () {
        _isEnded = true;
        _controller.closeSync();
      });
    }
    return _controller.stream.listen(onData, onError: onError, onDone: onDone, cancelOnError: cancelOnError);
  }

  void _started() => _onListen?.call(_SharedSubscription<T>(this));
  void _left() => _onCancel?.call(_SharedSubscription<T>(this));

  Future<void> _cancel() {
    _isEnded = true;
    return _subscription!.cancel();
  }
}

/// The subscription that listeners share, as those see it who are told of the first and the last of them.
final class _SharedSubscription<T> implements StreamSubscription<T> {
  final _SharedStream<T> _stream;
  _SharedSubscription(this._stream);
  Never _refuse() => throw UnsupportedError('Cannot change handlers of asBroadcastStream source subscription.');
  void onData(void handleData(T data)?) => _refuse();
  void onError(Function? handleError) => _refuse();
  void onDone(void handleDone()?) => _refuse();
  Future<E> asFuture<E>([E? futureValue]) => _refuse();
  void pause([Future<void>? resumeSignal]) => _stream._subscription!.pause(resumeSignal);
  void resume() => _stream._subscription!.resume();
  bool get isPaused => _stream._subscription!.isPaused;
  Future<void> cancel() => _stream._cancel();
}

/// The events of a stream, as a sink made for each listener passes them on.
final class _SinkStream<T> extends Stream<T> {
  final Stream<dynamic> _source;
  final EventSink<dynamic> Function(EventSink<T>) _mapSink;
  _SinkStream(this._source, this._mapSink);
  bool get isBroadcast => _source.isBroadcast;
  StreamSubscription<T> listen(void onData(T event)?, {Function? onError, void onDone()?, bool? cancelOnError}) {
    final out = _Controller<T>(null, null, null, null, true);
    final mapped = _mapSink(_ClosableOut<T>(out));
    StreamSubscription<dynamic>? input;
    out.onPause = () => input?.pause();
    out.onResume = () => input?.resume();
    out.onCancel = () => input?.cancel();
    final subscription = out.stream.listen(onData, onError: onError, onDone: onDone, cancelOnError: cancelOnError);
    input = _source.listen((event) {
      try {
        mapped.add(event);
      } catch (e, s) {
        if (!out.isClosed) out.addError(e, s);
      }
    }, onError: (Object error, StackTrace stack) {
      try {
        mapped.addError(error, stack);
      } catch (e, s) {
        if (!out.isClosed) out.addError(e, s);
      }
    }, onDone: () {
      try {
        mapped.close();
      } catch (e, s) {
        if (!out.isClosed) out.addError(e, s);
      }
    });
    return subscription;
  }
}

// After its end a sink takes nothing, and the source is not listened to any longer.
final class _ClosableOut<T> implements EventSink<T> {
  final _Controller<T> _controller;
  _ClosableOut(this._controller);
  void add(T event) {
    if (_controller.isClosed) throw StateError('Stream is already closed');
    _controller.add(event);
  }
  void addError(Object error, [StackTrace? stackTrace]) {
    if (_controller.isClosed) throw StateError('Stream is already closed');
    _controller.addError(error, stackTrace);
  }
  void close() {
    if (!_controller.isClosed) _controller.close();
  }
}
