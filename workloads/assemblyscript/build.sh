#!/usr/bin/env bash
# Builds every program of this folder with the AssemblyScript compiler of experiments/node/assemblyscript (npm ci there first); with an argument,
# into that folder.
set -eu
cd -- "$(dirname -- "${BASH_SOURCE[0]}")"
target=${1:-.}
for source in *.ts; do
  node ../../experiments/node/assemblyscript/node_modules/assemblyscript/bin/asc.js "$source" -O3 --runtime incremental --use abort= -o "$target/${source%.ts}.wasm"
done
