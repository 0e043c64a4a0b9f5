// Paths and flags that systems and hosts are known to see in different ways.
#include "check.h"

static int open_close(const char *path, int lookup, int flags, uint64_t rights, int fdflags) {
  __wasi_fd_t fd;
  int error = open_path(path, lookup, flags, rights, fdflags, &fd);
  if (!error) __wasi_fd_close(fd);
  return error;
}

int main(void) {
  __wasi_filestat_t stat;
  __wasi_size_t used = 0;
  uint8_t small[3];
  char name[300];
  memset(name, 'n', sizeof name - 1);
  name[sizeof name - 1] = 0;
  CHECK("empty path", __wasi_path_filestat_get(FOLDER, 0, "", &stat));
  CHECK("long name", __wasi_path_filestat_get(FOLDER, 0, name, &stat));
  CHECK("not UTF-8", __wasi_path_filestat_get(FOLDER, 0, "\xff\xfe", &stat));
  CHECK("file with slash", __wasi_path_filestat_get(FOLDER, 0, "file/", &stat));
  CHECK("loop followed", __wasi_path_filestat_get(FOLDER, 1, "loop", &stat));
  CHECK("loop", __wasi_path_filestat_get(FOLDER, 0, "loop", &stat));
  CHECK("path_readlink short", __wasi_path_readlink(FOLDER, "link", small, 3, &used));
  printf("%d\n", (int)used);
  CHECK("path_open link", open_close("link", 0, 0, __WASI_RIGHTS_FD_READ, 0));
  CHECK("path_open loop", open_close("loop", 1, 0, __WASI_RIGHTS_FD_READ, 0));
  CHECK("path_open folder to write", open_close("sub", 0, 0, __WASI_RIGHTS_FD_WRITE, 0));
  CHECK("path_open new folder", open_close("x", 0, __WASI_OFLAGS_CREAT | __WASI_OFLAGS_DIRECTORY, __WASI_RIGHTS_FD_READ, 0));
  CHECK("path_open new with slash", open_close("x/", 0, __WASI_OFLAGS_CREAT, __WASI_RIGHTS_FD_WRITE, 0));
  CHECK("path_open synchronous", open_close("file", 0, 0, __WASI_RIGHTS_FD_WRITE, __WASI_FDFLAGS_SYNC));
  CHECK("path_open appending", open_close("file", 0, 0, __WASI_RIGHTS_FD_WRITE, __WASI_FDFLAGS_APPEND));
  CHECK("path_create_directory dot", __wasi_path_create_directory(FOLDER, "."));
  CHECK("path_remove_directory dot", __wasi_path_remove_directory(FOLDER, "."));
  CHECK("path_unlink_file folder", __wasi_path_unlink_file(FOLDER, "sub"));
  CHECK("path_unlink_file with slash", __wasi_path_unlink_file(FOLDER, "file/"));
  CHECK("path_link followed", __wasi_path_link(FOLDER, 1, "link", FOLDER, "hard"));
  CHECK("path_link link", __wasi_path_link(FOLDER, 0, "link", FOLDER, "hard-link"));
  CHECK("path_symlink with slash", __wasi_path_symlink("file", FOLDER, "soft/"));
  CHECK("path_symlink to nowhere", __wasi_path_symlink("", FOLDER, "soft"));
  CHECK("path_rename into itself", __wasi_path_rename(FOLDER, "sub", FOLDER, "sub/deeper"));
  CHECK("path_filestat_set_times twice", __wasi_path_filestat_set_times(FOLDER, 0, "file", 0, 0, __WASI_FSTFLAGS_MTIM | __WASI_FSTFLAGS_MTIM_NOW));
  return 0;
}
