// No path leads out of the folder: not by .., not from the root, not through symbolic links. A function that lets one through says 0 here, and
// what it did is seen in the folder beside. A host may say that it lacks the right, or that it is not permitted: both count as refused.
#include "check.h"

static void refused(const char *label, int error) {
  printf("%s: %s %s\n", label, error == __WASI_ERRNO_NOTCAPABLE || error == __WASI_ERRNO_PERM ? "refused" : error == 0 ? "LET THROUGH" : "failed",
    error == __WASI_ERRNO_NOTCAPABLE || error == __WASI_ERRNO_PERM || error == 0 ? "" : error == __WASI_ERRNO_NOENT ? "absent" : "otherwise");
}

static void try(const char *path) {
  __wasi_filestat_t stat;
  __wasi_fd_t fd;
  uint8_t buffer[100];
  __wasi_size_t used;
  printf("through %s\n", path);
  refused("path_open", __wasi_path_open(FOLDER, 1, path, 0, __WASI_RIGHTS_FD_READ, 0, 0, &fd));
  refused("path_open new", __wasi_path_open(FOLDER, 1, path, __WASI_OFLAGS_CREAT, __WASI_RIGHTS_FD_WRITE, 0, 0, &fd));
  refused("path_filestat_get", __wasi_path_filestat_get(FOLDER, 1, path, &stat));
  refused("path_filestat_set_times", __wasi_path_filestat_set_times(FOLDER, 1, path, 0, 0, __WASI_FSTFLAGS_MTIM));
  refused("path_create_directory", __wasi_path_create_directory(FOLDER, path));
  refused("path_remove_directory", __wasi_path_remove_directory(FOLDER, path));
  refused("path_unlink_file", __wasi_path_unlink_file(FOLDER, path));
  refused("path_link from", __wasi_path_link(FOLDER, 0, path, FOLDER, "stolen"));
  refused("path_link to", __wasi_path_link(FOLDER, 0, "file", FOLDER, path));
  refused("path_rename from", __wasi_path_rename(FOLDER, path, FOLDER, "stolen"));
  refused("path_rename to", __wasi_path_rename(FOLDER, "file", FOLDER, path));
  refused("path_symlink", __wasi_path_symlink("file", FOLDER, path));
  refused("path_readlink", __wasi_path_readlink(FOLDER, path, buffer, 100, &used));
}

int main(void) {
  try("../outside/secret");
  try("sub/../../outside/secret");
  try("out/secret");
  try("sublink/../../outside/secret");
  refused("path_symlink to the root", __wasi_path_symlink("/etc", FOLDER, "root"));
  __wasi_filestat_t stat;
  __wasi_fd_t fd;
  refused("the root itself", __wasi_path_filestat_get(FOLDER, 1, "/", &stat));
  refused("path_open absolute", __wasi_path_open(FOLDER, 1, "/etc/passwd", 0, __WASI_RIGHTS_FD_READ, 0, 0, &fd));
  refused("folder above", __wasi_path_filestat_get(FOLDER, 1, "..", &stat));
  refused("absolute link", __wasi_path_open(FOLDER, 1, "absolute/passwd", 0, __WASI_RIGHTS_FD_READ, 0, 0, &fd));
  refused("absolute link itself", __wasi_path_open(FOLDER, 1, "absolute", 0, __WASI_RIGHTS_FD_READ, 0, 0, &fd));
  return 0;
}
