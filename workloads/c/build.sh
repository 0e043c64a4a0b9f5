#!/usr/bin/env bash
# Builds every program of this folder; with an argument, into that folder. Wants Debian's clang-19, lld-19, libclang-rt-19-dev-wasm32 and
# wasi-libc (0.0~git20220510), with which the committed modules were built; others give other bytes.
set -eu
cd -- "$(dirname -- "${BASH_SOURCE[0]}")"
target=${1:-.}
for source in *.c; do
  clang-19 --target=wasm32-wasi -O2 -s -ffp-contract=off -mexec-model=reactor -nostartfiles -Wall -Wextra \
    -Wl,--no-entry -Wl,-z,stack-size=65536 "$source" -o "$target/${source%.c}.wasm"
done
