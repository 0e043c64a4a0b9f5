// Functions of sockets on what is none.
#include "check.h"

int main(void) {
  __wasi_fd_t fd;
  uint8_t buffer[4];
  __wasi_iovec_t vector = {buffer, 4};
  __wasi_size_t count;
  __wasi_roflags_t flags;
  CHECK("sock_accept of nothing", __wasi_sock_accept(77, 0, &fd));
  CHECK("sock_recv of nothing", __wasi_sock_recv(77, &vector, 1, 0, &count, &flags));
  CHECK("sock_send of nothing", __wasi_sock_send(77, (__wasi_ciovec_t *)&vector, 1, 0, &count));
  CHECK("sock_shutdown of nothing", __wasi_sock_shutdown(77, 1));
  open_path("file", 0, 0, ALL_FILE_RIGHTS, 0, &fd);
  CHECK("sock_accept of file", __wasi_sock_accept(fd, 0, &fd));
  CHECK("sock_recv of file", __wasi_sock_recv(fd, &vector, 1, 0, &count, &flags));
  CHECK("sock_send of file", __wasi_sock_send(fd, (__wasi_ciovec_t *)&vector, 1, 0, &count));
  CHECK("sock_shutdown of file", __wasi_sock_shutdown(fd, 1));
  return 0;
}
