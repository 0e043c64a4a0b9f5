// Every function of descriptors, on files, folders, and numbers that stand for nothing.
#include "check.h"

static int pread_at(__wasi_fd_t fd, uint64_t offset, const char *label) {
  char buffer[5] = {0};
  __wasi_iovec_t vectors[2] = {{(uint8_t *)buffer, 2}, {(uint8_t *)buffer + 2, 2}};
  __wasi_size_t count = 0;
  int error = __wasi_fd_pread(fd, vectors, 2, offset, &count);
  printf("%s reads %d: '%s'\n", label, (int)count, buffer);
  return error;
}

static int pwrite_at(__wasi_fd_t fd, uint64_t offset, const char *text) {
  __wasi_ciovec_t vector = {(const uint8_t *)text, strlen(text)};
  __wasi_size_t count = 0;
  return __wasi_fd_pwrite(fd, &vector, 1, offset, &count);
}

static int seek(__wasi_fd_t fd, int64_t offset, int whence, const char *label) {
  __wasi_filesize_t position = 12345;
  int error = __wasi_fd_seek(fd, offset, whence, &position);
  printf("%s is at %d\n", label, (int)position);
  return error;
}

int main(void) {
  __wasi_fd_t fd, other;
  __wasi_filestat_t stat;
  __wasi_fdstat_t status;
  __wasi_prestat_t prestat;
  __wasi_filesize_t position;
  CHECK("open", open_path("file", 0, 0, ALL_FILE_RIGHTS, 0, &fd));
  printf("number %d\n", (int)fd);
  CHECK("fd_advise", __wasi_fd_advise(fd, 0, 10, __WASI_ADVICE_SEQUENTIAL));
  CHECK("fd_advise of nothing", __wasi_fd_advise(77, 0, 10, 0));
  CHECK("fd_datasync", __wasi_fd_datasync(fd));
  CHECK("fd_datasync of nothing", __wasi_fd_datasync(77));
  CHECK("fd_sync", __wasi_fd_sync(fd));
  CHECK("fd_sync of nothing", __wasi_fd_sync(77));
  CHECK("fd_sync of folder", __wasi_fd_sync(FOLDER));
  CHECK("fd_filestat_get", __wasi_fd_filestat_get(fd, &stat));
  printf("type %d, size %d, links %d\n", stat.filetype, (int)stat.size, (int)stat.nlink);
  CHECK("fd_filestat_get of folder", __wasi_fd_filestat_get(FOLDER, &stat));
  printf("type %d\n", stat.filetype);
  CHECK("fd_filestat_get of nothing", __wasi_fd_filestat_get(77, &stat));
  CHECK("fd_fdstat_get", __wasi_fd_fdstat_get(fd, &status));
  printf("type %d, flags %d\n", status.fs_filetype, status.fs_flags);
  CHECK("fd_fdstat_get of folder", __wasi_fd_fdstat_get(FOLDER, &status));
  printf("type %d, flags %d\n", status.fs_filetype, status.fs_flags);
  CHECK("fd_fdstat_get of nothing", __wasi_fd_fdstat_get(77, &status));

  CHECK("fd_read", read_text(fd, "all"));
  CHECK("fd_read at end", read_text(fd, "end"));
  CHECK("fd_tell", __wasi_fd_tell(fd, &position));
  printf("position %d\n", (int)position);
  CHECK("fd_tell of nothing", __wasi_fd_tell(77, &position));
  CHECK("fd_seek set", seek(fd, 3, __WASI_WHENCE_SET, "set"));
  CHECK("fd_seek current", seek(fd, 2, __WASI_WHENCE_CUR, "current"));
  CHECK("fd_seek end", seek(fd, -1, __WASI_WHENCE_END, "end"));
  CHECK("fd_seek before begin", seek(fd, -1, __WASI_WHENCE_SET, "before"));
  CHECK("fd_seek of nothing", seek(77, 0, __WASI_WHENCE_SET, "nothing"));
  CHECK("fd_read one", read_text(fd, "one"));
  CHECK("fd_read of nothing", read_text(77, "nothing"));
  CHECK("fd_pread", pread_at(fd, 4, "four"));
  CHECK("fd_pread at end", pread_at(fd, 100, "beyond"));
  CHECK("fd_pread of nothing", pread_at(77, 0, "nothing"));
  CHECK("fd_pwrite", pwrite_at(fd, 2, "XY"));
  CHECK("fd_pwrite of nothing", pwrite_at(77, 2, "XY"));
  CHECK("fd_write", write_text(fd, "more"));
  CHECK("fd_write of nothing", write_text(77, "more"));
  CHECK("fd_tell", __wasi_fd_tell(fd, &position));
  printf("position %d\n", (int)position);
  CHECK("fd_filestat_set_size", __wasi_fd_filestat_set_size(fd, 12));
  CHECK("fd_filestat_set_size of nothing", __wasi_fd_filestat_set_size(77, 12));
  CHECK("fd_filestat_set_times", __wasi_fd_filestat_set_times(fd, 1000000000, 2000000000, __WASI_FSTFLAGS_ATIM | __WASI_FSTFLAGS_MTIM));
  CHECK("fd_filestat_get", __wasi_fd_filestat_get(fd, &stat));
  printf("size %d, times %d %d\n", (int)stat.size, (int)stat.atim, (int)stat.mtim);
  CHECK("fd_filestat_set_times of nothing", __wasi_fd_filestat_set_times(77, 0, 0, 0));
  CHECK("fd_filestat_set_times twice", __wasi_fd_filestat_set_times(fd, 0, 0, __WASI_FSTFLAGS_ATIM | __WASI_FSTFLAGS_ATIM_NOW));
  CHECK("fd_filestat_set_times now", __wasi_fd_filestat_set_times(fd, 0, 0, __WASI_FSTFLAGS_ATIM_NOW | __WASI_FSTFLAGS_MTIM_NOW));

  CHECK("fd_fdstat_set_flags", __wasi_fd_fdstat_set_flags(fd, __WASI_FDFLAGS_APPEND));
  CHECK("fd_fdstat_set_flags of nothing", __wasi_fd_fdstat_set_flags(77, __WASI_FDFLAGS_APPEND));
  CHECK("fd_fdstat_get", __wasi_fd_fdstat_get(fd, &status));
  printf("flags %d\n", status.fs_flags);
  CHECK("fd_seek set", seek(fd, 0, __WASI_WHENCE_SET, "set"));
  CHECK("fd_write appended", write_text(fd, "end"));
  CHECK("fd_fdstat_set_flags back", __wasi_fd_fdstat_set_flags(fd, 0));

  CHECK("open other", open_path("made", 0, __WASI_OFLAGS_CREAT, ALL_FILE_RIGHTS, 0, &other));
  printf("number %d\n", (int)other);
  CHECK("fd_write other", write_text(other, "other"));
  CHECK("fd_renumber", __wasi_fd_renumber(other, fd));
  CHECK("fd_close other", __wasi_fd_close(other));
  CHECK("fd_write renumbered", write_text(fd, "!"));
  CHECK("fd_renumber from nothing", __wasi_fd_renumber(77, fd));
  CHECK("fd_close", __wasi_fd_close(fd));
  CHECK("fd_close again", __wasi_fd_close(fd));
  CHECK("open once more", open_path("file", 0, 0, ALL_FILE_RIGHTS, 0, &fd));
  printf("number %d\n", (int)fd);

  CHECK("fd_prestat_get", __wasi_fd_prestat_get(FOLDER, &prestat));
  printf("tag %d, length %d\n", prestat.tag, (int)prestat.u.dir.pr_name_len);
  char name[10] = {0};
  CHECK("fd_prestat_dir_name", __wasi_fd_prestat_dir_name(FOLDER, (uint8_t *)name, prestat.u.dir.pr_name_len));
  printf("name '%s'\n", name);
  CHECK("fd_prestat_get of nothing", __wasi_fd_prestat_get(77, &prestat));
  CHECK("fd_prestat_dir_name of nothing", __wasi_fd_prestat_dir_name(77, (uint8_t *)name, 10));
  CHECK("fd_write to folder's end", __wasi_fd_close(fd));
  return 0;
}
