// Standard streams as pipes.
#include "check.h"

int main(void) {
  char line[100];
  while (fgets(line, sizeof line, stdin)) printf("read '%.*s'\n", (int)strcspn(line, "\n"), line);
  fprintf(stderr, "an error\n");
  __wasi_ciovec_t vectors[3] = {{(const uint8_t *)"one ", 4}, {(const uint8_t *)"", 0}, {(const uint8_t *)"two\n", 4}};
  __wasi_size_t written = 0;
  fflush(stdout);
  int error = 0;
  size_t total = 0;
  for (int first = 0; first < 3 && total < 8; first++) {
    error = __wasi_fd_write(1, vectors + first, 3 - first, &written);
    total += written;
    if (written == 8) break;
  }
  printf("fd_write: %d, %d\n", error, (int)total);
  CHECK("fd_read at end", read_text(0, "end"));
  __wasi_fdstat_t status;
  CHECK("fd_fdstat_get 0", __wasi_fd_fdstat_get(0, &status));
  CHECK("fd_fdstat_get 1", __wasi_fd_fdstat_get(1, &status));
  CHECK("fd_fdstat_get 2", __wasi_fd_fdstat_get(2, &status));
  __wasi_filestat_t stat;
  CHECK("fd_filestat_get 1", __wasi_fd_filestat_get(1, &stat));
  fflush(stdout);
  CHECK("fd_close 0", __wasi_fd_close(0));
  CHECK("fd_read closed", read_text(0, "closed"));
  CHECK("fd_close 2", __wasi_fd_close(2));
  CHECK("fd_write closed", write_text(2, "x"));
  return 3;
}
