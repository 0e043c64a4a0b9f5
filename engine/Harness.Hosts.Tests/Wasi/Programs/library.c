// The C library's own view: files, folders, times.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

int main(void) {
  char text[100];
  struct stat status;
  FILE *file = fopen("/d/file", "r");
  printf("%s\n", fgets(text, sizeof text, file));
  printf("seek %d, then '%c'\n", fseek(file, 4, SEEK_SET), fgetc(file));
  fclose(file);
  printf("absent: %d %d\n", fopen("/d/none", "r") == NULL, errno);
  printf("outside: %d\n", fopen("/e/none", "r") == NULL);
  printf("up: %d\n", fopen("/d/../outside/secret", "r") == NULL);
  file = fopen("/d/sub/text", "w");
  for (int i = 0; i < 1000; i++) fprintf(file, "line %d\n", i);
  fclose(file);
  file = fopen("/d/sub/text", "a+");
  fputs("the end\n", file);
  printf("at %ld\n", ftell(file));
  fclose(file);
  printf("stat %d, %lld\n", stat("/d/sub/text", &status), (long long)status.st_size);
  printf("mkdir %d\n", mkdir("/d/made", 0777));
  printf("rename %d\n", rename("/d/sub/text", "/d/made/text"));
  printf("symlink %d\n", symlink("made/text", "/d/shortcut"));
  printf("readlink %d\n", (int)readlink("/d/shortcut", text, sizeof text));
  printf("truncate %d\n", truncate("/d/made/text", 20));
  printf("unlink %d, again %d, %d\n", unlink("/d/other"), unlink("/d/other"), errno);
  printf("rmdir %d, %d\n", rmdir("/d/made"), errno);
  int count = 0;
  DIR *folder = opendir("/d");
  for (struct dirent *entry; (entry = readdir(folder));) count += entry->d_name[0] != '.';
  closedir(folder);
  printf("%d entries\n", count);
  struct timespec pause = {0, 1000000};
  printf("sleep %d, time %d\n", nanosleep(&pause, NULL), time(NULL) > 1500000000);
  printf("%s %d\n", isatty(1) ? "terminal" : "no terminal", access("/d/file", R_OK));
  return 0;
}
