// A hash join with grouping, as databases do it: orders are joined with customers through a table of chained entries, filtered by predicates called
// by pointer, summed up by region in an open-addressed table, and sorted with qsort. One call joins `size` orders with a quarter as many customers.
#include "workload.h"

typedef struct { uint32_t id, region, credit; } customer;
typedef struct { uint32_t customer, amount, day; } order;
typedef struct entry { struct entry *next; const customer *row; } entry;
typedef struct { uint32_t key, count; uint64_t total; } group;
typedef int (*predicate)(const customer *buyer, const order *bought);

static int is_large(const customer *buyer, const order *bought) { (void)buyer; return bought->amount > 500; }
static int is_covered(const customer *buyer, const order *bought) { return bought->amount < buyer->credit; }
static int is_recent(const customer *buyer, const order *bought) { (void)buyer; return bought->day % 365 > 100; }
static const predicate filters[] = {is_large, is_covered, is_recent};

static uint32_t scatter(uint32_t key) {
  key ^= key >> 16;
  key *= 0x7FEB352Du;
  key ^= key >> 15;
  return key * 0x846CA68Bu;
}

static int by_total(const void *left, const void *right) {
  const group *a = left, *b = right;
  if (a->total != b->total) return a->total < b->total ? 1 : -1;
  return a->key < b->key ? -1 : a->key > b->key;
}

ITERATE {
  uint32_t seed = 11, customers = size / 4 + 1, buckets = 16, slots = 1024, sum = 0;
  while (buckets < customers) buckets *= 2;
  customer *buyers = malloc(customers * sizeof *buyers);
  order *orders = malloc((size + 1) * sizeof *orders);
  for (uint32_t i = 0; i < customers; i++) buyers[i] = (customer){i * 7 + 3, next_random(&seed) % 300, next_random(&seed) % 2000};
  for (uint32_t i = 0; i < size; i++) orders[i] = (order){next_random(&seed) % (customers * 7 + 10), next_random(&seed) % 1500, next_random(&seed) % 3650};

  entry **table = calloc(buckets, sizeof *table);
  entry *entries = malloc(customers * sizeof *entries);
  for (uint32_t i = 0; i < customers; i++) {
    entry **bucket = &table[scatter(buyers[i].id) & (buckets - 1)];
    entries[i] = (entry){*bucket, &buyers[i]};
    *bucket = &entries[i];
  }

  for (int f = 0; f < 3; f++) {
    group *groups = calloc(slots, sizeof *groups);
    uint32_t joined = 0;
    for (uint32_t i = 0; i < size; i++)
      for (const entry *found = table[scatter(orders[i].customer) & (buckets - 1)]; found; found = found->next) {
        if (found->row->id != orders[i].customer || !filters[f](found->row, &orders[i])) continue;
        uint32_t slot = scatter(found->row->region) & (slots - 1);
        while (groups[slot].count && groups[slot].key != found->row->region) slot = (slot + 1) & (slots - 1);
        groups[slot].key = found->row->region;
        groups[slot].count++;
        groups[slot].total += orders[i].amount;
        joined++;
      }
    qsort(groups, slots, sizeof *groups, by_total);
    for (uint32_t i = 0; i < 50; i++) sum = mix(mix(sum, groups[i].key), (uint32_t)groups[i].total);
    sum = mix(sum, joined);
    free(groups);
  }
  free(buyers); free(orders); free(table); free(entries);
  return sum;
}
