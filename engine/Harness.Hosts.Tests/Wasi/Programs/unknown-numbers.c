// Numbers that stand for nothing: places to seek from, and advice.
#include "check.h"

int main(void) {
  __wasi_fd_t fd;
  __wasi_filesize_t position;
  CHECK("open", open_path("file", 0, 0, ALL_FILE_RIGHTS, 0, &fd));
  CHECK("fd_seek far", __wasi_fd_seek(fd, 0, 7, &position));
  CHECK("fd_advise unknown", __wasi_fd_advise(fd, 0, 0, 6));
  return 0;
}
