// What the programs of this folder share: a line for each call, with the error number that it gave, written at once since some hosts end programs.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wasi/api.h>

// The folder that the hosts give to programs, as /d.
#define FOLDER 3

#define CHECK(label, call) (printf("%s: %d\n", label, (int)(call)), fflush(stdout))
#define ALL_FILE_RIGHTS 0x8e001ffULL

static inline int open_path(const char *path, int lookup, int flags, uint64_t rights, int fdflags, __wasi_fd_t *fd) {
  *fd = 99;
  return __wasi_path_open(FOLDER, lookup, path, flags, rights, 0, fdflags, fd);
}

static inline int write_text(__wasi_fd_t fd, const char *text) {
  __wasi_ciovec_t vector = {(const uint8_t *)text, strlen(text)};
  __wasi_size_t written = 0;
  int error = __wasi_fd_write(fd, &vector, 1, &written);
  return error ? error : written == strlen(text) ? 0 : -1;
}

static inline int read_text(__wasi_fd_t fd, const char *label) {
  char buffer[100] = {0};
  __wasi_iovec_t vector = {(uint8_t *)buffer, sizeof buffer - 1};
  __wasi_size_t count = 0;
  int error = __wasi_fd_read(fd, &vector, 1, &count);
  printf("%s reads %d: '%s'\n", label, (int)count, buffer);
  return error;
}
