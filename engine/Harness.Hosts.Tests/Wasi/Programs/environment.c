// Arguments, environment, random bytes, and an exit code.
#include "check.h"
extern char **environ;

int main(int count, char **arguments) {
  for (int i = 0; i < count; i++) printf("argument %d: '%s'\n", i, arguments[i]);
  for (char **variable = environ; *variable; variable++) printf("variable '%s'\n", *variable);
  __wasi_size_t number, size;
  CHECK("args_sizes_get", __wasi_args_sizes_get(&number, &size));
  printf("%d arguments of %d bytes\n", (int)number, (int)size);
  CHECK("environ_sizes_get", __wasi_environ_sizes_get(&number, &size));
  printf("%d variables of %d bytes\n", (int)number, (int)size);
  uint8_t first[16] = {0}, second[16] = {0};
  CHECK("random_get", __wasi_random_get(first, 16));
  CHECK("random_get again", __wasi_random_get(second, 16));
  CHECK("random_get nothing", __wasi_random_get(second, 0));
  printf("different: %d\n", memcmp(first, second, 16) != 0);
  CHECK("sched_yield", __wasi_sched_yield());
  fflush(stdout);
  __wasi_proc_exit(7);
}
