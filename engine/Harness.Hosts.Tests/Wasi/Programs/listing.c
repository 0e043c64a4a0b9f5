// Folders' entries: all at once, bit by bit with cookies, and cut off by small buffers.
#include "check.h"

static uint8_t buffer[4096];

typedef struct { char name[64]; int type; } entry;

static int compare(const void *left, const void *right) { return strcmp(((const entry *)left)->name, ((const entry *)right)->name); }

static void list(__wasi_fd_t fd, size_t size, const char *label) {
  entry entries[32];
  int count = 0;
  __wasi_dircookie_t cookie = 0;
  for (int calls = 0; calls < 100; calls++) {
    __wasi_size_t used = 0;
    int error = __wasi_fd_readdir(fd, buffer, size, cookie, &used);
    if (error) { printf("%s: error %d\n", label, error); return; }
    size_t offset = 0;
    while (offset + sizeof(__wasi_dirent_t) <= used) {
      __wasi_dirent_t header;
      memcpy(&header, buffer + offset, sizeof header);
      if (offset + sizeof header + header.d_namlen > used) break;
      const char *name = (const char *)buffer + offset + sizeof header;
      // The folder itself and the one above are entries in some hosts only.
      int is_dot = (header.d_namlen == 1 && name[0] == '.') || (header.d_namlen == 2 && name[0] == '.' && name[1] == '.');
      if (!is_dot) {
        memset(&entries[count], 0, sizeof(entry));
        memcpy(entries[count].name, name, header.d_namlen);
        entries[count++].type = header.d_type;
      }
      cookie = header.d_next;
      offset += sizeof header + header.d_namlen;
    }
    if (used < size) break;
  }
  qsort(entries, count, sizeof(entry), compare);
  printf("%s: %d entries\n", label, count);
  for (int i = 0; i < count; i++) printf("  %s %d\n", entries[i].name, entries[i].type);
}

int main(void) {
  list(FOLDER, sizeof buffer, "at once");
  list(FOLDER, 64, "bit by bit");
  __wasi_fd_t fd = 0;
  CHECK("open", __wasi_path_open(FOLDER, 0, "sub", __WASI_OFLAGS_DIRECTORY, __WASI_RIGHTS_FD_READDIR, 0, 0, &fd));
  list(fd, sizeof buffer, "sub");
  __wasi_size_t used = 77;
  CHECK("fd_readdir into nothing", __wasi_fd_readdir(fd, buffer, 0, 0, &used));
  printf("%d\n", (int)used);
  CHECK("fd_readdir beyond the end", __wasi_fd_readdir(fd, buffer, 100, 1000, &used));
  printf("%d\n", (int)used);
  CHECK("fd_readdir cut off", __wasi_fd_readdir(fd, buffer, 20, 0, &used));
  printf("%d\n", (int)used);
  CHECK("fd_readdir of nothing", __wasi_fd_readdir(77, buffer, 100, 0, &used));
  return 0;
}
