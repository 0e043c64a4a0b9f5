;; An expression evaluator
;;
;; What it does: builds a full binary tree of `depth` levels in linear memory, whose inner nodes add, subtract,
;; multiply or take the maximum and whose leaves are constants or the variable, and evaluates it for the variable's
;; values below `rounds`. A node is 12 bytes: the table index of its evaluator, then two children (or the constant).
;;
;; Why it matters: an interpreter over a tree, as query engines and spreadsheets have them. `eval` is one megamorphic
;; site for the whole tree, so that its feedback says nothing; the evaluators reach their children through `eval`, and
;; inlining `eval` into them copies the useless site. What an engine can win here is the direct call, no more: a bound
;; on what feedback per function can do, against feedback per inlined place.
(module
  (type $evaluator (func (param i32 i32) (result i32)))

  (memory (export "memory") 2 2)
  (table (export "table") 6 6 funcref)
  (elem (i32.const 0) $constant $variable $add $subtract $multiply $maximum)

  (global $free (mut i32) (i32.const 0))
  (global $seed (mut i32) (i32.const 0))

  (func $eval (param $node i32) (param $x i32) (result i32)
    (call_indirect (type $evaluator) (local.get $node) (local.get $x) (i32.load (local.get $node))))

  (func $left (param $node i32) (param $x i32) (result i32)
    (call $eval (i32.load offset=4 (local.get $node)) (local.get $x)))

  (func $right (param $node i32) (param $x i32) (result i32)
    (call $eval (i32.load offset=8 (local.get $node)) (local.get $x)))

  (func $constant (type $evaluator) (param $node i32) (param $x i32) (result i32)
    (i32.load offset=4 (local.get $node)))

  (func $variable (type $evaluator) (param $node i32) (param $x i32) (result i32)
    (local.get $x))

  (func $add (type $evaluator) (param $node i32) (param $x i32) (result i32)
    (i32.add
      (call $left (local.get $node) (local.get $x))
      (call $right (local.get $node) (local.get $x))))

  (func $subtract (type $evaluator) (param $node i32) (param $x i32) (result i32)
    (i32.sub
      (call $left (local.get $node) (local.get $x))
      (call $right (local.get $node) (local.get $x))))

  (func $multiply (type $evaluator) (param $node i32) (param $x i32) (result i32)
    (i32.mul
      (call $left (local.get $node) (local.get $x))
      (call $right (local.get $node) (local.get $x))))

  (func $maximum (type $evaluator) (param $node i32) (param $x i32) (result i32)
    (local $a i32)
    (local $b i32)
    (local.set $a (call $left (local.get $node) (local.get $x)))
    (local.set $b (call $right (local.get $node) (local.get $x)))
    (select (local.get $a) (local.get $b) (i32.gt_s (local.get $a) (local.get $b))))

  ;; The next pseudo-random number, 0..255.
  (func $random (result i32)
    (global.set $seed
      (i32.add
        (i32.mul (global.get $seed) (i32.const 1664525))
        (i32.const 1013904223)))
    (i32.shr_u (global.get $seed) (i32.const 24)))

  ;; Builds a tree of `depth` further levels and returns its address.
  (func $build (param $depth i32) (result i32)
    (local $node i32)
    (local.set $node (global.get $free))
    (global.set $free (i32.add (local.get $node) (i32.const 12)))
    (if (local.get $depth)
      (then
        (i32.store (local.get $node)
          (i32.add (i32.and (call $random) (i32.const 3)) (i32.const 2)))
        (i32.store offset=4 (local.get $node)
          (call $build (i32.sub (local.get $depth) (i32.const 1))))
        (i32.store offset=8 (local.get $node)
          (call $build (i32.sub (local.get $depth) (i32.const 1)))))
      (else
        (i32.store (local.get $node) (i32.and (call $random) (i32.const 1)))
        (i32.store offset=4 (local.get $node) (call $random))))
    (local.get $node))

  ;; `depth` is at most 12.
  (func $main (export "main") (param $depth i32) (param $rounds i32) (result i32)
    (local $tree i32)
    (local $x i32)
    (local $sum i32)
    (global.set $free (i32.const 0))
    (global.set $seed (i32.const 0))
    (local.set $tree (call $build (local.get $depth)))
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $x) (local.get $rounds)))
        (local.set $sum
          (i32.add
            (i32.mul (local.get $sum) (i32.const 31))
            (call $eval (local.get $tree) (local.get $x))))
        (local.set $x (i32.add (local.get $x) (i32.const 1)))
        (br $next)))
    (local.get $sum)))
