// Waiting for clocks and descriptors.
#include "check.h"

static int compare(const void *left, const void *right) {
  return (int)((const __wasi_event_t *)left)->userdata - (int)((const __wasi_event_t *)right)->userdata;
}

static void poll(const char *label, const __wasi_subscription_t *subscriptions, int count) {
  __wasi_event_t events[4];
  memset(events, 0, sizeof events);
  __wasi_size_t number = 0;
  CHECK(label, __wasi_poll_oneoff(subscriptions, events, count, &number));
  qsort(events, number, sizeof events[0], compare);
  printf("%d events\n", (int)number);
  for (int i = 0; i < (int)number; i++) printf("  %d: error %d, type %d\n", (int)events[i].userdata, events[i].error, events[i].type);
}

static __wasi_subscription_t wait_for(int data, int id, uint64_t timeout, int flags) {
  __wasi_subscription_t result;
  memset(&result, 0, sizeof result);
  result.userdata = data;
  result.u.tag = __WASI_EVENTTYPE_CLOCK;
  result.u.u.clock.id = id;
  result.u.u.clock.timeout = timeout;
  result.u.u.clock.flags = flags;
  return result;
}

static __wasi_subscription_t ready(int data, int type, int fd) {
  __wasi_subscription_t result;
  memset(&result, 0, sizeof result);
  result.userdata = data;
  result.u.tag = type;
  result.u.u.fd_read.file_descriptor = fd;
  return result;
}

int main(void) {
  __wasi_timestamp_t before = 0, after = 0;
  __wasi_clock_time_get(1, 1, &before);
  __wasi_subscription_t subscriptions[3] = {wait_for(1, 1, 20000000, 0)};
  poll("a clock", subscriptions, 1);
  __wasi_clock_time_get(1, 1, &after);
  printf("waited %d\n", after - before >= 20000000);
  subscriptions[0] = wait_for(2, 0, 5000000, 0);
  poll("another clock", subscriptions, 1);
  subscriptions[0] = wait_for(4, 1, 5000000, 0);
  subscriptions[1] = wait_for(5, 1, 5000000000, 0);
  poll("two clocks", subscriptions, 2);
  __wasi_fd_t fd;
  open_path("file", 0, 0, ALL_FILE_RIGHTS, 0, &fd);
  subscriptions[0] = ready(6, __WASI_EVENTTYPE_FD_READ, fd);
  subscriptions[1] = wait_for(7, 1, 5000000000, 0);
  poll("a file and a clock", subscriptions, 2);
  subscriptions[0] = ready(8, __WASI_EVENTTYPE_FD_WRITE, fd);
  poll("a file to write", subscriptions, 1);
  subscriptions[0] = ready(9, __WASI_EVENTTYPE_FD_WRITE, 1);
  poll("standard output", subscriptions, 1);
  poll("nothing", subscriptions, 0);
  return 0;
}
