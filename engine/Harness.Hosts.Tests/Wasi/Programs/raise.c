// A signal that ends the program.
#include "check.h"

// The C library does not have it.
int32_t raise_signal(int32_t signal) __attribute__((import_module("wasi_snapshot_preview1"), import_name("proc_raise")));

int main(void) {
  CHECK("proc_raise of a signal that is ignored", raise_signal(16));
  CHECK("proc_raise of no signal", raise_signal(99));
  fflush(stdout);
  CHECK("proc_raise", raise_signal(6));
  return 0;
}
