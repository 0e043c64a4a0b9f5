// There is no service that looks at programs: whatever tells it something does nothing, and nobody listens.
library dart.developer;

import 'dart:async';

bool get extensionStreamHasListener => false;
int get reachabilityBarrier => 0;

void log(String message, {DateTime? time, int? sequenceNumber, int level = 0, String name = '', Object? error, StackTrace? stackTrace}) {}
bool debugger({bool when = true, String? message}) => when;
Object? inspect(Object? object) => object;
void postEvent(String eventKind, Map eventData, {String stream = 'Extension'}) {}
void registerExtension(String method, ServiceExtensionHandler handler) {}

typedef ServiceExtensionHandler = Future<ServiceExtensionResponse> Function(String method, Map<String, String> parameters);

final class ServiceExtensionResponse {
  static const int invalidParams = -32602;
  static const int extensionError = -32000;
  static const int extensionErrorMax = -32000;
  static const int extensionErrorMin = -32016;
  final String? result;
  final int? errorCode;
  final String? errorDetail;
  ServiceExtensionResponse.result(String this.result) : errorCode = null, errorDetail = null;
  ServiceExtensionResponse.error(int this.errorCode, String this.errorDetail) : result = null;
}

final class UserTag {
  static const int maxUserTags = 64;
  static final UserTag defaultTag = UserTag('Default');
  static UserTag _current = defaultTag;
  final String label;
  UserTag(this.label);
  UserTag makeCurrent() {
    final previous = _current;
    _current = this;
    return previous;
  }
}
UserTag getCurrentTag() => UserTag._current;

typedef TimelineSyncFunction<T> = T Function();

abstract final class Timeline {
  static final Stopwatch _clock = Stopwatch()..start();
  static int get now => _clock.elapsedMicroseconds;
  static void startSync(String name, {Map? arguments, Flow? flow}) {}
  static void finishSync() {}
  static void instantSync(String name, {Map? arguments}) {}
  static T timeSync<T>(String name, TimelineSyncFunction<T> function, {Map? arguments, Flow? flow}) => function();
}

final class Flow {
  static int _count = 0;
  final int id;
  Flow._(this.id);
  static Flow begin({int? id}) => Flow._(id ?? ++_count);
  static Flow step(int id) => Flow._(id);
  static Flow end(int id) => Flow._(id);
}

final class TimelineTask {
  static int _count = 0;
  final int _id;
  TimelineTask({TimelineTask? parent, String? filterKey}) : _id = ++_count;
  TimelineTask.withTaskId(int taskId, {String? filterKey}) : _id = taskId;
  void start(String name, {Map? arguments}) {}
  void instant(String name, {Map? arguments}) {}
  void finish({Map? arguments}) {}
  int pass() => _id;
}
