// A JSON parser: text of `size` records is made, parsed into a tree by recursive descent, walked, and written again; both texts must agree.
#include "workload.h"

typedef enum { NUL, BOOLEAN, NUMBER, STRING, ARRAY, OBJECT } kind;
typedef struct value value;
struct value {
  kind kind;
  double number;
  char *text, *name;
  value *first, *next;
};

typedef struct { char *bytes; size_t count, capacity; } text;

static value *pool;
static size_t pool_used;
static const char *at;
static int failed;

static void put(text *target, const char *bytes, size_t count) {
  if (target->count + count > target->capacity) {
    target->capacity = (target->count + count) * 2 + 64;
    target->bytes = realloc(target->bytes, target->capacity);
  }
  memcpy(target->bytes + target->count, bytes, count);
  target->count += count;
}

static void put_text(text *target, const char *bytes) { put(target, bytes, strlen(bytes)); }

// Numbers have up to three digits behind the point, so that both ways are exact.
static void put_number(text *target, double number) {
  char digits[32];
  int length = 0;
  if (number < 0) put(target, "-", 1), number = -number;
  int64_t thousandths = (int64_t)(number * 1000 + 0.5);
  int64_t whole = thousandths / 1000;
  int rest = (int)(thousandths % 1000);
  do digits[length++] = (char)('0' + whole % 10); while ((whole /= 10) > 0);
  while (length > 0) put(target, &digits[--length], 1);
  if (rest == 0) return;
  char decimals[4] = {'.', (char)('0' + rest / 100), (char)('0' + rest / 10 % 10), (char)('0' + rest % 10)};
  int used = 4;
  while (decimals[used - 1] == '0') used--;
  put(target, decimals, used);
}

static void put_string(text *target, const char *bytes) {
  put(target, "\"", 1);
  for (; *bytes; bytes++) {
    if (*bytes == '"' || *bytes == '\\') put(target, "\\", 1);
    if (*bytes == '\n') put(target, "\\n", 2);
    else put(target, bytes, 1);
  }
  put(target, "\"", 1);
}

static void skip_space(void) { while (*at == ' ' || *at == '\n' || *at == '\t' || *at == '\r') at++; }

static char *parse_string(void) {
  const char *end = ++at;
  while (*end && *end != '"') end += *end == '\\' ? 2 : 1;
  char *result = malloc(end - at + 1), *out = result;
  while (at < end) {
    if (*at != '\\') *out++ = *at++;
    else {
      at++;
      *out++ = *at == 'n' ? '\n' : *at;
      at++;
    }
  }
  *out = 0;
  at++;
  return result;
}

static double parse_number(void) {
  double sign = 1, result = 0, scale = 1;
  if (*at == '-') sign = -1, at++;
  while (*at >= '0' && *at <= '9') result = result * 10 + (*at++ - '0');
  if (*at == '.') {
    at++;
    while (*at >= '0' && *at <= '9') result = result * 10 + (*at++ - '0'), scale *= 10;
  }
  return sign * result / scale;
}

static int take(const char *word) {
  size_t length = strlen(word);
  if (strncmp(at, word, length) != 0) return 0;
  at += length;
  return 1;
}

static value *parse(void) {
  value *result = &pool[pool_used++];
  memset(result, 0, sizeof *result);
  skip_space();
  if (*at == '{' || *at == '[') {
    char close = *at == '{' ? '}' : ']';
    result->kind = *at++ == '{' ? OBJECT : ARRAY;
    value **last = &result->first;
    skip_space();
    while (!failed && *at != close) {
      char *name = NULL;
      skip_space();
      if (result->kind == OBJECT) {
        name = parse_string();
        skip_space();
        failed |= *at++ != ':';
      }
      value *item = parse();
      item->name = name;
      *last = item;
      last = &item->next;
      skip_space();
      if (*at == ',') at++;
      else failed |= *at != close;
    }
    at++;
  } else if (*at == '"') {
    result->kind = STRING;
    result->text = parse_string();
  } else if (take("true") || take("false")) {
    result->kind = BOOLEAN;
    result->number = at[-4] == 't';
  } else if (take("null")) {
    result->kind = NUL;
  } else if (*at == '-' || (*at >= '0' && *at <= '9')) {
    result->kind = NUMBER;
    result->number = parse_number();
  } else {
    failed = 1;
  }
  return result;
}

static void write_value(text *target, const value *item) {
  switch (item->kind) {
    case NUL: put_text(target, "null"); break;
    case BOOLEAN: put_text(target, item->number ? "true" : "false"); break;
    case NUMBER: put_number(target, item->number); break;
    case STRING: put_string(target, item->text); break;
    default:
      put_text(target, item->kind == OBJECT ? "{" : "[");
      for (const value *child = item->first; child; child = child->next) {
        if (child->name) put_string(target, child->name), put_text(target, ":");
        write_value(target, child);
        if (child->next) put_text(target, ",");
      }
      put_text(target, item->kind == OBJECT ? "}" : "]");
  }
}

static void make_record(text *target, uint32_t *seed) {
  put_text(target, "{\"id\":");
  put_number(target, next_random(seed) % 100000);
  put_text(target, ",\"name\":\"user \\\"");
  put_number(target, next_random(seed) % 1000);
  put_text(target, "\\\"\\n\",\"active\":");
  put_text(target, next_random(seed) & 1 ? "true" : "false");
  put_text(target, ",\"scores\":[");
  for (int i = 0; i < 8; i++) {
    if (i) put_text(target, ",");
    put_number(target, ((int)(next_random(seed) % 200000) - 100000) / 1000.0);
  }
  put_text(target, "],\"nested\":{\"empty\":[],\"none\":null,\"deep\":[[[1],2],{\"x\":3}]}}");
}

ITERATE {
  uint32_t seed = 7, sum = 0;
  text source = {0}, copy = {0};
  put_text(&source, "[");
  for (uint32_t i = 0; i < size; i++) {
    if (i) put_text(&source, ",");
    make_record(&source, &seed);
  }
  put(&source, "]", 2);
  pool = malloc((size_t)(size * 24 + 1) * sizeof(value));
  pool_used = 0;
  failed = 0;
  at = source.bytes;
  value *root = parse();
  write_value(&copy, root);
  put(&copy, "", 1);
  sum = mix(sum, failed);
  sum = mix(sum, strcmp(source.bytes, copy.bytes) == 0);
  for (size_t i = 0; i < pool_used; i++) {
    sum = mix(sum, pool[i].kind + (uint32_t)(int32_t)(pool[i].number * 1000));
    if (pool[i].text) sum = mix(sum, strlen(pool[i].text));
    free(pool[i].text);
    free(pool[i].name);
  }
  sum = mix(sum, source.count);
  free(pool);
  free(source.bytes);
  free(copy.bytes);
  return sum;
}
