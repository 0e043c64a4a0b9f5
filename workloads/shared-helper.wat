;; A helper that all callers share
;;
;; What it does: six functions each fold an array with an operator of their own, all through the one helper `fold`,
;; which calls the operator through the table.
;;
;; Why it matters: feedback is kept per function, not per caller. The site in `fold` sees six operators and is
;; megamorphic, although every caller of `fold` only ever passes one, and as a constant. An engine that inlines `fold`
;; first and then looks at the constant index can still find each target; one that only trusts the feedback cannot.
(module
  (type $operator (func (param i32 i32) (result i32)))

  (memory (export "memory") 1 1)
  (table (export "table") 6 6 funcref)
  (elem (i32.const 0) $add $sub $xor $scale $rotate $mix)

  (func $add (type $operator) (param $acc i32) (param $x i32) (result i32)
    (i32.add (local.get $acc) (local.get $x)))

  (func $sub (type $operator) (param $acc i32) (param $x i32) (result i32)
    (i32.sub (local.get $acc) (local.get $x)))

  (func $xor (type $operator) (param $acc i32) (param $x i32) (result i32)
    (i32.xor (local.get $acc) (local.get $x)))

  (func $scale (type $operator) (param $acc i32) (param $x i32) (result i32)
    (i32.add (i32.mul (local.get $acc) (i32.const 5)) (local.get $x)))

  (func $rotate (type $operator) (param $acc i32) (param $x i32) (result i32)
    (i32.xor (i32.rotl (local.get $acc) (i32.const 7)) (local.get $x)))

  (func $mix (type $operator) (param $acc i32) (param $x i32) (result i32)
    (i32.sub (i32.shl (local.get $acc) (i32.const 3)) (local.get $x)))

  ;; Folds the `bytes` bytes at address 0, as i32, into `acc` with the operator at `index`.
  (func $fold (param $acc i32) (param $bytes i32) (param $index i32) (result i32)
    (local $at i32)
    (loop $next
      (local.set $acc
        (call_indirect (type $operator)
          (local.get $acc)
          (i32.load (local.get $at))
          (local.get $index)))
      (local.set $at (i32.add (local.get $at) (i32.const 4)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $bytes))))
    (local.get $acc))

  (func $fold-add (param $acc i32) (param $bytes i32) (result i32)
    (call $fold (local.get $acc) (local.get $bytes) (i32.const 0)))

  (func $fold-sub (param $acc i32) (param $bytes i32) (result i32)
    (call $fold (local.get $acc) (local.get $bytes) (i32.const 1)))

  (func $fold-xor (param $acc i32) (param $bytes i32) (result i32)
    (call $fold (local.get $acc) (local.get $bytes) (i32.const 2)))

  (func $fold-scale (param $acc i32) (param $bytes i32) (result i32)
    (call $fold (local.get $acc) (local.get $bytes) (i32.const 3)))

  (func $fold-rotate (param $acc i32) (param $bytes i32) (result i32)
    (call $fold (local.get $acc) (local.get $bytes) (i32.const 4)))

  (func $fold-mix (param $acc i32) (param $bytes i32) (result i32)
    (call $fold (local.get $acc) (local.get $bytes) (i32.const 5)))

  ;; Entry i is i * 2654435769.
  (func $fill (param $bytes i32)
    (local $at i32)
    (loop $next
      (i32.store (local.get $at)
        (i32.mul (i32.shr_u (local.get $at) (i32.const 2)) (i32.const 0x9e3779b9)))
      (local.set $at (i32.add (local.get $at) (i32.const 4)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $bytes)))))

  ;; `count` is between 1 and 16384.
  (func $main (export "main") (param $count i32) (param $rounds i32) (result i32)
    (local $bytes i32)
    (local $acc i32)
    (local.set $bytes (i32.shl (local.get $count) (i32.const 2)))
    (call $fill (local.get $bytes))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $rounds)))
        (local.set $acc (call $fold-add (local.get $acc) (local.get $bytes)))
        (local.set $acc (call $fold-sub (local.get $acc) (local.get $bytes)))
        (local.set $acc (call $fold-xor (local.get $acc) (local.get $bytes)))
        (local.set $acc (call $fold-scale (local.get $acc) (local.get $bytes)))
        (local.set $acc (call $fold-rotate (local.get $acc) (local.get $bytes)))
        (local.set $acc (call $fold-mix (local.get $acc) (local.get $bytes)))
        (local.set $rounds (i32.sub (local.get $rounds) (i32.const 1)))
        (br $next)))
    (local.get $acc)))
