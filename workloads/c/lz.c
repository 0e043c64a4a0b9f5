// A compressor of the LZ77 family: matches found by chains of hashes, tokens of literals and copies, and the way back. One call compresses and
// expands `size` bytes of text-like data; what comes back must be what went in.
#include "workload.h"

enum { HASH_BITS = 14, HASHES = 1 << HASH_BITS, WINDOW = 1 << 15, MIN_MATCH = 4, MAX_CHAIN = 16 };

static uint32_t read32(const uint8_t *bytes) {
  uint32_t value;
  memcpy(&value, bytes, 4);
  return value;
}

static uint32_t hash(const uint8_t *bytes) { return (read32(bytes) * 2654435761u) >> (32 - HASH_BITS); }

static uint8_t *put_length(uint8_t *out, size_t length) {
  for (; length >= 255; length -= 255) *out++ = 255;
  *out++ = (uint8_t)length;
  return out;
}

static size_t match_length(const uint8_t *left, const uint8_t *right, const uint8_t *end) {
  const uint8_t *start = right;
  while (right + 4 <= end && read32(left) == read32(right)) left += 4, right += 4;
  while (right < end && *left == *right) left++, right++;
  return right - start;
}

static size_t compress(const uint8_t *in, size_t count, uint8_t *out, int32_t *heads, int32_t *chain) {
  uint8_t *start = out;
  memset(heads, -1, HASHES * sizeof *heads);
  size_t at = 0, literals = 0;
  while (at + MIN_MATCH <= count) {
    uint32_t slot = hash(in + at);
    int32_t candidate = heads[slot];
    size_t best = 0, from = 0;
    for (int tries = 0; candidate >= 0 && at - candidate < WINDOW && tries < MAX_CHAIN; tries++) {
      size_t length = match_length(in + candidate, in + at, in + count);
      if (length > best) best = length, from = candidate;
      candidate = chain[candidate % WINDOW];
    }
    size_t step = best >= MIN_MATCH ? best : 1;
    if (best >= MIN_MATCH) {
      out = put_length(out, at - literals);
      memcpy(out, in + literals, at - literals);
      out += at - literals;
      out = put_length(out, best - MIN_MATCH);
      *out++ = (uint8_t)(at - from);
      *out++ = (uint8_t)((at - from) >> 8);
      literals = at + best;
    }
    for (; step > 0; step--, at++) {
      if (at + MIN_MATCH > count) continue;
      slot = hash(in + at);
      chain[at % WINDOW] = heads[slot];
      heads[slot] = (int32_t)at;
    }
  }
  out = put_length(out, count - literals);
  memcpy(out, in + literals, count - literals);
  return out + (count - literals) - start;
}

static size_t get_length(const uint8_t **in) {
  size_t length = 0;
  while (**in == 255) length += 255, (*in)++;
  return length + *(*in)++;
}

static size_t expand(const uint8_t *in, size_t count, uint8_t *out) {
  const uint8_t *end = in + count;
  uint8_t *start = out;
  while (in < end) {
    size_t literals = get_length(&in);
    memcpy(out, in, literals);
    in += literals;
    out += literals;
    if (in >= end) break;
    size_t length = get_length(&in) + MIN_MATCH;
    size_t distance = in[0] | in[1] << 8;
    in += 2;
    // Source and target may overlap, and then repeat.
    for (size_t i = 0; i < length; i++) out[i] = out[i - distance];
    out += length;
  }
  return out - start;
}

ITERATE {
  static const char *words[] = {"the ", "engine ", "compiles ", "speculative ", "code ", "and ", "deoptimizes ", "when ", "guards ", "fail, ", "memory ", "tables ", "call ", "indirect ", "loop\n", "0123 "};
  uint8_t *data = malloc(size + 32), *packed = malloc(size + size / 4 + 64), *back = malloc(size + 32);
  int32_t *heads = malloc(HASHES * sizeof *heads), *chain = malloc(WINDOW * sizeof *chain);
  uint32_t seed = 99, used = 0;
  while (used < size) {
    const char *word = words[(next_random(&seed) % 16 * (next_random(&seed) % 16)) / 16];
    size_t length = strlen(word);
    memcpy(data + used, word, length);
    used += length;
    if (next_random(&seed) % 16 == 0) data[used++] = (uint8_t)next_random(&seed);
  }
  size_t packed_size = compress(data, size, packed, heads, chain);
  size_t back_size = expand(packed, packed_size, back);
  uint32_t sum = mix(mix(0, packed_size), back_size == size && memcmp(data, back, size) == 0);
  for (size_t i = 0; i < packed_size; i += 7) sum = mix(sum, packed[i]);
  free(data); free(packed); free(back); free(heads); free(chain);
  return sum;
}
