// DeltaBlue: an incremental solver of constraints with strengths. Chains of equalities and of linear equations are built, an end is changed, and
// the change is propagated along a plan. Kinds of constraint are tables of function pointers. One call works on chains of `size` variables.
#include "workload.h"

enum { REQUIRED, STRONG_PREFERRED, PREFERRED, STRONG_DEFAULT, DEFAULT, WEAK_DEFAULT, WEAKEST };
enum { NONE, FORWARD, BACKWARD };

typedef struct variable variable;
typedef struct constraint constraint;

typedef struct { constraint **items; int count, capacity; } list;

struct variable {
  list constraints;
  constraint *determined_by;
  int value, walk_strength, mark, stays;
};

typedef struct {
  void (*choose)(constraint *self, int mark);
  void (*recalculate)(constraint *self);
  void (*execute)(constraint *self);
  int is_input;
} behaviour;

struct constraint {
  const behaviour *kind;
  int strength, direction;
  variable *left, *right, *scale, *offset;
};

static int mark_counter;

static void push(list *target, constraint *item) {
  if (target->count == target->capacity) {
    target->capacity = target->capacity ? target->capacity * 2 : 4;
    target->items = realloc(target->items, target->capacity * sizeof *target->items);
  }
  target->items[target->count++] = item;
}

static void erase(list *target, const constraint *item) {
  int kept = 0;
  for (int i = 0; i < target->count; i++)
    if (target->items[i] != item) target->items[kept++] = target->items[i];
  target->count = kept;
}

static int stronger(int left, int right) { return left < right; }
static int weakest_of(int left, int right) { return left > right ? left : right; }
static variable *output(const constraint *self) { return self->kind->is_input || self->direction == BACKWARD ? self->left : self->right; }
static variable *input(const constraint *self) { return self->direction == FORWARD ? self->left : self->right; }

// A constraint on one variable: it stays, or it is edited.
static void unary_choose(constraint *self, int mark) {
  self->direction = self->left->mark != mark && stronger(self->strength, self->left->walk_strength) ? FORWARD : NONE;
}
static void stay_recalculate(constraint *self) { self->left->walk_strength = self->strength; self->left->stays = 1; }
static void edit_recalculate(constraint *self) { self->left->walk_strength = self->strength; self->left->stays = 0; }
static void nothing(constraint *self) { (void)self; }

// A constraint on two variables, which can be satisfied from either side.
static void binary_choose(constraint *self, int mark) {
  variable *left = self->left, *right = self->right;
  if (left->mark == mark) self->direction = right->mark != mark && stronger(self->strength, right->walk_strength) ? FORWARD : NONE;
  else if (right->mark == mark) self->direction = stronger(self->strength, left->walk_strength) ? BACKWARD : NONE;
  else if (stronger(right->walk_strength, left->walk_strength)) self->direction = stronger(self->strength, left->walk_strength) ? BACKWARD : NONE;
  else self->direction = stronger(self->strength, right->walk_strength) ? FORWARD : NONE;
}
static void equal_execute(constraint *self) { output(self)->value = input(self)->value; }
static void equal_recalculate(constraint *self) {
  variable *from = input(self), *to = output(self);
  to->walk_strength = weakest_of(self->strength, from->walk_strength);
  to->stays = from->stays;
  if (to->stays) equal_execute(self);
}
static void scale_execute(constraint *self) {
  if (self->direction == FORWARD) self->right->value = self->left->value * self->scale->value + self->offset->value;
  else self->left->value = (self->right->value - self->offset->value) / self->scale->value;
}
static void scale_recalculate(constraint *self) {
  variable *from = input(self), *to = output(self);
  to->walk_strength = weakest_of(self->strength, from->walk_strength);
  to->stays = from->stays && self->scale->stays && self->offset->stays;
  if (to->stays) scale_execute(self);
}

static const behaviour stay = {unary_choose, stay_recalculate, nothing, 1};
static const behaviour edit = {unary_choose, edit_recalculate, nothing, 1};
static const behaviour equal = {binary_choose, equal_recalculate, equal_execute, 0};
static const behaviour scaled = {binary_choose, scale_recalculate, scale_execute, 0};

static int inputs_known(const constraint *self, int mark) {
  if (self->kind->is_input) return 1;
  variable *from = input(self);
  int known = from->mark == mark || from->stays || !from->determined_by;
  if (self->scale) known = known && (self->scale->mark == mark || self->scale->stays || !self->scale->determined_by);
  return known;
}

static void consuming(const variable *source, list *found) {
  for (int i = 0; i < source->constraints.count; i++) {
    constraint *user = source->constraints.items[i];
    if (user != source->determined_by && user->direction != NONE) push(found, user);
  }
}

static int propagate(constraint *start, int mark) {
  list todo = {0};
  push(&todo, start);
  int acyclic = 1;
  while (todo.count > 0) {
    constraint *next = todo.items[--todo.count];
    if (output(next)->mark == mark) {
      acyclic = 0;
      break;
    }
    next->kind->recalculate(next);
    consuming(output(next), &todo);
  }
  free(todo.items);
  return acyclic;
}

static constraint *satisfy(constraint *self, int mark) {
  self->kind->choose(self, mark);
  if (self->direction == NONE) return NULL;
  if (!self->kind->is_input) {
    input(self)->mark = mark;
    if (self->scale) self->scale->mark = self->offset->mark = mark;
  }
  variable *target = output(self);
  constraint *overridden = target->determined_by;
  if (overridden) overridden->direction = NONE;
  target->determined_by = self;
  propagate(self, mark);
  target->mark = mark;
  return overridden;
}

static void add(constraint *self) {
  push(&self->left->constraints, self);
  if (self->right) push(&self->right->constraints, self);
  if (self->scale) {
    push(&self->scale->constraints, self);
    push(&self->offset->constraints, self);
  }
  int mark = ++mark_counter;
  for (constraint *next = self; next; next = satisfy(next, mark)) {}
}

static void retract(constraint *self) {
  variable *target = output(self);
  int was_satisfied = self->direction != NONE;
  erase(&self->left->constraints, self);
  if (self->right) erase(&self->right->constraints, self);
  if (!was_satisfied) return;
  target->determined_by = NULL;
  target->walk_strength = WEAKEST;
  target->stays = 1;
  list unsatisfied = {0}, todo = {0};
  push(&todo, NULL);
  variable *at = target;
  while (todo.count > 0) {
    constraint *next = todo.items[--todo.count];
    if (next) {
      next->kind->recalculate(next);
      at = output(next);
    }
    for (int i = 0; i < at->constraints.count; i++)
      if (at->constraints.items[i]->direction == NONE) push(&unsatisfied, at->constraints.items[i]);
    consuming(at, &todo);
  }
  for (int strength = REQUIRED; strength <= WEAKEST; strength++)
    for (int i = 0; i < unsatisfied.count; i++)
      if (unsatisfied.items[i]->strength == strength && unsatisfied.items[i]->direction == NONE) {
        int mark = ++mark_counter;
        for (constraint *again = unsatisfied.items[i]; again; again = satisfy(again, mark)) {}
      }
  free(unsatisfied.items);
  free(todo.items);
}

static list plan_from(constraint *source) {
  list plan = {0}, todo = {0};
  int mark = ++mark_counter;
  if (source->direction != NONE) push(&todo, source);
  while (todo.count > 0) {
    constraint *next = todo.items[--todo.count];
    if (output(next)->mark == mark || !inputs_known(next, mark)) continue;
    push(&plan, next);
    output(next)->mark = mark;
    consuming(output(next), &todo);
  }
  free(todo.items);
  return plan;
}

static constraint *make(const behaviour *kind, int strength, variable *left, variable *right, variable *scale, variable *offset) {
  constraint *made = calloc(1, sizeof *made);
  *made = (constraint){kind, strength, NONE, left, right, scale, offset};
  add(made);
  return made;
}

static variable *make_variables(int count, int value) {
  variable *made = calloc(count, sizeof *made);
  for (int i = 0; i < count; i++) {
    made[i].value = value;
    made[i].walk_strength = WEAKEST;
    made[i].stays = 1;
  }
  return made;
}

static void change(variable *target, int value, int times) {
  constraint *editing = make(&edit, PREFERRED, target, NULL, NULL, NULL);
  list plan = plan_from(editing);
  for (int i = 0; i < times; i++) {
    target->value = value + i;
    for (int j = 0; j < plan.count; j++) plan.items[j]->kind->execute(plan.items[j]);
  }
  free(plan.items);
  retract(editing);
  free(editing);
}

static uint32_t chain(int count) {
  variable *variables = make_variables(count + 1, 0);
  constraint **made = malloc((count + 1) * sizeof *made);
  for (int i = 0; i < count; i++) made[i] = make(&equal, REQUIRED, &variables[i], &variables[i + 1], NULL, NULL);
  made[count] = make(&stay, STRONG_DEFAULT, &variables[count], NULL, NULL, NULL);
  uint32_t sum = 0;
  for (int i = 0; i < 20; i++) {
    change(&variables[0], i * 100, 50);
    sum = mix(sum, variables[count].value);
  }
  for (int i = 0; i <= count; i++) {
    free(variables[i].constraints.items);
    free(made[i]);
  }
  free(made);
  free(variables);
  return sum;
}

static uint32_t projection(int count) {
  variable *scale = make_variables(2, 10), *from = make_variables(count, 0), *to = make_variables(count, 0);
  constraint **made = malloc(2 * count * sizeof *made);
  scale[1].value = 1000;
  for (int i = 0; i < count; i++) {
    from[i].value = to[i].value = i;
    made[2 * i] = make(&stay, DEFAULT, &from[i], NULL, NULL, NULL);
    made[2 * i + 1] = make(&scaled, REQUIRED, &from[i], &to[i], &scale[0], &scale[1]);
  }
  change(&from[0], 17, 10);
  uint32_t sum = mix(0, to[0].value);
  change(&to[0], 1050, 10);
  sum = mix(sum, from[0].value);
  change(&scale[0], 5, 1);
  for (int i = 0; i < count; i++) sum = mix(sum, to[i].value);
  change(&scale[1], 2000, 1);
  for (int i = 0; i < count; i++) sum = mix(sum, to[i].value);
  for (int i = 0; i < count; i++) {
    free(from[i].constraints.items);
    free(to[i].constraints.items);
    free(made[2 * i]);
    free(made[2 * i + 1]);
  }
  free(scale[0].constraints.items);
  free(scale[1].constraints.items);
  free(made);
  free(scale);
  free(from);
  free(to);
  return sum;
}

ITERATE {
  mark_counter = 0;
  return mix(chain((int)size), projection((int)size));
}
