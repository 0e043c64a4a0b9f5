// Descriptors that are used for what they were not opened for, and allocation: where hosts differ.
#include "check.h"

int main(void) {
  __wasi_fd_t fd;
  __wasi_fdstat_t status;
  __wasi_filesize_t position;
  __wasi_prestat_t prestat;
  uint8_t name[4];
  CHECK("open to read", open_path("file", 0, 0, __WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_SEEK, 0, &fd));
  CHECK("fd_write to read", write_text(fd, "x"));
  CHECK("fd_filestat_set_size to read", __wasi_fd_filestat_set_size(fd, 1));
  CHECK("fd_allocate to read", __wasi_fd_allocate(fd, 0, 100));
  CHECK("fd_close", __wasi_fd_close(fd));
  CHECK("open to write", open_path("file", 0, 0, __WASI_RIGHTS_FD_WRITE | __WASI_RIGHTS_FD_SEEK | __WASI_RIGHTS_FD_ALLOCATE, 0, &fd));
  CHECK("fd_read to write", read_text(fd, "nothing"));
  CHECK("fd_allocate", __wasi_fd_allocate(fd, 0, 20));
  CHECK("fd_allocate of nothing", __wasi_fd_allocate(77, 0, 20));
  CHECK("fd_fdstat_set_rights less", __wasi_fd_fdstat_set_rights(fd, 0, 0));
  CHECK("fd_fdstat_set_rights more", __wasi_fd_fdstat_set_rights(fd, ALL_FILE_RIGHTS, 0));
  CHECK("fd_fdstat_set_rights of nothing", __wasi_fd_fdstat_set_rights(77, 0, 0));
  CHECK("fd_write without right", write_text(fd, "x"));
  CHECK("fd_close", __wasi_fd_close(fd));
  CHECK("fd_seek of folder", __wasi_fd_seek(FOLDER, 0, 0, &position));
  CHECK("fd_tell of folder", __wasi_fd_tell(FOLDER, &position));
  CHECK("fd_read of folder", read_text(FOLDER, "folder"));
  CHECK("fd_write of folder", write_text(FOLDER, "folder"));
  CHECK("fd_filestat_set_size of folder", __wasi_fd_filestat_set_size(FOLDER, 0));
  CHECK("open", open_path("file", 0, 0, ALL_FILE_RIGHTS, 0, &fd));
  CHECK("fd_prestat_get of file", __wasi_fd_prestat_get(fd, &prestat));
  CHECK("fd_prestat_dir_name of file", __wasi_fd_prestat_dir_name(fd, name, 4));
  CHECK("fd_prestat_dir_name too short", __wasi_fd_prestat_dir_name(FOLDER, name, 1));
  CHECK("fd_renumber to nothing", __wasi_fd_renumber(fd, 77));
  CHECK("path_open of file", __wasi_path_open(fd, 0, "x", 0, 0, 0, 0, &fd));
  uint8_t buffer[100];
  __wasi_size_t used;
  CHECK("fd_readdir of file", __wasi_fd_readdir(fd, buffer, 100, 0, &used));
  return 0;
}
