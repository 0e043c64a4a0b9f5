// What the programs of this folder share. Each exports iterate(size), which starts from the same state on every call and returns a checksum of
// all that it computed. Compiled natively, the program prints the checksum for the size that it is given.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifdef __wasm__
#define ITERATE __attribute__((export_name("iterate"))) uint32_t iterate(uint32_t size)
#else
#include <stdio.h>
uint32_t iterate(uint32_t size);
int main(int count, char **arguments) {
  printf("%d\n", (int32_t)iterate(count > 1 ? (uint32_t)atoi(arguments[1]) : 1));
  return 0;
}
#define ITERATE uint32_t iterate(uint32_t size)
#endif

// The linear congruential generator of the other workloads; the high bits are the random ones.
static inline uint32_t next_random(uint32_t *seed) {
  *seed = *seed * 1664525u + 1013904223u;
  return *seed >> 8;
}

static inline uint32_t mix(uint32_t sum, uint32_t value) {
  sum = (sum ^ value) * 0x9E3779B1u;
  return sum ^ (sum >> 15);
}
