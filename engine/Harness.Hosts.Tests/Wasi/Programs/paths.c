// Every function of paths, and the errors that they give.
#include "check.h"

static int stat_path(const char *path, int flags, const char *label) {
  __wasi_filestat_t stat = {0};
  int error = __wasi_path_filestat_get(FOLDER, flags, path, &stat);
  printf("%s has type %d and size %d\n", label, stat.filetype, stat.filetype == __WASI_FILETYPE_DIRECTORY ? 0 : (int)stat.size);
  return error;
}

static int read_link(const char *path, size_t size) {
  char buffer[100] = {0};
  __wasi_size_t used = 0;
  int error = __wasi_path_readlink(FOLDER, path, (uint8_t *)buffer, size, &used);
  printf("%s leads to %d bytes: '%s'\n", path, (int)used, buffer);
  return error;
}

static int open_close(const char *path, int lookup, int flags, uint64_t rights) {
  __wasi_fd_t fd;
  int error = open_path(path, lookup, flags, rights, 0, &fd);
  if (!error) __wasi_fd_close(fd);
  return error;
}

int main(void) {
  CHECK("path_create_directory", __wasi_path_create_directory(FOLDER, "new"));
  CHECK("path_create_directory in it", __wasi_path_create_directory(FOLDER, "new/deep"));
  CHECK("path_create_directory with slash", __wasi_path_create_directory(FOLDER, "new/slash/"));
  CHECK("path_create_directory again", __wasi_path_create_directory(FOLDER, "new"));
  CHECK("path_create_directory in nothing", __wasi_path_create_directory(FOLDER, "none/deep"));
  CHECK("path_create_directory in file", __wasi_path_create_directory(FOLDER, "file/deep"));
  CHECK("path_create_directory of nothing", __wasi_path_create_directory(77, "x"));
  CHECK("path_filestat_get", stat_path("file", 0, "file"));
  CHECK("path_filestat_get folder", stat_path("sub", 0, "sub"));
  CHECK("path_filestat_get deep", stat_path("sub/inner", 0, "inner"));
  CHECK("path_filestat_get through up", stat_path("sub/../file", 0, "file"));
  CHECK("path_filestat_get dots", stat_path("./sub/./inner", 0, "inner"));
  CHECK("path_filestat_get link", stat_path("link", 0, "link"));
  CHECK("path_filestat_get followed", stat_path("link", 1, "link"));
  CHECK("path_filestat_get through link", stat_path("sublink/inner", 0, "inner"));
  CHECK("path_filestat_get dangling", stat_path("dangling", 0, "dangling"));
  CHECK("path_filestat_get dangling followed", stat_path("dangling", 1, "dangling"));
  CHECK("path_filestat_get nothing", stat_path("none", 0, "none"));
  CHECK("path_filestat_get of nothing", __wasi_path_filestat_get(77, 0, "x", &(__wasi_filestat_t){0}));
  CHECK("path_filestat_get through file", stat_path("file/x", 0, "none"));
  CHECK("path_filestat_set_times", __wasi_path_filestat_set_times(FOLDER, 0, "file", 3000000000, 4000000000, __WASI_FSTFLAGS_ATIM | __WASI_FSTFLAGS_MTIM));
  __wasi_filestat_t stat = {0};
  CHECK("path_filestat_get times", __wasi_path_filestat_get(FOLDER, 0, "file", &stat));
  printf("times %lld %lld\n", (long long)stat.atim, (long long)stat.mtim);
  CHECK("path_filestat_set_times nothing", __wasi_path_filestat_set_times(FOLDER, 0, "none", 0, 0, __WASI_FSTFLAGS_ATIM));
  CHECK("path_filestat_set_times of nothing", __wasi_path_filestat_set_times(77, 0, "file", 0, 0, __WASI_FSTFLAGS_ATIM));

  CHECK("path_link", __wasi_path_link(FOLDER, 0, "file", FOLDER, "hard"));
  CHECK("path_filestat_get hard", __wasi_path_filestat_get(FOLDER, 0, "hard", &stat));
  printf("links %d\n", (int)stat.nlink);
  CHECK("path_link again", __wasi_path_link(FOLDER, 0, "file", FOLDER, "hard"));
  CHECK("path_link nothing", __wasi_path_link(FOLDER, 0, "none", FOLDER, "hard2"));
  CHECK("path_link folder", __wasi_path_link(FOLDER, 0, "sub", FOLDER, "hard2"));
  CHECK("path_link of nothing", __wasi_path_link(77, 0, "file", FOLDER, "hard2"));

  CHECK("path_symlink", __wasi_path_symlink("file", FOLDER, "soft"));
  CHECK("path_symlink again", __wasi_path_symlink("file", FOLDER, "soft"));
  CHECK("path_symlink in nothing", __wasi_path_symlink("file", FOLDER, "none/soft"));
  CHECK("path_symlink of nothing", __wasi_path_symlink("file", 77, "soft"));
  CHECK("path_readlink", read_link("soft", 99));
  CHECK("path_readlink file", read_link("file", 99));
  CHECK("path_readlink nothing", read_link("none", 99));
  CHECK("path_readlink of nothing", __wasi_path_readlink(77, "x", 0, 0, &(__wasi_size_t){0}));

  CHECK("path_open nothing", open_close("none", 0, 0, __WASI_RIGHTS_FD_READ));
  CHECK("path_open new", open_close("created", 0, __WASI_OFLAGS_CREAT, __WASI_RIGHTS_FD_WRITE));
  CHECK("path_open new again", open_close("created", 0, __WASI_OFLAGS_CREAT, __WASI_RIGHTS_FD_WRITE));
  CHECK("path_open exclusive", open_close("created", 0, __WASI_OFLAGS_CREAT | __WASI_OFLAGS_EXCL, __WASI_RIGHTS_FD_WRITE));
  CHECK("path_open exclusive new", open_close("created2", 0, __WASI_OFLAGS_CREAT | __WASI_OFLAGS_EXCL, __WASI_RIGHTS_FD_WRITE));
  CHECK("path_open truncated", open_close("other", 0, __WASI_OFLAGS_TRUNC, __WASI_RIGHTS_FD_WRITE));
  CHECK("path_open in nothing", open_close("none/x", 0, __WASI_OFLAGS_CREAT, __WASI_RIGHTS_FD_WRITE));
  CHECK("path_open file as folder", open_close("file", 0, __WASI_OFLAGS_DIRECTORY, __WASI_RIGHTS_FD_READ));
  CHECK("path_open folder", open_close("sub", 0, __WASI_OFLAGS_DIRECTORY, __WASI_RIGHTS_FD_READDIR));
  CHECK("path_open link followed", open_close("link", 1, 0, __WASI_RIGHTS_FD_READ));
  CHECK("path_open dangling", open_close("dangling", 1, 0, __WASI_RIGHTS_FD_READ));
  CHECK("path_open of nothing", __wasi_path_open(77, 0, "x", 0, 0, 0, 0, &(__wasi_fd_t){0}));

  CHECK("path_rename", __wasi_path_rename(FOLDER, "created", FOLDER, "renamed"));
  CHECK("path_rename over", __wasi_path_rename(FOLDER, "renamed", FOLDER, "created2"));
  CHECK("path_rename nothing", __wasi_path_rename(FOLDER, "none", FOLDER, "x"));
  CHECK("path_rename folder", __wasi_path_rename(FOLDER, "new/deep", FOLDER, "moved"));
  CHECK("path_rename file over folder", __wasi_path_rename(FOLDER, "created2", FOLDER, "sub"));
  CHECK("path_rename folder over file", __wasi_path_rename(FOLDER, "sub", FOLDER, "created2"));
  CHECK("path_rename over full folder", __wasi_path_rename(FOLDER, "moved", FOLDER, "sub"));
  CHECK("path_rename of nothing", __wasi_path_rename(77, "x", FOLDER, "y"));
  CHECK("path_rename to nothing", __wasi_path_rename(FOLDER, "created2", 77, "y"));

  CHECK("path_remove_directory", __wasi_path_remove_directory(FOLDER, "moved"));
  CHECK("path_remove_directory full", __wasi_path_remove_directory(FOLDER, "sub"));
  CHECK("path_remove_directory file", __wasi_path_remove_directory(FOLDER, "file"));
  CHECK("path_remove_directory nothing", __wasi_path_remove_directory(FOLDER, "none"));
  CHECK("path_remove_directory of nothing", __wasi_path_remove_directory(77, "x"));
  CHECK("path_unlink_file", __wasi_path_unlink_file(FOLDER, "hard"));
  CHECK("path_unlink_file link", __wasi_path_unlink_file(FOLDER, "soft"));
  CHECK("path_unlink_file nothing", __wasi_path_unlink_file(FOLDER, "none"));
  CHECK("path_unlink_file of nothing", __wasi_path_unlink_file(77, "x"));
  return 0;
}
