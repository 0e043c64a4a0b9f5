// dart:async: futures, streams, timers and zones on a queue of our own, which runs when main has returned.
library dart.async;

import 'dart:_internal' show zonePrint;

part 'async_zone.dart';
part 'async_future.dart';
part 'async_stream.dart';
part 'async_transformer.dart';
part 'async_derived.dart';
part 'async_sinks.dart';
part 'async_controller.dart';
part 'async_task.dart';
part 'async_parallel.dart';

external T _unsafeCast<T>(Object? o);
external double _hostClock();
external void _hostSleep(double milliseconds);
