// Pointers that lead out of the memory.
#include "check.h"

#define AWAY ((void *)0xfffffff0)

int main(void) {
  __wasi_size_t count = 0;
  __wasi_iovec_t vector = {AWAY, 100};
  CHECK("args_sizes_get", __wasi_args_sizes_get(AWAY, &count));
  CHECK("args_get", __wasi_args_get(AWAY, AWAY));
  CHECK("environ_get", __wasi_environ_get(AWAY, AWAY));
  CHECK("random_get", __wasi_random_get(AWAY, 100));
  CHECK("clock_time_get", __wasi_clock_time_get(0, 1, AWAY));
  CHECK("fd_read vector", __wasi_fd_read(0, AWAY, 1, &count));
  CHECK("fd_read buffer", __wasi_fd_read(0, &vector, 1, &count));
  CHECK("fd_write buffer", __wasi_fd_write(1, (__wasi_ciovec_t *)&vector, 1, &count));
  CHECK("fd_write many", __wasi_fd_write(1, (__wasi_ciovec_t *)&vector, 0xffffffff, &count));
  CHECK("fd_fdstat_get", __wasi_fd_fdstat_get(3, AWAY));
  CHECK("fd_filestat_get", __wasi_fd_filestat_get(3, AWAY));
  CHECK("fd_readdir", __wasi_fd_readdir(3, AWAY, 100, 0, &count));
  CHECK("fd_prestat_get", __wasi_fd_prestat_get(3, AWAY));
  CHECK("path_filestat_get", __wasi_path_filestat_get(3, 0, "file", AWAY));
  CHECK("path_readlink", __wasi_path_readlink(3, "link", AWAY, 100, &count));
  CHECK("poll_oneoff", __wasi_poll_oneoff(AWAY, AWAY, 1, &count));
  return 0;
}
