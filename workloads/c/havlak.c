// Havlak's algorithm: finds the loops of a control-flow graph, nested and irreducible ones too, by depth-first numbers and sets that are united.
// The graph is random but mostly made of nested loops. One call analyses a graph of about `size` blocks.
#include "workload.h"

typedef struct { int *items, count, capacity; } list;
enum { NONHEADER, REDUCIBLE, SELF, IRREDUCIBLE, DEAD };

static list *successors, *predecessors;
static int blocks, capacity;

static void push(list *target, int item) {
  if (target->count == target->capacity) {
    target->capacity = target->capacity ? target->capacity * 2 : 4;
    target->items = realloc(target->items, target->capacity * sizeof(int));
  }
  target->items[target->count++] = item;
}

static int add_block(void) {
  if (blocks == capacity) {
    int before = capacity;
    capacity = capacity ? capacity * 2 : 64;
    successors = realloc(successors, capacity * sizeof(list));
    predecessors = realloc(predecessors, capacity * sizeof(list));
    memset(successors + before, 0, (capacity - before) * sizeof(list));
    memset(predecessors + before, 0, (capacity - before) * sizeof(list));
  }
  return blocks++;
}

static void connect(int from, int to) {
  push(&successors[from], to);
  push(&predecessors[to], from);
}

static int nest(int from, int depth, uint32_t *seed) {
  int header = add_block();
  connect(from, header);
  int at = header;
  if (depth > 0)
    for (uint32_t i = 0; i < 1 + next_random(seed) % 3; i++) at = nest(at, depth - 1, seed);
  int left = add_block(), right = add_block(), join = add_block(), exit = add_block();
  connect(at, left);
  connect(at, right);
  connect(left, join);
  connect(right, join);
  connect(join, header);
  connect(join, exit);
  if (next_random(seed) % 8 == 0) connect(exit, left);
  return exit;
}

static int find(int *parents, int node) {
  while (parents[node] != node) {
    parents[node] = parents[parents[node]];
    node = parents[node];
  }
  return node;
}

static uint32_t find_loops(void) {
  int *number = malloc(blocks * sizeof(int)), *last = malloc(blocks * sizeof(int)), *node_at = malloc(blocks * sizeof(int));
  int *parents = malloc(blocks * sizeof(int)), *header = malloc(blocks * sizeof(int)), *type = malloc(blocks * sizeof(int));
  int *position = calloc(blocks, sizeof(int)), *in_body = malloc(blocks * sizeof(int));
  memset(number, -1, blocks * sizeof(int));
  int count = 0;
  list stack = {0};
  push(&stack, 0);
  node_at[count] = 0;
  number[0] = count++;
  while (stack.count > 0) {
    int node = stack.items[stack.count - 1];
    if (position[node] < successors[node].count) {
      int next = successors[node].items[position[node]++];
      if (number[next] < 0) {
        node_at[count] = next;
        number[next] = count++;
        push(&stack, next);
      }
    } else {
      last[number[node]] = count - 1;
      stack.count--;
    }
  }

  list *back = calloc(count, sizeof(list)), *other = calloc(count, sizeof(list));
  for (int w = 0; w < count; w++) {
    parents[w] = w;
    header[w] = 0;
    type[w] = NONHEADER;
    in_body[w] = -1;
    list *sources = &predecessors[node_at[w]];
    for (int i = 0; i < sources->count; i++) {
      int v = number[sources->items[i]];
      if (v < 0) continue;
      push(w <= v && v <= last[w] ? &back[w] : &other[w], v);
    }
  }

  uint32_t sum = 0, loops = 0;
  list body = {0}, todo = {0};
  for (int w = count - 1; w >= 0; w--) {
    body.count = todo.count = 0;
    for (int i = 0; i < back[w].count; i++) {
      int v = back[w].items[i];
      if (v == w) {
        type[w] = SELF;
        continue;
      }
      int root = find(parents, v);
      if (in_body[root] == w) continue;
      in_body[root] = w;
      push(&body, root);
      push(&todo, root);
    }
    if (body.count > 0) type[w] = REDUCIBLE;
    while (todo.count > 0) {
      int x = todo.items[--todo.count];
      for (int i = 0; i < other[x].count; i++) {
        int y = find(parents, other[x].items[i]);
        if (!(w <= y && y <= last[w])) {
          type[w] = IRREDUCIBLE;
          push(&other[w], y);
        } else if (y != w && in_body[y] != w) {
          in_body[y] = w;
          push(&body, y);
          push(&todo, y);
        }
      }
    }
    if (body.count > 0 || type[w] == SELF) {
      loops++;
      for (int i = 0; i < body.count; i++) {
        header[body.items[i]] = w;
        parents[body.items[i]] = w;
      }
      sum = mix(mix(mix(sum, w), type[w]), body.count);
    }
  }
  for (int w = 0; w < count; w++) {
    sum = mix(sum, header[w]);
    free(back[w].items);
    free(other[w].items);
  }
  free(back); free(other); free(body.items); free(todo.items); free(stack.items);
  free(number); free(last); free(node_at); free(parents); free(header); free(type); free(position); free(in_body);
  return mix(sum, loops);
}

ITERATE {
  uint32_t seed = 42;
  blocks = capacity = 0;
  successors = predecessors = NULL;
  int at = add_block();
  while (blocks < (int)size) at = nest(at, 4, &seed);
  uint32_t sum = 0;
  for (int i = 0; i < 5; i++) sum = mix(sum, find_loops());
  for (int i = 0; i < blocks; i++) {
    free(successors[i].items);
    free(predecessors[i].items);
  }
  free(successors);
  free(predecessors);
  return mix(sum, blocks);
}
