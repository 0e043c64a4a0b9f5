// Binary trees: many short-lived trees and one that lives on, which is work for AssemblyScript's reference-counting or tracing runtime.
class Node {
  constructor(public left: Node | null, public right: Node | null) {}
  count(): i32 {
    const left = this.left, right = this.right;
    return 1 + (left ? left.count() : 0) + (right ? right.count() : 0);
  }
}

function build(depth: i32): Node {
  return depth == 0 ? new Node(null, null) : new Node(build(depth - 1), build(depth - 1));
}

export function iterate(size: i32): i32 {
  const kept = build(size);
  let sum = 0;
  for (let depth = 4; depth <= size; depth += 2) {
    const times = 1 << (size - depth + 4);
    for (let i = 0; i < times; i++) sum += build(depth).count();
  }
  return sum * 31 + kept.count();
}
