;; Building and walking trees
;;
;; What it does: `rounds` times builds a full binary tree of `depth` levels below its root and folds its nodes' values
;; depth first. The last tree stays in a global until the next one is built.
;;
;; Why it matters: nothing but allocation and pointers: with a small depth the trees die young, with a large one they are
;; the live data that a collector must move or mark. The calls are direct, so that speculation has nothing to do.
(module
  (rec
    (type $object (sub (struct (field $class i32) (field $hash (mut i32)))))
    (type $node (sub final $object (struct (field $class i32) (field $hash (mut i32))
      (field $left (mut (ref null $node))) (field $right (mut (ref null $node))) (field $value i64)))))

  (global $tree (mut (ref null $node)) (ref.null $node))

  ;; The tree's root has the value `value`, children of v have 2 v and 2 v + 1.
  (func $build (param $depth i32) (param $value i64) (result (ref $node))
    (if (result (ref $node)) (local.get $depth)
      (then
        (struct.new $node (i32.const 0) (i32.const 0)
          (call $build
            (i32.sub (local.get $depth) (i32.const 1))
            (i64.shl (local.get $value) (i64.const 1)))
          (call $build
            (i32.sub (local.get $depth) (i32.const 1))
            (i64.or (i64.shl (local.get $value) (i64.const 1)) (i64.const 1)))
          (local.get $value)))
      (else
        (struct.new $node (i32.const 0) (i32.const 0)
          (ref.null $node) (ref.null $node) (local.get $value)))))

  (func $fold (param $node (ref null $node)) (result i64)
    (if (ref.is_null (local.get $node)) (then (return (i64.const 1))))
    (i64.add
      (i64.mul (call $fold (struct.get $node $left (local.get $node))) (i64.const 3))
      (i64.xor
        (call $fold (struct.get $node $right (local.get $node)))
        (struct.get $node $value (local.get $node)))))

  (func $main (export "main") (param $depth i32) (param $rounds i32) (result i32)
    (local $sum i64)
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $rounds)))
        (global.set $tree (ref.null $node))
        (global.set $tree (call $build (local.get $depth) (i64.extend_i32_u (local.get $rounds))))
        (local.set $sum
          (i64.add
            (i64.mul (local.get $sum) (i64.const 31))
            (call $fold (global.get $tree))))
        (local.set $rounds (i32.sub (local.get $rounds) (i32.const 1)))
        (br $next)))
    (i32.wrap_i64 (local.get $sum))))
