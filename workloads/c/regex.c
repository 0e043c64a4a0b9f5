// A matcher of regular expressions: patterns are compiled into the states of a nondeterministic automaton, all of whose states are followed at once
// (Thompson's way). Tests of characters are functions called by pointer. One call searches `size` lines for nine patterns.
#include "workload.h"

enum { MAX_STATES = 256 };
typedef struct state state;
typedef int (*test)(const state *self, int character);
struct state {
  test matches;                    // null for states that only lead on
  int character, negated;
  uint32_t set[8];
  int out, other;                  // -1 where there is none
};
typedef struct { int start, end; } fragment;  // `end` is a state that leads nowhere yet

static state states[MAX_STATES];
static int count;
static const char *at;

static int is_character(const state *self, int character) { return character == self->character; }
static int is_any(const state *self, int character) { (void)self; return character != '\n'; }
static int is_in_set(const state *self, int character) { return ((self->set[character >> 5] >> (character & 31)) & 1) != self->negated; }
static int is_digit(const state *self, int character) { (void)self; return character >= '0' && character <= '9'; }
static int is_word(const state *self, int character) {
  return is_digit(self, character) || (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') || character == '_';
}

static int add_state(test matches, int character) {
  memset(&states[count], 0, sizeof(state));
  states[count].matches = matches;
  states[count].character = character;
  states[count].out = states[count].other = -1;
  return count++;
}

static fragment parse_alternatives(void);

static fragment single(test matches, int character) {
  int start = add_state(matches, character), end = add_state(NULL, 0);
  states[start].out = end;
  return (fragment){start, end};
}

static fragment parse_set(void) {
  fragment result = single(is_in_set, 0);
  state *set = &states[result.start];
  if (*at == '^') set->negated = 1, at++;
  while (*at != ']') {
    int low = *at++, high = low;
    if (*at == '-' && at[1] != ']') high = at[1], at += 2;
    for (int c = low; c <= high; c++) set->set[c >> 5] |= 1u << (c & 31);
  }
  at++;
  return result;
}

static fragment parse_atom(void) {
  int character = *at++;
  if (character == '(') {
    fragment inner = parse_alternatives();
    at++;
    return inner;
  }
  if (character == '[') return parse_set();
  if (character == '.') return single(is_any, 0);
  if (character == '\\') {
    character = *at++;
    if (character == 'd') return single(is_digit, 0);
    if (character == 'w') return single(is_word, 0);
  }
  return single(is_character, character);
}

static fragment parse_repeat(void) {
  fragment atom = parse_atom();
  while (*at == '*' || *at == '+' || *at == '?') {
    int kind = *at++;
    int start = add_state(NULL, 0), end = add_state(NULL, 0);
    states[start].out = atom.start;
    if (kind != '+') states[start].other = end;
    states[atom.end].out = end;
    if (kind != '?') states[atom.end].other = atom.start;
    atom = (fragment){start, end};
  }
  return atom;
}

static fragment parse_sequence(void) {
  int start = add_state(NULL, 0);
  fragment result = {start, start};
  while (*at && *at != '|' && *at != ')') {
    fragment next = parse_repeat();
    states[result.end].out = next.start;
    result.end = next.end;
  }
  return result;
}

static fragment parse_alternatives(void) {
  fragment result = parse_sequence();
  while (*at == '|') {
    at++;
    fragment other = parse_sequence();
    int start = add_state(NULL, 0), end = add_state(NULL, 0);
    states[start].out = result.start;
    states[start].other = other.start;
    states[result.end].out = states[other.end].out = end;
    result = (fragment){start, end};
  }
  return result;
}

static int marks[MAX_STATES], mark;

static void follow(int from, int *list, int *length) {
  int stack[MAX_STATES * 2], depth = 0;
  stack[depth++] = from;
  while (depth > 0) {
    int next = stack[--depth];
    if (next < 0 || marks[next] == mark) continue;
    marks[next] = mark;
    list[(*length)++] = next;
    if (states[next].matches) continue;
    stack[depth++] = states[next].other;
    stack[depth++] = states[next].out;
  }
}

// The length of the longest match that begins at a place, or -1.
static int match(fragment automaton, const char *text) {
  int lists[2][MAX_STATES], length = 0, best = -1, current = 0;
  mark++;
  follow(automaton.start, lists[0], &length);
  for (int position = 0; length > 0; position++) {
    for (int i = 0; i < length; i++) if (lists[current][i] == automaton.end) best = position;
    int character = (uint8_t)text[position], next_length = 0;
    if (!character) break;
    mark++;
    for (int i = 0; i < length; i++) {
      const state *tried = &states[lists[current][i]];
      if (tried->matches && tried->matches(tried, character)) follow(tried->out, lists[1 - current], &next_length);
    }
    current = 1 - current;
    length = next_length;
  }
  return best;
}

ITERATE {
  static const char *patterns[] = {
    "\\d+-\\d+-\\d+", "[a-z]+@[a-z]+\\.(com|org|net)", "(a|b)*abb", "x.*y", "[^a-z0-9 ]+", "(foo|bar|baz)+\\d?", "\\w+ \\w+ \\w+", "1?1?1?1?111", "((ab)+c?)+d",
  };
  static const char *pieces[] = {"2024-11-28 ", "mail me@host.org ", "abababb ", "x marks y ", "foobarbaz7 ", "!?# ", "1111 ", "ababcabd ", "plain words here ", "q@z.co "};
  uint32_t seed = 3, sum = 0;
  char line[256];
  memset(marks, 0, sizeof marks);
  mark = 0;
  for (uint32_t i = 0; i < size; i++) {
    size_t used = 0;
    for (int j = 0; j < 6; j++) {
      const char *piece = pieces[next_random(&seed) % 10];
      strcpy(line + used, piece);
      used += strlen(piece);
    }
    for (int p = 0; p < 9; p++) {
      at = patterns[p];
      count = 0;
      memset(marks, 0, sizeof marks);
      mark = 0;
      fragment automaton = parse_alternatives();
      for (size_t position = 0; position < used;) {
        int length = match(automaton, line + position);
        if (length > 0) sum = mix(sum, (uint32_t)(p << 16 | position << 8 | length)), position += length;
        else position++;
      }
    }
  }
  return sum;
}
