;; Sixteen indirect calls that compete with direct ones
;;
;; What it does: multiplies two 4 x 4 matrices of f64 in linear memory over and over. `multiply` computes its sixteen
;; entries by sixteen indirect calls of type `dot` (row, column), each followed by a direct call of `store`, which
;; rounds the value and writes it. `advance` then makes the product the next left operand.
;;
;; Why it matters: the published results report a slight regression for Dart's Matrix4 benchmarks, because sixteen
;; indirect call sites win against the direct ones when the inlining budget is given out, and the direct ones were
;; worth more. This program has the same shape: the indirect callee is the larger one, the direct callee is called
;; just as often, and all thirty-two sites together do not fit into the budget. The policy's score decides who goes
;; without.
(module
  (type $dot (func (param i32 i32) (result f64)))

  (memory (export "memory") 1 1)
  ;; The left operand at 0, the right operand at 128, the product at 256; row-major, 8 bytes an entry.
  (table (export "table") 1 1 funcref)
  (elem (i32.const 0) $row-times-column)

  ;; The product of the row at address `row` and the column at address `column`.
  (func $row-times-column (type $dot) (param $row i32) (param $column i32) (result f64)
    (f64.add
      (f64.add
        (f64.mul (f64.load (local.get $row)) (f64.load (local.get $column)))
        (f64.mul (f64.load offset=8 (local.get $row)) (f64.load offset=32 (local.get $column))))
      (f64.add
        (f64.mul (f64.load offset=16 (local.get $row)) (f64.load offset=64 (local.get $column)))
        (f64.mul (f64.load offset=24 (local.get $row)) (f64.load offset=96 (local.get $column))))))

  ;; Writes `value`, rounded to an integer, to the product's entry at byte offset `at`.
  (func $store (param $at i32) (param $value f64)
    (f64.store offset=256 (local.get $at) (f64.nearest (local.get $value))))

  (func $multiply
    (call $store (i32.const 0) (call_indirect (type $dot) (i32.const 0) (i32.const 128) (i32.const 0)))
    (call $store (i32.const 8) (call_indirect (type $dot) (i32.const 0) (i32.const 136) (i32.const 0)))
    (call $store (i32.const 16) (call_indirect (type $dot) (i32.const 0) (i32.const 144) (i32.const 0)))
    (call $store (i32.const 24) (call_indirect (type $dot) (i32.const 0) (i32.const 152) (i32.const 0)))
    (call $store (i32.const 32) (call_indirect (type $dot) (i32.const 32) (i32.const 128) (i32.const 0)))
    (call $store (i32.const 40) (call_indirect (type $dot) (i32.const 32) (i32.const 136) (i32.const 0)))
    (call $store (i32.const 48) (call_indirect (type $dot) (i32.const 32) (i32.const 144) (i32.const 0)))
    (call $store (i32.const 56) (call_indirect (type $dot) (i32.const 32) (i32.const 152) (i32.const 0)))
    (call $store (i32.const 64) (call_indirect (type $dot) (i32.const 64) (i32.const 128) (i32.const 0)))
    (call $store (i32.const 72) (call_indirect (type $dot) (i32.const 64) (i32.const 136) (i32.const 0)))
    (call $store (i32.const 80) (call_indirect (type $dot) (i32.const 64) (i32.const 144) (i32.const 0)))
    (call $store (i32.const 88) (call_indirect (type $dot) (i32.const 64) (i32.const 152) (i32.const 0)))
    (call $store (i32.const 96) (call_indirect (type $dot) (i32.const 96) (i32.const 128) (i32.const 0)))
    (call $store (i32.const 104) (call_indirect (type $dot) (i32.const 96) (i32.const 136) (i32.const 0)))
    (call $store (i32.const 112) (call_indirect (type $dot) (i32.const 96) (i32.const 144) (i32.const 0)))
    (call $store (i32.const 120) (call_indirect (type $dot) (i32.const 96) (i32.const 152) (i32.const 0))))

  ;; Left operand := product modulo 1024, which keeps the entries small and exact.
  (func $advance
    (local $at i32)
    (local $x f64)
    (loop $next
      (local.set $x (f64.mul (f64.load offset=256 (local.get $at)) (f64.const 0x1p-10)))
      (f64.store (local.get $at)
        (f64.mul
          (f64.sub (local.get $x) (f64.floor (local.get $x)))
          (f64.const 0x1p+10)))
      (local.set $at (i32.add (local.get $at) (i32.const 8)))
      (br_if $next (i32.lt_u (local.get $at) (i32.const 128)))))

  ;; Left operand := 1, 2, .., 16; right operand := 0, 2, .., 30 with 1 added on the diagonal, which makes it the
  ;; identity modulo two, so that the products never vanish.
  (func $reset
    (local $i i32)
    (loop $next
      (f64.store (i32.shl (local.get $i) (i32.const 3))
        (f64.convert_i32_u (i32.add (local.get $i) (i32.const 1))))
      (f64.store offset=128 (i32.shl (local.get $i) (i32.const 3))
        (f64.convert_i32_u
          (i32.add
            (i32.shl (local.get $i) (i32.const 1))
            (i32.eqz (i32.rem_u (local.get $i) (i32.const 5))))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (i32.const 16)))))

  ;; The sum of the product's entries.
  (func $trace (result i32)
    (local $at i32)
    (local $sum f64)
    (loop $next
      (local.set $sum (f64.add (local.get $sum) (f64.load offset=256 (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 8)))
      (br_if $next (i32.lt_u (local.get $at) (i32.const 128))))
    (i32.trunc_f64_u (local.get $sum)))

  (func $main (export "main") (param $products i32) (result i32)
    (local $sum i32)
    (call $reset)
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $products)))
        (call $multiply)
        (call $advance)
        (local.set $sum (i32.add (local.get $sum) (call $trace)))
        (local.set $products (i32.sub (local.get $products) (i32.const 1)))
        (br $next)))
    (local.get $sum)))
