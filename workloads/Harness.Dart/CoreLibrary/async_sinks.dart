part of 'async.dart';

// What events go into and come out of: the interfaces of sinks, subscriptions and controllers.

abstract interface class EventSink<T> implements Sink<T> {
  void add(T event);
  void addError(Object error, [StackTrace? stackTrace]);
  void close();
}

abstract interface class StreamConsumer<S> {
  Future addStream(Stream<S> stream);
  Future close();
}

abstract interface class StreamSink<S> implements EventSink<S>, StreamConsumer<S> {
  Future close();
  Future get done;
}

abstract interface class StreamSubscription<T> {
  Future<void> cancel();
  void onData(void handleData(T data)?);
  void onError(Function? handleError);
  void onDone(void handleDone()?);
  void pause([Future<void>? resumeSignal]);
  void resume();
  bool get isPaused;
  Future<E> asFuture<E>([E? futureValue]);
}

abstract interface class StreamController<T> implements StreamSink<T> {
  factory StreamController({void onListen()?, void onPause()?, void onResume()?, FutureOr<void> onCancel()?, bool sync = false}) =>
      _Controller<T>(onListen, onPause, onResume, onCancel, sync);
  factory StreamController.broadcast({void onListen()?, void onCancel()?, bool sync = false}) => _BroadcastController<T>(onListen, onCancel, sync);
  void Function()? onListen;
  void Function()? onPause;
  void Function()? onResume;
  FutureOr<void> Function()? onCancel;
  Stream<T> get stream;
  StreamSink<T> get sink;
  bool get isClosed;
  bool get isPaused;
  bool get hasListener;
  void add(T event);
  void addError(Object error, [StackTrace? stackTrace]);
  Future close();
  Future addStream(Stream<T> source, {bool? cancelOnError});
}

abstract interface class SynchronousStreamController<T> implements StreamController<T> {}
abstract interface class MultiStreamController<T> implements StreamController<T> {
  void addSync(T value);
  void addErrorSync(Object error, [StackTrace? stackTrace]);
  void closeSync();
}
