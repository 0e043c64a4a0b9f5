// Waiting for an absolute time that is over, and for one that comes soon.
#include "check.h"

static int wait_until(__wasi_timestamp_t time) {
  __wasi_subscription_t subscription;
  __wasi_event_t event;
  memset(&subscription, 0, sizeof subscription);
  subscription.userdata = 5;
  subscription.u.tag = __WASI_EVENTTYPE_CLOCK;
  subscription.u.u.clock.id = __WASI_CLOCKID_MONOTONIC;
  subscription.u.u.clock.timeout = time;
  subscription.u.u.clock.flags = __WASI_SUBCLOCKFLAGS_SUBSCRIPTION_CLOCK_ABSTIME;
  __wasi_size_t count = 0;
  int error = __wasi_poll_oneoff(&subscription, &event, 1, &count);
  printf("%d events, number %d, error %d\n", (int)count, (int)event.userdata, event.error);
  return error;
}

int main(void) {
  __wasi_timestamp_t now = 0, after = 0;
  CHECK("clock_time_get", __wasi_clock_time_get(__WASI_CLOCKID_MONOTONIC, 1, &now));
  CHECK("over", wait_until(now));
  CHECK("soon", wait_until(now + 20000000));
  CHECK("clock_time_get", __wasi_clock_time_get(__WASI_CLOCKID_MONOTONIC, 1, &after));
  printf("waited %d\n", after - now >= 20000000);
  return 0;
}
