// Martin Richards's simulation of an operating system's kernel: tasks of four classes exchange packets; the scheduler's call has four targets.
// The numbers of packets queued and of tasks held are those that every right version of the program has.

enum Kind { device, work }

const idTasks = 6;
const idle = 0, worker = 1, handlerA = 2, handlerB = 3, deviceA = 4, deviceB = 5;

class Packet {
  Packet? next;
  int owner;
  final Kind kind;
  int position = 0;
  final List<int> data = List<int>.filled(4, 0);

  Packet(this.next, this.owner, this.kind);

  /// Puts this at the end of a queue and returns the queue.
  Packet appendTo(Packet? queue) {
    next = null;
    if (queue == null) return this;
    Packet last = queue;
    while (true) {
      final following = last.next;
      if (following == null) break;
      last = following;
    }
    last.next = this;
    return queue;
  }
}

abstract class Task {
  final Kernel kernel;
  Task(this.kernel);

  /// Runs with a packet or without, and returns the block of control that runs next.
  Control? run(Packet? packet);
}

/// What the kernel keeps of a task.
class Control {
  final Control? link;
  final int id, priority;
  Packet? queue;
  final Task task;
  bool held = false, suspended, runnable;

  Control(this.link, this.id, this.priority, this.queue, this.task)
      : suspended = true,
        runnable = queue != null;

  bool get mayNotRun => held || suspended && !runnable;

  Control? run() {
    Packet? packet;
    if (suspended && runnable) {
      packet = queue;
      queue = packet!.next;
      suspended = false;
      runnable = queue != null;
    }
    return task.run(packet);
  }

  /// Gives the task a packet; the one with the higher priority goes on.
  Control receive(Control current, Packet packet) {
    final waiting = queue;
    if (waiting == null) {
      queue = packet;
      runnable = true;
      if (priority > current.priority) return this;
    }
    queue = packet.appendTo(waiting);
    return current;
  }
}

class Kernel {
  int queued = 0, holds = 0;
  final List<Control?> _controls = List<Control?>.filled(idTasks, null);
  Control? _list, _current;
  int _currentId = 0;

  void add(int id, int priority, Packet? queue, Task task, {bool running = false}) {
    final control = Control(_list, id, priority, queue, task);
    if (running) {
      control.suspended = false;
      control.runnable = false;
    }
    _list = control;
    _controls[id] = control;
  }

  void schedule() {
    _current = _list;
    while (true) {
      final current = _current;
      if (current == null) return;
      if (current.mayNotRun) {
        _current = current.link;
      } else {
        _currentId = current.id;
        _current = current.run();
      }
    }
  }

  Control? release(int id) {
    final control = _controls[id];
    if (control == null) return null;
    control.held = false;
    return control.priority > _current!.priority ? control : _current;
  }

  Control? holdCurrent() {
    holds++;
    _current!.held = true;
    return _current!.link;
  }

  Control? suspendCurrent() {
    _current!.suspended = true;
    return _current;
  }

  Control? queue(Packet packet) {
    final control = _controls[packet.owner];
    if (control == null) return null;
    queued++;
    packet.next = null;
    packet.owner = _currentId;
    return control.receive(_current!, packet);
  }
}

class IdleTask extends Task {
  int seed, count;
  IdleTask(super.kernel, this.seed, this.count);

  Control? run(Packet? packet) {
    if (--count == 0) return kernel.holdCurrent();
    if ((seed & 1) == 0) {
      seed >>= 1;
      return kernel.release(deviceA);
    }
    seed = (seed >> 1) ^ 0xd008;
    return kernel.release(deviceB);
  }
}

class WorkerTask extends Task {
  int handler = handlerA, letter = 0;
  WorkerTask(super.kernel);

  Control? run(Packet? packet) {
    if (packet == null) return kernel.suspendCurrent();
    handler = handler == handlerA ? handlerB : handlerA;
    packet.owner = handler;
    packet.position = 0;
    for (int i = 0; i < packet.data.length; i++) {
      if (++letter > 26) letter = 1;
      packet.data[i] = letter;
    }
    return kernel.queue(packet);
  }
}

class HandlerTask extends Task {
  Packet? work, devices;
  HandlerTask(super.kernel);

  Control? run(Packet? packet) {
    if (packet != null) {
      if (packet.kind == Kind.work) {
        work = packet.appendTo(work);
      } else {
        devices = packet.appendTo(devices);
      }
    }
    final job = work;
    if (job == null) return kernel.suspendCurrent();
    final position = job.position;
    if (position >= job.data.length) {
      work = job.next;
      return kernel.queue(job);
    }
    final device = devices;
    if (device == null) return kernel.suspendCurrent();
    devices = device.next;
    device.position = job.data[position];
    job.position = position + 1;
    return kernel.queue(device);
  }
}

class DeviceTask extends Task {
  Packet? pending;
  DeviceTask(super.kernel);

  Control? run(Packet? packet) {
    if (packet != null) {
      pending = packet;
      return kernel.holdCurrent();
    }
    final done = pending;
    if (done == null) return kernel.suspendCurrent();
    pending = null;
    return kernel.queue(done);
  }
}

Packet packets(int owner, Kind kind, int count) {
  Packet? first;
  for (int i = 0; i < count; i++) first = Packet(first, owner, kind);
  return first!;
}

int simulate(int count) {
  final kernel = Kernel();
  kernel.add(idle, 0, null, IdleTask(kernel, 1, count), running: true);
  kernel.add(worker, 1000, packets(worker, Kind.work, 2), WorkerTask(kernel));
  kernel.add(handlerA, 2000, packets(deviceA, Kind.device, 3), HandlerTask(kernel));
  kernel.add(handlerB, 3000, packets(deviceB, Kind.device, 3), HandlerTask(kernel));
  kernel.add(deviceA, 4000, null, DeviceTask(kernel));
  kernel.add(deviceB, 5000, null, DeviceTask(kernel));
  kernel.schedule();
  if (count == 10000 && (kernel.queued != 23246 || kernel.holds != 9297)) {
    throw StateError('queued ${kernel.queued} and held ${kernel.holds} instead of 23246 and 9297');
  }
  return kernel.queued * 100000 + kernel.holds;
}

int run(int rounds) {
  int sum = 0;
  for (int round = 0; round < rounds; round++) {
    sum += simulate(10000);
  }
  return sum;
}

/// Runs as often as [times] says; each run must give the same.
@pragma('wasm:export', 'runTimes')
int runTimes(int times, int rounds) {
  final int first = run(rounds);
  for (int i = 1; i < times; i++) {
    if (run(rounds) != first) throw StateError('a run gave something else than the first');
  }
  return first;
}

void main() => print(run(1));
