// Clocks: resolutions, times, and clocks that do not exist.
#include "check.h"

int main(void) {
  for (int id = 0; id < 2; id++) {
    __wasi_timestamp_t resolution = 0, first = 0, second = 0;
    printf("clock %d\n", id);
    CHECK("clock_res_get", __wasi_clock_res_get(id, &resolution));
    CHECK("clock_time_get", __wasi_clock_time_get(id, 1, &first));
    CHECK("clock_time_get again", __wasi_clock_time_get(id, 1, &second));
    printf("resolution %d, goes on %d\n", resolution > 0 && resolution <= 1000000000, second >= first);
    if (id == 0) printf("in our time %d\n", first > 1500000000000000000 && first < 4000000000000000000);
  }
  __wasi_timestamp_t time = 0;
  CHECK("processor time of process", __wasi_clock_time_get(2, 1, &time));
  CHECK("processor time of thread", __wasi_clock_time_get(3, 1, &time));
  CHECK("resolution of process", __wasi_clock_res_get(2, &time));
  CHECK("resolution of thread", __wasi_clock_res_get(3, &time));
  return 0;
}
