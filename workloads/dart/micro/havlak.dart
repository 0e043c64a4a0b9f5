// Havlak's algorithm finds the loops of a control-flow graph, reducible or not, with union-find; the graph is built of nests of loops whose
// number is known.

class Block {
  final int number;
  final List<Block> predecessors = [], successors = [];
  Block(this.number);
}

class Graph {
  final List<Block> blocks = [];

  Block add() {
    final block = Block(blocks.length);
    blocks.add(block);
    return block;
  }

  void edge(Block from, Block to) {
    from.successors.add(to);
    to.predecessors.add(from);
  }

  /// A block after another.
  Block after(Block from) {
    final block = add();
    edge(from, block);
    return block;
  }

  /// A condition with two ways that meet again.
  Block diamond(Block from) {
    final left = after(from), right = after(from), join = add();
    edge(left, join);
    edge(right, join);
    return join;
  }

  /// A loop around a body; returns the block behind it.
  Block loop(Block from, Block Function(Block header) body) {
    final header = after(from);
    final last = body(header);
    edge(last, header);
    return after(last);
  }
}

/// A loop that was found, and how deep it lies.
class Loop {
  final Block? header;
  final bool isReducible;
  Loop? parent;
  final List<Loop> children = [];
  final Set<Block> blocks = {};
  int depth = 0;
  Loop(this.header, this.isReducible);

  void setParent(Loop loop) {
    parent = loop;
    loop.children.add(this);
  }
}

class _Node {
  final Block block;
  final int number;
  late _Node parent = this;
  Loop? loop;
  _Node(this.block, this.number);

  /// The representative of this node's set; the way there gets shorter.
  _Node find() {
    _Node root = this;
    while (!identical(root.parent, root)) root = root.parent;
    _Node node = this;
    while (!identical(node.parent, root)) {
      final next = node.parent;
      node.parent = root;
      node = next;
    }
    return root;
  }
}

enum _Kind { plain, reducible, irreducible, self, dead }

class LoopFinder {
  final Graph graph;
  final List<Loop> loops = [];
  final Loop root = Loop(null, true);
  LoopFinder(this.graph);

  void find() {
    final size = graph.blocks.length;
    final numbers = List<int>.filled(size, -1);
    final last = List<int>.filled(size, 0);
    final nodes = <_Node>[];
    _number(graph.blocks[0], numbers, last, nodes);

    bool isAncestor(int w, int v) => w <= v && v <= last[w];

    final back = [for (int i = 0; i < nodes.length; i++) <int>[]];
    final other = [for (int i = 0; i < nodes.length; i++) <int>{}];
    final kinds = List<_Kind>.filled(nodes.length, _Kind.plain);
    for (int w = 0; w < nodes.length; w++) {
      for (final predecessor in nodes[w].block.predecessors) {
        final v = numbers[predecessor.number];
        if (v < 0) continue;
        if (isAncestor(w, v)) {
          back[w].add(v);
        } else {
          other[w].add(v);
        }
      }
    }

    for (int w = nodes.length - 1; w >= 0; w--) {
      final members = <_Node>[];
      for (final v in back[w]) {
        if (v == w) {
          kinds[w] = _Kind.self;
        } else {
          members.add(nodes[v].find());
        }
      }
      final pending = [...members];
      if (pending.isNotEmpty) kinds[w] = _Kind.reducible;
      while (pending.isNotEmpty) {
        final x = pending.removeLast();
        for (final edge in other[x.number]) {
          final y = nodes[edge].find();
          if (!isAncestor(w, y.number)) {
            kinds[w] = _Kind.irreducible;
            other[w].add(y.number);
          } else if (y.number != w && !members.any((node) => identical(node, y))) {
            pending.add(y);
            members.add(y);
          }
        }
      }
      if (members.isEmpty && kinds[w] != _Kind.self) continue;
      final loop = Loop(nodes[w].block, kinds[w] != _Kind.irreducible);
      loops.add(loop);
      loop.blocks.add(nodes[w].block);
      nodes[w].loop = loop;
      for (final node in members) {
        node.parent = nodes[w];
        final inner = node.loop;
        if (inner != null) {
          inner.setParent(loop);
        } else {
          loop.blocks.add(node.block);
        }
      }
    }
    for (final loop in loops) {
      if (loop.parent == null) loop.setParent(root);
    }
    _setDepth(root, 0);
  }

  /// Numbers blocks in preorder, without recursion, and finds the last descendant of each.
  void _number(Block first, List<int> numbers, List<int> last, List<_Node> nodes) {
    final path = <(Block, int)>[(first, 0)];
    numbers[first.number] = 0;
    nodes.add(_Node(first, 0));
    while (path.isNotEmpty) {
      final (block, at) = path.removeLast();
      if (at == block.successors.length) {
        last[numbers[block.number]] = nodes.length - 1;
        continue;
      }
      path.add((block, at + 1));
      final next = block.successors[at];
      if (numbers[next.number] >= 0) continue;
      numbers[next.number] = nodes.length;
      nodes.add(_Node(next, nodes.length));
      path.add((next, 0));
    }
  }

  void _setDepth(Loop loop, int depth) {
    loop.depth = depth;
    for (final child in loop.children) _setDepth(child, depth + 1);
  }
}

/// Nests of three loops in a row, some of them with a second entry.
Graph build(int nests) {
  final graph = Graph();
  Block at = graph.add();
  for (int i = 0; i < nests; i++) {
    final before = at;
    late Block inside;
    at = graph.loop(at, (outer) {
      final middle = graph.loop(graph.diamond(outer), (header) {
        final inner = graph.loop(header, (innermost) => inside = graph.diamond(innermost));
        return graph.after(inner);
      });
      return graph.diamond(middle);
    });
    if (i % 5 == 0) graph.edge(before, inside);
  }
  return graph;
}

int run(int nests, int rounds) {
  final graph = build(nests);
  int sum = 0;
  for (int round = 0; round < rounds; round++) {
    final finder = LoopFinder(graph);
    finder.find();
    if (finder.loops.length != nests * 3) throw StateError('${finder.loops.length} loops instead of ${nests * 3}');
    for (final loop in finder.loops) {
      sum = (sum * 5 + loop.depth * 100 + loop.blocks.length * 2 + (loop.isReducible ? 1 : 0)) & 0xffffffffff;
    }
  }
  return sum;
}

/// Runs as often as [times] says; each run must give the same.
@pragma('wasm:export', 'runTimes')
int runTimes(int times, int nests, int rounds) {
  final int first = run(nests, rounds);
  for (int i = 1; i < times; i++) {
    if (run(nests, rounds) != first) throw StateError('a run gave something else than the first');
  }
  return first;
}

void main() => print(run(10, 1));
