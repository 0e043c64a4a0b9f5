;; A target that changes by phase
;;
;; What it does: runs `phases` phases. Phase p folds `length` numbers with operator p mod `targets`; within a phase
;; the call site is monomorphic, over the whole run it sees `targets` different functions (at most eight).
;;
;; Why it matters: each phase change makes the optimized code's guess wrong. With few targets the site becomes
;; polymorphic and settles; with more than `polymorphism-limit` it ends up megamorphic, after a deopt for each new
;; target on the way. How much optimized time lies between the deopts depends on the tiering budget and the deopt
;; limit.
(module
  (type $step (func (param i32 i32) (result i32)))

  (table (export "table") 8 8 funcref)
  (elem (i32.const 0) $add $sub $xor $scale $rotate $mix $or-add $and-add)

  (func $add (type $step) (param $acc i32) (param $x i32) (result i32)
    (i32.add (local.get $acc) (local.get $x)))

  (func $sub (type $step) (param $acc i32) (param $x i32) (result i32)
    (i32.sub (local.get $acc) (i32.const 17)))

  (func $xor (type $step) (param $acc i32) (param $x i32) (result i32)
    (i32.xor (local.get $acc) (local.get $x)))

  (func $scale (type $step) (param $acc i32) (param $x i32) (result i32)
    (i32.mul (local.get $acc) (i32.const 5)))

  (func $rotate (type $step) (param $acc i32) (param $x i32) (result i32)
    (i32.rotl (local.get $acc) (i32.const 7)))

  (func $mix (type $step) (param $acc i32) (param $x i32) (result i32)
    (i32.sub (i32.shl (local.get $acc) (i32.const 3)) (local.get $x)))

  (func $or-add (type $step) (param $acc i32) (param $x i32) (result i32)
    (i32.add (local.get $acc) (i32.or (local.get $x) (i32.const 1))))

  (func $and-add (type $step) (param $acc i32) (param $x i32) (result i32)
    (i32.add (local.get $acc) (i32.and (local.get $x) (i32.const 0xff))))

  ;; One phase: `length` calls of the operator at `index`.
  (func $phase (param $index i32) (param $length i32) (param $acc i32) (result i32)
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $length)))
        (local.set $length (i32.sub (local.get $length) (i32.const 1)))
        (local.set $acc
          (call_indirect (type $step)
            (local.get $acc)
            (local.get $length)
            (local.get $index)))
        (br $next)))
    (local.get $acc))

  (func $main (export "main") (param $phases i32) (param $length i32) (param $targets i32) (result i32)
    (local $p i32)
    (local $acc i32)
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $p) (local.get $phases)))
        (local.set $acc
          (call $phase
            (i32.rem_u (local.get $p) (local.get $targets))
            (local.get $length)
            (local.get $acc)))
        (local.set $p (i32.add (local.get $p) (i32.const 1)))
        (br $next)))
    (local.get $acc)))
