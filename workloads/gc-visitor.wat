;; Visitors
;;
;; What it does: builds a random expression tree of `depth` levels with nodes of five classes and lets visitors walk it
;; `rounds` times: one evaluates it for x = round; with `visitors` = 2 another hashes its structure by turns. A node's
;; `accept` and a visitor's five `visit` methods are found in the dispatch table.
;;
;; Why it matters: double dispatch. `accept` sites see all five classes of nodes, one more than a site remembers; the
;; sites inside the `accept` methods see the classes of visitors, one or two.
(module
  (rec
    (type $object (sub (struct (field $class i32) (field $hash (mut i32)))))
    (type $constant (sub final $object (struct (field $class i32) (field $hash (mut i32)) (field $value i32))))
    (type $variable (sub final $object (struct (field $class i32) (field $hash (mut i32)))))
    (type $binary (sub $object (struct (field $class i32) (field $hash (mut i32))
      (field $left (ref $object)) (field $right (ref $object)))))
    (type $sum (sub final $binary (struct (field $class i32) (field $hash (mut i32))
      (field $left (ref $object)) (field $right (ref $object)))))
    (type $product (sub final $binary (struct (field $class i32) (field $hash (mut i32))
      (field $left (ref $object)) (field $right (ref $object)))))
    (type $maximum (sub final $binary (struct (field $class i32) (field $hash (mut i32))
      (field $left (ref $object)) (field $right (ref $object)))))
    (type $evaluator (sub final $object (struct (field $class i32) (field $hash (mut i32)) (field $x (mut i32)))))
    (type $hasher (sub final $object (struct (field $class i32) (field $hash (mut i32)) (field $nodes (mut i32))))))
  ;; accept(node, visitor) and visit(visitor, node)
  (type $method (func (param (ref $object)) (param (ref $object)) (result i32)))

  ;; Classes: constant 0, variable 1, sum 2, product 3, maximum 4; evaluator 5, hasher 6. Selector offsets: accept 0,
  ;; visitConstant 0, visitVariable 2, visitSum 4, visitProduct 6, visitMaximum 8.
  (table (export "table") 15 15 funcref)
  (elem (i32.const 0)
    $constant.accept $variable.accept $sum.accept $product.accept $maximum.accept
    $evaluator.constant $hasher.constant
    $evaluator.variable $hasher.variable
    $evaluator.sum $hasher.sum
    $evaluator.product $hasher.product
    $evaluator.maximum $hasher.maximum)

  (global $seed (mut i32) (i32.const 0))

  (func $accept (param $node (ref $object)) (param $visitor (ref $object)) (result i32)
    (call_indirect (type $method)
      (local.get $node)
      (local.get $visitor)
      (struct.get $object $class (local.get $node))))

  (func $constant.accept (type $method) (param $this (ref $object)) (param $visitor (ref $object)) (result i32)
    (call_indirect (type $method)
      (local.get $visitor)
      (local.get $this)
      (struct.get $object $class (local.get $visitor))))

  (func $variable.accept (type $method) (param $this (ref $object)) (param $visitor (ref $object)) (result i32)
    (call_indirect (type $method)
      (local.get $visitor)
      (local.get $this)
      (i32.add (struct.get $object $class (local.get $visitor)) (i32.const 2))))

  (func $sum.accept (type $method) (param $this (ref $object)) (param $visitor (ref $object)) (result i32)
    (call_indirect (type $method)
      (local.get $visitor)
      (local.get $this)
      (i32.add (struct.get $object $class (local.get $visitor)) (i32.const 4))))

  (func $product.accept (type $method) (param $this (ref $object)) (param $visitor (ref $object)) (result i32)
    (call_indirect (type $method)
      (local.get $visitor)
      (local.get $this)
      (i32.add (struct.get $object $class (local.get $visitor)) (i32.const 6))))

  (func $maximum.accept (type $method) (param $this (ref $object)) (param $visitor (ref $object)) (result i32)
    (call_indirect (type $method)
      (local.get $visitor)
      (local.get $this)
      (i32.add (struct.get $object $class (local.get $visitor)) (i32.const 8))))

  (func $left (param $node (ref $object)) (param $visitor (ref $object)) (result i32)
    (call $accept (struct.get $binary $left (ref.cast (ref $binary) (local.get $node))) (local.get $visitor)))

  (func $right (param $node (ref $object)) (param $visitor (ref $object)) (result i32)
    (call $accept (struct.get $binary $right (ref.cast (ref $binary) (local.get $node))) (local.get $visitor)))

  (func $evaluator.constant (type $method) (param $this (ref $object)) (param $node (ref $object)) (result i32)
    (struct.get $constant $value (ref.cast (ref $constant) (local.get $node))))

  (func $evaluator.variable (type $method) (param $this (ref $object)) (param $node (ref $object)) (result i32)
    (struct.get $evaluator $x (ref.cast (ref $evaluator) (local.get $this))))

  (func $evaluator.sum (type $method) (param $this (ref $object)) (param $node (ref $object)) (result i32)
    (i32.add
      (call $left (local.get $node) (local.get $this))
      (call $right (local.get $node) (local.get $this))))

  (func $evaluator.product (type $method) (param $this (ref $object)) (param $node (ref $object)) (result i32)
    (i32.mul
      (call $left (local.get $node) (local.get $this))
      (call $right (local.get $node) (local.get $this))))

  (func $evaluator.maximum (type $method) (param $this (ref $object)) (param $node (ref $object)) (result i32)
    (local $a i32)
    (local $b i32)
    (local.set $a (call $left (local.get $node) (local.get $this)))
    (local.set $b (call $right (local.get $node) (local.get $this)))
    (select (local.get $a) (local.get $b) (i32.gt_s (local.get $a) (local.get $b))))

  ;; Counts the node and returns how many there have been.
  (func $count (param $object (ref $object)) (result i32)
    (local $this (ref $hasher))
    (local.set $this (ref.cast (ref $hasher) (local.get $object)))
    (struct.set $hasher $nodes (local.get $this)
      (i32.add (struct.get $hasher $nodes (local.get $this)) (i32.const 1)))
    (struct.get $hasher $nodes (local.get $this)))

  (func $hasher.constant (type $method) (param $this (ref $object)) (param $node (ref $object)) (result i32)
    (i32.xor
      (call $count (local.get $this))
      (struct.get $constant $value (ref.cast (ref $constant) (local.get $node)))))

  (func $hasher.variable (type $method) (param $this (ref $object)) (param $node (ref $object)) (result i32)
    (call $count (local.get $this)))

  (func $hash-binary (param $this (ref $object)) (param $node (ref $object)) (param $factor i32) (result i32)
    (drop (call $count (local.get $this)))
    (i32.add
      (i32.mul (call $left (local.get $node) (local.get $this)) (local.get $factor))
      (call $right (local.get $node) (local.get $this))))

  (func $hasher.sum (type $method) (param $this (ref $object)) (param $node (ref $object)) (result i32)
    (call $hash-binary (local.get $this) (local.get $node) (i32.const 31)))

  (func $hasher.product (type $method) (param $this (ref $object)) (param $node (ref $object)) (result i32)
    (call $hash-binary (local.get $this) (local.get $node) (i32.const 37)))

  (func $hasher.maximum (type $method) (param $this (ref $object)) (param $node (ref $object)) (result i32)
    (call $hash-binary (local.get $this) (local.get $node) (i32.const 41)))

  ;; The next pseudo-random number, 0..255.
  (func $random (result i32)
    (global.set $seed
      (i32.add
        (i32.mul (global.get $seed) (i32.const 1664525))
        (i32.const 1013904223)))
    (i32.shr_u (global.get $seed) (i32.const 24)))

  ;; Builds a tree of `depth` further levels; draws a node's class, then what is in it.
  (func $build (param $depth i32) (result (ref $object))
    (local $kind i32)
    (local $left (ref $object))
    (local $right (ref $object))
    (local.set $kind (call $random))
    (if (i32.eqz (local.get $depth))
      (then
        (if (i32.and (local.get $kind) (i32.const 1))
          (then (return (struct.new $variable (i32.const 1) (i32.const 0)))))
        (return (struct.new $constant (i32.const 0) (i32.const 0) (call $random)))))
    (local.set $left (call $build (i32.sub (local.get $depth) (i32.const 1))))
    (local.set $right (call $build (i32.sub (local.get $depth) (i32.const 1))))
    (local.set $kind (i32.rem_u (local.get $kind) (i32.const 3)))
    (if (i32.eqz (local.get $kind))
      (then (return (struct.new $sum (i32.const 2) (i32.const 0) (local.get $left) (local.get $right)))))
    (if (i32.eq (local.get $kind) (i32.const 1))
      (then (return (struct.new $product (i32.const 3) (i32.const 0) (local.get $left) (local.get $right)))))
    (struct.new $maximum (i32.const 4) (i32.const 0) (local.get $left) (local.get $right)))

  (func $main (export "main") (param $depth i32) (param $rounds i32) (param $visitors i32) (result i32)
    (local $tree (ref $object))
    (local $evaluator (ref $evaluator))
    (local $hasher (ref $object))
    (local $round i32)
    (local $sum i32)
    (global.set $seed (i32.const 0))
    (local.set $tree (call $build (local.get $depth)))
    (local.set $evaluator (struct.new $evaluator (i32.const 5) (i32.const 0) (i32.const 0)))
    (local.set $hasher (struct.new $hasher (i32.const 6) (i32.const 0) (i32.const 0)))
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $round) (local.get $rounds)))
        (struct.set $evaluator $x (local.get $evaluator) (local.get $round))
        (local.set $sum
          (i32.add
            (i32.mul (local.get $sum) (i32.const 31))
            (call $accept
              (local.get $tree)
              (if (result (ref $object)) (i32.rem_u (local.get $round) (local.get $visitors))
                (then (local.get $hasher))
                (else (local.get $evaluator))))))
        (local.set $round (i32.add (local.get $round) (i32.const 1)))
        (br $next)))
    (local.get $sum)))
