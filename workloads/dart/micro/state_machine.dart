// States that are objects and name the next one: a vending machine driven by coins and buttons.
import 'random.dart';

abstract class State {
  const State();
  State insert(Machine machine, int coin);
  State press(Machine machine, int button);
}

class Idle extends State {
  const Idle();
  State insert(Machine machine, int coin) {
    machine.credit += coin;
    return const Collecting();
  }
  State press(Machine machine, int button) => this;
}

class Collecting extends State {
  const Collecting();
  State insert(Machine machine, int coin) {
    machine.credit += coin;
    return machine.credit > 200 ? const Returning() : this;
  }
  State press(Machine machine, int button) {
    final price = 30 + button * 20;
    if (machine.credit < price) return this;
    machine.credit -= price;
    machine.sold[button]++;
    return machine.credit == 0 ? const Idle() : machine.stock-- > 0 ? this : const Empty();
  }
}

class Returning extends State {
  const Returning();
  State insert(Machine machine, int coin) {
    machine.returned += machine.credit + coin;
    machine.credit = 0;
    return const Idle();
  }
  State press(Machine machine, int button) => insert(machine, 0);
}

class Empty extends State {
  const Empty();
  State insert(Machine machine, int coin) {
    machine.returned += coin;
    return this;
  }
  State press(Machine machine, int button) {
    machine.stock = 50;
    return machine.credit == 0 ? const Idle() : const Collecting();
  }
}

class Machine {
  State state = const Idle();
  int credit = 0, returned = 0, stock = 50;
  final List<int> sold = [0, 0, 0, 0];

  void insert(int coin) => state = state.insert(this, coin);
  void press(int button) => state = state.press(this, button);
}

int run(int events) {
  final random = Lcg(59);
  final machine = Machine();
  for (int i = 0; i < events; i++) {
    if (random.below(3) == 0) {
      machine.press(random.below(4));
    } else {
      machine.insert(10 * (1 + random.below(5)));
    }
  }
  int sum = machine.credit + machine.returned * 2 + machine.stock;
  for (final count in machine.sold) sum = mix(sum, count);
  return sum;
}

/// Runs as often as [times] says; each run must give the same.
@pragma('wasm:export', 'runTimes')
int runTimes(int times, int events) {
  final int first = run(events);
  for (int i = 1; i < times; i++) {
    if (run(events) != first) throw StateError('a run gave something else than the first');
  }
  return first;
}

void main() => print(run(1000));
