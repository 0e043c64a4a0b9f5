// The DeltaBlue constraint solver: one-way constraints of several classes with strengths, planned and executed incrementally. A chain of
// equalities and a projection by scaling, whose values are checked.

/// How much a constraint is wanted: the smaller, the stronger.
class Strength {
  final int value;
  final String name;
  const Strength(this.value, this.name);

  static const required = Strength(0, 'required');
  static const preferredStrong = Strength(1, 'strongly preferred');
  static const preferred = Strength(2, 'preferred');
  static const defaultStrong = Strength(3, 'strong default');
  static const normal = Strength(4, 'normal');
  static const weak = Strength(5, 'weak default');
  static const weakest = Strength(6, 'weakest');
  static const _next = [preferredStrong, preferred, defaultStrong, normal, weak, weakest];

  Strength get weaker => _next[value];
  bool isStrongerThan(Strength other) => value < other.value;
  static Strength weakerOf(Strength a, Strength b) => a.value > b.value ? a : b;
}

class Variable {
  final String name;
  int value;
  final List<Constraint> constraints = [];
  Constraint? determinedBy;
  int mark = 0;
  Strength walkStrength = Strength.weakest;
  bool stay = true;

  Variable(this.name, this.value);

  void remove(Constraint constraint) {
    constraints.remove(constraint);
    if (identical(determinedBy, constraint)) determinedBy = null;
  }
}

abstract class Constraint {
  final Strength strength;
  Constraint(this.strength);

  bool get isInput => false;
  bool get isSatisfied;
  void addTo();
  void removeFrom();
  void chooseMethod(int mark);
  void markInputs(int mark);
  bool inputsKnown(int mark);
  void markUnsatisfied();
  Variable get output;
  void recalculate();
  void execute();

  /// Makes this hold if it can, and returns the constraint that it displaced.
  Constraint? satisfy(int mark, Planner planner) {
    chooseMethod(mark);
    if (!isSatisfied) {
      if (identical(strength, Strength.required)) throw StateError('a required constraint cannot be satisfied');
      return null;
    }
    markInputs(mark);
    final displaced = output.determinedBy;
    displaced?.markUnsatisfied();
    output.determinedBy = this;
    if (!planner.propagate(this, mark)) throw StateError('a cycle');
    output.mark = mark;
    return displaced;
  }
}

/// A constraint on one variable.
abstract class UnaryConstraint extends Constraint {
  final Variable target;
  bool _satisfied = false;
  UnaryConstraint(this.target, super.strength);

  bool get isSatisfied => _satisfied;
  Variable get output => target;
  void addTo() {
    target.constraints.add(this);
    _satisfied = false;
  }
  void removeFrom() {
    target.remove(this);
    _satisfied = false;
  }
  void chooseMethod(int mark) => _satisfied = target.mark != mark && strength.isStrongerThan(target.walkStrength);
  void markInputs(int mark) {}
  bool inputsKnown(int mark) => true;
  void markUnsatisfied() => _satisfied = false;
  void recalculate() {
    target.walkStrength = strength;
    target.stay = !isInput;
    if (target.stay) execute();
  }
}

class StayConstraint extends UnaryConstraint {
  StayConstraint(super.target, super.strength);
  void execute() {}
}

class EditConstraint extends UnaryConstraint {
  EditConstraint(super.target, super.strength);
  bool get isInput => true;
  void execute() {}
}

enum Direction { none, forward, backward }

/// A constraint on two variables that can be made to hold in either direction.
abstract class BinaryConstraint extends Constraint {
  final Variable first, second;
  Direction direction = Direction.none;
  BinaryConstraint(this.first, this.second, super.strength);

  bool get isSatisfied => direction != Direction.none;
  Variable get input => direction == Direction.forward ? first : second;
  Variable get output => direction == Direction.forward ? second : first;

  void addTo() {
    first.constraints.add(this);
    second.constraints.add(this);
    direction = Direction.none;
  }
  void removeFrom() {
    first.remove(this);
    second.remove(this);
    direction = Direction.none;
  }
  void chooseMethod(int mark) {
    if (first.mark == mark) {
      direction = second.mark != mark && strength.isStrongerThan(second.walkStrength) ? Direction.forward : Direction.none;
    } else if (second.mark == mark) {
      direction = strength.isStrongerThan(first.walkStrength) ? Direction.backward : Direction.none;
    } else if (second.walkStrength.isStrongerThan(first.walkStrength)) {
      direction = strength.isStrongerThan(first.walkStrength) ? Direction.backward : Direction.none;
    } else {
      direction = strength.isStrongerThan(second.walkStrength) ? Direction.forward : Direction.none;
    }
  }
  void markInputs(int mark) => input.mark = mark;
  bool inputsKnown(int mark) => input.mark == mark || input.stay || input.determinedBy == null;
  void markUnsatisfied() => direction = Direction.none;
  void recalculate() {
    output.walkStrength = Strength.weakerOf(strength, input.walkStrength);
    output.stay = input.stay;
    if (output.stay) execute();
  }
}

class EqualityConstraint extends BinaryConstraint {
  EqualityConstraint(super.first, super.second, super.strength);
  void execute() => output.value = input.value;
}

/// second = first * scale + offset, where scale and offset are variables that are only read.
class ScaleConstraint extends BinaryConstraint {
  final Variable scale, offset;
  ScaleConstraint(super.first, this.scale, this.offset, super.second, super.strength);

  void addTo() {
    super.addTo();
    scale.constraints.add(this);
    offset.constraints.add(this);
  }
  void removeFrom() {
    super.removeFrom();
    scale.remove(this);
    offset.remove(this);
  }
  void markInputs(int mark) {
    super.markInputs(mark);
    scale.mark = offset.mark = mark;
  }
  void execute() {
    if (direction == Direction.forward) {
      second.value = first.value * scale.value + offset.value;
    } else {
      first.value = (second.value - offset.value) ~/ scale.value;
    }
  }
  void recalculate() {
    output.walkStrength = Strength.weakerOf(strength, input.walkStrength);
    output.stay = input.stay && scale.stay && offset.stay;
    if (output.stay) execute();
  }
}

class Planner {
  int _mark = 0;
  int executions = 0;

  void add(Constraint constraint) {
    constraint.addTo();
    final mark = ++_mark;
    Constraint? displaced = constraint.satisfy(mark, this);
    while (displaced != null) {
      displaced = displaced.satisfy(mark, this);
    }
  }

  void remove(Constraint constraint) {
    final output = constraint.isSatisfied ? constraint.output : null;
    constraint.markUnsatisfied();
    constraint.removeFrom();
    if (output == null) return;
    final unsatisfied = _removeFrom(output);
    Strength strength = Strength.required;
    while (true) {
      for (final other in unsatisfied) {
        if (identical(other.strength, strength)) {
          final mark = ++_mark;
          Constraint? displaced = other.satisfy(mark, this);
          while (displaced != null) {
            displaced = displaced.satisfy(mark, this);
          }
        }
      }
      if (identical(strength, Strength.weakest)) return;
      strength = strength.weaker;
    }
  }

  /// The order in which constraints that follow from some inputs are executed.
  List<Constraint> plan(List<Constraint> sources) {
    final mark = ++_mark;
    final plan = <Constraint>[];
    final todo = sources;
    while (todo.isNotEmpty) {
      final constraint = todo.removeLast();
      if (constraint.output.mark == mark || !constraint.inputsKnown(mark)) continue;
      plan.add(constraint);
      constraint.output.mark = mark;
      _addConsumers(constraint.output, todo);
    }
    return plan;
  }

  List<Constraint> planFrom(List<Constraint> constraints) => plan([
        for (final constraint in constraints)
          if (constraint.isInput && constraint.isSatisfied) constraint,
      ]);

  void execute(List<Constraint> plan) {
    for (final constraint in plan) {
      constraint.execute();
      executions++;
    }
  }

  bool propagate(Constraint constraint, int mark) {
    final todo = [constraint];
    while (todo.isNotEmpty) {
      final next = todo.removeLast();
      if (next.output.mark == mark) {
        remove(constraint);
        return false;
      }
      next.recalculate();
      _addConsumers(next.output, todo);
    }
    return true;
  }

  List<Constraint> _removeFrom(Variable output) {
    output.determinedBy = null;
    output.walkStrength = Strength.weakest;
    output.stay = true;
    final unsatisfied = <Constraint>[];
    final todo = [output];
    while (todo.isNotEmpty) {
      final variable = todo.removeLast();
      for (final constraint in variable.constraints) {
        if (!constraint.isSatisfied) unsatisfied.add(constraint);
      }
      final determining = variable.determinedBy;
      for (final constraint in variable.constraints) {
        if (!identical(constraint, determining) && constraint.isSatisfied) {
          constraint.recalculate();
          todo.add(constraint.output);
        }
      }
    }
    return unsatisfied;
  }

  void _addConsumers(Variable variable, List<Constraint> todo) {
    final determining = variable.determinedBy;
    for (final constraint in variable.constraints) {
      if (!identical(constraint, determining) && constraint.isSatisfied) todo.add(constraint);
    }
  }
}

/// A chain of equal variables whose first is edited: the last one must follow.
int chain(Planner planner, int length) {
  final variables = [for (int i = 0; i <= length; i++) Variable('v$i', 0)];
  for (int i = 0; i < length; i++) {
    planner.add(EqualityConstraint(variables[i], variables[i + 1], Strength.required));
  }
  planner.add(StayConstraint(variables[length], Strength.defaultStrong));
  final edit = EditConstraint(variables[0], Strength.preferred);
  planner.add(edit);
  final plan = planner.planFrom([edit]);
  for (int i = 0; i < 100; i++) {
    variables[0].value = i;
    planner.execute(plan);
    if (variables[length].value != i) throw StateError('the chain gave ${variables[length].value} instead of $i');
  }
  planner.remove(edit);
  return variables[length].value;
}

/// Sets a variable by an edit and lets the rest follow.
void change(Planner planner, Variable variable, int value) {
  final edit = EditConstraint(variable, Strength.preferred);
  planner.add(edit);
  final plan = planner.planFrom([edit]);
  for (int i = 0; i < 10; i++) {
    variable.value = value;
    planner.execute(plan);
  }
  planner.remove(edit);
}

/// Pairs of variables that are related by a scale and an offset, each of which is changed.
int projection(Planner planner, int length) {
  final scale = Variable('scale', 10), offset = Variable('offset', 1000);
  final sources = <Variable>[], targets = <Variable>[];
  for (int i = 0; i < length; i++) {
    final source = Variable('source', i), target = Variable('target', i);
    sources.add(source);
    targets.add(target);
    planner.add(StayConstraint(source, Strength.normal));
    planner.add(ScaleConstraint(source, scale, offset, target, Strength.required));
  }
  void check(bool right, String what) {
    if (!right) throw StateError('the projection is wrong after a change of $what');
  }

  change(planner, sources[0], 17);
  check(targets[0].value == 1170, 'a source');
  change(planner, targets[0], 1050);
  check(sources[0].value == 5, 'a target');
  change(planner, scale, 5);
  for (int i = 1; i < length; i++) check(targets[i].value == i * 5 + 1000, 'the scale');
  change(planner, offset, 2000);
  for (int i = 1; i < length; i++) check(targets[i].value == i * 5 + 2000, 'the offset');
  return targets[length - 1].value;
}

int run(int length, int rounds) {
  int sum = 0;
  for (int round = 0; round < rounds; round++) {
    final planner = Planner();
    sum += chain(planner, length) + projection(planner, length) + planner.executions;
  }
  return sum;
}

/// Runs as often as [times] says; each run must give the same.
@pragma('wasm:export', 'runTimes')
int runTimes(int times, int length, int rounds) {
  final int first = run(length, rounds);
  for (int i = 1; i < times; i++) {
    if (run(length, rounds) != first) throw StateError('a run gave something else than the first');
  }
  return first;
}

void main() => print(run(100, 1));
