;; Matrices behind an interface
;;
;; What it does: multiplies 4 x 4 matrices `products` times, as Dart's Matrix4 does: a matrix has its sixteen numbers in a
;; list of numbers, an interface with more than one implementation. Each product reads the right matrix by sixteen calls
;; of `[]` through the dispatch table and writes its own list directly.
;;
;; Why it matters: sixteen indirect calls in one function, each inlinable at a small price: together they may use up the
;; budget, and each brings its own check of the target, cast, and checks of bounds, on one and the same object.
(module
  (rec
    (type $object (sub (struct (field $class i32) (field $hash (mut i32)))))
    (type $numbers (array (mut f64)))
    (type $list (sub final $object (struct (field $class i32) (field $hash (mut i32)) (field $numbers (ref $numbers)))))
    (type $view (sub final $object (struct (field $class i32) (field $hash (mut i32))
      (field $numbers (ref $numbers)) (field $start i32) (field $length i32))))
    (type $matrix (sub final $object (struct (field $class i32) (field $hash (mut i32)) (field $entries (ref $object))))))
  (type $get (func (param (ref $object)) (param i32) (result f64)))

  ;; Classes: list 0, view 1. Selector offset: [] 0.
  (table (export "table") 2 2 funcref)
  (elem (i32.const 0) $list.get $view.get)

  (func $list.get (type $get) (param $object (ref $object)) (param $index i32) (result f64)
    (array.get $numbers
      (struct.get $list $numbers (ref.cast (ref $list) (local.get $object)))
      (local.get $index)))

  (func $view.get (type $get) (param $object (ref $object)) (param $index i32) (result f64)
    (local $this (ref $view))
    (local.set $this (ref.cast (ref $view) (local.get $object)))
    (if (i32.ge_u (local.get $index) (struct.get $view $length (local.get $this))) (then unreachable))
    (array.get $numbers
      (struct.get $view $numbers (local.get $this))
      (i32.add (struct.get $view $start (local.get $this)) (local.get $index))))

  (func $get (param $list (ref $object)) (param $index i32) (result f64)
    (call_indirect (type $get)
      (local.get $list)
      (local.get $index)
      (struct.get $object $class (local.get $list))))

  ;; Row `row` of the matrix `left` becomes its product with the matrix given by columns.
  (func $multiply-row (param $left (ref $numbers)) (param $row i32)
    (param $a0 f64) (param $a1 f64) (param $a2 f64) (param $a3 f64)
    (param $b0 f64) (param $b1 f64) (param $b2 f64) (param $b3 f64)
    (param $c0 f64) (param $c1 f64) (param $c2 f64) (param $c3 f64)
    (param $d0 f64) (param $d1 f64) (param $d2 f64) (param $d3 f64)
    (local $x f64) (local $y f64) (local $z f64) (local $w f64)
    (local.set $x (array.get $numbers (local.get $left) (local.get $row)))
    (local.set $y (array.get $numbers (local.get $left) (i32.add (local.get $row) (i32.const 1))))
    (local.set $z (array.get $numbers (local.get $left) (i32.add (local.get $row) (i32.const 2))))
    (local.set $w (array.get $numbers (local.get $left) (i32.add (local.get $row) (i32.const 3))))
    (array.set $numbers (local.get $left) (local.get $row)
      (f64.add
        (f64.add (f64.mul (local.get $x) (local.get $a0)) (f64.mul (local.get $y) (local.get $a1)))
        (f64.add (f64.mul (local.get $z) (local.get $a2)) (f64.mul (local.get $w) (local.get $a3)))))
    (array.set $numbers (local.get $left) (i32.add (local.get $row) (i32.const 1))
      (f64.add
        (f64.add (f64.mul (local.get $x) (local.get $b0)) (f64.mul (local.get $y) (local.get $b1)))
        (f64.add (f64.mul (local.get $z) (local.get $b2)) (f64.mul (local.get $w) (local.get $b3)))))
    (array.set $numbers (local.get $left) (i32.add (local.get $row) (i32.const 2))
      (f64.add
        (f64.add (f64.mul (local.get $x) (local.get $c0)) (f64.mul (local.get $y) (local.get $c1)))
        (f64.add (f64.mul (local.get $z) (local.get $c2)) (f64.mul (local.get $w) (local.get $c3)))))
    (array.set $numbers (local.get $left) (i32.add (local.get $row) (i32.const 3))
      (f64.add
        (f64.add (f64.mul (local.get $x) (local.get $d0)) (f64.mul (local.get $y) (local.get $d1)))
        (f64.add (f64.mul (local.get $z) (local.get $d2)) (f64.mul (local.get $w) (local.get $d3))))))

  ;; left = left * right; rows of the right matrix are its entries 4 i to 4 i + 3.
  (func $multiply (param $left (ref $matrix)) (param $right (ref $matrix))
    (local $own (ref $numbers))
    (local $entries (ref $object))
    (local $r0 f64) (local $r1 f64) (local $r2 f64) (local $r3 f64)
    (local $r4 f64) (local $r5 f64) (local $r6 f64) (local $r7 f64)
    (local $r8 f64) (local $r9 f64) (local $r10 f64) (local $r11 f64)
    (local $r12 f64) (local $r13 f64) (local $r14 f64) (local $r15 f64)
    (local $row i32)
    (local.set $own
      (struct.get $list $numbers (ref.cast (ref $list) (struct.get $matrix $entries (local.get $left)))))
    (local.set $entries (struct.get $matrix $entries (local.get $right)))
    (local.set $r0 (call $get (local.get $entries) (i32.const 0)))
    (local.set $r1 (call $get (local.get $entries) (i32.const 1)))
    (local.set $r2 (call $get (local.get $entries) (i32.const 2)))
    (local.set $r3 (call $get (local.get $entries) (i32.const 3)))
    (local.set $r4 (call $get (local.get $entries) (i32.const 4)))
    (local.set $r5 (call $get (local.get $entries) (i32.const 5)))
    (local.set $r6 (call $get (local.get $entries) (i32.const 6)))
    (local.set $r7 (call $get (local.get $entries) (i32.const 7)))
    (local.set $r8 (call $get (local.get $entries) (i32.const 8)))
    (local.set $r9 (call $get (local.get $entries) (i32.const 9)))
    (local.set $r10 (call $get (local.get $entries) (i32.const 10)))
    (local.set $r11 (call $get (local.get $entries) (i32.const 11)))
    (local.set $r12 (call $get (local.get $entries) (i32.const 12)))
    (local.set $r13 (call $get (local.get $entries) (i32.const 13)))
    (local.set $r14 (call $get (local.get $entries) (i32.const 14)))
    (local.set $r15 (call $get (local.get $entries) (i32.const 15)))
    (loop $rows
      (call $multiply-row (local.get $own) (local.get $row)
        (local.get $r0) (local.get $r4) (local.get $r8) (local.get $r12)
        (local.get $r1) (local.get $r5) (local.get $r9) (local.get $r13)
        (local.get $r2) (local.get $r6) (local.get $r10) (local.get $r14)
        (local.get $r3) (local.get $r7) (local.get $r11) (local.get $r15))
      (local.set $row (i32.add (local.get $row) (i32.const 4)))
      (br_if $rows (i32.lt_u (local.get $row) (i32.const 16)))))

  (func $new (result (ref $matrix))
    (struct.new $matrix (i32.const 2) (i32.const 0)
      (struct.new $list (i32.const 0) (i32.const 0) (array.new_default $numbers (i32.const 16)))))

  (func $numbers (param $matrix (ref $matrix)) (result (ref $numbers))
    (struct.get $list $numbers (ref.cast (ref $list) (struct.get $matrix $entries (local.get $matrix)))))

  ;; The left matrix starts as i + 1 in entry i; the right one permutes rows and changes signs, so that numbers stay small
  ;; and exact: its row i has 1 in column (i + 1) % 4, and row 3 has -1.
  (func $main (export "main") (param $products i32) (result f64)
    (local $left (ref $matrix))
    (local $right (ref $matrix))
    (local $index i32)
    (local $sum f64)
    (local.set $left (call $new))
    (local.set $right (call $new))
    (loop $fill
      (array.set $numbers (call $numbers (local.get $left)) (local.get $index)
        (f64.convert_i32_s (i32.add (local.get $index) (i32.const 1))))
      (local.set $index (i32.add (local.get $index) (i32.const 1)))
      (br_if $fill (i32.lt_u (local.get $index) (i32.const 16))))
    (array.set $numbers (call $numbers (local.get $right)) (i32.const 1) (f64.const 1))
    (array.set $numbers (call $numbers (local.get $right)) (i32.const 6) (f64.const 1))
    (array.set $numbers (call $numbers (local.get $right)) (i32.const 11) (f64.const 1))
    (array.set $numbers (call $numbers (local.get $right)) (i32.const 12) (f64.const -1))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $products)))
        (call $multiply (local.get $left) (local.get $right))
        (local.set $sum
          (f64.add
            (local.get $sum)
            (f64.mul
              (f64.convert_i32_u (i32.and (local.get $products) (i32.const 7)))
              (f64.add
                (array.get $numbers (call $numbers (local.get $left)) (i32.const 0))
                (array.get $numbers (call $numbers (local.get $left)) (i32.const 6))))))
        (local.set $products (i32.sub (local.get $products) (i32.const 1)))
        (br $next)))
    (local.get $sum)))
