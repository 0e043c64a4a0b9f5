import 'dart:developer';

Future<ServiceExtensionResponse> answer(String method, Map<String, String> parameters) async => ServiceExtensionResponse.result('{}');

void main() {
  Timeline.startSync('work', arguments: {'a': 1}, flow: Flow.begin());
  Timeline.instantSync('now');
  Timeline.finishSync();
  print(Timeline.timeSync('sum', () => 1 + 2));
  final before = Timeline.now;
  print(Timeline.now >= before);
  final task = TimelineTask(parent: TimelineTask())..start('task', arguments: {'b': 2});
  task.instant('half');
  task.finish();
  print([TimelineTask.withTaskId(5).pass(), Flow.step(7).id, Flow.end(8).id]);
  registerExtension('ext.harness.answer', answer);
  postEvent('done', {'c': 3});
  log('not printed', name: 'test');
  print([extensionStreamHasListener, inspect('seen'), debugger(when: false)]);
  final tag = UserTag('phase');
  final previous = tag.makeCurrent();
  print([previous.label, getCurrentTag().label, UserTag.defaultTag.label]);
  final error = ServiceExtensionResponse.error(ServiceExtensionResponse.invalidParams, 'none');
  print([ServiceExtensionResponse.result('r').result, error.errorCode, error.errorDetail, error.result]);
}
